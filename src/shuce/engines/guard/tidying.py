"""Other ways to write the same: said in one way, before anything is checked."""

import re
from datetime import datetime

from sqlglot import exp

from shuce.engines.guard.constants import is_constant, write_clock_out, write_lists_out
from shuce.engines.guard.pivoting import write_pivots_out
from shuce.engines.guard.policy import Policy
from shuce.engines.guard.verdicts import Rule, Stopped

_SAME = {"datepart": "date_part"}
_MOST_SPELLED = 500


_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_TOTALS = {
    "fsum": exp.Sum, "kahan_sum": exp.Sum, "sumkahan": exp.Sum, "favg": exp.Avg, "mean": exp.Avg,
}  # fmt: skip
_HOLE = {"format": re.compile(r"\{\}"), "printf": re.compile(r"%[ds]")}


def tidy(tree: exp.Expression, policy: Policy, at: datetime | None = None) -> exp.Expression:
    """Return `tree`, with forms that have another name or a longer one said in that."""
    tree = write_pivots_out(tree)
    if any(isinstance(table.this, exp.Identifier) for table in tree.find_all(exp.Table)):
        # Beside tables only: alone they ask for nothing of anybody's.
        write_clock_out(tree, at)
        write_lists_out(tree)
    for node in list(tree.find_all(exp.Columns)):
        if isinstance(node.parent, exp.Select) and isinstance(node.this, exp.Star):
            node.replace(exp.Star())
    for select in list(tree.find_all(exp.Select)):
        _say_natural_as_using(select, policy)
    for node in list(tree.find_all(*_COMPARED)):
        _say_choice_by_branch(node)
    for node in list(tree.find_all(exp.Format, exp.Anonymous)):
        _say_layout_as_text(node)
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
        for join in list(select.args.get("joins") or []):
            _say_join_as_exists(select, join)
    for node in list(tree.find_all(exp.Anonymous)):
        name, given = node.name.lower(), node.expressions
        if name in _TOTALS and len(given) == 1:
            node.replace(_TOTALS[name](this=given[0]))
        elif name in ("prefix", "suffix") and len(given) == 2:
            kind = exp.StartsWith if name == "prefix" else exp.EndsWith
            node.replace(kind(this=given[0], expression=given[1]))
        elif name in _SAME:
            node.set("this", _SAME[name])
    for node in list(tree.find_all(exp.GroupingId)):
        node.replace(exp.Grouping(expressions=node.expressions))
    for node in list(tree.find_all(exp.Table, exp.Column)):
        if node.text("db").lower() == "main":  # the only schema there is
            node.set("db", None)
    _spell_choices_out(tree)
    return tree


def _say_join_as_exists(select: exp.Select, join: exp.Join) -> None:
    """Rewrite SEMI and ANTI joins as EXISTS and NOT EXISTS."""
    kind, start = str(join.kind).upper(), select.args.get("from_")
    if kind not in ("SEMI", "ANTI") or join.side or start is None:
        return
    on = join.args.get("on")
    if on is None:
        ends = [start.this.alias_or_name, join.this.alias_or_name]
        pairs = [
            exp.EQ(this=exp.column(each.name, ends[0]), expression=exp.column(each.name, ends[1]))
            for each in join.args.get("using") or []
        ]
        on = exp.and_(*pairs) if pairs else exp.true()
    inner = exp.select("1").from_(join.this.copy(), copy=False).where(on.copy(), copy=False)
    exists: exp.Expression = exp.Exists(this=inner)
    select.args["joins"].remove(join)
    select.where(exp.Not(this=exists) if kind == "ANTI" else exists, copy=False)


def _say_natural_as_using(select: exp.Select, policy: Policy) -> None:
    """Rewrite NATURAL JOIN as JOIN … USING (all columns that both sides have)."""
    joins, start = select.args.get("joins") or [], select.args.get("from_")
    if start is None or not any(str(join.method).upper() == "NATURAL" for join in joins):
        return
    before = _columns_of(start.this, policy)
    for join in joins:
        own = _columns_of(join.this, policy)
        if str(join.method).upper() == "NATURAL" and before is not None and own is not None:
            shared = [name for name in own if name in before]
            if shared:
                join.set("method", None)
                join.set("using", [exp.to_identifier(name, quoted=True) for name in shared])
        before = None if before is None or own is None else [*before, *own]


def _columns_of(item: exp.Expression, policy: Policy) -> list[str] | None:
    """Return the lower-case column names of a source, or None where they are not plain."""
    alias = item.args.get("alias")
    columns = [each.name.lower() for each in alias.columns] if alias else []
    if columns:
        return columns
    if isinstance(item, exp.Table):
        above: exp.Expression | None = item
        while above is not None:
            clause = above.args.get("with_")
            for cte in clause.expressions if clause is not None else []:
                if cte.alias.lower() == item.name.lower():
                    return _columns_of(cte, policy)
            above = above.parent
        rule = policy.tables.get(item.name.lower())
        return list(rule.columns) if rule is not None else None
    if isinstance(item, exp.Subquery | exp.CTE):
        inner = item.this
        while isinstance(inner, exp.Subquery | exp.SetOperation):
            inner = inner.this
        if isinstance(inner, exp.Select) and not any(each.is_star for each in inner.expressions):
            return [each.alias_or_name.lower() for each in inner.expressions]
    return None


def _say_choice_by_branch(node: exp.Expression) -> None:
    """Rewrite `age >= CASE WHEN c THEN 60 ELSE 55 END` as CASE WHEN c THEN age >= 60 …"""
    assert isinstance(node, exp.Binary)
    case = node.right.unnest()
    if not isinstance(case, exp.Case) or node.left.find(exp.Case, exp.Query):
        return
    results = [branch.args.get("true") for branch in case.args["ifs"]]
    default = case.args.get("default")
    results.append(default if default is not None else exp.null())
    if not all(each is not None and is_constant(each) for each in results):
        return
    kind = type(node)

    def compared(value: exp.Expression) -> exp.Expression:
        return kind(this=node.left.copy(), expression=value.copy())

    ifs = [
        exp.If(this=branch.this.copy(), true=compared(branch.args["true"]))
        for branch in case.args["ifs"]
    ]
    node.replace(
        exp.Case(
            this=case.this.copy() if case.this else None,
            ifs=ifs,
            default=compared(default) if default is not None else None,
        )
    )


def _say_layout_as_text(node: exp.Expression) -> None:
    """Rewrite format('{}-{}', a, b), which may fail on a value, as a || '-' || b."""
    if isinstance(node, exp.Format):
        name, layout, given = "format", node.this, list(node.expressions)
    else:
        name, given = node.name.lower(), list(node.expressions)
        layout = given.pop(0) if name == "printf" and given else None
    if not isinstance(layout, exp.Literal) or not layout.is_string or not given:
        return
    parts = _HOLE[name].split(layout.name)
    if len(parts) != len(given) + 1 or any(set(part) & set("{}%") for part in parts):
        return
    texts: list[exp.Expression] = []
    for place, part in enumerate(parts):
        texts += [exp.Literal.string(part)] if part else []
        if place < len(given):
            texts.append(exp.cast(exp.paren(given[place]), "VARCHAR"))
    whole = texts[0]
    for text in texts[1:]:
        whole = exp.DPipe(this=whole, expression=text, safe=False)
    node.replace(exp.paren(whole, copy=False))


def _spell_choices_out(tree: exp.Expression) -> None:
    """Say `= ANY`, list_contains, IN (VALUES …) and IN over several columns with plain IN and =."""
    for node in list(tree.find_all(exp.ArrayContains)):
        if isinstance(node.this, exp.Array) and node.this.expressions:
            node.replace(exp.In(this=node.expression, expressions=node.this.expressions))
    for node in list(tree.find_all(exp.EQ)):
        choice = node.expression
        if isinstance(choice, exp.Any):
            inner = choice.this.unnest()
            if isinstance(choice.this, exp.Subquery):
                node.replace(exp.In(this=node.this, query=choice.this))
            elif isinstance(inner, exp.Array) and inner.expressions:
                node.replace(exp.In(this=node.this, expressions=inner.expressions))
        elif isinstance(node.this, exp.Tuple) and isinstance(choice, exp.Tuple):
            _say_by_column(node, node.this, [choice])
    for node in list(tree.find_all(exp.In)):
        given = node.expressions
        if len(given) == 1 and isinstance(given[0], exp.Values):
            given = list(given[0].expressions)
            if all(isinstance(row, exp.Tuple) and len(row.expressions) == 1 for row in given):
                given = [row.expressions[0] for row in given]
            node.set("expressions", given)
        if isinstance(node.this, exp.Tuple) and given:
            _say_by_column(node, node.this, given)


def _say_by_column(node: exp.Expression, columns: exp.Tuple, rows: list[exp.Expression]) -> None:
    wanted = len(columns.expressions)
    if len(rows) * wanted > _MOST_SPELLED or any(
        not isinstance(row, exp.Tuple)
        or len(row.expressions) != wanted
        or not all(isinstance(each, exp.Literal) for each in row.expressions)
        for row in rows
    ):
        return
    # As rows compare: what is missing equals nothing, and that is false rather than unknown.
    choices = [
        exp.and_(
            *(
                exp.NullSafeEQ(this=column.copy(), expression=value.copy())
                for column, value in zip(columns.expressions, row.expressions, strict=True)
            )
        )
        for row in rows
    ]
    node.replace(exp.paren(exp.or_(*choices), copy=False))


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


def drop_unread(tree: exp.Query) -> None:
    """Take CTEs away that nothing reads any more: their answers stand in conditions."""
    clause = tree.args.get("with_")
    while clause is not None:
        read = {table.name for table in tree.find_all(exp.Table)}
        left = [cte for cte in clause.expressions if cte.alias in read]
        if len(left) == len(clause.expressions):
            return
        clause.set("expressions", left)
        if not left:
            tree.set("with_", None)
            return
