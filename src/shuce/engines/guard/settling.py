"""Write the answer of a query inside a condition as constants into the condition."""

from typing import Any

from sqlglot import exp

from shuce.engines.guard.verdicts import Rule, Stopped


def write_constants(inner: exp.Expression, rows: list[list[Any]]) -> None:
    """Replace the query `inner`, where it stands, by what it answered."""
    node = inner
    while isinstance(node.parent, exp.Subquery):
        node = node.parent
    above = node.parent
    if isinstance(above, exp.Exists):
        above.replace(exp.true() if rows else exp.false())
        return
    if any(len(row) != 1 for row in rows):
        raise Stopped(Rule.FILTER, "筛选条件里的子查询只能有一列")
    values = [exp.convert(row[0]) for row in rows]
    if isinstance(above, exp.In) and above.args.get("query") is node:
        if values:
            above.replace(exp.In(this=above.this.copy(), expressions=values))
        else:
            above.replace(exp.false())
    elif len(values) > 1:
        raise Stopped(Rule.FILTER, "筛选条件里的子查询有多行结果")
    else:
        node.replace(values[0] if values else exp.null())
