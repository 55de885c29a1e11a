"""Whom the watch tells: the security officer of the body concerned, and of an incident its head."""

from collections.abc import Sequence
from functools import partial

from django.urls import reverse

from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.queries import holders_of_role
from shuce.kernel.words import say
from shuce.supervision.watch.models import Alert, Incident, WatchRule
from shuce.supervision.watch.words import RuleCode

# More alerts of one rule about one body are told as one: nobody reads a thousand notices.
_MOST_TOLD_SINGLY = 5


def tell_of_alerts(rule: WatchRule, alerts: Sequence[Alert], by: Signature) -> None:
    """Tell who should handle alerts; where a body has no security officer, its head."""
    of_body: dict[str, list[Alert]] = {}
    for alert in alerts:
        of_body.setdefault(alert.organization_id, []).append(alert)
    for body in Organization.objects.filter(id__in=of_body).order_by("path"):
        told = partial(
            tell,
            NoticeKind.ALERT,
            list(holders_of_role(Role.SECURITY_OFFICER, body))
            or list(holders_of_role(Role.UNIT_HEAD, body)),
            by=by,
        )
        its = of_body[body.id]
        if len(its) > _MOST_TOLD_SINGLY:
            told(
                title=say(
                    "{rule}：新增{count}条预警", rule=RuleCode(rule.code).label, count=len(its)
                ),
                url=f"{reverse('watch:alerts')}?code={rule.code}&state=OPEN",
                subject_id=rule.id,
            )
            continue
        for alert in its:
            url = reverse("watch:alert", args=[alert.id])
            told(title=alert.text, url=url, subject_id=alert.id)


def tell_of_incident(incident: Incident, by: Signature) -> None:
    """Tell the holder's head and its other security officers that an incident was opened (G-13)."""
    holder = incident.card.holder
    tell(
        NoticeKind.INCIDENT,
        [one for one in _heads_and_officers(holder) if str(one.pk) != by.member_id],
        title=say(
            "安全事件演练{number}：{card}" if incident.is_drill else "安全事件{number}：{card}",
            number=incident.number,
            card=incident.card.name,
        ),
        url=reverse("watch:incident", args=[incident.id]),
        subject_id=incident.id,
        by=by,
    )


def _heads_and_officers(body: Organization) -> list[Member]:
    return [
        *holders_of_role(Role.UNIT_HEAD, body),
        *holders_of_role(Role.SECURITY_OFFICER, body),
    ]
