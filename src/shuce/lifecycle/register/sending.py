"""Cards sent out in the exchange layout, with evidence of what was sent."""

import hashlib
from dataclasses import dataclass

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.choices import Choice
from shuce.lifecycle.register import exchanging, spreadsheets
from shuce.lifecycle.register import intake_events as events
from shuce.lifecycle.register.intake_queries import cards_to_send
from shuce.lifecycle.register.queries import added_to, known_to


class Layout(Choice):
    JSON = "json", "JSON"
    XML = "xml", "XML"
    XLSX = "xlsx", "Excel"


_MEDIA = {
    Layout.JSON: "application/json",
    Layout.XML: "application/xml",
    Layout.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Sending:
    """A file made to be sent."""

    name: str
    content: bytes
    media_type: str


@command
def send_cards(organization: Organization, layout: Layout, *, by: Signature) -> Sending:
    """Make a file of a body's registered cards for the budget-management system (N-8)."""
    by.require(Permission.CARD_VIEW, within=organization)
    cards = cards_to_send(organization, by.member)
    known = known_to(organization)
    match layout:
        case Layout.JSON:
            content = exchanging.as_json(cards, organization, by.at)
        case Layout.XML:
            content = exchanging.as_xml(cards, organization, known, by.at)
        case Layout.XLSX:
            rows = ((one.key, one.number, dict(one.facts)) for one in cards)
            with spreadsheets.workbook(rows, added_to(organization)) as file:
                content = file.read()
    totals = exchanging.totals_of(cards)
    record(
        events.CardsSent(
            organization.id,
            layout,
            totals["count"],
            totals["cost_fen"],
            hashlib.sha256(content).hexdigest(),
            organization_id=organization.id,
        ),
        by,
    )
    return Sending(f"cards-{by.today:%Y%m%d}.{layout}", content, _MEDIA[layout])
