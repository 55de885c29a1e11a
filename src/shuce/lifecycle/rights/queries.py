"""Who may do what with an asset, today and on any other day."""

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import cases_seen_by
from shuce.foundation.evidence.queries import Told, entries, tell
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle, Refused, refuse_if
from shuce.lifecycle.register.models import Card, Mark
from shuce.lifecycle.register.queries import cards_offered, columns_of
from shuce.lifecycle.register.words import CardState, Grade, Opening, Sharing
from shuce.lifecycle.rights import rules
from shuce.lifecycle.rights.models import Grant, SecurityAssessment
from shuce.lifecycle.rights.rules import GrantState, Standing
from shuce.lifecycle.valuation.queries import last_value_of

LIVE = (GrantState.IN_FORCE, GrantState.SUSPENDED)


def standing_of(card: Card, *, source_grant: Grant | None = None) -> Standing:
    """What the granting rules need to know of a card, for a grant out of `source_grant` if any."""
    assessment = last_assessment_of(card)
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
        appraised=last_value_of(card) is not None,
        guided_price=False,
        offered=card.opening != Opening.NONE or card.sharing != Sharing.NONE,
        exclusive_periods=tuple(grant.period for grant in live if grant.exclusive),
        taken_periods=tuple(grant.period for grant in live),
    )


def last_assessment_of(card: Card) -> SecurityAssessment | None:
    return SecurityAssessment.objects.filter(card=card).order_by("-id").first()


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
    for one in reversed(chain_of(grant)):
        card = one.card
        grade = Grade(card.grade) if card.grade else None
        found |= dict.fromkeys(
            rules.obstacles_to_act_under(
                GrantState(one.state), one.period, day, CardState(card.state), grade
            )
        )
    return list(found)


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
        offered = offered.filter(within_reach(member, Permission.CARD_VIEW, path="holder__path"))
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
