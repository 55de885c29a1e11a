"""Whom the watch tells: the security officer of the body concerned, and of an incident its head."""

from django.urls import reverse

from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.queries import holders_of_role
from shuce.kernel.words import say
from shuce.supervision.watch.models import Alert, Incident


def tell_of_alert(alert: Alert, by: Signature) -> None:
    """Tell who should handle an alert; where a body has no security officer, its head."""
    officers = list(holders_of_role(Role.SECURITY_OFFICER, alert.organization))
    tell(
        NoticeKind.ALERT,
        officers or holders_of_role(Role.UNIT_HEAD, alert.organization),
        title=alert.text,
        url=reverse("watch:alert", args=[alert.id]),
        subject_id=alert.id,
        by=by,
    )


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
