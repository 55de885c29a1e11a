"""Finding cards by words: what the reader may see of the hits, counted and narrowed.

The index proposes cards and the register decides: every hit is asked for again with what the
reader sees, so hits, counts, facets and suggestions can hold nothing else. Counting stops at a
thousand, the newest; so few can be ranked, and a common word costs no more than a rare one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from shuce.engines.search import Part, Question, ask, matches, normal, text_of
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Kind
from shuce.foundation.search import index
from shuce.kernel.choices import Choice
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.texts import place_label, reader_label
from shuce.lifecycle.register.words import CardState, Grade, Industry, Sharing

MOST = 1_000
_SUGGESTIONS = 8
_CHOICES: Mapping[str, type[Choice]] = {
    "grade": Grade,
    "state": CardState,
    "industry": Industry,
    "sharing": Sharing,
}


@dataclass(frozen=True)
class Facet:
    """One value by which hits can be narrowed, and how many there are."""

    name: str
    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Narrowed:
    """What hits are narrowed to; nothing means all."""

    department: str = ""
    grade: str = ""
    state: str = ""
    industry: str = ""
    sharing: str = ""

    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Hits:
    """The cards found, best first. `capped` where there are more than were counted."""

    ids: Sequence[str]
    capped: bool
    facets: Sequence[Facet]

    @property
    def count(self) -> int:
        return len(self.ids)

    def page(self, offset: int, limit: int) -> list[Card]:
        wanted = list(self.ids[offset : offset + limit])
        cards = Card.objects.select_related("holder").in_bulk(wanted)
        return [cards[one] for one in wanted]


def search(typed: str, narrowed: Narrowed, by: Member) -> Hits:
    """Return the cards that `by` may see and that answer what was typed."""
    question = ask(typed)
    rows = _rows(question, narrowed, by, MOST + 1)
    capped = len(rows) > MOST
    rows = rows[:MOST]
    asked = normal(typed)
    ranked = sorted(rows, key=lambda row: _rank(row, question, asked))
    return Hits([row["id"] for row in ranked], capped, _facets(rows))


def suggest(typed: str, by: Member) -> list[str]:
    """Return names that answer what was typed so far, the nearest first."""
    question = ask(typed)
    rows = _rows(question, Narrowed(), by, 100)
    named = [row for row in rows if matches(text_of([Part(row["name"])]), question)]
    asked = normal(typed)
    ranked = sorted(named, key=lambda row: (_rank(row, question, asked), len(row["name"])))
    return list(dict.fromkeys(row["name"] for row in ranked))[:_SUGGESTIONS]


def _rows(question: Question, narrowed: Narrowed, by: Member, most: int) -> list[dict[str, Any]]:
    """Return what is known of the hits, those that changed last first."""
    chosen = narrowed.chosen()
    if any(value not in set(_CHOICES[name]) for name, value in chosen.items() if name in _CHOICES):
        return []
    labels = [
        place_label(value) if name == "department" else f"{name}:{value}"
        for name, value in chosen.items()
    ]
    ids = index.find(question, all_of=labels, any_of=_seen_from(by), most=most)
    cards = cards_seen_by(by).filter(id__in=index.these(ids)).select_related(None)
    for name, value in chosen.items():
        cards = (
            cards.filter(holder__path__contains=f"/{value}/")
            if name == "department"
            else cards.filter(**{name: value})
        )
    fields = ("id", "name", "number", "holder__path", *_CHOICES)
    rows = {row["id"]: row for row in cards.order_by().values(*fields)}
    return [rows[one] for one in ids if one in rows]


def cards_answering(typed: str, by: Member, most: int) -> Q:
    """Return the condition that the index proposes a card, for at most so many of them.

    Whoever shows them asks what the reader may see.
    """
    found = index.find(ask(typed), all_of=[], any_of=_seen_from(by), most=most)
    return Q(id__in=index.these(found))


def all_cards_answering(typed: str, by: Member) -> Q:
    """Return the condition that a card answers, for whoever reads every one that they may see."""
    return index.answers_to(ask(typed), all_of=[], any_of=_seen_from(by))


def _seen_from(by: Member) -> list[str]:
    """The labels of what `by` may see: places in reach, and cards let to the own body."""
    reach = by.reach(Permission.CARD_VIEW)
    places = [place_label(path.rstrip("/").split("/")[-1]) for path in reach]
    return [*places, reader_label(str(by.organization_id))]


def _rank(row: Mapping[str, Any], question: Question, asked: str) -> int:
    """The number itself, the name itself, a name that begins so, a name with it, anything else."""
    name, number = normal(row["name"]), row["number"] or ""
    # Every number ends in its serial.
    if asked[-1:].isdigit() and asked == normal(number):
        return 0
    if asked == name:
        return 1
    if name.startswith(asked):
        return 2
    return 3 if all(needles[0].text in name for needles in question.words) else 4


def _facets(rows: Sequence[Mapping[str, Any]]) -> list[Facet]:
    found = [
        Facet(name, value, choice(value).label, count)
        for name, choice in _CHOICES.items()
        for value, count in _counted(str(row[name]) for row in rows if row[name])
    ]
    places = Counter(place for row in rows for place in row["holder__path"].strip("/").split("/"))
    departments = Organization.objects.filter(id__in=places, kind=Kind.DEPARTMENT)
    named = dict(departments.values_list("id", "name"))
    by_department = [
        Facet("department", place, named[place], count)
        for place, count in places.most_common()
        if place in named
    ]
    return by_department + found


def _counted(values: Any) -> list[tuple[str, int]]:
    return Counter(values).most_common()
