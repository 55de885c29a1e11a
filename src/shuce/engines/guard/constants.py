"""Constants a question makes for itself: the day it is asked, and lists of numbers, days and words.

The clock is read nowhere; the moment comes with the question. Lists become VALUES, so that what
makes rows out of nothing never runs where private rows are.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlglot import exp

from shuce.engines.guard.verdicts import Rule, Stopped

_MOST_VALUES = 1_000  # of a list, and of all lists of a question
_DAYS = ("current_date",)
_MOMENTS = ("now", "get_current_timestamp", "transaction_timestamp")
_STEP = re.compile(r"(-?\d{1,4})\s*(day|week|month|quarter|year)s?", re.IGNORECASE)
_INSIDE = "listed"


def write_clock_out(tree: exp.Expression, at: datetime | None) -> None:
    """Replace today and now by the moment of asking; without one they stay, and are refused."""
    if at is None:
        return
    kinds = (exp.CurrentDate, exp.CurrentTimestamp, exp.Localtimestamp, exp.Anonymous)
    for node in list(tree.find_all(*kinds)):
        if node.expressions or node.args.get("zone"):
            continue
        if isinstance(node, exp.CurrentDate) or _is_called(node, _DAYS):
            node.replace(_day(at.date()))
        elif not isinstance(node, exp.Anonymous) or _is_called(node, _MOMENTS):
            node.replace(_moment(at))


def write_lists_out(tree: exp.Expression) -> None:
    """Say range, generate_series and unnest of constants, where they stand as tables, as VALUES."""
    written = 0
    for node in list(tree.find_all(exp.Table, exp.Unnest)):
        inner = node.this if isinstance(node, exp.Table) else None
        if isinstance(inner, exp.GenerateSeries):
            name = "range" if inner.args.get("is_end_exclusive") else "generate_series"
        elif isinstance(node, exp.Unnest) and len(node.expressions) == 1:
            inner, name = node.expressions[0], "unnest"
        else:
            continue
        values = _values(inner)
        if values is not None:
            written = _counted(written, values)
            alias = node.args.get("alias")
            columns = [each.name for each in alias.columns] if alias else []
            node.replace(_table(values, node.alias or name, (columns or [name])[0]))
    for node in list(tree.find_all(exp.Explode)):
        select = node.parent_select
        values = _values(node.this) if node.this is not None else None
        if values is None or select is None or select.args.get("from_") is not None:
            continue
        item = node.parent if isinstance(node.parent, exp.Alias) else node
        if item.parent is not select:
            continue
        written = _counted(written, values)
        column = exp.column("unnest", _INSIDE, quoted=True)
        node.replace(column if item is not node else exp.alias_(column, "unnest", quoted=True))
        select.set("from_", exp.From(this=_table(values, _INSIDE, "unnest")))


def _counted(written: int, values: list[exp.Expression]) -> int:
    if written + len(values) > _MOST_VALUES:
        raise Stopped(Rule.SYNTAX, "查询太长")
    return written + len(values)


def _values(node: exp.Expression) -> list[exp.Expression] | None:
    """Return the constants that a list or a series stands for, or None if it is of other things."""
    if isinstance(node, exp.Array):
        values = list(node.expressions)
        if len(values) > _MOST_VALUES:
            raise Stopped(Rule.SYNTAX, "查询太长")
        return values if values and all(map(is_constant, values)) else None
    if not isinstance(node, exp.GenerateSeries):
        return None
    start, end, step = (node.args.get(part) for part in ("start", "end", "step"))
    ends_before = bool(node.args.get("is_end_exclusive"))
    days = [_day_of(each) for each in (start, end)]
    if days[0] is not None and days[1] is not None:
        return [_moment(each) for each in _days(days[0], days[1], step, ends_before)]
    numbers = [_whole_of(each) for each in (start, end)]
    by = 1 if step is None else _whole_of(step)
    if numbers[0] is None or numbers[1] is None or not by:
        return None
    last = numbers[1] if ends_before else numbers[1] + (1 if by > 0 else -1)
    if len(range(numbers[0], last, by)) > _MOST_VALUES:
        raise Stopped(Rule.FUNCTION, "常数太大")
    return [_number(each) for each in range(numbers[0], last, by)] or None


def is_constant(node: exp.Expression) -> bool:
    """Say whether a node is a literal, perhaps with a sign or a type."""
    while isinstance(node, exp.Neg | exp.Paren | exp.Cast):
        node = node.this
    return isinstance(node, exp.Literal | exp.Null | exp.Boolean)


def _days(
    start: datetime, end: datetime, step: exp.Expression | None, ends_before: bool
) -> Iterator[datetime]:
    found = _STEP.fullmatch(_said(step)) if step is not None else None
    if found is None or int(found[1]) == 0:
        raise Stopped(Rule.FUNCTION, "不认识的时间单位")
    number, unit = int(found[1]), found[2].lower()
    for place in range(_MOST_VALUES + 1):
        moved = _moved(start, place * number, unit)
        if (moved > end if number > 0 else moved < end) or (ends_before and moved == end):
            return
        yield moved
    raise Stopped(Rule.FUNCTION, "常数太大")


def _moved(start: datetime, number: int, unit: str) -> datetime:
    try:
        if unit in ("day", "week"):
            return start + timedelta(days=number * (7 if unit == "week" else 1))
        months = number * {"month": 1, "quarter": 3, "year": 12}[unit]
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        last = monthrange(year, month + 1)[1]
        return start.replace(year=year, month=month + 1, day=min(start.day, last))
    except (ValueError, OverflowError):
        raise Stopped(Rule.FUNCTION, "常数太大") from None


def _said(step: exp.Expression) -> str:
    if not isinstance(step, exp.Interval) or step.this is None:
        return ""
    unit = step.args.get("unit")
    return f"{step.this.name} {unit.name if unit is not None else ''}".strip()


def _day_of(node: exp.Expression | None) -> datetime | None:
    if not isinstance(node, exp.Cast) or not isinstance(node.this, exp.Literal):
        return None
    try:
        return datetime.fromisoformat(node.this.name)
    except ValueError:
        return None


def _whole_of(node: exp.Expression | None) -> int | None:
    sign = -1 if isinstance(node, exp.Neg) else 1
    inner = node.this if isinstance(node, exp.Neg) else node
    if isinstance(inner, exp.Literal) and not inner.is_string and inner.name.isdigit():
        return sign * int(inner.name) if len(inner.name) <= 9 else None
    return None


def _number(value: int) -> exp.Expression:
    size = exp.Literal.number(abs(value))
    return size if value >= 0 else exp.Neg(this=size)


def _day(value: date) -> exp.Expression:
    return exp.cast(exp.Literal.string(value.isoformat()), "DATE")


def _moment(value: datetime) -> exp.Expression:
    text = value.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")
    return exp.cast(exp.Literal.string(text), "TIMESTAMP")


def _table(values: list[exp.Expression], alias: str, column: str) -> exp.Values:
    rows = [exp.Tuple(expressions=[value.copy()]) for value in values]
    named = exp.TableAlias(
        this=exp.to_identifier(alias, quoted=True), columns=[exp.to_identifier(column, quoted=True)]
    )
    return exp.Values(expressions=rows, alias=named)


def _is_called(node: exp.Expression, names: tuple[str, ...]) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() in names
