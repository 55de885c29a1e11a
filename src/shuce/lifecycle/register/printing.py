"""A card on paper and as data."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import segno

from shuce.foundation.office.showing import plain
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.register import history
from shuce.lifecycle.register.catalogue import GROUPS, Field, fields, missing, named
from shuce.lifecycle.register.history import facts_of, sheet_of
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import columns_of, marks_of
from shuce.lifecycle.register.values import worded

Facts = list[tuple[str, object]]


class Printable(Protocol):
    """Anything with the id of a card."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True)
class Section:
    """A part of a card as it is read: its title and what the card says under it."""

    title: str
    facts: Facts


@dataclass(frozen=True)
class Group:
    """One of the four groups of a card, with its sections."""

    title: str
    sections: list[Section]


def groups_of(card: Card, added: Iterable[Field] = ()) -> list[Group]:
    """Return the four groups of a card: what must be said, and what else is said."""
    sections: dict[str, dict[str, Facts]] = {title: {} for title in GROUPS}
    for field in (*fields(), *added):
        value = _fact(card, field)
        if field.required or value not in (None, "", []):
            sections[field.group].setdefault(field.section, []).append((named(field), value))
    return [
        Group(say(title), [Section(say(name), facts) for name, facts in told.items()])
        for title, told in sections.items()
    ]


def gaps_of(card: Card) -> list[str]:
    """Return the names of what a complete card says and this one does not."""
    said = sheet_of(facts_of(card))
    return [named(field, whole=True) for field in missing(said) if field.typed]


def printed(
    card: Card, address: str, added: Iterable[Field] = (), *, at: datetime
) -> dict[str, Any]:
    """Return what the printed card shows; `address` goes into its code."""
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="svg", scale=4, border=1)
    return {
        "number": card.number or say("尚未编号"),
        "name": card.name,
        "groups": [
            {
                "title": group.title,
                "sections": [
                    {
                        "title": section.title,
                        "facts": [[label, plain(value)] for label, value in section.facts],
                    }
                    for section in group.sections
                ],
            }
            for group in groups_of(card, added)
        ],
        "marks": [
            [mark.text, plain(mark.marked_at), plain(mark.ended_at)] for mark in marks_of(card)
        ],
        "words": {
            "title": say("数据资产卡片"),
            "marks": say("登记标识"),
            "mark": say("标识"),
            "from": say("标识时间"),
            "until": say("终止时间"),
            "scan": say("扫码查看本卡片及其存证"),
            "printed": say("打印时间 {at}", at=plain(at)),
            "seal": say("{holder}（盖章）", holder=card.holder),
        },
        "code": code.getvalue().decode(),
    }


def as_data(card: Card, added: Iterable[Field] = ()) -> dict[str, Any]:
    """Return a card as data: codes, fen, ISO days; its columns without their profiles.

    `more` holds the further facts by their keys; what is not said is left out of it.
    """
    own = [field.key for field in fields() if field.held in ("card", "made")]
    known = {field.key for field in (*fields(), *added)}
    return {
        "id": card.id,
        **{name: history.kept(getattr(card, name)) for name in own if name != "holder"},
        "more": {key: value for key, value in card.more.items() if key in known},
        "holder": {"id": card.holder_id, "name": card.holder.name, "uscc": card.holder.uscc},
        "marks": [
            {
                "text": mark.text,
                "marked_at": mark.marked_at.isoformat(),
                "ended_at": mark.ended_at.isoformat() if mark.ended_at else None,
            }
            for mark in marks_of(card)
        ],
        "columns": [
            {name: column.get(name) for name in ("name", "comment", "sql_type", "type", "grade")}
            for column in columns_of(card)
        ],
    }


def _fact(card: Card, field: Field) -> object:
    if field.held not in ("card", "made"):
        value = card.more.get(field.key)
        return None if value is None else worded(field, value)
    value = getattr(card, field.key)
    # Only what changes by a decision is shown as a coloured badge.
    if field.key in ("state", "grade") or value is None or not field.typed:
        return value.label if isinstance(value, Choice) and field.key == "value_basis" else value
    return value if isinstance(value, Money) else worded(field, history.kept(value))
