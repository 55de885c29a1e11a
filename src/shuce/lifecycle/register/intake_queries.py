"""Files of cards and cards to be sent, from where the reader stands."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.register.exchanging import Sent
from shuce.lifecycle.register.history import facts_of, sheet_of
from shuce.lifecycle.register.models import Card, Intake, IntakeLine
from shuce.lifecycle.register.queries import added_to, cards_seen_by
from shuce.lifecycle.register.spreadsheets import headings
from shuce.lifecycle.register.words import CardState, RowVerdict

# What pages call a file that was read, without touching its table.
Shown = Intake


def intakes_seen_by(member: Member) -> QuerySet[Intake]:
    """The files of bodies whose cards the reader sees."""
    reach = within_reach(member, Permission.CARD_VIEW, path="holder__path")
    return Intake.objects.filter(reach).select_related("holder", "member")


def intake_seen(intake_id: str, by: Member) -> Intake:
    found = intakes_seen_by(by).filter(id=intake_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这次导入，或您无权查看"))
    return found


def lines_of(intake: Intake) -> QuerySet[IntakeLine]:
    return IntakeLine.objects.filter(intake=intake)


def totals_of(lines: QuerySet[IntakeLine]) -> dict[str, int]:
    """Return the count of rows and their cost in fen, as far as they say one."""
    facts = list(lines.values_list("facts", flat=True))
    return {"count": len(facts), "cost_fen": sum(int(one.get("cost") or 0) for one in facts)}


def counts_of(intake: Intake) -> dict[RowVerdict, int]:
    """How many rows do what, as they stand now."""
    said = list(lines_of(intake).values_list("verdict", flat=True))
    return {one: said.count(one.value) for one in RowVerdict}


def bad_lines(intake: Intake) -> list[tuple[int, Sequence[str], Sequence[str]]]:
    """The rows that were not taken, as they came, with their reasons."""
    bad = lines_of(intake).filter(verdict=RowVerdict.BAD)
    titles = titles_of(intake)
    return [
        (
            line.place,
            line.cells
            if isinstance(line.cells, list)
            else [str(line.cells.get(title, "")) for title in titles],
            line.reasons,
        )
        for line in bad
    ]


def titles_of(intake: Intake) -> list[str]:
    """The headings of a file; for an exchange file the keys of its facts."""
    if intake.headings:
        return list(intake.headings)
    keys: dict[str, None] = {}
    for cells in lines_of(intake).values_list("cells", flat=True):
        keys |= dict.fromkeys(cells)
    return list(keys)


def columns_of(intake: Intake) -> list[tuple[int, str, str]]:
    """Each column of a file: its place, its heading, and the key it stands for."""
    mapping = dict(map(tuple, intake.mapping))
    return [(place, title, mapping.get(place, "")) for place, title in enumerate(intake.headings)]


def choices_of(intake: Intake) -> list[tuple[str, str]]:
    """The fields a column may stand for."""
    return headings(added_to(intake.holder))


def cards_to_send(organization: Organization, by: Member) -> list[Sent]:
    """The cards of one body that are in the register, as the exchange layout holds them."""
    found: QuerySet[Card] = (
        cards_seen_by(by)
        .filter(holder=organization)
        .exclude(state__in=(CardState.DRAFT, CardState.IN_APPROVAL))
        .order_by("id")
    )
    return [sent(card) for card in found]


def sent(card: Card) -> Sent:
    return Sent(card.key_in_source or card.number or "", card.number or "", facts_for(card))


def facts_for(card: Card) -> dict[str, Any]:
    return sheet_of(facts_of(card))
