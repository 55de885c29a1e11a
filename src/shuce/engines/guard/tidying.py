"""Other ways to write the same: said in one way, before anything is checked."""

from sqlglot import exp

from shuce.engines.guard.verdicts import Rule, Stopped

_SAME = {"mean": "avg", "datepart": "date_part"}


def tidy(tree: exp.Expression) -> None:
    """Write named windows out, FETCH as LIMIT, and functions by their first name, in place."""
    for select in list(tree.find_all(exp.Select)):
        _write_windows_out(select)
        fetch = select.args.get("limit")
        if isinstance(fetch, exp.Fetch):
            options = fetch.args.get("limit_options")
            if options is not None and (
                options.args.get("percent") or options.args.get("with_ties")
            ):
                raise Stopped(Rule.STATEMENT, "LIMIT 只能是数字")
            select.set("limit", exp.Limit(expression=fetch.args.get("count")))
    for node in list(tree.find_all(exp.Anonymous)):
        if node.name.lower() == "mean" and len(node.expressions) == 1:
            node.replace(exp.Avg(this=node.expressions[0]))
        elif node.name.lower() in _SAME:
            node.set("this", _SAME[node.name.lower()])


def _write_windows_out(select: exp.Select) -> None:
    named = {each.name.lower(): each for each in select.args.get("windows") or []}
    if not named:
        return
    select.set("windows", None)
    for window in list(select.find_all(exp.Window)):
        if window.parent_select is not select:
            continue
        name = window.args.get("alias")
        if name is None:
            continue
        meant = named.get(str(name.name).lower())
        if meant is None or meant.args.get("alias"):
            raise Stopped(Rule.SYNTAX, "查询的语法读不懂")
        window.set("alias", None)
        for part in ("partition_by", "order", "spec"):
            value = meant.args.get(part)
            if value and not window.args.get(part):
                copied = [e.copy() for e in value] if isinstance(value, list) else value.copy()
                window.set(part, copied)


def outer_columns(query: exp.Expression) -> list[exp.Column]:
    """Return the columns of a qualified query that belong to a query around it."""
    own = {table.alias_or_name for table in query.find_all(exp.Table, exp.Values)}
    own |= {inner.alias for inner in query.find_all(exp.Subquery, exp.CTE) if inner.alias}
    return [column for column in query.find_all(exp.Column) if column.table not in own | {""}]


def say_exists_as_in(clause: exp.Expression) -> None:
    """Rewrite EXISTS (SELECT … WHERE own = outer AND …) as outer IN (SELECT own …), in place."""
    on = clause.args.get("on") if isinstance(clause, exp.Join) else clause
    for exists in list(on.find_all(exp.Exists)) if on is not None else []:
        select = exists.this
        while isinstance(select, exp.Subquery):
            select = select.this
        columns = outer_columns(select)
        where = select.args.get("where")
        if len(columns) != 1 or where is None or select.args.get("group"):
            continue
        outer, equal = columns[0], columns[0].parent
        if not isinstance(equal, exp.EQ):
            continue
        above = equal.parent
        while isinstance(above, exp.And | exp.Paren):
            above = above.parent
        own = equal.expression if equal.this is outer else equal.this
        if above is not where or not isinstance(own, exp.Column):
            continue
        equal.replace(exp.Not(this=exp.Is(this=own.copy(), expression=exp.Null())))
        select.set("expressions", [exp.alias_(own.copy(), own.name, quoted=True)])
        for part in ("distinct", "order", "limit", "offset"):
            select.set(part, None)
        found = exp.In(this=outer.copy(), query=exp.Subquery(this=select.copy()))
        known = exp.Not(this=exp.Is(this=outer.copy(), expression=exp.Null()))
        exists.replace(exp.paren(exp.and_(known, found, copy=False), copy=False))
