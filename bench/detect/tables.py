"""Labelled tables of many offices, in the styles columns are named and the ways they are spoilt."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pypinyin

from bench.detect.makers import make
from bench.detect.values import Values
from bench.detect.vocabulary import Half, Role, look_alikes, roles

DOMAINS = "RYGEMTJCSFULO"
STYLES = (
    ["chinese"] * 5 + ["initials"] * 4 + ["snake"] * 2 + ["camel", "upper", "pinyin", "decorated"]
    + ["commented"] * 2 + ["legacy", "nameless"]
)  # fmt: skip
_NEEDS_A_NAME = {"insurance_no", "income", "biometric"}
# Of these makers no value says what they are: without a name there is no truth to be found.
_MUTE = {"plain", "blood", "birth", "recent", "lng", "lat", "allergy", "disability"}


@dataclass
class Column:
    name: str
    type: str
    values: list[str | None]
    comment: str = ""


@dataclass
class Table:
    name: str
    style: str
    columns: list[Column] = field(default_factory=list)

    def truth(self) -> dict[str, str]:
        return {column.name: column.type for column in self.columns}


def office_tables(half: Half, seed: int, count: int = 60) -> list[Table]:
    """Return tables with columns as offices make them."""
    return [_table(Values(seed * 1000 + n, half), n) for n in range(count)]


def look_alike_tables(half: Half, seed: int, count: int = 12) -> list[Table]:
    """Return columns that only look like something, some under names that say so."""
    made = []
    for n in range(count):
        v = Values(seed * 2000 + n, half)
        table = Table(f"like_{n}", "look-alike")
        for name, maker in v.random.sample(look_alikes(), 16):
            _add(table, v, name, "none", maker, 300)
        made.append(table)
    return made


def harsh_tables(half: Half, seed: int, count: int = 24) -> list[Table]:
    """Return tables that were mistreated, with look-alikes among them."""
    made = []
    for n in range(count):
        v = Values(seed * 3000 + n, half)
        rows = (25, 300, 600)[n % 3]
        table = Table(f"harsh_{n}", "harsh")
        for role in v.random.sample(roles(half), 14):
            if role.type not in _NEEDS_A_NAME and role.maker not in _MUTE and v.chance(0.35):
                name = f"col_{v.random.randrange(90)}"
            else:
                name = v.random.choice((*role.chinese, _initials(v.random.choice(role.chinese))))
            _add(table, v, name, role.type, role.maker, rows, _spoiler(v, role, rows))
        for name, maker in v.random.sample(look_alikes(), 4):
            _add(table, v, name, "none", maker, rows)
        made.append(table)
    return made


def _table(v: Values, n: int) -> Table:
    domain, style = DOMAINS[n % len(DOMAINS)], v.random.choice(STYLES)
    table = Table(f"{_initials(v.word('matters'))}_{n}", style)
    chosen = [role for role in roles(v.half) if domain in role.domains]
    chosen = v.random.sample(chosen, min(len(chosen), v.random.randrange(14, 24)))
    rows = v.random.choice((120, 300, 500))
    born: list[str | None] | None = None
    for role in chosen:
        if style == "nameless" and (role.type in _NEEDS_A_NAME or role.maker in _MUTE):
            continue
        name, comment = _named(v, role, style, len(table.columns))
        _add(table, v, name, role.type, role.maker, rows)
        if not table.columns:
            continue
        column = table.columns[-1]
        column.comment = comment
        if role.maker == "id_card":
            born = column.values
        elif role.maker == "birth" and born and v.chance(0.7):
            column.values = [b and f"{b[6:10]}-{b[10:12]}-{b[12:14]}" for b in born]
    return table


def _add(
    table: Table,
    v: Values,
    name: str,
    of: str,
    maker: str,
    rows: int,
    spoil: Callable[[str | None], str | None] | None = None,
) -> None:
    taken = {column.name.lower() for column in table.columns}
    if name.lower() in taken:
        name = next(f"{name}_{i}" for i in range(2, 99) if f"{name}_{i}".lower() not in taken)
    v.fresh_column()
    empty = v.random.choice((0.0, 0.02, 0.1, 0.3))
    values: list[str | None] = [None if v.chance(empty) else make(v, maker) for _ in range(rows)]
    if spoil:
        values = [spoil(value) for value in values]
    elif maker not in ("row_no", "count") and v.chance(0.25):
        values = [_mess(v, value) for value in values]
    table.columns.append(Column(name, of, values))


def _mess(v: Values, value: str | None) -> str | None:
    """Write a few values as hurried people do."""
    if value is None or not v.chance(0.04):
        return value
    return v.pick(f" {value}", f"{value} ", "无", "-", "", value.translate(_FULL_WIDTH))


_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def _spoiler(v: Values, role: Role, rows: int) -> Callable[[str | None], str | None]:
    """Return the mistreatment of one column."""
    sparse = rows > 500 and v.chance(0.4)

    def spoil(value: str | None) -> str | None:
        if value is None or (sparse and not v.chance(0.03)):
            return None
        if role.maker == "id_card" and v.chance(0.3):
            return value[:-1] + v.pick(*"0123456789")
        if role.maker in ("bank_card", "uscc") and v.chance(0.3):
            return value[:-1] + v.pick(*"0123456789")
        if role.maker == "mobile" and rows == 300:
            return f"{float(re.sub('[^0-9]', '', value)[-11:]):.2E}"
        if role.maker == "name" and v.chance(0.35):
            return v.company()
        if role.maker == "lng" or role.maker == "lat":
            return value
        return _mess(v, value)

    return spoil


def _named(v: Values, role: Role, style: str, place: int) -> tuple[str, str]:
    """Return (name, comment) of a column in a table's style."""
    chinese, english = v.random.choice(role.chinese), v.random.choice(role.english)
    if style == "nameless":
        return v.habit("nameless", f"col_{place}", f"F{place:02}", f"字段{place}"), ""
    if style == "chinese":
        return chinese, ""
    if style == "decorated":
        way = v.pick("{}（必填）", "*{}", "{}1", "1.{}", "t_{}", "{}(加密前)", "{}：", "申请_{}")
        return way.format(chinese), ""
    if style == "commented":
        return f"{v.letters(3)}{v.random.randrange(999):03}", chinese
    if style == "legacy":
        return _initials(chinese)[:8] + v.pick("", "1", "_"), v.pick(chinese, chinese, "")
    words = {
        "snake": english,
        "camel": re.sub("_([a-z])", lambda m: m[1].upper(), english),
        "upper": english.upper(),
        "pinyin": "".join(pypinyin.lazy_pinyin(re.sub("[A-Za-z]", "", chinese))),
        "initials": _initials(chinese),
    }
    name = words[style]
    return (name.upper() if style == "initials" and v.table_upper else name), ""


def _initials(chinese: str) -> str:
    return "".join(
        part[0].lower() for part in pypinyin.lazy_pinyin(chinese) if part and part[0].isalnum()
    )


def every_column(tables: list[Table]) -> Iterator[tuple[Table, Column]]:
    for table in tables:
        for column in table.columns:
            yield table, column
