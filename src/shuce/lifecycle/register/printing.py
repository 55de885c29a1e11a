"""A card on paper and as data."""

import io
from datetime import datetime
from typing import Any, Protocol

import segno

from shuce.foundation.office.showing import plain
from shuce.kernel.choices import Choice
from shuce.kernel.regions import full_name
from shuce.kernel.words import say
from shuce.lifecycle.register import history
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import columns_of, marks_of

Facts = list[tuple[str, object]]


class Printable(Protocol):
    """Anything with the id of a card."""

    @property
    def id(self) -> str: ...


GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "基本信息",
        (
            "number",
            "name",
            "summary",
            "class_code",
            "industry",
            "subject_area",
            "region_code",
            "acquisition",
            "source_note",
            "obtained_on",
            "budget_item",
            "procurement_number",
            "rows",
        ),
    ),
    ("权利信息", ("holder", "lawful_basis", "personal_data", "personal_basis")),
    ("使用信息", ("use_state", "sharing", "opening", "scene", "uses", "last_used_on")),
    (
        "管理信息",
        (
            "state",
            "grade",
            "grade_confirmed_on",
            "mlps_level",
            "cost",
            "value",
            "value_basis",
            "update_cycle_days",
            "updated_on",
            "update_due_on",
            "retain_until",
            "version",
            "drafted_at",
            "entered_on",
            "closed_on",
        ),
    ),
)


def groups_of(card: Card) -> list[tuple[str, Facts]]:
    """Return the four groups of a card with every fact under its name."""
    return [
        (say(title), [(history.label_of(name), _fact(card, name)) for name in names])
        for title, names in GROUPS
    ]


def printed(card: Card, address: str, *, at: datetime) -> dict[str, Any]:
    """Return what the printed card shows; `address` goes into its code."""
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="svg", scale=4, border=1)
    return {
        "number": card.number or say("尚未编号"),
        "name": card.name,
        "groups": [
            {"title": title, "facts": [[label, plain(value)] for label, value in facts]}
            for title, facts in groups_of(card)
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


def as_data(card: Card) -> dict[str, Any]:
    """Return a card as data: codes, fen, ISO days; its columns without their profiles."""
    names = [name for _, group in GROUPS for name in group if name != "holder"]
    return {
        "id": card.id,
        **{name: history.kept(getattr(card, name)) for name in names},
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


def _fact(card: Card, name: str) -> object:
    value = getattr(card, name)
    if name == "region_code":
        return f"{value} {full_name(value)}".strip()
    if name == "mlps_level":
        return say("第{level}级", level=value)
    # Only what changes by a decision is shown as a coloured badge.
    if isinstance(value, Choice) and name not in ("state", "grade"):
        return value.label
    return value
