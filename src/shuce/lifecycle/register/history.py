"""How a card's facts are kept, compared and shown, version by version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from shuce.foundation.office.showing import plain
from shuce.kernel.money import Money
from shuce.lifecycle.register.catalogue import Field, FieldKind, Sheet, by_key, named
from shuce.lifecycle.register.models import Card, CardVersion
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.values import worded
from shuce.lifecycle.register.words import (
    Acquisition,
    Booking,
    Industry,
    Opening,
    Sharing,
    UseState,
)

# The closed lists among the facts that rules read.
_CHOICES = {
    "industry": Industry,
    "acquisition": Acquisition,
    "sharing": Sharing,
    "opening": Opening,
    "use_state": UseState,
    "booking": Booking,
}
FACTS = tuple(field.name for field in fields(CardFacts) if field.name != "more")
_DEFAULTS = {field.name: field.default for field in fields(CardFacts) if field.name in FACTS}


@dataclass(frozen=True)
class Change:
    """One fact that a revision changed, as people read it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Revision:
    """One revision of a card: which version it ended, why, by whom, and what changed."""

    version: int
    reason: str
    by: str
    at: datetime
    changes: tuple[Change, ...]


def kept(value: Any) -> Any:
    """Return a fact as a version keeps it: fen, ISO days, codes."""
    match value:
        case None | bool() | int():
            return value
        case Money():
            return value.fen
        case date():
            return value.isoformat()
        case list() | dict():
            return value
    return str(value)


def sheet_of(facts: CardFacts) -> Sheet:
    """Return the facts under their keys, as they are kept; what is not said is left out."""
    own = {name: kept(getattr(facts, name)) for name in FACTS}
    said = own | dict(facts.more)
    return {key: value for key, value in said.items() if value not in (None, "", [])}


def facts_from(sheet: Mapping[str, Any]) -> CardFacts:
    """Return the facts that a sheet holds; the inverse of `sheet_of`.

    What a card must say and the sheet does not is left empty, for the rules to name.
    """
    own: dict[str, Any] = {name: _typed(name, sheet.get(name)) for name in FACTS}
    more = {
        key: value for key, value in sheet.items() if key not in own and value not in (None, "", [])
    }
    return CardFacts(**own, more=more)


def changed(facts: CardFacts, sheet: Mapping[str, Any]) -> CardFacts:
    """Return the facts with those of the sheet put in; None takes one away."""
    own = {name: _typed(name, value) for name, value in sheet.items() if name in FACTS}
    more = dict(facts.more) | {key: value for key, value in sheet.items() if key not in FACTS}
    return replace(
        facts, **own, more={key: one for key, one in more.items() if one not in (None, "", [])}
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys whose facts differ between two sheets, in the catalogue's order."""
    keys = [key for key in by_key() if key in before or key in after]
    keys += sorted((before.keys() | after.keys()) - set(keys))
    return [key for key in keys if before.get(key) != after.get(key)]


def shown(
    before: Mapping[str, Any], after: Mapping[str, Any], added: Iterable[Field] = ()
) -> tuple[Change, ...]:
    """Return what differs between two sheets, as people read it."""
    known = by_key() | {field.key: field for field in added}
    return tuple(
        Change(
            label_of(key, known), *(words_of(key, one.get(key), known) for one in (before, after))
        )
        for key in differences(before, after)
    )


def sheet_at(card: Card, versions: Iterable[CardVersion], version: int) -> Sheet:
    """Return the facts as they stood in `version`, walking back from today's."""
    sheet = sheet_of(facts_of(card))
    for one in sorted(versions, key=lambda one: -one.version):
        if one.version < version:
            break
        sheet |= one.facts
    return {key: value for key, value in sheet.items() if value not in (None, "", [])}


def revisions_of(
    card: Card, versions: Iterable[CardVersion], added: Iterable[Field] = ()
) -> list[Revision]:
    """Return the revisions, newest first. A version keeps only the facts that then changed."""
    known = list(added)
    after = sheet_of(facts_of(card))
    told = []
    for one in sorted(versions, key=lambda one: -one.version):
        now = {key: after.get(key) for key in one.facts}
        told.append(
            Revision(
                one.version,
                one.reason,
                str(one.member),
                one.changed_at,
                shown(one.facts, now, known),
            )
        )
        after |= one.facts
    return told


def facts_of(card: Card) -> CardFacts:
    """Return what the card says, as the facts that a person gave."""
    return CardFacts(**{name: getattr(card, name) for name in FACTS}, more=dict(card.more))


def label_of(key: str, known: Mapping[str, Field] | None = None) -> str:
    """Return a fact's name in the reader's language."""
    field = (known or by_key()).get(key)
    return named(field, whole=True) if field else key


def words_of(key: str, value: Any, known: Mapping[str, Field] | None = None) -> str:
    field = (known or by_key()).get(key)
    return worded(field, value) if field else plain(value)


def _typed(name: str, value: Any) -> Any:
    """Return a kept value of one of the facts that rules read, as the rules read it."""
    if value is None or value == "":
        default = _DEFAULTS[name]
        return _empty(name) if not _has(default) else default
    field = by_key()[name]
    match field.kind:
        case FieldKind.MONEY:
            return Money(int(value))
        case FieldKind.DAY:
            return date.fromisoformat(value)
    return _CHOICES[name](value) if name in _CHOICES else value


def _has(default: Any) -> bool:
    return type(default).__name__ != "_MISSING_TYPE"


def _empty(name: str) -> Any:
    return None if name in (*_CHOICES, "obtained_on") else ""
