"""How a card's facts are kept, compared and shown, version by version."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shuce.foundation.fields import ChoiceField, MoneyField
from shuce.foundation.office.showing import plain
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.register.models import Card, CardVersion


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
    return str(value)


def revisions_of(card: Card, versions: list[CardVersion]) -> list[Revision]:
    """Return the revisions, newest first. A version keeps only the facts that then changed."""
    after = {field.name: kept(getattr(card, field.name, None)) for field in Card._meta.fields}
    shown = []
    for version in sorted(versions, key=lambda one: -one.version):
        changes = tuple(
            Change(label_of(name), _words(name, before), _words(name, after.get(name)))
            for name, before in version.facts.items()
        )
        shown.append(
            Revision(
                version.version, version.reason, str(version.member), version.changed_at, changes
            )
        )
        after |= version.facts
    return shown


def label_of(name: str) -> str:
    """Return a fact's name in the reader's language."""
    if name == "holder":
        return say("持有单位")
    return say(str(getattr(Card._meta.get_field(name), "verbose_name", name)))


def _words(name: str, value: Any) -> str:
    field = Card._meta.get_field(name)
    if value is None or value == "":
        return plain(None)
    if isinstance(field, MoneyField):
        return str(Money(int(value)))
    if isinstance(field, ChoiceField) and field.choice:
        choice: type[Choice] = field.choice
        return choice(value).label
    if field.get_internal_type() == "DateField":
        return plain(date.fromisoformat(value))
    return plain(value)
