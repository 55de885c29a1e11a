"""The policy of a grant: which table and column may do what, for whom, how much."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlglot
from sqlglot import exp

from shuce.kernel.words import say

USES = frozenset(["group", "filter", "aggregate", "join", "count_distinct", "show", "cut_points"])
Number = int | float
JoinPair = frozenset[tuple[str, str]]


class PolicyError(ValueError):
    """The policy cannot be read; the text names the field."""


@dataclass(frozen=True)
class ColumnRule:
    """What a column may do. `bounds` clamp it before any aggregation."""

    uses: frozenset[str] = frozenset()
    bounds: tuple[Number, Number] | None = None
    cut_points: tuple[Number, ...] = ()

    def may(self, *uses: str) -> bool:
        """Say whether at least one of `uses` is allowed."""
        return not self.uses.isdisjoint(uses)


@dataclass(frozen=True)
class TableRule:
    """A table's columns by lower-case name. `row_filter` is a checked tree over bare columns."""

    columns: Mapping[str, ColumnRule]
    is_public: bool = False
    row_filter: exp.Expression | None = None
    minimum_group: int = 0

    @property
    def columns_kept(self) -> tuple[str, ...]:
        """Return the columns that may do anything, or that the row filter reads."""
        read = (
            {c.name.lower() for c in self.row_filter.find_all(exp.Column)}
            if self.row_filter
            else set()
        )
        return tuple(
            name
            for name, rule in self.columns.items()
            if rule.uses or rule.cut_points or name in read
        )


@dataclass(frozen=True)
class Privacy:
    """`mode` is "threshold" or "dp". `rows_per_subject` bounds what one person contributes."""

    mode: str = "threshold"
    epsilon_total: float = 0.0
    epsilon_per_query: float = 0.0
    delta: float = 1e-8
    rows_per_subject: int = 1


@dataclass(frozen=True)
class Limits:
    """What one question may use."""

    seconds: float = 20.0
    memory_mb: int = 1024
    result_rows: int = 1000
    queries_per_day: int = 500
    threads: int = 2
    group_keys: int = 6
    cells: int = 100_000
    # Of the people a question covers, the share that may stand in groups too small to show.
    suppressed_share: float = 0.8


@dataclass(frozen=True)
class Policy:
    """A whole policy, checked. Table and column names are lower-case, as DuckDB compares them."""

    tables: Mapping[str, TableRule]
    subject: tuple[str, str]
    minimum_group: int
    joins: frozenset[JoinPair] = frozenset()
    privacy: Privacy = field(default_factory=Privacy)
    limits: Limits = field(default_factory=Limits)
    starts_on: date | None = None
    ends_on: date | None = None

    def is_in_force(self, day: date) -> bool:
        """Say whether the grant runs on `day`; the last day is excluded."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )

    def minimum_for(self, tables: set[str]) -> int:
        """Return the strictest minimum group of the private tables among `tables`."""
        rules = [self.tables[name] for name in tables]
        own = [rule.minimum_group for rule in rules if not rule.is_public]
        return max([self.minimum_group, *own])


def read_policy(value: object) -> Policy:
    """Return the policy that a JSON object describes; raise PolicyError naming the field."""
    root = _mapping(value, "policy")
    tables = {
        str(name).lower(): _table(_mapping(table, f"tables.{name}"), str(name))
        for name, table in _mapping(root.get("tables"), "tables").items()
    }
    subject = _mapping(root.get("subject"), "subject")
    key = str(subject.get("table", "")).lower(), str(subject.get("key", "")).lower()
    if key[0] not in tables or key[1] not in tables[key[0]].columns:
        raise _fault("subject")
    minimum = _whole(root.get("minimum_group"), "minimum_group", least=1)
    return Policy(
        tables,
        key,
        minimum,
        frozenset(_join(pair, tables) for pair in _list(root.get("joins", []), "joins")),
        _privacy(_mapping(root.get("privacy", {}), "privacy")),
        _limits(_mapping(root.get("limits", {}), "limits")),
        _day(root.get("starts_on"), "starts_on"),
        _day(root.get("ends_on"), "ends_on"),
    )


def _table(value: Mapping[str, Any], name: str) -> TableRule:
    columns = {
        str(column).lower(): _column(_mapping(rule, f"{name}.{column}"), f"{name}.{column}")
        for column, rule in _mapping(value.get("columns"), f"{name}.columns").items()
    }
    text = value.get("row_filter")
    row_filter = None
    if text is not None:
        row_filter = _row_filter(str(text), columns, f"{name}.row_filter")
    minimum = value.get("minimum_group")
    least = _whole(minimum, f"{name}.minimum_group", least=1) if minimum is not None else 0
    return TableRule(columns, value.get("public") is True, row_filter, least)


def _column(value: Mapping[str, Any], name: str) -> ColumnRule:
    uses = frozenset(str(use) for use in _list(value.get("use", []), f"{name}.use"))
    if uses - USES:
        raise _fault(f"{name}.use")
    bounds = None
    if value.get("bounds") is not None:
        pair = _list(value["bounds"], f"{name}.bounds")
        if len(pair) != 2:
            raise _fault(f"{name}.bounds")
        low, high = (_number(end, f"{name}.bounds") for end in pair)
        if low > high:
            raise _fault(f"{name}.bounds")
        bounds = low, high
    cuts = _list(value.get("cut_points", []), f"{name}.cut_points")
    return ColumnRule(uses, bounds, tuple(_number(cut, f"{name}.cut_points") for cut in cuts))


def _row_filter(text: str, columns: Mapping[str, ColumnRule], name: str) -> exp.Expression:
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb", into=exp.Condition)
    except (sqlglot.errors.SqlglotError, RecursionError):
        raise _fault(name) from None
    # The owner writes it, but a wrong column should be found when accepting, not when asking.
    if tree.find(exp.Select, exp.Star) or any(
        column.name.lower() not in columns or column.table for column in tree.find_all(exp.Column)
    ):
        raise _fault(name)
    return tree


def _join(value: object, tables: Mapping[str, TableRule]) -> JoinPair:
    pair = [str(end).lower() for end in _list(value, "joins")]
    ends = [(end.rpartition(".")[0], end.rpartition(".")[2]) for end in pair]
    if len(ends) != 2 or any(t not in tables or c not in tables[t].columns for t, c in ends):
        raise _fault("joins")
    return frozenset(ends)


def _privacy(value: Mapping[str, Any]) -> Privacy:
    mode = value.get("mode", "threshold")
    if mode not in ("threshold", "dp"):
        raise _fault("privacy.mode")
    total = float(_number(value.get("epsilon_total", 0), "privacy.epsilon_total"))
    each = float(_number(value.get("epsilon_per_query", 0), "privacy.epsilon_per_query"))
    delta = float(_number(value.get("delta", 1e-8), "privacy.delta"))
    if mode == "dp" and not (each > 0 and total > 0 and 0 < delta < 1):
        raise _fault("privacy")
    rows = _whole(value.get("rows_per_subject", 1), "privacy.rows_per_subject", least=1)
    return Privacy(mode, total, each, delta, rows)


def _limits(value: Mapping[str, Any]) -> Limits:
    plain = Limits()
    return Limits(
        float(_number(value.get("seconds", plain.seconds), "limits.seconds")),
        _whole(value.get("memory_mb", plain.memory_mb), "limits.memory_mb", least=64),
        _whole(value.get("result_rows", plain.result_rows), "limits.result_rows", least=1),
        _whole(
            value.get("queries_per_day", plain.queries_per_day), "limits.queries_per_day", least=0
        ),
        _whole(value.get("threads", plain.threads), "limits.threads", least=1),
        _whole(value.get("group_keys", plain.group_keys), "limits.group_keys", least=0),
        _whole(value.get("cells", plain.cells), "limits.cells", least=1),
    )


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _fault(name)
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _fault(name)
    return list(value)


def _number(value: object, name: str) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _fault(name)
    return int(value) if value == int(value) and abs(value) < 1 << 53 else value


def _whole(value: object, name: str, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _fault(name)
    return value


def _day(value: object, name: str) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise _fault(name)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _fault(name) from None


def _fault(name: str) -> PolicyError:
    return PolicyError(say("策略的 {name} 填写有误", name=name))
