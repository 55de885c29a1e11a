"""Assess what handling personal data does to people; keep the assessment as long as law says."""

from datetime import datetime, timedelta

from django.urls import reverse

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.commands import clockwork, require_duty
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.foundation.organizations.queries import holders_of_role
from shuce.foundation.organizations.rules import Link
from shuce.kernel.clauses import Clause
from shuce.kernel.periods import add_months
from shuce.kernel.refusals import Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.rights import events, impact
from shuce.lifecycle.rights.impact import Impact
from shuce.lifecycle.rights.models import ImpactAssessment
from shuce.lifecycle.rights.queries import last_impact_of


@command
def assess_impact(card: Card, found: Impact, *, by: Signature) -> ImpactAssessment:
    """Assess what handling a card's personal data does to people (G-4); it is kept three years."""
    by.require(Permission.ASSESSMENT_MAKE, within=card.holder)
    require_duty(card.holder, Link.SECURITY)
    sensitive = impact.is_sensitive(str(column.get("type")) for column in columns_of(card))
    refuse_if(
        impact.obstacles_to_assess_impact(found, personal=card.personal_data, sensitive=sensitive)
    )
    made = ImpactAssessment.objects.create(
        card=card,
        sensitive=sensitive,
        assessed_on=by.today,
        valid_until=add_months(by.today, impact.VALID_MONTHS),
        keep_until=add_months(by.today, impact.KEPT_MONTHS),
        member=by.member,
        **vars(found),
    )
    record(
        events.ImpactAssessed(
            made.id,
            made.ground,
            sensitive,
            made.acceptable,
            made.valid_until.isoformat(),
            made.keep_until.isoformat(),
            **_about(card),
        ),
        by,
    )
    return made


@command
def discard_impact(made: ImpactAssessment, reason: str, *, by: Signature) -> None:
    """Remove an assessment that has been kept as long as it must be; never before."""
    by.require(Permission.ASSESSMENT_MAKE, within=made.card.holder)
    refuse_if(impact.obstacles_to_discard(made.keep_until, by.today))
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", Clause.G_4, field="reason"))
    record(
        events.ImpactDiscarded(made.id, made.assessed_on.isoformat(), reason, **_about(made.card)),
        by,
    )
    made.delete()


def remind_of_impacts(at: datetime) -> int:
    """Tell the security officers of each assessment about to run out, once."""
    by = clockwork(at)
    soon = by.today + timedelta(days=impact.REMINDED_DAYS)
    due = ImpactAssessment.objects.filter(valid_until__lte=soon, reminded_at=None)
    # An older one, made anew meanwhile, is nobody's concern.
    found = [one for one in due.select_related("card__holder") if one == last_impact_of(one.card)]
    for one in found:
        _remind(one, by=by)
    return len(found)


@command
def _remind(made: ImpactAssessment, *, by: Signature) -> None:
    made.reminded_at = by.at
    made.save(update_fields=["reminded_at"])
    record(events.ImpactReminded(made.id, made.valid_until.isoformat(), **_about(made.card)), by)
    tell(
        NoticeKind.ASSESSMENT,
        holders_of_role(Role.SECURITY_OFFICER, made.card.holder),
        title=say(
            "“{card}”的个人信息保护影响评估{day}到期，请重新评估",
            card=made.card.name,
            day=made.valid_until,
        ),
        url=reverse("rights:impact", args=[made.card_id]),
        subject_id=made.id,
        by=by,
    )


def _about(card: Card) -> dict[str, str]:
    return {"asset_id": card.id, "organization_id": card.holder_id}
