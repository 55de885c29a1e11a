"""Questions about one block of a query: what it adds up, cuts, joins and reads."""

from collections.abc import Iterator

from sqlglot import exp

from shuce.engines.guard.aggregates import Aggregate, is_null_test
from shuce.engines.guard.relations import Where
from shuce.engines.guard.rewriting import is_named_aggregate
from shuce.engines.guard.verdicts import Rule, Stopped

_SAME_OF_ONE = (exp.AnyValue, exp.First, exp.Last, exp.Max, exp.Min, exp.Avg, exp.Median)


def is_crossed(join: exp.Join | None) -> bool:
    """Say whether a join chooses no rows."""
    on = join.args.get("on") if join is not None else None
    return join is None or (
        not join.side
        and not join.args.get("using")
        and (on is None or (isinstance(on, exp.Boolean) and on.this is True))
    )


def drop_single_keys(select: exp.Select) -> None:
    """Drop constants asked for elsewhere from GROUP BY and from aggregates that change nothing."""
    for node in list(select.find_all(*_SAME_OF_ONE)):
        if isinstance(node.this, exp.Subquery):
            node.replace(node.this)
    group = select.args.get("group")
    if group is not None:
        left = [item for item in group.expressions if not isinstance(item, exp.Subquery)]
        group.set("expressions", left)
        if not any(group.args.values()):
            select.set("group", None)


def own_columns(select: exp.Select) -> Iterator[exp.Column]:
    """Yield the columns of a block's own expressions, not those of queries inside it."""
    waiting: list[exp.Expression] = [select]
    while waiting:
        node = waiting.pop()
        for child in node.iter_expressions():
            if isinstance(child, exp.Column):
                yield child
            elif not isinstance(child, exp.Query | exp.With | exp.From):
                waiting.append(child)


def is_aggregated(select: exp.Select) -> bool:
    """Say whether a block adds rows up: by GROUP BY, HAVING, or an aggregate outside windows."""
    if select.args.get("group") or select.args.get("having"):
        return True
    waiting = [*select.expressions]
    for part in ("order", "qualify"):
        if select.args.get(part):
            waiting.append(select.args[part])
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Window):
            function = node.this
            inner = function.this if isinstance(function, exp.Filter) else function
            waiting += list(inner.iter_expressions())
            waiting += [child for child in node.iter_expressions() if child is not function]
        elif isinstance(node, exp.AggFunc) or is_named_aggregate(node):
            return True
        elif not isinstance(node, exp.Query):
            waiting += list(node.iter_expressions())
    return False


def is_cut(select: exp.Select) -> bool:
    """Say whether a block leaves rows out other than by a condition on each."""
    return any(select.args.get(part) for part in ("limit", "offset", "qualify", "distinct"))


def is_join(on: exp.Expression, where: Where) -> bool:
    """Say whether a condition is one of the joins that the policy allows."""
    if not isinstance(on, exp.EQ):
        return False
    ends = (on.this, on.expression)
    if not all(isinstance(end, exp.Column) for end in ends):
        return False
    pair = frozenset((where.table_of(end), end.name) for end in ends)
    return pair in where.policy.joins


def check_distinct(
    aggregates: list[Aggregate], conditions: list[exp.Expression], where: Where
) -> None:
    """Raise Stopped where values of a column are chosen, and those that occur then counted.

    Two values chosen and two counted would say that somebody has the second.
    """
    for each in aggregates:
        if each.kind != "distinct" or each.argument is None:
            continue
        values = {
            (column.table, column.name)
            for counted in _counted_in(each.argument)
            for column in counted.find_all(exp.Column)
            if where.rule_of(column).may("filter") and not where.is_public(column)
        }
        for condition in (*conditions, *each.leaves):
            for column in condition.find_all(exp.Column):
                if (column.table, column.name) in values and not is_null_test(condition):
                    raise Stopped(
                        Rule.FILTER,
                        "列 {column} 已用于筛选，不能再数它有几种取值",
                        column=column.name,
                    )


def _counted_in(argument: exp.Expression) -> list[exp.Expression]:
    """Return what is counted: the results of CASE, not what it asks."""
    waiting, found = [argument], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Paren):
            waiting.append(node.this)
        elif isinstance(node, exp.Case):
            results = [branch.args.get("true") for branch in node.args["ifs"]]
            waiting += [each for each in (*results, node.args.get("default")) if each is not None]
        else:
            found.append(node)
    return found


def in_order(conditions: list[exp.Expression]) -> tuple[exp.Expression, ...]:
    """Return conditions each once, in an order that does not depend on how they were written."""
    # The same question in another order is the same question.
    return tuple(sorted(dict.fromkeys(conditions), key=lambda each: each.sql("duckdb")))
