"""Release units: private rows in, protected figures per group out, and the SQL of one."""

import re
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from shuce.engines.guard.aggregates import Aggregate
from shuce.engines.guard.fromlist import Facts, from_of
from shuce.engines.guard.policy import Policy
from shuce.engines.guard.relations import BaseTable
from shuce.engines.guard.verdicts import Rule, Stopped


@dataclass(frozen=True)
class ReleaseUnit:
    """What one aggregated block over private rows computes.

    `sets` are the grouping sets, as places in `keys`; one set of all keys for a plain GROUP BY.
    """

    name: str
    tables: tuple[BaseTable, ...]
    conditions: tuple[exp.Expression, ...]
    keys: tuple[exp.Expression, ...]
    sets: tuple[tuple[int, ...], ...]
    aggregates: tuple[Aggregate, ...]
    subject: exp.Column
    minimum: int


@dataclass(frozen=True)
class Family:
    """The cells of one grouping set of a release, in words that can be kept and asked again.

    `private` is the FROM of the private tables; `public` are (table, join condition) pairs.
    """

    private: str
    public: tuple[tuple[str, str], ...]
    where: tuple[str, ...]
    keys: tuple[str, ...]
    subject: str
    is_plain: bool

    def as_json(self) -> list[Any]:
        return [
            self.private,
            list(self.public),
            list(self.where),
            list(self.keys),
            self.subject,
            self.is_plain,
        ]

    @classmethod
    def from_json(cls, value: list[Any]) -> "Family":
        private, public, where, keys, subject, is_plain = value
        pairs = tuple((str(a), str(b)) for a, b in public)
        return cls(private, pairs, tuple(where), tuple(keys), subject, is_plain)


def noise_request(unit: ReleaseUnit, policy: Policy, facts: Facts) -> dict[str, Any]:
    """Return what the worker needs to compute the unit with noise; its epsilon comes from outside.

    Raises Stopped for what cannot be bounded: joins that repeat people, and spreads.
    """
    rows = policy.privacy.rows_per_subject
    only = [base for base in unit.tables if not policy.tables[base.table].is_public]
    counted = _subjects(unit, policy, facts)
    names = {base.alias: base.table for base in unit.tables}
    single = (names[only[0].alias], unit.subject.name) in facts.unique
    if (
        len(only) != 1
        or (single and not counted.is_rows)
        or not _joins_bounded(unit, policy, facts)
    ):
        raise Stopped(Rule.JOIN, "加噪声的查询里，关联不能让同一个人出现多次")
    columns = [_text(key) + f" AS k{i}" for i, key in enumerate(unit.keys)]
    columns.append(_grouping(unit) + " AS gs")
    figures: list[dict[str, Any]] = []
    types: list[str] = []
    extra: list[str] = []
    for place, each in enumerate(unit.aggregates):
        sql, figure, kind = _noisy_figure(each, counted.is_rows)
        if figure["kind"] == "avg" and _counts_everyone(each, unit, counted, facts):
            figure["count"] = -1  # the number of people is its count
        elif figure["kind"] == "avg":
            figure["count"] = len(extra)
            extra.append(f"count({_text(_counted_for(each))})")
        columns.append(f"{sql} AS a{place}")
        figures.append(figure)
        types.append(kind)
    columns.append(f"{counted.all} AS n")
    columns += [f"{text} AS q{i}" for i, text in enumerate(extra)]
    limit = None if single else (unit.subject, rows)
    return {
        "name": unit.name,
        "sql": f"SELECT {', '.join(columns)} FROM {from_of(unit.tables, policy, facts, limit)}"
        f"{_where(unit.conditions)}{_group_by(unit)}",
        "keys": len(unit.keys),
        "aggregates": len(unit.aggregates),
        "guards": [],
        "pairs": [],
        "sets": [list(places) for places in unit.sets],
        "minimum": unit.minimum,
        "additive": counted.is_rows,
        "noise": {
            "delta": policy.privacy.delta,
            "rows": 1 if single else rows,
            "sets": len(unit.sets),
            "figures": figures,
            "types": types,
        },
    }


def _noisy_figure(each: Aggregate, is_rows: bool) -> tuple[str, dict[str, Any], str]:
    """Return the SQL of a whole-number figure, how to noise it, and its type when told."""
    if each.kind in ("count", "distinct"):
        text = _text(each.tree)
        if each.kind == "distinct":
            assert each.argument is not None
            text = f"count(DISTINCT {_text(each.argument)})"
        is_people = each.kind == "count" and each.argument is None and is_rows
        kind = "people" if is_people else "count"
        return text, {"kind": kind, "scale": 1, "sensitivity": 1}, "BIGINT"
    if each.kind not in ("sum", "avg") or each.bounds is None or each.argument is None:
        raise Stopped(Rule.FUNCTION, "加噪声的查询只能用 count、sum、avg 和 count(DISTINCT …)")
    scale = 1 if each.is_whole else _HUNDREDTHS
    low, high = (end * scale for end in each.bounds)
    # A sum moves by a person's value; an average by its distance from the middle of the bounds.
    middle = int((low + high) / 2) if each.kind == "avg" else 0
    widest = int(max(abs(low - middle), abs(high - middle))) + 1
    # Whole hundredths, row by row: then the sum is exact and the bound on one person holds.
    text = _text(each.argument)
    is_column = scale == 1 and isinstance(each.argument, exp.Column)
    sql = f"sum({text})" if is_column else f"sum(CAST(({text}) * {scale} AS BIGINT))"
    figure = {
        "kind": each.kind,
        "scale": scale,
        "sensitivity": widest,
        "middle": middle,
        "bounds": [float(end) for end in each.bounds],
    }
    return sql, figure, "BIGINT" if each.kind == "sum" and scale == 1 else "DOUBLE"


def _counted_for(mean: Aggregate) -> exp.Expression:
    """Return what is NULL exactly where the argument of an average is, and cheapest to count."""
    assert mean.argument is not None
    columns = list(dict.fromkeys(mean.argument.find_all(exp.Column)))
    only_clamped = len(columns) == 1 and not mean.leaves and len(mean.guards) == 1
    return columns[0] if only_clamped and isinstance(mean.guards[0], exp.Not) else mean.argument


def _counts_everyone(
    mean: Aggregate, unit: ReleaseUnit, counted: "_Subjects", facts: Facts
) -> bool:
    """Say whether an average is over every person of its cell, so that nobody need be counted."""
    return (
        counted.is_rows
        and not mean.leaves
        and len(mean.guards) == 1
        and _always_holds(mean.guards[0], unit, facts)
    )


def _joins_bounded(unit: ReleaseUnit, policy: Policy, facts: Facts) -> bool:
    tables = {base.alias: base.table for base in unit.tables}
    return not policy.tables[unit.tables[0].table].is_public and all(
        base.side in ("", "LEFT") and _joins_one(base, tables, facts) for base in unit.tables[1:]
    )


def unit_request(unit: ReleaseUnit, policy: Policy, facts: Facts) -> dict[str, Any]:
    """Return what the worker needs to compute the unit.

    The columns of `sql` are, in order: keys k0…, the grouping number gs, aggregates a0…, the number
    of distinct subjects n, and the guards' numbers q0….
    """
    counted = _subjects(unit, policy, facts)
    columns = [_text(key) + f" AS k{i}" for i, key in enumerate(unit.keys)]
    columns.append(_grouping(unit) + " AS gs")
    guards: list[str] = []
    guarded: list[list[int]] = []
    for place, aggregate in enumerate(unit.aggregates):
        columns.append(f"{_text(aggregate.tree)} AS a{place}")
        mine = []
        for guard in aggregate.guards:
            if _always_holds(guard, unit, facts):
                continue
            text = counted.where(_text(guard))
            if text not in guards:
                guards.append(text)
            mine.append(guards.index(text))
        guarded.append(mine)
    pairs = _pairs(unit, counted, guards)
    columns.append(f"{counted.all} AS n")
    columns += [f"{text} AS q{i}" for i, text in enumerate(guards)]
    group = _group_by(unit)
    return {
        "name": unit.name,
        "sql": f"SELECT {', '.join(columns)} FROM {from_of(unit.tables, policy, facts)}"
        f"{_where(unit.conditions)}{group}",
        "keys": len(unit.keys),
        "aggregates": len(unit.aggregates),
        "guards": guarded,
        "pairs": pairs,
        "sets": [list(places) for places in unit.sets],
        "minimum": unit.minimum,
        "additive": counted.is_rows,
        "leaves": {
            _text(leaf): guards.index(counted.where(_text(leaf)))
            for each in unit.aggregates
            for leaf in each.leaves
            if counted.where(_text(leaf)) in guards
        },
    }


def families_of(unit: ReleaseUnit, policy: Policy) -> list[tuple[int, str, Family]]:
    """Return the unit's families, each with its grouping set's place and its part's condition."""
    private = [base for base in unit.tables if not policy.tables[base.table].is_public]
    public = [base for base in unit.tables if policy.tables[base.table].is_public]
    where = {_text(each) for each in unit.conditions}
    joins: list[tuple[str, str]] = []
    inside = {base.alias for base in private}
    for base in unit.tables:
        # An inner join chooses rows as a condition does; said so, all releases share one FROM.
        for on in base.on:
            if base.side == "":
                for column in on.find_all(exp.Column):
                    if column.table not in inside:
                        where.add(f"{_text(column)} IS NOT NULL")
    for base in public:
        conditions = [
            _said_one_way(on)
            for other in unit.tables
            for on in other.on
            if any(column.table == base.alias for column in on.find_all(exp.Column))
        ]
        joins.append((base.table, " AND ".join(sorted(conditions)) or "TRUE"))
    flat = [BaseTable(b.alias, b.table, "", tuple(
        on for on in b.on if all(c.table in inside for c in on.find_all(exp.Column))
    )) for b in private]  # fmt: skip
    source = from_of(tuple(flat), policy)
    leaves = {_text(leaf) for each in unit.aggregates for leaf in each.leaves}
    found = []
    for place, chosen in enumerate(unit.sets):
        keys = [unit.keys[i] for i in chosen]
        plain = all(isinstance(key, exp.Column) for key in keys)
        for leaf in ["", *sorted(leaves)]:
            chosen_by = tuple(sorted(where | ({leaf} if leaf else set())))
            texts = tuple(_text(key) for key in keys)
            subject = _text(unit.subject)
            family = Family(source, tuple(sorted(joins)), chosen_by, texts, subject, plain)
            found.append((place, leaf, family))
    return found


def _said_one_way(on: exp.Expression) -> str:
    ends = sorted([_text(on.this), _text(on.expression)]) if isinstance(on, exp.EQ) else []
    return " = ".join(ends) or _text(on)


_PRESENT = re.compile(r'NOT ("[^"]+"\."[^"]+") IS NULL')


@dataclass(frozen=True)
class _Subjects:
    """How distinct subjects are counted: as rows where that is the same, which costs nothing."""

    column: str
    is_rows: bool

    @property
    def all(self) -> str:
        return "count(*)" if self.is_rows else f"count(DISTINCT {self.column})"

    def where(self, condition: str) -> str:
        if self.is_rows:
            present = _PRESENT.fullmatch(condition)
            return f"count({present[1]})" if present else f"count_if({condition})"
        return f"count(DISTINCT CASE WHEN {condition} THEN {self.column} END)"


def _subjects(unit: ReleaseUnit, policy: Policy, facts: Facts) -> _Subjects:
    tables = {base.alias: base.table for base in unit.tables}
    first = unit.tables[0]
    rows = (
        (tables[unit.subject.table], unit.subject.name) in facts.unique
        and unit.subject.table == first.alias
        and all(
            base.side in ("", "LEFT")
            and policy.tables[base.table].is_public
            and _joins_one(base, tables, facts)
            for base in unit.tables[1:]
        )
    )
    return _Subjects(_text(unit.subject), rows)


def _joins_one(base: BaseTable, tables: dict[str, str], facts: Facts) -> bool:
    return any(
        isinstance(on, exp.EQ)
        and any(
            isinstance(end, exp.Column)
            and end.table == base.alias
            and (tables[end.table], end.name) in facts.unique
            for end in (on.this, on.expression)
        )
        for on in base.on
    )


def _always_holds(guard: exp.Expression, unit: ReleaseUnit, facts: Facts) -> bool:
    if not (isinstance(guard, exp.Not) and isinstance(guard.this, exp.Is)):
        return False
    column = guard.this.this
    tables = {base.alias: base.table for base in unit.tables}
    return (
        isinstance(column, exp.Column)
        and isinstance(guard.this.expression, exp.Null)
        and all(base.side == "" for base in unit.tables)
        and (tables[column.table], column.name) in facts.filled
    )


_MOST_PAIRS = 64
_MOST_PARTS = 600
_HUNDREDTHS = 100


def _pairs(unit: ReleaseUnit, counted: _Subjects, guards: list[str]) -> list[list[int]]:
    """Return [aggregate, aggregate, guard]: how far apart the people of two figures are."""
    pairs: list[list[int]] = []
    chosen = [
        (place, leaf)
        for place, each in enumerate(unit.aggregates)
        for leaf in dict.fromkeys(each.leaves)
    ]
    if len(chosen) > _MOST_PARTS:
        return [[-1, -1, -1]]
    for i, (a, first) in enumerate(chosen):
        if len(pairs) > _MOST_PAIRS:
            break
        for b, second in chosen[i + 1 :]:
            if a == b or first == second or _are_apart(first, second):
                continue
            text = counted.where(f"(({_text(first)}) IS TRUE) <> (({_text(second)}) IS TRUE)")
            if text not in guards:
                guards.append(text)
            pairs.append([a, b, guards.index(text)])
    return pairs if len(pairs) <= _MOST_PAIRS else [[-1, -1, -1]]


def _are_apart(a: exp.Expression, b: exp.Expression) -> bool:
    """Say whether two conditions ask one column for two different constants."""
    ends = []
    for condition in (a, b):
        node = condition
        while isinstance(node, exp.Is | exp.Paren):
            node = node.this
        if not (isinstance(node, exp.EQ) and isinstance(node.expression, exp.Literal)):
            return False
        ends.append((node.this, node.expression))
    return bool(ends[0][0] == ends[1][0] and ends[0][1] != ends[1][1])


def _grouping(unit: ReleaseUnit) -> str:
    if len(unit.sets) == 1:
        return "0"
    return f"GROUPING({', '.join(_text(key) for key in unit.keys)})"


def _group_by(unit: ReleaseUnit) -> str:
    if len(unit.sets) == 1:
        # Without a key, one group of all; GROUP BY () would give no row where there is none.
        return " GROUP BY " + ", ".join(_text(key) for key in unit.keys) if unit.keys else ""
    sets = ", ".join(
        "(" + ", ".join(_text(unit.keys[i]) for i in places) + ")" for places in unit.sets
    )
    return f" GROUP BY GROUPING SETS ({sets})"


def _where(conditions: tuple[exp.Expression, ...]) -> str:
    return " WHERE " + " AND ".join(f"({_text(each)})" for each in conditions) if conditions else ""


def _text(tree: exp.Expression) -> str:
    return str(tree.sql("duckdb"))
