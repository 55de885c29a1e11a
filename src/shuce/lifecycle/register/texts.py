"""What a card says of itself to a search, kept where the card changes.

A command that changes what one card says, says it anew in its own transaction, so that it is found
at once. Whatever else changes it (a scan that finds other columns, a batch of thousands) the
evidence log tells: `follow_log` reads on from where it was and says every card anew whose text is
not that of the last event. How far it read is kept with the texts: a crash loses nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from shuce.engines.search import Part
from shuce.foundation.evidence.models import Entry, Head
from shuce.foundation.organizations.events import OrganizationClosed
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.search import index
from shuce.foundation.search.index import Said
from shuce.foundation.search.models import Followed
from shuce.foundation.succession.events import ThingsPassed
from shuce.lifecycle.inventory.events import SourceScanned
from shuce.lifecycle.register.models import Card, CardReader

# By these a search is narrowed; the names are those of the card.
NARROWED_BY = ("grade", "state", "industry", "sharing")
_ENTRIES_AT_A_TIME = 5_000
_CARDS_AT_A_TIME = 1_000
_MOST_COLUMNS = 300


def say_anew(*card_ids: str, by: Signature) -> None:
    """Let these cards be found by what they say now."""
    index.keep(_said(dict.fromkeys(card_ids, by.at)))


def follow_log(at: datetime) -> None:
    """Say every card anew that changed since the last time, as the numbered log tells it.

    A regular duty; `at` is not asked for, since a text bears the moment of its change.
    """
    while _follow_some():
        pass


@transaction.atomic
def _follow_some() -> bool:
    Followed.objects.get_or_create(id=1)
    followed = Followed.objects.select_for_update().get(id=1)
    # Only numbered entries are read: they are committed, and none can come before them later.
    fields = ("kind", "subject_id", "asset_id", "organization_id", "at")
    numbered = Entry.objects.filter(index__gte=followed.size).order_by("index")
    entries = [_Told(**row) for row in numbered.values(*fields)[:_ENTRIES_AT_A_TIME]]
    if not entries:
        return False
    changed = _changed(entries)
    for some in _in_slices(sorted(changed)):
        index.keep(_said({one: changed[one] for one in some}, lock=True))
    followed.size += len(entries)
    followed.save(update_fields=["size"])
    return True


@dataclass(frozen=True)
class _Told:
    """What an entry of the log tells, as far as a search cares."""

    kind: str
    subject_id: str
    asset_id: str
    organization_id: str
    at: datetime


def _changed(entries: Iterable[_Told]) -> dict[str, datetime]:
    """Return the cards to be said anew, each with the moment of the last change told of it."""
    told: dict[str, datetime] = {}
    moved: dict[str, datetime] = {}
    for entry in entries:
        if elsewhere := _ELSEWHERE.get(entry.kind):
            cards = Card.objects.filter(elsewhere(entry))
            moved.update(dict.fromkeys(cards.values_list("id", flat=True), entry.at))
        elif entry.asset_id and entry.kind.startswith("register."):
            told[entry.asset_id] = entry.at
    return index.stale(told) | moved


# Changes that no event of a card tells: other columns after a scan, another place in the tree after
# a body was closed, readers that passed to an heir.
_ELSEWHERE: Mapping[str, Callable[[_Told], Q]] = {
    SourceScanned.kind: lambda told: Q(resource__source_id=told.subject_id),
    OrganizationClosed.kind: lambda told: Q(holder__path__startswith=_path_of_heir(told)),
    ThingsPassed.kind: lambda told: Q(readers__organization_id=told.organization_id),
}


def _path_of_heir(told: _Told) -> str:
    # A closed body stands below its heir, and so does all that stood below it.
    closed = Organization.objects.select_related("successor").get(id=told.subject_id)
    return closed.successor.path if closed.successor else closed.path


def say_all_anew(at: datetime) -> Iterator[int]:
    """Make the index of every card from nothing; yield how many cards are said."""
    with transaction.atomic():
        index.clear()
        head = Head.objects.first()
        Followed.objects.update_or_create(id=1, defaults={"size": head.size if head else 0})
    said, last = 0, ""
    while ids := list(
        Card.objects.filter(id__gt=last)
        .order_by("id")
        .values_list("id", flat=True)[:_CARDS_AT_A_TIME]
    ):
        with transaction.atomic():
            said += index.keep(_said(dict.fromkeys(ids, at), lock=True))
        last = ids[-1]
        yield said
    index.tidy()


def _said(told: Mapping[str, datetime], *, lock: bool = False) -> list[Said]:
    # Locked, so that a command at work on a card is waited for, and not read as it was before.
    cards = Card.objects.select_for_update(of=("self",)) if lock else Card.objects
    readers: dict[str, list[str]] = {}
    for card_id, reader in CardReader.objects.filter(card__in=told).values_list(
        "card_id", "organization_id"
    ):
        readers.setdefault(card_id, []).append(reader)
    found = cards.filter(id__in=told).select_related("holder", "resource").order_by("id")
    return [_said_by(card, readers.get(card.id, []), told[card.id]) for card in found]


def _said_by(card: Card, readers: Iterable[str], at: datetime) -> Said:
    labels = {place_label(one) for one in card.holder.path.strip("/").split("/")}
    labels |= {reader_label(one) for one in readers}
    labels |= {f"{name}:{getattr(card, name)}" for name in NARROWED_BY if getattr(card, name)}
    return Said(card.id, tuple(_parts(card)), frozenset(labels), at)


def _parts(card: Card) -> Iterator[Part]:
    yield Part(card.name)
    yield Part(card.number or "", spoken=False)
    yield Part(card.key_in_source or "", spoken=False)
    yield Part(card.holder.name)
    yield Part(card.summary)
    yield Part(card.subject_area)
    yield Part(card.scene)
    if card.resource is None:
        return
    yield Part(card.resource.table_name, spoken=False)
    yield Part(card.resource.comment)
    columns: list[dict[str, Any]] = card.resource.columns
    for column in columns[:_MOST_COLUMNS]:
        yield Part(str(column.get("name", "")), spoken=False)
        yield Part(str(column.get("comment") or ""))


def _in_slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _CARDS_AT_A_TIME] for start in range(0, len(ids), _CARDS_AT_A_TIME))


def place_label(organization_id: str) -> str:
    """The label of cards held by a body or by any below it."""
    return f"place:{organization_id}"


def reader_label(organization_id: str) -> str:
    """The label of cards that a body from outside was let read."""
    return f"reader:{organization_id}"
