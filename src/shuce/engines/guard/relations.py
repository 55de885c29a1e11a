"""Rows as a question sees them before it adds them up: base tables, joins, conditions, columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from sqlglot import exp

from shuce.engines.guard.policy import ColumnRule, Policy
from shuce.engines.guard.verdicts import Rule, Stopped

MOST_NODES = 3_000  # of one expression, with every name written out


@dataclass(frozen=True)
class BaseTable:
    """A table of the policy, under the alias that is its own throughout one release unit."""

    alias: str
    table: str
    side: str = ""  # LEFT or RIGHT where it is joined so
    on: tuple[exp.Expression, ...] = ()


@dataclass(frozen=True)
class Rows:
    """A row-level relation over base tables; `columns` are expressions over their columns."""

    tables: tuple[BaseTable, ...]
    conditions: tuple[exp.Expression, ...]
    columns: Mapping[str, exp.Expression]
    is_private: bool


@dataclass(frozen=True)
class Released:
    """A relation that holds released or public figures only, as the tree that makes it.

    `is_single` says that it has one row, whatever the data.
    """

    columns: tuple[str, ...]
    is_single: bool = False


Relation = Rows | Released


def rows_of_table(name: str, alias: str, policy: Policy) -> Rows:
    """Return a base table as rows."""
    rule = policy.tables[name]
    columns = {column: exp.column(column, table=alias, quoted=True) for column in rule.columns}
    return Rows((BaseTable(alias, name),), (), columns, not rule.is_public)


def substitute(expression: exp.Expression, sources: Mapping[str, Rows]) -> exp.Expression:
    """Return `expression` with every column replaced by what it stands for in base columns."""

    def swap(node: exp.Expression) -> exp.Expression:
        if not isinstance(node, exp.Column):
            return node
        source = sources.get(node.table)
        meant = source.columns.get(node.name) if source else None
        if meant is None:
            raise Stopped(Rule.COLUMN, "列 {column} 不明确", column=node.name[:40])
        copied = meant.copy()
        return copied if isinstance(copied, exp.Column | exp.Literal) else exp.Paren(this=copied)

    meant = expression.copy().transform(swap, copy=False)
    # Names that stand for names double at each step: thirty steps would fill any memory.
    if sum(1 for _ in islice(meant.walk(), MOST_NODES + 1)) > MOST_NODES:
        raise Stopped(Rule.SYNTAX, "查询太长")
    return meant


def split_and(condition: exp.Expression | None) -> list[exp.Expression]:
    """Return the conditions that AND puts together."""
    if condition is None:
        return []
    waiting, parts = [condition], []
    while waiting:
        node = waiting.pop()
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.And):
            waiting += [node.expression, node.this]
        else:
            parts.append(node)
    return parts


@dataclass(frozen=True)
class Where:
    """Tells what a base column of a unit may do."""

    policy: Policy
    tables: Mapping[str, str]  # alias -> table
    types: Mapping[str, Mapping[str, str]]  # table -> column -> DuckDB type
    within: frozenset[tuple[str, str, str]] = frozenset()  # (table, column, "low" or "high")

    def table_of(self, column: exp.Column) -> str:
        return self.tables[column.table]

    def rule_of(self, column: exp.Column) -> ColumnRule:
        return self.policy.tables[self.tables[column.table]].columns[column.name]

    def is_public(self, column: exp.Column) -> bool:
        return self.policy.tables[self.tables[column.table]].is_public

    def keeps_to(self, column: exp.Column, end: str) -> bool:
        """Say whether no value of the column lies beyond its "low" or "high" bound."""
        return (self.tables[column.table], column.name, end) in self.within

    def type_of(self, column: exp.Column) -> str:
        return self.types.get(self.tables[column.table], {}).get(column.name, "")
