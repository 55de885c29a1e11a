"""Aggregates over private rows: clamped, bounded, and guarded so that no part of them is small.

What `sum(CASE WHEN c THEN x ELSE 0 END)` shows is a figure of those with c. So every condition
inside an aggregate makes a *guard*: a set of rows whose distinct subjects must reach the minimum
too, or the figure is withheld.
"""

from dataclasses import dataclass, replace

from sqlglot import exp

from shuce.engines.guard.measures import (
    Bounds,
    Measure,
    bare,
    is_not_true,
    is_true,
    measure,
    read_case,
)
from shuce.engines.guard.relations import Where
from shuce.engines.guard.scalars import COMPARISONS, check_condition, check_value, equal, harden
from shuce.engines.guard.verdicts import Rule, Stopped
from shuce.engines.guard.vocabulary import PROTECTED

# Of what is counted: what tells values from one another, or makes some of them NULL.
_CHOOSING = (
    *COMPARISONS, exp.And, exp.Or, exp.Not, exp.Nullif, exp.Coalesce, exp.Case, exp.If, exp.Cast,
    exp.Least, exp.Greatest, exp.Replace, exp.RegexpReplace, exp.RegexpExtract, exp.Translate,
    exp.SplitPart, exp.StrPosition, exp.Mod, exp.IntDiv,
)  # fmt: skip


@dataclass(frozen=True)
class Aggregate:
    """One protected figure.

    `sql` computes it over a group. `guards` are conditions that must each hold for the minimum
    number of subjects; `leaves` those of them that a person chose (not mere NULL-ness), which are
    compared with other releases. `kind` is count, distinct, sum, avg or spread; `argument` and
    `bounds` serve noise.
    """

    tree: exp.Expression
    kind: str
    argument: exp.Expression | None = None
    bounds: Bounds | None = None
    guards: tuple[exp.Expression, ...] = ()
    leaves: tuple[exp.Expression, ...] = ()
    is_whole: bool = True


def read_aggregate(node: exp.Expression, where: Where) -> Aggregate:
    """Return the protected form of an aggregate call, with or without FILTER."""
    condition: exp.Expression | None = None
    if isinstance(node, exp.Filter):
        condition = node.expression.this
        node = node.this
    if isinstance(node, exp.Anonymous) and node.name.lower() == "count_star":
        node = exp.Count(this=exp.Star(), big_int=True)
    if not isinstance(node, PROTECTED):
        raise Stopped(
            Rule.EXTREME,
            "{name} 会露出个别人的值；可以用 count、sum、avg、count(DISTINCT …)、stddev",
            name=_name(node),
        )
    if isinstance(node, exp.CountIf):
        condition = node.this if condition is None else exp.and_(condition, node.this, copy=True)
        node = exp.Count(this=exp.Star(), big_int=True)
    read = _read(node, where)
    return read if condition is None else _filtered(read, condition, where)


def _read(node: exp.Expression, where: Where) -> Aggregate:
    if isinstance(node, exp.ApproxDistinct):
        if node.args.get("accuracy"):
            raise Stopped(Rule.FUNCTION, "approx_count_distinct 只能有一个参数")
        exact = _distinct(node.this, where)
        assert exact.argument is not None
        return replace(exact, tree=exp.ApproxDistinct(this=exact.argument.copy()))
    if isinstance(node, exp.Count):
        return _count(node, where)
    if isinstance(node, exp.Sum | exp.Avg):
        return _total(node, where)
    arguments = [measure(child, where) for child in node.iter_expressions()]
    tree = node.copy()
    for old, new in zip(list(tree.iter_expressions()), arguments, strict=True):
        old.replace(new.tree)
    guards = tuple(
        path
        for each, child in zip(arguments, node.iter_expressions(), strict=True)
        for path in _guards(each, child)
    )
    return Aggregate(tree, "spread", guards=guards, leaves=_leaves(arguments), is_whole=False)


def _count(node: exp.Count, where: Where) -> Aggregate:
    inner = node.this
    if node.args.get("expressions"):
        raise Stopped(Rule.FUNCTION, "count 只能有一个参数")
    if inner is None or isinstance(inner, exp.Star) or _is_constant(inner):
        return Aggregate(exp.Count(this=exp.Star(), big_int=True), "count")
    if isinstance(inner, exp.Distinct):
        if len(inner.expressions) != 1:
            raise Stopped(Rule.FUNCTION, "count(DISTINCT …) 只能有一个参数")
        return _distinct(inner.expressions[0], where)
    measured = _counted(_plain_nullif(inner), where, distinct=False)
    return Aggregate(
        exp.Count(this=measured.tree, big_int=True),
        "count",
        argument=measured.tree,
        guards=_guards(measured, inner),
        leaves=_leaves([measured]),
    )


def _distinct(inner: exp.Expression, where: Where) -> Aggregate:
    measured = _counted(_plain_nullif(inner), where, distinct=True)
    return Aggregate(
        exp.Count(this=exp.Distinct(expressions=[measured.tree]), big_int=True),
        "distinct",
        argument=measured.tree,
        guards=_guards(measured, inner),
        leaves=_leaves([measured]),
    )


def _plain_nullif(inner: exp.Expression) -> exp.Expression:
    """Return NULLIF(a, b) as the CASE that it stands for."""
    inner = bare(inner)
    if not isinstance(inner, exp.Nullif):
        return inner
    same = equal(inner.this, inner.expression)
    return exp.Case(ifs=[exp.If(this=same, true=exp.Null())], default=inner.this.copy())


def _counted(inner: exp.Expression, where: Where, *, distinct: bool) -> Measure:
    """Check what is counted: a column, or a CASE whose results are columns and constants."""
    inner = bare(inner)
    if isinstance(inner, exp.Column):
        uses = ("count_distinct", "group") if distinct else (
            "count_distinct", "group", "filter", "aggregate", "join")  # fmt: skip
        if not where.rule_of(inner).may(*uses) and not (
            where.is_public(inner) and where.rule_of(inner).uses
        ):
            raise Stopped(Rule.COLUMN, "列 {column} 不能用于计数", column=inner.name)
        return Measure(inner.copy(), None, ((),))
    if isinstance(inner, exp.Literal | exp.Null):
        return Measure(inner.copy(), None, ((),))
    if isinstance(inner, exp.Case | exp.If):
        return read_case(inner, lambda result: _counted(result, where, distinct=distinct), where)
    check_value(inner, where, "group" if distinct else "filter")
    tree = harden(inner, where)
    if not inner.find(*_CHOOSING):
        return Measure(tree, None, ((),))
    # What it makes NULL, or one value of many, was chosen: both sides are parts of the figure.
    if distinct:
        raise Stopped(Rule.FUNCTION, "count(DISTINCT …) 里不能有条件；请用 CASE WHEN … THEN 列 END")
    present = exp.Not(this=exp.Is(this=exp.paren(tree.copy()), expression=exp.Null()))
    return Measure(tree, None, ((is_true(present),), (is_not_true(present),)))


def _total(node: exp.Expression, where: Where) -> Aggregate:
    if isinstance(node.this, exp.Distinct):
        raise Stopped(Rule.EXTREME, "sum 和 avg 不能用 DISTINCT")
    measured = measure(node.this, where)
    kind = "sum" if isinstance(node, exp.Sum) else "avg"
    tree = measured.tree
    if isinstance(bare(node.this), exp.Column) and type(tree) is exp.Cast:
        tree = tree.this  # totals of small whole numbers are wide by themselves
    return Aggregate(
        type(node)(this=tree),
        kind,
        argument=tree,
        bounds=measured.bounds,
        guards=_guards(measured, node.this),
        leaves=_leaves([measured]),
        is_whole=measured.is_whole,
    )


def _filtered(read: Aggregate, condition: exp.Expression, where: Where) -> Aggregate:
    check_condition(condition, where)
    hard = harden(condition, where)
    chosen = is_true(hard)
    guards = [chosen, *(exp.and_(chosen, guard, copy=True) for guard in read.guards)]
    if not is_null_test(hard):
        guards.append(is_not_true(hard))
    leaves = [chosen, *(exp.and_(chosen, leaf, copy=True) for leaf in read.leaves)]
    tree = exp.Filter(this=read.tree, expression=exp.Where(this=hard.copy()))
    argument = read.argument or exp.Literal.number(1)
    gated = exp.Case(ifs=[exp.If(this=hard.copy(), true=argument.copy())])
    bounds = read.bounds
    return Aggregate(tree, read.kind, gated, bounds, tuple(guards), tuple(leaves), read.is_whole)


def _guards(measured: Measure, argument: exp.Expression) -> tuple[exp.Expression, ...]:
    """Return the paths through the argument, and that its columns are there at all."""
    guards = [exp.and_(*path, copy=True) for path in measured.paths if path]
    present = [
        exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))
        for column in dict.fromkeys(argument.find_all(exp.Column))
        if not isinstance(bare(argument), exp.Case | exp.If)
    ]
    return (*guards, *(present if len(present) == 1 and not guards else ()))


def _leaves(measures: list[Measure]) -> tuple[exp.Expression, ...]:
    return tuple(exp.and_(*path, copy=True) for each in measures for path in each.paths if path)


def _is_constant(node: exp.Expression) -> bool:
    return isinstance(bare(node), exp.Literal | exp.Boolean)


def is_null_test(condition: exp.Expression) -> bool:
    """Say whether a condition asks only whether a value is there."""
    inner = bare(condition)
    while isinstance(inner, exp.Not):
        inner = bare(inner.this)
    return isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)


def _name(node: exp.Expression) -> str:
    return str(node.name if isinstance(node, exp.Anonymous) else type(node).__name__)[:40].lower()
