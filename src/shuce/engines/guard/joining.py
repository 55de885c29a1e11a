"""Put the sources of a private block together, by allowed joins only."""

from sqlglot import exp

from shuce.engines.guard.fromlist import Facts
from shuce.engines.guard.policy import Policy
from shuce.engines.guard.relations import BaseTable, Rows, Where, split_and, substitute
from shuce.engines.guard.tidying import outer_columns
from shuce.engines.guard.verdicts import Rule, Stopped


def gather(
    select: exp.Select, sources: dict[str, Rows], policy: Policy
) -> tuple[tuple[BaseTable, ...], list[exp.Expression]]:
    """Return the base tables, joined, and every condition on their rows."""
    where = select.args.get("where")
    conditions = [substitute(each, sources) for each in split_and(where.this if where else None)]
    names = list(sources)
    first = sources[names[0]]
    tables = list(first.tables)
    conditions += first.conditions
    for join, alias in zip(select.args.get("joins") or [], names[1:], strict=True):
        rows = sources[alias]
        side = str(join.side).upper()
        on = [substitute(each, sources) for each in split_and(join.args.get("on"))]
        if side == "":
            tables += rows.tables
            conditions += [*rows.conditions, *on]
        elif (
            side in ("LEFT", "RIGHT")
            and _is_one_table(rows)
            and (side == "LEFT" or (len(tables) == 1 and not first.conditions))
        ):
            only = rows.tables[0]
            tables.append(BaseTable(only.alias, only.table, side, tuple(on)))
        else:
            raise Stopped(Rule.JOIN, "不允许这种关联方式；请用 JOIN … ON 或 LEFT JOIN … ON")
    aliases = [base.alias for base in tables]
    if len(set(aliases)) != len(aliases):
        raise Stopped(Rule.JOIN, "同一张表不能与自己关联")
    return _connect(tables, conditions, policy)


def subject_of(where: Where) -> exp.Column:
    """Return the column that tells the people of a unit apart."""
    policy = where.policy
    table, key = policy.subject
    for alias, name in where.tables.items():
        if name == table:
            return exp.column(key, table=alias, quoted=True)
    for alias, name in where.tables.items():
        for pair in policy.joins:
            ends = dict(pair)
            if ends.get(table) == key and name in ends and not policy.tables[name].is_public:
                return exp.column(ends[name], table=alias, quoted=True)
    raise Stopped(Rule.TABLE, "查询里没有表 {table}，无法计算人数；请与它关联", table=table)


def exists_as_joins(select: exp.Select, policy: Policy, facts: Facts, taken: set[str]) -> None:
    """Say EXISTS over one row of a public table, found by its key, as a join, in place.

    Where the key is not told from the data to be one, or only one column of the outer query is
    asked about (which IN says as well), nothing is changed.
    """
    where = select.args.get("where")
    if where is None or select.args.get("from_") is None:
        return
    for part in split_and(where.this):
        inner = part.this if isinstance(part, exp.Exists) else None
        if not isinstance(inner, exp.Select) or inner.args.get("joins"):
            continue
        start = inner.args.get("from_")
        table = start.this if start is not None else None
        condition = inner.args.get("where")
        if (
            not isinstance(table, exp.Table)
            or table.name in taken
            or table.name not in policy.tables
            or not policy.tables[table.name].is_public
            or condition is None
            or condition.find(exp.Query)
            or any(inner.args.get(each) for each in ("group", "having", "with_", "distinct"))
        ):
            continue
        alias = table.alias_or_name
        others = {item.alias_or_name for item in inner.find_all(exp.Table)}
        if len(outer_columns(inner)) < 2:
            continue
        own = {
            end.name
            for each in split_and(condition.this)
            if isinstance(each, exp.EQ)
            for end, other in ((each.this, each.expression), (each.expression, each.this))
            if isinstance(end, exp.Column) and end.table == alias
            if isinstance(other, exp.Column) and other.table not in others
        }
        outside = {i.alias_or_name for i in [select.args["from_"].this, *_joined(select)]}
        if alias in outside or not any((table.name, name) in facts.unique for name in own):
            continue
        part.replace(exp.true())
        select.append("joins", exp.Join(this=table.copy(), on=condition.this.copy()))


def _joined(select: exp.Select) -> list[exp.Expression]:
    return [join.this for join in select.args.get("joins") or []]


def _connect(
    tables: list[BaseTable], conditions: list[exp.Expression], policy: Policy
) -> tuple[tuple[BaseTable, ...], list[exp.Expression]]:
    """Move the equalities that join into the tables' ON, and see that all hang together."""
    names = {base.alias: base.table for base in tables}
    left: list[exp.Expression] = []
    joins: list[exp.Expression] = []
    for condition in conditions:
        (joins if _joins(condition, names, policy) else left).append(condition)
    connected = {tables[0].alias}
    done = [tables[0]]
    waiting = tables[1:]
    while waiting:
        for base in waiting:
            reach = {*connected, base.alias}
            if base.side:
                mine = [on for on in base.on if _joins(on, names, policy) and _within(on, reach)]
                joined = BaseTable(base.alias, base.table, base.side, base.on)
                fits = bool(mine) and all(_within(on, reach) for on in base.on)
            else:
                mine = [j for j in joins if _within(j, reach) and _touches(j, base.alias)]
                joined = BaseTable(base.alias, base.table, "", (*base.on, *mine))
                fits = bool(mine) or bool(base.on)
            if fits:
                joins = [j for j in joins if j not in mine] if not base.side else joins
                connected.add(base.alias)
                done.append(joined)
                waiting = [other for other in waiting if other is not base]
                break
        else:
            raise Stopped(
                Rule.JOIN,
                "表 {table} 没有按授权的列关联；允许的关联：{pairs}",
                table=waiting[0].table,
                pairs=_allowed(policy),
            )
    if any(base.side == "RIGHT" for base in done[2:]):
        raise Stopped(Rule.JOIN, "不允许这种关联方式；请用 JOIN … ON 或 LEFT JOIN … ON")
    if joins:
        # Between tables already joined, a second equality only compares columns.
        raise Stopped(Rule.JOIN, "关联条件重复")
    return tuple(done), left


def _joins(condition: exp.Expression, names: dict[str, str], policy: Policy) -> bool:
    if not isinstance(condition, exp.EQ):
        return False
    ends = [condition.this, condition.expression]
    if not all(isinstance(end, exp.Column) for end in ends) or ends[0].table == ends[1].table:
        return False
    return frozenset((names[end.table], end.name) for end in ends) in policy.joins


def _within(condition: exp.Expression, aliases: set[str]) -> bool:
    return all(column.table in aliases for column in condition.find_all(exp.Column))


def _touches(condition: exp.Expression, alias: str) -> bool:
    return any(column.table == alias for column in condition.find_all(exp.Column))


def _is_one_table(rows: Rows) -> bool:
    return len(rows.tables) == 1 and not rows.conditions


def _allowed(policy: Policy) -> str:
    pairs = (sorted(f"{t}.{c}" for t, c in pair) for pair in policy.joins)
    return "；".join(" = ".join(pair) for pair in sorted(pairs))
