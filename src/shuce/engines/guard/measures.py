"""What an aggregate is taken of: columns clamped to their bounds, arithmetic that cannot fail."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod

from sqlglot import exp

from shuce.engines.guard.policy import Number
from shuce.engines.guard.relations import Where
from shuce.engines.guard.scalars import (
    COMPARISONS,
    check_condition,
    check_value,
    equal,
    harden,
    number_of,
)
from shuce.engines.guard.verdicts import Rule, Stopped

Bounds = tuple[Decimal, Decimal]
_WIDEST = Decimal(10) ** 15
_MINUS = Decimal(-1), Decimal(-1)
_MOST_PATHS = 64  # each is a set of people that is counted; they multiply


@dataclass(frozen=True)
class Measure:
    """A checked argument: hardened tree, bounds, the paths through its CASEs, NULL-ness."""

    tree: exp.Expression
    bounds: Bounds | None
    paths: tuple[tuple[exp.Expression, ...], ...]
    is_whole: bool = True


Reader = Callable[[exp.Expression], Measure]


def measure(node: exp.Expression, where: Where) -> Measure:
    """Check an argument of sum, avg and their like; clamp its columns; work out its bounds."""
    node = bare(node)
    number = number_of(node)
    if number is not None:
        if abs(number) > _WIDEST:
            raise Stopped(Rule.FUNCTION, "常数太大")
        return Measure(node.copy(), (number, number), ((),), number == int(number))
    if isinstance(node, exp.Null):
        return Measure(node.copy(), None, ((),))
    if isinstance(node, exp.Column):
        return _clamped(node, where)
    if isinstance(node, exp.Case | exp.If):
        return read_case(node, lambda result: measure(result, where), where)
    if isinstance(node, exp.Cast):
        return _cast(node, where)
    if isinstance(node, (*COMPARISONS, exp.And, exp.Or, exp.Not)):
        return _truth(node, where)
    if isinstance(node, exp.Neg):
        inner = measure(node.this, where)
        tree = exp.Neg(this=exp.paren(inner.tree, copy=False))
        return Measure(tree, _times(inner.bounds, _MINUS), inner.paths, inner.is_whole)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div):
        return _arithmetic(node, where)
    if isinstance(node, exp.Coalesce) and len(node.expressions) == 1:
        first, other = measure(node.this, where), measure(node.expressions[0], where)
        tree = exp.Coalesce(this=first.tree, expressions=[other.tree])
        whole = first.is_whole and other.is_whole
        return Measure(tree, _hull(first.bounds, other.bounds), _crossed([first, other]), whole)
    if isinstance(node, exp.Round | exp.Floor | exp.Ceil):
        # A step is a comparison: only for columns that may be compared with anything.
        check_value(node, where, "filter")
        inner = measure(node.this, where)
        tree = node.copy()
        tree.this.replace(inner.tree)
        return Measure(tree, _widened(inner.bounds), inner.paths, False)
    if isinstance(node, exp.Abs | exp.Least | exp.Greatest):
        return _folded(node, where)
    if isinstance(node, exp.Pow) and number_of(node.expression) == 2:
        base = exp.paren(node.this)
        return _arithmetic(exp.Mul(this=base, expression=base.copy()), where)
    raise Stopped(Rule.FUNCTION, "汇总的对象只能是数值列及其加减乘除和 CASE")


def _folded(node: exp.Expression, where: Where) -> Measure:
    """Read ABS, LEAST and GREATEST: comparisons, too, so only where anything may be compared."""
    check_value(node, where, "filter")
    parts = [measure(part, where) for part in (node.this, *node.expressions)]
    tree = node.copy()
    olds = [tree.this, *tree.expressions]
    for old, part in zip(olds, parts, strict=True):
        old.replace(part.tree)
    bounds = parts[0].bounds
    for part in parts[1:]:
        bounds = _hull(bounds, part.bounds) if bounds and part.bounds else None
    if isinstance(node, exp.Abs) and bounds:
        bounds = Decimal(0), max(abs(bounds[0]), abs(bounds[1]))
    return Measure(tree, bounds, _crossed(parts), all(part.is_whole for part in parts))


def _crossed(parts: list[Measure]) -> tuple[tuple[exp.Expression, ...], ...]:
    """Return the paths through all of several parts at once."""
    if prod(len(part.paths) for part in parts) > _MOST_PATHS:
        raise Stopped(Rule.LIMIT, "一个查询里带条件的汇总太多")
    return tuple(
        tuple(step for path in chosen for step in path)
        for chosen in product(*(part.paths for part in parts))
    )


def _clamped(column: exp.Column, where: Where) -> Measure:
    rule = where.rule_of(column)
    kind = where.type_of(column).upper()
    whole = kind.endswith("INT") or kind == "INTEGER" or kind == ""
    if where.is_public(column):
        if not rule.may("aggregate", "show"):
            raise Stopped(Rule.COLUMN, "列 {column} 不能用于汇总", column=column.name)
        return Measure(_wide(column, kind), _as_bounds(rule.bounds), ((),), whole)
    if not rule.may("aggregate") or rule.bounds is None:
        raise Stopped(Rule.COLUMN, "列 {column} 不能用于汇总", column=column.name)
    low, high = (_literal(end) for end in rule.bounds)
    # Not LEAST and GREATEST: those pass over NULL and would turn a missing value into a bound.
    ifs = []
    if not where.keeps_to(column, "low"):
        below = exp.LT(this=column.copy(), expression=low)
        ifs.append(exp.If(this=below, true=low.copy()))
    if not where.keeps_to(column, "high"):
        above = exp.GT(this=column.copy(), expression=high)
        ifs.append(exp.If(this=above, true=high.copy()))
    tree = exp.Case(ifs=ifs, default=column.copy()) if ifs else column.copy()
    return Measure(_wide(tree, kind), _as_bounds(rule.bounds), ((),), whole)


def _literal(number: Number) -> exp.Expression:
    positive = exp.Literal.number(abs(number))
    return positive if number >= 0 else exp.Neg(this=positive)


def _wide(tree: exp.Expression, kind: str) -> exp.Expression:
    # Small whole numbers overflow in arithmetic, which the engine reports, and so compares.
    if kind in ("TINYINT", "SMALLINT", "UTINYINT", "USMALLINT", "INTEGER", "UINTEGER"):
        return exp.cast(tree.copy(), "BIGINT")
    return tree.copy()


def read_case(node: exp.Expression, read: Reader, where: Where) -> Measure:
    """Read a CASE or IF: its results by `read`, its conditions as guards."""
    if isinstance(node, exp.If):
        branches = [(node.this, node.args["true"])]
        default = node.args.get("false")
    else:
        branches = [
            (
                equal(node.this, each.this) if node.this else each.this,
                each.args["true"],
            )
            for each in node.args["ifs"]
        ]
        default = node.args.get("default")
    if len(branches) > _MOST_PATHS:
        raise Stopped(Rule.LIMIT, "一个查询里带条件的汇总太多")
    paths: list[tuple[exp.Expression, ...]] = []
    before: tuple[exp.Expression, ...] = ()
    ifs, bounds, whole = [], None, True
    for condition, result in branches:
        check_condition(condition, where)
        hard = harden(condition, where)
        inner = read(result)
        paths += [(*before, is_true(hard), *path) for path in inner.paths]
        before = (*before, is_not_true(hard))
        ifs.append(exp.If(this=hard, true=inner.tree))
        bounds, whole = _hull(bounds, inner.bounds), whole and inner.is_whole
    last = read(default) if default is not None else None
    paths += [(*before, *path) for path in last.paths] if last else [before]
    if last:
        bounds, whole = _hull(bounds, last.bounds), whole and last.is_whole
    tree = exp.Case(ifs=ifs, default=last.tree if last else None)
    return Measure(tree, bounds, tuple(paths), whole)


def _truth(node: exp.Expression, where: Where) -> Measure:
    check_condition(node, where)
    hard = harden(node, where)
    yes, no = exp.Literal.number(1), exp.Literal.number(0)
    tree = exp.Case(
        ifs=[exp.If(this=hard, true=yes), exp.If(this=exp.Not(this=exp.paren(hard)), true=no)]
    )
    paths = ((is_true(hard),), (is_not_true(hard),))
    return Measure(tree, (Decimal(0), Decimal(1)), paths)


def _cast(node: exp.Cast, where: Where) -> Measure:
    inner = bare(node.this)
    if isinstance(inner, (*COMPARISONS, exp.And, exp.Or, exp.Not)):
        return _truth(inner, where)
    kind = node.to.sql("duckdb").upper()
    if kind.startswith(("DOUBLE", "FLOAT", "REAL", "DECIMAL")) or (
        kind in ("BIGINT", "INT", "INTEGER", "HUGEINT", "INT128") and isinstance(inner, exp.Column)
    ):
        measured = measure(inner, where)
    else:
        # Rounding a computed value is a comparison in disguise.
        raise Stopped(Rule.FUNCTION, "汇总里只能把数值列转换为 DOUBLE、DECIMAL 或整数")
    tree = exp.TryCast(this=measured.tree, to=node.to.copy())
    whole = measured.is_whole or kind.startswith(("BIGINT", "INT", "HUGEINT"))
    return Measure(tree, measured.bounds, measured.paths, whole)


def _arithmetic(node: exp.Expression, where: Where) -> Measure:
    assert isinstance(node, exp.Binary)
    left, right = measure(node.left, where), measure(node.right, where)
    if isinstance(node, exp.Div) and (
        right.bounds is None or right.bounds[0] != right.bounds[1] or right.bounds[0] == 0
    ):
        raise Stopped(Rule.FUNCTION, "逐行只能除以不为零的常数；比值请用汇总值相除")
    if isinstance(node, exp.Add):
        bounds = _plus(left.bounds, right.bounds)
    elif isinstance(node, exp.Sub):
        bounds = _plus(left.bounds, _times(right.bounds, _MINUS))
    elif isinstance(node, exp.Mul):
        bounds = _times(left.bounds, right.bounds)
    else:
        assert right.bounds is not None
        bounds = _times(left.bounds, (1 / right.bounds[0], 1 / right.bounds[0]))
    if bounds is None or max(abs(bounds[0]), abs(bounds[1])) > _WIDEST:
        raise Stopped(Rule.FUNCTION, "汇总的数值范围太大，或者没有上下限")
    tree = type(node)(
        this=exp.paren(left.tree, copy=False),
        expression=exp.paren(right.tree, copy=False),
        **{k: v for k, v in node.args.items() if k in ("typed", "safe")},
    )
    paths = _crossed([left, right])
    whole = left.is_whole and right.is_whole and not isinstance(node, exp.Div)
    return Measure(tree, bounds, paths, whole)


def bare(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def is_true(condition: exp.Expression) -> exp.Expression:
    return exp.Is(this=exp.paren(condition), expression=exp.true())


def is_not_true(condition: exp.Expression) -> exp.Expression:
    return exp.Not(this=exp.paren(is_true(condition), copy=False))


def _as_bounds(bounds: tuple[Number, Number] | None) -> Bounds | None:
    return (Decimal(str(bounds[0])), Decimal(str(bounds[1]))) if bounds else None


def _hull(a: Bounds | None, b: Bounds | None) -> Bounds | None:
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])


def _plus(a: Bounds | None, b: Bounds | None) -> Bounds | None:
    return (a[0] + b[0], a[1] + b[1]) if a and b else None


def _times(a: Bounds | None, b: Bounds | None) -> Bounds | None:
    if not a or not b:
        return None
    products = [x * y for x in a for y in b]
    return min(products), max(products)


def _widened(bounds: Bounds | None) -> Bounds | None:
    return (bounds[0] - 1, bounds[1] + 1) if bounds else None
