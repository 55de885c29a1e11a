"""The values of a card's facts: taken from people and programs, kept, and told again.

A fact is kept as JSON holds it: codes, ISO days, whole fen, numbers as exact decimal text, lists of
rows. `taken` makes that of anything a form, a sheet or a program may send; `worded` makes the words
people read of it, and `as_text` the text that a sheet or a document carries and `taken` takes back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shuce.foundation.office.showing import NOTHING, plain
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle
from shuce.kernel.regions import full_name
from shuce.kernel.standards import asset_classes, industries, path_of
from shuce.kernel.words import say
from shuce.lifecycle.register.catalogue import (
    LEVELS,
    Field,
    FieldKind,
    Sheet,
    by_key,
    named,
    options,
)

# Between the parts of a row, and between rows, where a list of rows is written as one text.
PART, ROW = "｜", "\n"
_MOST_ROWS = 100
_TRUE = frozenset({"是", "有", "true", "yes", "y", "1", "√", "✓"})
_FALSE = frozenset({"否", "无", "false", "no", "n", "0", "×"})
_DAY = re.compile(r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?(?:[ T]00:00(?::00)?)?")


def taken(field: Field, value: Any) -> Any:
    """Return `value` as a card keeps it, or nothing; raise `Wrong` if the field cannot hold it.

    The value may come from a form, a cell of a sheet, JSON, or a text in a document.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, list | tuple) and not value:
        return None
    return _TAKERS[field.kind](field, value)


class Wrong(ValueError):
    """A value that the field cannot take, and why in Chinese."""

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence, self.facts = sentence, facts


def taken_all(given: Mapping[str, Any], known: Mapping[str, Field]) -> tuple[Sheet, list[Obstacle]]:
    """Return every value as kept, nothing left out, and what is wrong with the others."""
    sheet: Sheet = {}
    wrong = []
    for key, value in given.items():
        field = known.get(key)
        if field is None:
            wrong.append(Obstacle("卡片没有“{key}”这个字段", Clause.N_8, key=key, field=key))
            continue
        try:
            sheet[key] = taken(field, value)
        except Wrong as fault:
            wrong.append(Obstacle(fault.sentence, Clause.N_8, field=key, **fault.facts))
    return sheet, wrong


def obstacles_to_more(more: Mapping[str, Any], known: Mapping[str, Field]) -> Iterator[Obstacle]:
    """Yield every reason the further facts of a card cannot stand as they are."""
    kept = {key: value for key, value in more.items() if value is not None}
    sheet, wrong = taken_all(kept, known)
    yield from wrong
    for key, value in sheet.items():
        if value != kept[key]:
            yield Obstacle("“{label}”的写法不规范", Clause.N_8, field=key, label=known[key].label)
    for field in known.values():
        if field.held == "more" and field.required and not field.retired and field.key not in kept:
            yield Obstacle("请填写“{label}”", Clause.N_8, field=field.key, label=named(field))
    yield from _obstacles_between(kept)


def worded(field: Field, value: Any) -> str:
    """Return a kept value as people read it, in their language."""
    if value is None or value == "" or value == []:
        return NOTHING
    match field.kind:
        case FieldKind.CHOICE | FieldKind.INDUSTRY:
            return say((field.choices or {}).get(str(value), str(value)))
        case FieldKind.FLAG:
            return say("是") if value else say("否")
        case FieldKind.MONEY:
            return str(Money(int(value)))
        case FieldKind.DAY:
            return plain(date.fromisoformat(value))
        case FieldKind.REGION:
            return f"{value} {full_name(value)}".strip()
        case FieldKind.CLASS_CODE | FieldKind.DIVISION:
            codes = asset_classes() if field.kind is FieldKind.CLASS_CODE else industries()
            path = path_of(codes, value)
            return f"{value} {say(path[-1].name)}" if path else str(value)
        case FieldKind.LEVEL:
            return say(LEVELS[int(value) - 1]) if 1 <= int(value) <= len(LEVELS) else str(value)
        case FieldKind.WHOLE | FieldKind.DAYS:
            return f"{int(value):,}"
        case FieldKind.ROWS:
            return "；".join(" · ".join(part for part in row if part) for row in value)
    return str(value)


def as_text(field: Field, value: Any) -> str:
    """Return a kept value as one text that `taken` takes back: for sheets and documents."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case list():
            return ROW.join(PART.join(row) for row in value)
    if field.kind in (FieldKind.CHOICE, FieldKind.INDUSTRY):
        return (field.choices or {}).get(str(value), str(value))
    if field.kind is FieldKind.MONEY:
        return f"{Money(int(value)).yuan:.2f}"
    return str(value)


def _text(field: Field, value: Any) -> str:
    # A spreadsheet hands a code typed as a number over as 310000.0.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if len(text) > field.most:
        raise Wrong("“{label}”最多{most}个字", label=named(field), most=field.most)
    return text


def _number(field: Field, value: Any) -> str:
    try:
        number = Decimal(str(value).replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise Wrong("“{label}”应当是数字", label=named(field)) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15 or _places(number) > 6:
        raise Wrong("“{label}”超出可以登记的数值范围", label=named(field))
    return f"{number.normalize():f}" if number else "0"


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _whole(field: Field, value: Any) -> int:
    number = Decimal(_number(field, value))
    if number != int(number):
        raise Wrong("“{label}”应当是整数", label=named(field))
    return int(number)


def _money(field: Field, value: Any) -> int:
    # Whole fen from programs; yuan from people, who write it as text or as a number with places.
    match value:
        case Money():
            return value.fen
        case bool():
            raise Wrong("“{label}”应当是金额", label=named(field))
        case int():
            return value
    yuan = Decimal(_number(field, str(value).replace("¥", "").replace("元", "")))
    if _places(yuan) > 2:
        raise Wrong("“{label}”最多精确到分", label=named(field))
    return int(yuan * 100)


def _day(field: Field, value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    found = _DAY.fullmatch(text) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    try:
        return date(*(int(part) for part in found.groups())).isoformat() if found else _no(field)
    except ValueError:
        return _no(field)


def _no(field: Field) -> str:
    raise Wrong("“{label}”应当是日期，如 2026-03-05", label=named(field))


def _flag(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise Wrong("“{label}”应当是“是”或“否”", label=named(field))


def _choice(field: Field, value: Any) -> str:
    known = dict(options(field))
    text = str(value).strip()
    if text in known:
        return text
    for code, label in known.items():
        if text in (label, say(label), f"{code} {label}"):
            return code
    raise Wrong("“{label}”没有“{value}”这一项", label=named(field), value=text[:40])


def _coded(field: Field, value: Any) -> str:
    """Take a code, or a code followed by its name, as pick-lists of sheets show it."""
    return _text(field, value).split(" ")[0]


def _level(field: Field, value: Any) -> int:
    text = str(value).strip()
    return LEVELS.index(text) + 1 if text in LEVELS else _whole(field, value)


def _rows(field: Field, value: Any) -> list[list[str]]:
    if isinstance(value, str):
        value = [re.split(r"[｜|]", line) for line in value.splitlines() if line.strip()]
    if not isinstance(value, list | tuple) or len(value) > _MOST_ROWS:
        raise Wrong("“{label}”应当是明细，最多{most}行", label=named(field), most=_MOST_ROWS)
    rows = []
    for row in value:
        if not isinstance(row, list | tuple) or len(row) > len(field.parts):
            raise Wrong(
                "“{label}”每行依次写：{parts}，用｜分隔",
                label=named(field),
                parts="｜".join(say(part) for part in field.parts),
            )
        cells = [" ".join(_text(field, cell).split()) for cell in row]
        if any(PART in cell or "|" in cell for cell in cells):
            raise Wrong("“{label}”的内容里不能有｜", label=named(field))
        cells += [""] * (len(field.parts) - len(cells))
        if any(cells):
            rows.append(cells)
    return rows


_TAKERS: dict[FieldKind, Callable[[Field, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG: _text,
    FieldKind.NUMBER: _number,
    FieldKind.WHOLE: _whole,
    FieldKind.DAYS: _whole,
    FieldKind.LEVEL: _level,
    FieldKind.MONEY: _money,
    FieldKind.DAY: _day,
    FieldKind.FLAG: _flag,
    FieldKind.CHOICE: _choice,
    FieldKind.INDUSTRY: _choice,
    FieldKind.DIVISION: lambda field, value: _choice(field, _coded(field, value)),
    FieldKind.CLASS_CODE: _coded,
    FieldKind.REGION: _coded,
    FieldKind.ROWS: _rows,
    FieldKind.ORGANIZATION: _text,
    FieldKind.MOMENT: _text,
}


def _obstacles_between(more: Mapping[str, Any]) -> Iterator[Obstacle]:
    """Yield what two facts cannot say together."""
    spans = [key.removesuffix("until") for key in by_key() if key.endswith("until") and key in more]
    for key in spans:
        start = more.get(f"{key}from") or more.get(f"{key}on")
        if start and more[f"{key}until"] < start:
            yield Obstacle("终止日不能早于起始日", Clause.N_8, field=f"{key}until")
    if more.get("secrecy") == "STATE" and not more.get("secrecy_basis"):
        yield Obstacle("国家秘密须写明定密依据", Clause.N_5, field="secrecy_basis")
