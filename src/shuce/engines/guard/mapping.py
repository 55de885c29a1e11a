"""Constants joined to private rows: said as CASE and conditions, as an analyst could have.

`persons JOIN (VALUES (0, 17, '少年'), …) b(lo, hi, label) ON age BETWEEN lo AND hi` asks what
`CASE WHEN age BETWEEN 0 AND 17 THEN '少年' … END` asks. Written so, every rule of conditions and
groups holds for it, and nothing is joined to private rows at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from shuce.engines.guard.blocks import own_columns
from shuce.engines.guard.constants import is_constant
from shuce.engines.guard.relations import MOST_NODES, Relation, Released, split_and
from shuce.engines.guard.verdicts import Rule, Stopped

_MOST_ROWS = 400
Row = dict[str, exp.Expression]
Value = Decimal | str
_TURNED = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.EQ}


@dataclass(frozen=True)
class _Reach:
    """The values between two ends; an end may be open, or missing."""

    low: Value | None = None
    high: Value | None = None
    low_open: bool = False
    high_open: bool = False

    def is_apart(self, other: "_Reach") -> bool:
        return self._ends_before(other) or other._ends_before(self)

    def _ends_before(self, other: "_Reach") -> bool:
        high, low = self.high, other.low
        if isinstance(high, Decimal) and isinstance(low, Decimal):
            return high < low or (high == low and (self.high_open or other.low_open))
        if isinstance(high, str) and isinstance(low, str):
            return high < low or (high == low and (self.high_open or other.low_open))
        return False


def take_constants_out(
    select: exp.Select,
    sources: dict[str, Relation],
    rows_for: Callable[[exp.Expression, Released], list[Row]],
) -> dict[str, Relation]:
    """Take sources of constants, or of released rows, joined to private rows out of FROM.

    `rows_for` tells the rows of such a source. What cannot be taken out is left, and refused later.
    """
    start, left = select.args["from_"], dict(sources)
    for alias, source in sources.items():
        joins = list(select.args.get("joins") or [])
        if not isinstance(source, Released) or not joins:
            continue
        place = next((i for i, join in enumerate(joins) if join.alias_or_name == alias), None)
        join = joins.pop(place if place is not None else 0)
        side = str(join.side).upper()
        # Whoever starts with the list and joins people to it may keep rows without people; these
        # are of nobody, and would be kept back.
        if side not in (("", "LEFT") if place is not None else ("", "LEFT", "RIGHT")):
            continue
        is_outer = side == ("LEFT" if place is not None else "RIGHT")
        rows = rows_for(join.this if place is not None else start.this, source)
        if place is None:
            start.set("this", join.this)
        on = join.args.get("on")
        if is_outer:
            select.meta["on"] = on if on is not None else exp.true()
        elif on is not None:
            select.where(on, copy=False)
        select.set("joins", joins)
        _write_mapping_out(select, alias, rows, is_outer=is_outer)
        del left[alias]
    return left


def rows_of(values: exp.Values, columns: list[str]) -> list[Row]:
    """Return the rows of VALUES by column name."""
    rows = []
    for each in values.expressions:
        items = each.expressions if isinstance(each, exp.Tuple) else [each]
        if not all(map(is_constant, items)):
            raise Stopped(Rule.JOIN, "与逐行数据关联的常数表里只能是常数")
        rows.append(_row(columns, items))
    return rows


def constant_rows(columns: tuple[str, ...], answered: list[list[object]]) -> list[Row]:
    """Return the rows of an answer as constants."""
    return [_row(list(columns), [exp.convert(value) for value in row]) for row in answered]


def _row(columns: list[str], items: list[exp.Expression]) -> Row:
    if len(columns) != len(items):
        raise Stopped(Rule.JOIN, "关联的常数表各行的列数不一致")
    return dict(zip(columns, items, strict=True))


def _write_mapping_out(select: exp.Select, alias: str, rows: list[Row], *, is_outer: bool) -> None:
    """Replace the columns of `alias`, which holds `rows`, by CASE; its join by a condition.

    `select` no longer has the join itself: its ON stands among the conditions of WHERE. Where
    `is_outer`, people without a row stay; the join's conditions are then `select.meta["on"]`.
    """
    if len(rows) > _MOST_ROWS:
        raise Stopped(Rule.JOIN, "与逐行数据关联的常数表最多 {most} 行", most=_MOST_ROWS)
    where = select.args.get("where")
    on = split_and(select.meta.pop("on")) if is_outer else []
    if not is_outer:
        kept: list[exp.Expression] = []
        for part in split_and(where.this if where else None):
            (on if _names(part, alias) and not part.find(exp.Query) else kept).append(part)
        select.set("where", exp.Where(this=exp.and_(*kept)) if kept else None)
    if not any(_names(part, alias) for part in on):
        raise Stopped(Rule.JOIN, "常数表要用条件与逐行数据关联")
    chosen = [exp.and_(*(_filled(part, alias, row) for part in on), copy=False) for row in rows]
    _check_apart([[_filled(part, alias, row) for part in on] for row in rows])
    if not is_outer:
        one = _as_list(on, alias, rows)
        either = one or (exp.or_(*(each.copy() for each in chosen)) if chosen else exp.false())
        select.where(exp.paren(either, copy=False), copy=False)
    for column in [each for each in own_columns(select) if each.table == alias]:
        if rows and column.name not in rows[0]:
            raise Stopped(Rule.COLUMN, "列 {column} 不明确", column=column.name[:40])
        ifs = [
            exp.If(this=condition.copy(), true=row[column.name].copy())
            for condition, row in zip(chosen, rows, strict=True)
        ]
        meant = exp.Case(ifs=ifs) if ifs else exp.null()
        if len(ifs) > 1 and sum(1 for _ in meant.walk()) > MOST_NODES:
            raise Stopped(Rule.SYNTAX, "查询太长")
        own = column.parent is select and column.arg_key == "expressions"
        column.replace(exp.alias_(meant, column.name, quoted=True) if own else exp.paren(meant))


def _as_list(on: list[exp.Expression], alias: str, rows: list[Row]) -> exp.Expression | None:
    """Return `x IN (…)` where the rows are chosen by one equality, or None."""
    if len(on) != 1 or not isinstance(on[0], exp.EQ) or not rows:
        return None
    ends = [on[0].this, on[0].expression]
    listed = [end for end in ends if isinstance(end, exp.Column) and end.table == alias]
    others = [end for end in ends if not _names(end, alias)]
    if len(listed) != 1 or len(others) != 1:
        return None
    values = [row[listed[0].name].copy() for row in rows]
    return exp.In(this=others[0].copy(), expressions=values)


def _names(node: exp.Expression, alias: str) -> bool:
    return any(column.table == alias for column in node.find_all(exp.Column))


def _filled(part: exp.Expression, alias: str, row: Row) -> exp.Expression:
    def fill(node: exp.Expression) -> exp.Expression:
        if not isinstance(node, exp.Column) or node.table != alias:
            return node
        if node.name not in row:
            raise Stopped(Rule.COLUMN, "列 {column} 不明确", column=node.name[:40])
        return row[node.name].copy()

    filled = part.copy().transform(fill, copy=False)
    return filled if isinstance(filled, exp.Predicate) else exp.paren(filled)


def _check_apart(rows: list[list[exp.Expression]]) -> None:
    """Raise Stopped unless each person can meet one row at most, so that CASE says the same."""
    reaches = [_reaches(parts) for parts in rows]
    for place, one in enumerate(reaches):
        for other in reaches[place + 1 :]:
            if not any(name in other and one[name].is_apart(other[name]) for name in one):
                raise Stopped(Rule.JOIN, "常数表的各行条件不能重叠，每个人最多对应一行")


def _reaches(parts: list[exp.Expression]) -> dict[str, _Reach]:
    """Return the values that each compared expression may have."""
    found: dict[str, _Reach] = {}
    for part in parts:
        for name, reach in _reach(part):
            known = found.get(name, _Reach())
            if reach.low is not None:
                known = _Reach(reach.low, known.high, reach.low_open, known.high_open)
            if reach.high is not None:
                known = _Reach(known.low, reach.high, known.low_open, reach.high_open)
            found[name] = known
    return found


def _reach(part: exp.Expression) -> list[tuple[str, _Reach]]:
    while isinstance(part, exp.Paren):
        part = part.this
    if isinstance(part, exp.Between):
        low, high = _value(part.args["low"]), _value(part.args["high"])
        return [(part.this.sql("duckdb"), _Reach(low, high))]
    kind = type(part)
    if kind not in _TURNED:
        return []
    assert isinstance(part, exp.Binary)
    left, right = part.left, part.right
    value = _value(right)
    if value is None:
        left, value, kind = right, _value(left), _TURNED[kind]
    if value is None:
        return []
    name = left.sql("duckdb")
    if kind is exp.EQ:
        return [(name, _Reach(value, value))]
    if kind in (exp.LT, exp.LTE):
        return [(name, _Reach(None, value, high_open=kind is exp.LT))]
    return [(name, _Reach(value, None, low_open=kind is exp.GT))]


def _value(node: exp.Expression) -> Value | None:
    sign = 1
    while isinstance(node, exp.Paren | exp.Neg | exp.Cast):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        return str(node.name)
    try:
        return sign * Decimal(node.name)
    except InvalidOperation:
        return None
