"""Files that belong to an incident: reports, traces, notices."""

from django.urls import reverse

from shuce.foundation.attachments.pegs import Peg, hangs_on
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.supervision.watch.queries import incident_seen
from shuce.supervision.watch.words import IncidentState


@hangs_on("incident")
def _incident(incident_id: str, member: Member) -> Peg:
    incident = incident_seen(incident_id, member)
    holder = incident.card.holder
    may = member.may(Permission.INCIDENT_HANDLE, holder)
    return Peg(
        title=str(incident),
        organization=holder,
        url=reverse("watch:incident", args=[incident.id]),
        may_change=may and incident.state != IncidentState.CLOSED,
        asset_id=incident.card_id,
    )
