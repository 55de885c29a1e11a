"""Who may do what with an asset, today and on any other day."""

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime

from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import cases_seen_by
from shuce.foundation.evidence.queries import Told, entries, tell
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import holders_in_reach, within_reach
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle, Refused, refuse_if
from shuce.lifecycle.register.models import Card, Mark
from shuce.lifecycle.register.queries import cards_offered, columns_of
from shuce.lifecycle.register.words import CardState, Grade, Opening, Sharing
from shuce.lifecycle.rights import renewal_rules, rules
from shuce.lifecycle.rights.models import (
    Encumbrance,
    Exit,
    Grant,
    ImpactAssessment,
    SecurityAssessment,
)
from shuce.lifecycle.rights.rules import GrantState, Standing
from shuce.lifecycle.valuation.queries import last_value_of

LIVE = (GrantState.IN_FORCE, GrantState.SUSPENDED)


def standing_of(card: Card, *, source_grant: Grant | None = None) -> Standing:
    """What the granting rules need to know of a card, for a grant out of `source_grant` if any."""
    assessment = last_assessment_of(card)
    impact = last_impact_of(card)
    beside = Q(source_grant=None)
    if source_grant:
        beside = (beside & ~Q(id=source_grant.id)) | Q(source_grant=source_grant)
    live = list(Grant.objects.filter(beside, card=card, state__in=LIVE))
    return Standing(
        state=CardState(card.state),
        grade=Grade(card.grade) if card.grade else None,
        columns=frozenset(column["name"] for column in columns_of(card)),
        personal_data=card.personal_data,
        personal_basis=bool(card.personal_basis.strip()),
        assessment_valid_until=(
            assessment.valid_until
            # An assessment made for a milder grade no longer counts.
            if assessment and assessment.passed and assessment.grade_then == card.grade
            else None
        ),
        impact_valid_until=impact.valid_until if impact and impact.acceptable else None,
        column_types={column["name"]: str(column["sql_type"]) for column in columns_of(card)},
        appraised=last_value_of(card) is not None,
        guided_price=False,
        offered=card.opening != Opening.NONE or card.sharing != Sharing.NONE,
        exclusive_periods=tuple(grant.period for grant in live if grant.exclusive),
        taken_periods=tuple(grant.period for grant in live),
    )


def last_assessment_of(card: Card) -> SecurityAssessment | None:
    return SecurityAssessment.objects.filter(card=card).order_by("-id").first()


def last_impact_of(card: Card) -> ImpactAssessment | None:
    return ImpactAssessment.objects.filter(card=card).order_by("-id").first()


def impacts_of(card: Card) -> QuerySet[ImpactAssessment]:
    return ImpactAssessment.objects.filter(card=card).select_related("member")


def impact_seen(impact_id: str, by: Member) -> ImpactAssessment:
    """Return an assessment of personal data to the holder and its supervisors."""
    reach = within_reach(by, Permission.CARD_VIEW, path="card__holder__path")
    found = ImpactAssessment.objects.filter(reach, id=impact_id).select_related("card__holder")
    if not (impact := found.first()):
        raise NotFound(Obstacle("没有这份影响评估，或您无权查看"))
    return impact


def obstacles_to_assess_impact(card: Card, member: Member) -> list[Obstacle]:
    """Why the reader may not assess a card's personal data now."""
    found = []
    if not member.may(Permission.ASSESSMENT_MAKE, card.holder):
        found.append(Obstacle("影响评估由持有单位的安全保密员开展", Clause.G_4))
    if not card.personal_data:
        found.append(Obstacle("该资产不涉及个人信息，无须影响评估", Clause.G_4))
    return found


def assessments_of(card: Card) -> QuerySet[SecurityAssessment]:
    return SecurityAssessment.objects.filter(card=card).select_related("member")


def grants_of(card: Card) -> QuerySet[Grant]:
    return Grant.objects.filter(card=card).select_related("operator", "source_grant")


def grants_seen_by(member: Member) -> QuerySet[Grant]:
    """Grants over cards in reach, and those of the reader's own body."""
    reach = within_reach(member, Permission.CARD_VIEW, path="card__holder__path")
    own = Q(operator_id=member.organization_id)
    found = Grant.objects.filter(reach | own).values("id")
    return Grant.objects.filter(id__in=found).select_related("card__holder", "operator")


def grant_seen(grant_id: str, by: Member) -> Grant:
    found = grants_seen_by(by).filter(id=grant_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这项授权，或您无权查看"))
    return found


def grants_in_force(card: Card, day: date) -> QuerySet[Grant]:
    return grants_of(card).filter(state=GrantState.IN_FORCE, starts_on__lte=day, ends_on__gt=day)


def require_in_force(grant: Grant, day: date) -> Grant:
    """Return the grant as it stands this moment, or refuse: the one gate of every use of it."""
    fresh = Grant.objects.select_related(
        "card__holder", "card__resource__source__node", "operator"
    ).get(id=grant.id)
    refuse_if(obstacles_in_chain(fresh, day))
    return fresh


def obstacles_in_chain(grant: Grant, day: date) -> list[Obstacle]:
    """Why nothing may be done under a grant on `day`.

    What it was given out of must hold as well: suspended above is suspended below.
    """
    found: dict[Obstacle, None] = {}
    for one in reversed([as_renewed(link, day) for link in chain_of(grant)]):
        card = one.card
        grade = Grade(card.grade) if card.grade else None
        found |= dict.fromkeys(
            rules.obstacles_to_act_under(
                GrantState(one.state), one.period, day, CardState(card.state), grade
            )
        )
    return list(found)


def as_renewed(grant: Grant, day: date) -> Grant:
    """Return the grant that stands for this one on `day`: itself, or what renewed it since."""
    while day >= grant.ends_on:
        later = grant.renewals.filter(number__isnull=False).select_related("card", "operator")
        found = later.order_by("-id").first()
        if found is None:
            break
        grant = found
    return grant


def obstacles_to_renew(grant: Grant, day: date) -> list[Obstacle]:
    """Why a grant may not be renewed now."""
    assessment = last_assessment_of(grant.card)
    found = list(
        renewal_rules.obstacles_to_renew(
            GrantState(grant.state),
            grant.ends_on,
            localtime(grant.decided_at).date() if grant.decided_at else None,
            assessment.assessed_on if assessment and assessment.passed else None,
            day,
        )
    )
    if grant.renewals.filter(state__in=[*LIVE, GrantState.REQUESTED]).exists():
        found.append(Obstacle("已有续期申请或续期后的授权", Clause.N_4))
    return found


def overdue_exits(operator: Organization, day: date) -> int:
    """How many exits of a body were not done in time."""
    return Exit.objects.filter(grant__operator=operator, closed_at=None, due_on__lt=day).count()


def encumbrance_seen(encumbrance_id: str, by: Member) -> Encumbrance:
    reach = within_reach(by, Permission.CARD_VIEW, path="card__holder__path")
    found = Encumbrance.objects.filter(reach, id=encumbrance_id).select_related("card__holder")
    if not (made := found.first()):
        raise NotFound(Obstacle("没有这项登记，或您无权查看"))
    return made


def exits_seen_by(member: Member) -> QuerySet[Exit]:
    grants = grants_seen_by(member).values("id")
    return Exit.objects.filter(grant_id__in=grants).select_related(
        "grant__operator", "grant__card__holder"
    )


def exit_seen(exit_id: str, by: Member) -> Exit:
    found = exits_seen_by(by).filter(id=exit_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这项退出，或您无权查看"))
    return found


def is_held_back(grant: Grant) -> bool:
    """Whether something other than the days keeps a grant from being used: its chain, its card."""
    fresh = Grant.objects.select_related("card").get(id=grant.id)
    return bool(obstacles_in_chain(fresh, max(link.starts_on for link in chain_of(fresh))))


def chain_of(grant: Grant) -> list[Grant]:
    """The grants out of which a grant was given, the holder's own first, and the grant last."""
    chain = [grant]
    while source_id := chain[0].source_grant_id:
        chain.insert(0, Grant.objects.select_related("operator", "card__holder").get(id=source_id))
    return chain


def all_below(grant: Grant) -> list[Grant]:
    """Every live grant given out of a grant, and out of those."""
    found: list[Grant] = []
    for sub_grant in grant.sub_grants.filter(state__in=LIVE):
        found += [sub_grant, *all_below(sub_grant)]
    return found


def sub_grants_of(grant: Grant, member: Member) -> QuerySet[Grant]:
    """What was given out of a grant, so far as the reader may see it."""
    return grants_seen_by(member).filter(source_grant=grant)


def marks_of(grant: Grant) -> QuerySet[Mark]:
    """The marks that a grant made on its card (G-6)."""
    return Mark.objects.filter(cause_id=grant.id)


def story_of(grant: Grant) -> list[Told]:
    """What the log tells of one grant, oldest first."""
    return [tell(entry) for entry in entries().filter(subject_id=grant.id).order_by("id")]


def people_of_story(story: list[Told]) -> dict[str, Member]:
    """Those who did what the log tells, by id."""
    ids = {told.member_id for told in story}
    found = Member.objects.filter(pk__in=ids).select_related("organization")
    return {str(member.pk): member for member in found}


def case_of(grant: Grant, member: Member) -> Case | None:
    """The approval of a grant, where the reader may see it."""
    return cases_seen_by(member).filter(matter=Matter.GRANT_RIGHT, subject_id=grant.id).first()


def offers_for(member: Member) -> QuerySet[Card]:
    """What the reader may look through: an operator everything offered, others their reach."""
    offered = cards_offered()
    if Permission.GRANT_APPLY not in member.permissions:
        places = holders_in_reach(member, Permission.CARD_VIEW)
        offered = offered if places is None else offered.filter(holder__in=places)
    last = SecurityAssessment.objects.filter(card=OuterRef("pk")).order_by("-id")
    return offered.select_related("holder", "resource").annotate(
        assessed_until=Subquery(last.filter(passed=True).values("valid_until")[:1])
    )


def card_to_ask_for(card_id: str, by: Member) -> Card:
    """The card over which the reader's operator may ask for a right, or nothing is here."""
    card = cards_offered().select_related("resource").filter(id=card_id).first()
    if card is None or Permission.GRANT_APPLY not in by.permissions:
        raise NotFound(Obstacle("没有这项可申请的数据资产"))
    return card


def source_grant_numbered(number: str, card: Card) -> Grant:
    """The grant that a sub-grant names by its number, which its operator told the applicant."""
    found = Grant.objects.filter(
        number=number.strip(), card=card, sub_granting=True, state=GrantState.IN_FORCE
    ).first()
    if found is None:
        raise Refused(Obstacle("没有可以再授权的这份授权", Clause.N_4, field="source_number"))
    return found


def obstacles_to_assess(card: Card, member: Member) -> list[Obstacle]:
    """Why the reader may not assess a card now; the questions themselves are judged when sent."""
    found = []
    if not member.may(Permission.ASSESSMENT_MAKE, card.holder):
        found.append(Obstacle("安全评估由持有单位的安全保密员开展", Clause.G_8))
    if card.grade is None:
        found.append(Obstacle("资产尚未定级，请先确认数据级别", Clause.G_2))
    return found
