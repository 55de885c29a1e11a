"""PIVOT and UNPIVOT with named values, written out as the aggregates and unions they stand for.

What is written out is judged like any other text, so that a pivot may do no more than they may.
"""

from sqlglot import exp

from shuce.engines.guard.scalars import equal
from shuce.engines.guard.verdicts import Rule, Stopped

_MOST_COLUMNS = 100


def write_pivots_out(tree: exp.Expression) -> exp.Expression:
    """Return `tree` with every pivot replaced by a query without one."""
    if isinstance(tree, exp.Pivot):
        tree = _statement(tree)
    for node in list(tree.find_all(exp.Subquery, exp.Table)):
        pivots = node.args.get("pivots")
        if not pivots:
            continue
        if len(pivots) > 1:
            raise Stopped(Rule.STATEMENT, "不允许这种写法：{form}", form="PIVOT")
        pivot, alias = pivots[0], node.alias or pivots[0].alias
        node.set("pivots", None)
        node.set("alias", None)
        query = _unpivoted(node, pivot) if pivot.args.get("unpivot") else _clause(node, pivot)
        node.replace(query.subquery(alias or "pivoted", copy=False))
    return tree


def _statement(pivot: exp.Pivot) -> exp.Expression:
    """PIVOT … ON … USING …, and UNPIVOT … ON … INTO NAME … VALUE …"""
    source = pivot.this
    if pivot.args.get("unpivot"):
        into = pivot.args.get("into")
        columns = [each.name for each in pivot.expressions if isinstance(each, exp.Column)]
        if into is None or len(columns) != len(pivot.expressions) or len(into.expressions) != 1:
            raise Stopped(Rule.STATEMENT, "不允许这种写法：{form}", form="UNPIVOT")
        return _stacked(source, columns, into.this.name, into.expressions[0].name)
    group = pivot.args.get("group")
    keys = [each.copy() for each in group.expressions] if group else None
    return _spread(source, list(pivot.expressions), list(pivot.args.get("using") or []), keys)


def _clause(source: exp.Expression, pivot: exp.Pivot) -> exp.Query:
    """FROM … PIVOT (… FOR … IN (…) GROUP BY …)"""
    group = pivot.args.get("group")
    keys = [each.copy() for each in group.expressions] if group else None
    return _spread(source, list(pivot.args["fields"]), list(pivot.expressions), keys)


def _spread(
    source: exp.Expression,
    fields: list[exp.Expression],
    figures: list[exp.Expression],
    keys: list[exp.Expression] | None,
) -> exp.Query:
    if not (len(fields) == 1 and isinstance(fields[0], exp.In) and fields[0].expressions):
        raise Stopped(Rule.STATEMENT, "PIVOT 要写明一列及其取值：… IN (值, …)")
    field = fields[0]
    if keys is None:
        read = {
            c.name.lower() for each in [field.this, *figures] for c in each.find_all(exp.Column)
        }
        keys = [
            exp.column(name, quoted=True)
            for name in _columns_of(source)
            if name.lower() not in read
        ]
    figures = figures or [exp.Count(this=exp.Star(), big_int=True)]
    columns = []
    for value in field.expressions:
        name = value.alias if isinstance(value, exp.Alias) else value.name
        value = value.this if isinstance(value, exp.Alias) else value
        if not isinstance(value, exp.Literal | exp.Boolean):
            raise Stopped(Rule.STATEMENT, "PIVOT 要写明一列及其取值：… IN (值, …)")
        chosen = equal(field.this, value)
        for figure in figures:
            inner = figure.this if isinstance(figure, exp.Alias) else figure
            tree = exp.Filter(this=inner.copy(), expression=exp.Where(this=chosen.copy()))
            own = figure.alias if isinstance(figure, exp.Alias) else inner.sql("duckdb").lower()
            is_named = isinstance(figure, exp.Alias) or len(figures) > 1
            columns.append(exp.alias_(tree, f"{name}_{own}" if is_named else name, quoted=True))
    if len(columns) > _MOST_COLUMNS:
        raise Stopped(Rule.LIMIT, "结果的行数太多；请用 LIMIT 或更粗的分组")
    query = exp.select(*keys, *columns, copy=False).from_(source.copy(), copy=False)
    return query.group_by(*(key.copy() for key in keys), copy=False) if keys else query


def _unpivoted(source: exp.Expression, pivot: exp.Pivot) -> exp.Query:
    """FROM … UNPIVOT (value FOR name IN (columns))"""
    fields = pivot.args["fields"]
    if len(fields) != 1 or len(pivot.expressions) != 1 or not isinstance(fields[0], exp.In):
        raise Stopped(Rule.STATEMENT, "不允许这种写法：{form}", form="UNPIVOT")
    columns = [each.name for each in fields[0].expressions if isinstance(each, exp.Column)]
    if len(columns) != len(fields[0].expressions):
        raise Stopped(Rule.STATEMENT, "不允许这种写法：{form}", form="UNPIVOT")
    return _stacked(source, columns, fields[0].this.name, pivot.expressions[0].name)


def _stacked(source: exp.Expression, columns: list[str], name: str, value: str) -> exp.Query:
    if not 0 < len(columns) <= _MOST_COLUMNS:
        raise Stopped(Rule.LIMIT, "结果的行数太多；请用 LIMIT 或更粗的分组")
    left = [each for each in _columns_of(source) if each not in columns]
    parts = []
    for column in columns:
        known = exp.Not(this=exp.Is(this=exp.column(column, quoted=True), expression=exp.Null()))
        parts.append(
            exp.select(
                *(exp.column(each, quoted=True) for each in left),
                exp.alias_(exp.Literal.string(column), name, quoted=True),
                exp.alias_(exp.column(column, quoted=True), value, quoted=True),
            )
            .from_(exp.to_table("stacked"), copy=False)
            .where(known, copy=False)
        )
    query: exp.Query = parts[0]
    for part in parts[1:]:
        query = exp.union(query, part, distinct=False, copy=False)
    return query.with_("stacked", as_=_as_query(source), copy=False)


def _as_query(source: exp.Expression) -> exp.Expression:
    inner = source
    while isinstance(inner, exp.Subquery):
        inner = inner.this
    if isinstance(inner, exp.Query):
        return inner.copy()
    return exp.select("*").from_(source.copy(), copy=False)


def _columns_of(source: exp.Expression) -> list[str]:
    query = _as_query(source)
    assert isinstance(query, exp.Query)
    if any(item.is_star for item in query.selects):
        raise Stopped(Rule.STATEMENT, "PIVOT 的子查询要写明各列，不能用 *")
    return list(query.named_selects)
