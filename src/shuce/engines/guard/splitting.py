"""Split a question into release units and what is left to do with their figures.

What is left runs in an engine that holds released and public tables only, so that windows over
totals, ratios, ranks and unions need no further rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from shuce.engines.guard.blocks import (
    check_distinct,
    drop_single_keys,
    in_order,
    is_aggregated,
    is_crossed,
    is_cut,
    is_join,
    own_columns,
)
from shuce.engines.guard.dependents import take_dependents
from shuce.engines.guard.fromlist import Facts
from shuce.engines.guard.grouping import read_keys
from shuce.engines.guard.joining import exists_as_joins, gather, subject_of
from shuce.engines.guard.mapping import Row, constant_rows, rows_of, take_constants_out
from shuce.engines.guard.policy import Policy
from shuce.engines.guard.reading import Question
from shuce.engines.guard.relations import (
    Relation,
    Released,
    Rows,
    Where,
    rows_of_table,
    substitute,
)
from shuce.engines.guard.rewriting import (
    ROW_LEVEL,
    Rewriter,
    outermost_queries,
    queries_in,
    unaliased,
)
from shuce.engines.guard.scalars import check_condition, check_value, harden
from shuce.engines.guard.settling import write_constants
from shuce.engines.guard.tidying import drop_unread, outer_columns, say_exists_as_in
from shuce.engines.guard.units import ReleaseUnit
from shuce.engines.guard.verdicts import Rule, Stopped

Scope = dict[str, Relation]
_MOST_SETTLED = 5


@dataclass(frozen=True)
class Plan:
    """The units to compute and the query over their results; `public` are tables it reads."""

    units: tuple[ReleaseUnit, ...]
    tree: exp.Query
    names: tuple[str, ...]
    public: tuple[str, ...]


# Answers a plan with its rows, or raises Stopped.
Settle = Callable[[Plan], list[list[Any]]]


def split(question: Question, policy: Policy, facts: Facts, settle: Settle | None = None) -> Plan:
    """Return the plan of a question, or raise Stopped with the rule it breaks.

    A query inside a condition on private rows is a question of its own: `settle` answers it, under
    all the rules, and its answer stands in the condition as constants.
    """
    splitter = _Splitter(policy, facts, settle)
    tree = question.tree.copy()
    relation = splitter.query(tree, {})
    if isinstance(relation, Rows) and relation.is_private:
        raise Stopped(Rule.ROW_LEVEL, ROW_LEVEL)
    if isinstance(relation, Rows):
        splitter.check_shown(relation)
    return splitter.plan(tree, question.names)


class _Splitter:
    def __init__(self, policy: Policy, facts: Facts, settle: Settle | None) -> None:
        self._policy = policy
        self._facts = facts
        self._settle = settle
        self._settled = 0
        self._ctes: list[exp.CTE] = []
        self.units: list[ReleaseUnit] = []

    def plan(self, tree: exp.Query, names: tuple[str, ...]) -> Plan:
        """Return the plan of a tree that was worked through, with the units made so far."""
        drop_unread(tree)
        made = {unit.name for unit in self.units}
        ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
        read = {table.name for table in tree.find_all(exp.Table)} - made - ctes
        # The last lock: whatever was overlooked above, no private table is ever named here.
        for name in read:
            if name not in self._policy.tables or not self._policy.tables[name].is_public:
                raise Stopped(Rule.ROW_LEVEL, ROW_LEVEL)
        # Units whose figures stand in conditions as constants were computed before.
        used = {table.name for table in tree.find_all(exp.Table)}
        units = tuple(unit for unit in self.units if unit.name in used)
        return Plan(units, tree, names, tuple(sorted(read)))

    def query(self, node: exp.Expression, scope: Scope) -> Relation:
        """Plan a query in place, and return what it yields."""
        if isinstance(node, exp.Subquery):
            return self.query(node.this, scope)
        if isinstance(node, exp.SetOperation):
            scope = self._with(node, scope)
            for side in (node.this, node.expression):
                self._need_released(self.query(side, scope))
            self._nested(node, scope)
            return Released(tuple(node.named_selects))
        if isinstance(node, exp.Select):
            return self._select(node, scope)
        raise Stopped(Rule.STATEMENT, "不允许这种写法：{form}", form=type(node).__name__)

    def check_shown(self, rows: Rows) -> None:
        """Raise Stopped where a public table's column may not be shown."""
        for expression in rows.columns.values():
            for column in expression.find_all(exp.Column):
                table = next(base.table for base in rows.tables if base.alias == column.table)
                if not self._policy.tables[table].columns[column.name].may("show", "group"):
                    raise Stopped(Rule.COLUMN, "列 {column} 不能输出", column=column.name)

    def _select(self, select: exp.Select, scope: Scope) -> Relation:
        scope = self._with(select, scope)
        exists_as_joins(select, self._policy, self._facts, set(scope))
        sources = self._sources(select, scope)
        if any(isinstance(each, Rows) and each.is_private for each in sources.values()):
            if any(isinstance(each, Released) for each in sources.values()):
                scope, sources = self._ask_single_rows(select, scope, sources)
            if any(isinstance(each, Released) for each in sources.values()):
                sources = take_constants_out(
                    select, sources, lambda item, each: self._constants(item, each, scope)
                )
            rows = {alias: each for alias, each in sources.items() if isinstance(each, Rows)}
            if len(rows) != len(sources):
                raise Stopped(Rule.JOIN, "汇总后的结果不能再与逐行数据关联；请先分别汇总，再关联")
            self._settle_conditions(select, scope)
            # What is left after the conditions is worked out over the unit's figures.
            for part in ("expressions", "having", "qualify", "order"):
                value = select.args.get(part)
                for item in value if isinstance(value, list) else [value]:
                    for inner in list(outermost_queries(item)) if item is not None else []:
                        self._need_released(self.query(inner, scope))
            return self._private(select, rows)
        self._nested(select, scope)
        return self._public(select, sources)

    def _with(self, node: exp.Query, scope: Scope) -> Scope:
        """Plan the CTEs; those of private rows live on only in what is built from them."""
        clause = node.args.get("with_")
        if clause is None:
            return scope
        scope, kept = dict(scope), []
        for cte in clause.expressions:
            relation = self.query(cte.this, scope)
            scope[cte.alias] = relation
            if not (isinstance(relation, Rows) and relation.is_private):
                kept.append(cte)
                self._ctes.append(cte)
        clause.set("expressions", kept)
        if not kept:
            node.set("with_", None)
        return scope

    def _sources(self, select: exp.Select, scope: Scope) -> Scope:
        sources: Scope = {}
        start = select.args.get("from_")
        items = [start.this] if start else []
        items += [join.this for join in select.args.get("joins") or []]
        for item in items:
            if isinstance(item, exp.Table):
                name, alias = item.name, item.alias_or_name
                found = scope.get(name) or rows_of_table(name, name, self._policy)
            elif isinstance(item, exp.Subquery):
                alias = item.alias
                found = self.query(item.this, scope)
            elif isinstance(item, exp.Values):
                alias, found = item.alias, Released(tuple(item.alias_column_names))
            else:
                raise Stopped(Rule.STATEMENT, "不允许这种数据来源")
            if alias in sources:
                raise Stopped(Rule.SYNTAX, "同一查询里的表别名不能重复")
            sources[alias] = found
        return sources

    def _ask_single_rows(
        self, select: exp.Select, scope: Scope, sources: Scope
    ) -> tuple[Scope, Scope]:
        """Take sources of one row, crossed with private rows, out of FROM; ask for them instead.

        What is left reads `(SELECT total FROM t)` where it read `t.total`.
        """
        start, joins = select.args["from_"], list(select.args.get("joins") or [])
        scope, left = dict(scope), dict(sources)
        items = [start.this, *(join.this for join in joins)]
        for item, join in zip(items, [None, *joins], strict=True):
            alias = item.alias_or_name
            source = sources[alias]
            if not (isinstance(source, Released) and source.is_single and is_crossed(join)):
                continue
            name = item.name if isinstance(item, exp.Table) else alias
            if isinstance(item, exp.Subquery):
                if name in scope or name in self._policy.tables:
                    continue
                scope[name] = source
                self._ctes.append(exp.CTE(this=item.this, alias=exp.to_identifier(alias, True)))
                select.with_(name, as_=item.this, copy=False)
            del left[alias]
            for column in list(own_columns(select)):
                if column.table == alias:
                    asked = exp.select(exp.column(column.name, table=name, quoted=True))
                    column.replace(asked.from_(exp.to_table(name, quoted=True)).subquery())
            if join is None:
                first = joins.pop(0)
                start.set("this", first.this)
                if not is_crossed(first):
                    select.where(first.args["on"], copy=False)
            else:
                joins.remove(join)
        select.set("joins", joins)
        drop_single_keys(select)
        return scope, left

    def _constants(self, item: exp.Expression, source: Released, scope: Scope) -> list[Row]:
        if isinstance(item, exp.Values):
            return rows_of(item, list(item.alias_column_names))
        if isinstance(item, exp.Table):
            columns = [exp.column(each, quoted=True) for each in source.columns]
            query: exp.Expression = exp.select(*columns).from_(
                exp.to_table(item.name, quoted=True), copy=False
            )
        else:
            query = item.this
        return constant_rows(source.columns, self._answered(query))

    def _answered(self, query: exp.Expression) -> list[list[Any]]:
        """Answer a planned query now, as a question of its own."""
        self._settled += 1
        if self._settle is None or self._settled > _MOST_SETTLED:
            raise Stopped(Rule.FILTER, "筛选条件里的子查询太多")
        tree = query.copy()
        while isinstance(tree, exp.Subquery):
            tree = tree.this
        assert isinstance(tree, exp.Query)
        if self._ctes:
            own = tree.args.get("with_")
            ctes = [cte.copy() for cte in self._ctes]
            ctes += own.expressions if own else []
            unique = {cte.alias: cte for cte in ctes}
            tree.set("with_", exp.With(expressions=list(unique.values())))
        return self._settle(self.plan(tree, tuple(tree.named_selects)))

    def _nested(self, node: exp.Expression, scope: Scope) -> None:
        """Plan the queries inside expressions; each may see released figures only."""
        for inner in queries_in(node):
            self._need_released(self.query(inner, scope))

    def _need_released(self, relation: Relation) -> None:
        if isinstance(relation, Rows) and relation.is_private:
            raise Stopped(Rule.ROW_LEVEL, ROW_LEVEL)
        if isinstance(relation, Rows):
            self.check_shown(relation)

    def _public(self, select: exp.Select, sources: Scope) -> Relation:
        """Leave a block over released and public figures as it is, after a look at its columns."""
        rows = {alias: each for alias, each in sources.items() if isinstance(each, Rows)}
        for column in own_columns(select):
            source = rows.get(column.table)
            meant = source.columns.get(column.name) if source else None
            for base in meant.find_all(exp.Column) if meant is not None else []:
                table = (
                    next(b.table for b in source.tables if b.alias == base.table) if source else ""
                )
                if not self._policy.tables[table].columns[base.name].uses:
                    raise Stopped(Rule.COLUMN, "列 {column} 不能使用", column=base.name)
        # Row filters hold for public tables too.
        for item in select.find_all(exp.Table):
            self._filter_public(item)
        is_plain = not is_aggregated(select) and not is_cut(select) and not select.find(exp.Window)
        condition = select.args.get("where")
        asks = any(each.find(exp.Select) for each in (condition, *select.expressions) if each)
        if len(rows) == len(sources) == 1 and is_plain and not asks and not outer_columns(select):
            source = next(iter(rows.values()))
            conditions = (
                *source.conditions,
                *([substitute(condition.this, rows)] if condition else []),
            )
            if not any(each.find(exp.Select) for each in conditions):
                columns = {
                    e.alias_or_name: substitute(unaliased(e), rows) for e in select.expressions
                }
                return Rows(source.tables, conditions, columns, is_private=False)
        if not is_aggregated(select):
            for alias, source in rows.items():
                shown = {
                    c.name
                    for e in select.expressions
                    for c in e.find_all(exp.Column)
                    if c.table == alias
                }
                used = {name: source.columns[name] for name in shown if name in source.columns}
                self.check_shown(Rows(source.tables, (), used, is_private=False))
        return Released(tuple(select.named_selects))

    def _filter_public(self, item: exp.Table) -> None:
        rule = self._policy.tables.get(item.name)
        if rule is None or not rule.is_public or rule.row_filter is None or item.meta.get("done"):
            return
        inner = exp.to_table(item.name, quoted=True)
        inner.meta["done"] = True
        filtered = exp.select("*").from_(inner).where(rule.row_filter.copy(), copy=False)
        item.replace(filtered.subquery(item.alias_or_name, copy=False))

    def _settle_conditions(self, select: exp.Select, scope: Scope) -> None:
        """Answer the queries inside a private block's conditions, and write the answers there."""
        where, joins = select.args.get("where"), select.args.get("joins") or []
        for each in (where, *joins):
            if each is not None:
                say_exists_as_in(each)
        conditions = [where.this if where else None]
        conditions += [join.args.get("on") for join in joins]
        for condition in conditions:
            for inner in list(outermost_queries(condition)) if condition is not None else []:
                if outer_columns(inner):
                    raise Stopped(Rule.JOIN, "子查询不能引用外层查询的列")
                self._need_released(self.query(inner, scope))
                rows = self._answered(inner)
                write_constants(inner, rows)

    def _private(self, select: exp.Select, sources: dict[str, Rows]) -> Relation:
        for column in own_columns(select):
            if column.table and column.table not in sources:
                raise Stopped(Rule.JOIN, "子查询不能引用外层查询的列")
        distinct = select.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            raise Stopped(Rule.STATEMENT, "不允许这种写法：{form}", form="DISTINCT ON")
        tables, conditions = gather(select, sources, self._policy)
        names = {base.alias: base.table for base in tables}
        where = Where(self._policy, names, self._facts.types, self._facts.within)
        if not is_aggregated(select) and not select.args.get("distinct"):
            if is_cut(select) or select.find(exp.Window):
                raise Stopped(Rule.ROW_LEVEL, ROW_LEVEL)
            columns = {}
            for item in select.expressions:
                if item.find(exp.Select):
                    raise Stopped(Rule.FILTER, "逐行数据里不能有子查询")
                columns[item.alias_or_name] = substitute(unaliased(item), sources)
            return Rows(tables, tuple(conditions), columns, is_private=True)
        for condition in conditions:
            check_condition(condition, where)
        for base in tables:
            for on in base.on:
                if not is_join(on, where):
                    check_condition(on, where)
        keys = read_keys(select, sources)
        take_dependents(select, sources, keys, tables, self._facts)
        if len(keys.expressions) > self._policy.limits.group_keys:
            raise Stopped(
                Rule.GROUP_TOO_FINE,
                "分组的列最多 {most} 个",
                most=self._policy.limits.group_keys,
            )
        for key in keys.expressions:
            check_value(key, where, "group")
        unit = f"unit_{len(self.units) + 1}"
        is_single = not keys.expressions and not any(
            select.args.get(part) for part in ("having", "qualify", "limit", "offset", "distinct")
        )
        rewriter = Rewriter(unit, keys, sources, where)
        rewriter.block(select)
        check_distinct(rewriter.aggregates, conditions, where)
        self.units.append(
            ReleaseUnit(
                unit,
                tables,
                in_order([harden(each, where) for each in conditions]),
                tuple(harden(key, where) for key in keys.expressions),
                keys.sets,
                tuple(rewriter.aggregates),
                subject_of(where),
                self._policy.minimum_for(set(where.tables.values())),
            )
        )
        return Released(tuple(select.named_selects), is_single)
