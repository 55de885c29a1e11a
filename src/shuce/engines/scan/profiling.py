"""The profile of a table, and the check digits in it, by one generated statement over its rows.

Each column is decoded once: counts, distinct values, lengths, quantiles, the frequency of values
that are frequent among the rows drawn, and the check digits of candidates are all counted in the
same pass. Least and greatest values come from the file's own statistics where these are exact.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pyarrow as pa

from shuce.engines.scan.rulebook import settings
from shuce.engines.scan.sampling import is_numeric
from shuce.engines.scan.shapes import (
    Cell,
    Column,
    Loaded,
    Measured,
    Numbers,
    Profile,
    Verification,
)
from shuce.engines.scan.sources.base import literal, quoted
from shuce.engines.scan.types import SemanticType
from shuce.engines.scan.verify import VERIFIABLE, CheckSql, check_sql, nested, prepare_codes

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_SHOWN_LENGTH = 80
_PATTERN_ROWS = 2500  # of a table larger than what was drawn: shares are then good to one percent
FREQUENT = 0.001  # share of the rows drawn from which a value is counted over all rows
_FEW_VALUES = 50  # columns with no more different values among those drawn are grouped whole
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SHAPES = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "9" * 10 + "A" * 26 + "a" * 26
)


def duckdb_types(engine: duckdb.DuckDBPyConnection, loaded: Loaded) -> dict[str, str]:
    """Return the type DuckDB sees for each column; it may differ from the source's own."""
    described = engine.execute(f"DESCRIBE SELECT * FROM {loaded.relation}").fetchall()
    return {row[0]: row[1] for row in described}


def measure_table(
    engine: duckdb.DuckDBPyConnection,
    loaded: Loaded,
    rows: pa.Table,
    numeric_text: frozenset[str],
    typed: Mapping[str, SemanticType],
    today: date,
) -> Measured:
    """Profile every column and verify those of `typed` that have check digits.

    `rows` are those drawn; `numeric_text` names text columns whose values are numbers.
    """
    if not loaded.columns:
        return Measured({}, {})
    types = duckdb_types(engine, loaded)
    exact = loaded.rows <= settings().exact_distinct_rows
    checks = {
        column.name: check_sql(column.name, typed[column.name], f"_check{i}")
        for i, column in enumerate(loaded.columns)
        if typed.get(column.name) in VERIFIABLE
    }
    if checks:
        prepare_codes(engine, today)
    tops = _Tops.of(loaded, rows)
    ranges = _ranges_known(engine, loaded, types)
    parts = [
        _measures(c, types[c.name], exact, c.name in numeric_text, c.name not in ranges)
        for c in loaded.columns
    ]
    asked = [
        *(measure for part in parts for measure in part),
        *(count for check in checks.values() for count in check.counts),
        *tops.counts,
    ]
    relation = nested(loaded.relation, [*checks.values(), *tops.named])
    found = list(engine.execute(f"SELECT {', '.join(asked)} FROM {relation}").fetchone() or ())
    profiles: dict[str, Profile] = {}
    for column, part in zip(loaded.columns, parts, strict=True):
        taken, found = found[: len(part)], found[len(part) :]
        if column.name in ranges:
            taken[_LOW : _HIGH + 1] = ranges[column.name]
        profiles[column.name] = profile_of(taken, loaded.rows, exact)
    verified: dict[str, Verification] = {}
    for name in checks:
        verified[name] = Verification(*(_whole(count) for count in found[:3]))
        found = found[3:]
    frequent = tops.read(engine, found)
    patterned = rows if rows.num_rows >= loaded.rows else _some(rows, _PATTERN_ROWS)
    return Measured(
        {
            name: replace(
                profile,
                top=frequent[name],
                patterns=patterns_of(patterned[name]),
                patterns_of=patterned.num_rows,
            )
            for name, profile in profiles.items()
        },
        verified,
    )


_LOW, _HIGH = 3, 4  # places of min and max among a column's measures


def _measures(
    column: Column, sql_type: str, exact: bool, numeric_text: bool, ranged: bool
) -> list[str]:
    """Return the column's aggregates: count, blanks, distinct, min, max, lengths, numbers."""
    name = quoted(column.name)
    nested_type = _is_nested(sql_type)
    shown = f"CAST({name} AS VARCHAR)" if nested_type else name
    text = sql_type == "VARCHAR" or nested_type
    distinct = f"count(DISTINCT {shown})" if exact else f"approx_count_distinct({shown})"
    measures = [
        f"count({name})",
        # trim() is dear, and only what begins with a space or less can be blank.
        f"count_if(CASE WHEN {shown} < '!' THEN trim({shown}) = '' END)" if text else "0",
        distinct,
        f"min({shown})" if ranged else "NULL",
        f"max({shown})" if ranged else "NULL",
    ]
    if text:
        measures += [f"min(length({shown}))", f"avg(length({shown}))", f"max(length({shown}))"]
    else:
        measures += ["NULL", "NULL", "NULL"]
    if is_numeric(sql_type) or numeric_text:
        number = f"TRY_CAST({name} AS DOUBLE)" if text else f"CAST({name} AS DOUBLE)"
        measures += [f"avg({number})", f"approx_quantile({number}, {list(_QUANTILES)})"]
        measures += [f"min({number})", f"max({number})"] if ranged or text else ["NULL", "NULL"]
    else:
        measures += ["NULL", "NULL", "NULL", "NULL"]
    return measures


def _is_nested(sql_type: str) -> bool:
    return sql_type.endswith("]") or sql_type.startswith(("STRUCT", "MAP", "UNION", "BLOB"))


def _ranges_known(
    engine: duckdb.DuckDBPyConnection, loaded: Loaded, types: Mapping[str, str]
) -> dict[str, tuple[object, object]]:
    """Return least and greatest values of the columns where no row need be read for them.

    Parquet keeps them in its footer; DuckDB answers from there if they are exact, which its plan
    shows by scanning nothing.
    """
    known: dict[str, tuple[object, object]] = {}
    if "read_parquet" not in loaded.relation:
        return known
    for column in loaded.columns:
        if _is_nested(types[column.name]):
            continue
        name = quoted(column.name)
        statement = f"SELECT min({name}), max({name}) FROM {loaded.relation}"
        plan = engine.execute(f"EXPLAIN (FORMAT JSON) {statement}").fetchone()
        if plan and _scans_nothing(json.loads(plan[1])):
            row = engine.execute(statement).fetchone()
            known[column.name] = (row[0], row[1]) if row else (None, None)
    return known


def _scans_nothing(plan: Sequence[dict[str, object]]) -> bool:
    return [node["name"] for node in plan] == ["COLUMN_DATA_SCAN"]


def profile_of(measured: list[object], rows: int, exact: bool) -> Profile:
    """Return the profile that a column's aggregates make, in the order of `_measures`."""
    (
        count,
        blanks,
        distinct,
        low,
        high,
        shortest,
        mean_length,
        longest,
        mean,
        quantiles,
        least,
        most,
    ) = measured
    filled = _whole(count)
    numbers = None
    if isinstance(mean, float) and isinstance(quantiles, list):
        least, most = (low if least is None else least), (high if most is None else most)
        numbers = Numbers(mean, tuple(float(q) for q in quantiles), _real(least), _real(most))
    lengths = None
    if shortest is not None:
        lengths = (_whole(shortest), _real(mean_length), _whole(longest))
    return Profile(
        rows=rows,
        nulls=rows - filled,
        blanks=_whole(blanks),
        distinct=min(_whole(distinct), filled),
        distinct_exact=exact,
        # Numbers that came as text are ordered as numbers: 998.51 is less than 1000.03.
        min=_neat(numbers.minimum) if numbers else _cell(low),
        max=_neat(numbers.maximum) if numbers else _cell(high),
        lengths=lengths,
        numbers=numbers,
    )


def _neat(number: float) -> int | float:
    return int(number) if number.is_integer() else number


@dataclass(frozen=True)
class _Tops:
    """The most frequent values of each column, and how they are counted over all rows.

    `known`: counted already, the rows drawn being all. `grouped`: columns of few values. `marked`:
    columns of many, whose frequent ones get a small number in the one pass.
    """

    loaded: Loaded
    known: dict[str, tuple[tuple[str, int], ...]]
    grouped: tuple[str, ...]
    marked: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, loaded: Loaded, rows: pa.Table) -> "_Tops":
        known: dict[str, tuple[tuple[str, int], ...]] = {}
        grouped: list[str] = []
        marked: dict[str, tuple[str, ...]] = {}
        least = max(2, round(FREQUENT * rows.num_rows))
        for column in loaded.columns:
            often = Counter(v for v in rows[column.name].to_pylist() if v is not None)
            frequent = often.most_common(settings().top_values)
            if rows.num_rows >= loaded.rows:
                known[column.name] = tuple(frequent)
            elif len(often) <= _FEW_VALUES:
                grouped.append(column.name)
            elif repeated := tuple(value for value, count in frequent if count >= least):
                marked[column.name] = repeated
        return cls(loaded, known, tuple(grouped), marked)

    @property
    def named(self) -> list[CheckSql]:
        """The numbers given to frequent values, as names of the innermost select."""
        named: list[CheckSql] = []
        for place, (name, values) in enumerate(self.marked.items()):
            text = f"CAST({quoted(name)} AS VARCHAR)"
            longest = max(len(value.encode()) for value in values)
            cases = " ".join(
                f"WHEN {text} = {literal(value)} THEN {i}::UTINYINT"
                for i, value in enumerate(values)
            )
            # Most values are longer than the placeholders that make up most tops: skipped at once.
            number = f"CASE WHEN strlen({text}) > {longest} THEN NULL {cases} END"
            named.append(CheckSql(({f"_top{place}": number},), "", "", ""))
        return named

    @property
    def counts(self) -> list[str]:
        return [
            f"count_if(_top{place} = {i})"
            for place, values in enumerate(self.marked.values())
            for i in range(len(values))
        ]

    def read(
        self, engine: duckdb.DuckDBPyConnection, counted: Sequence[object]
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        """Return each column's frequent values, most frequent first; `counted` answers `counts`."""
        found = {column.name: self.known.get(column.name, ()) for column in self.loaded.columns}
        for name in self.grouped:
            text = f"CAST({quoted(name)} AS VARCHAR)"
            found[name] = tuple(
                engine.execute(
                    f"SELECT {text} AS value, count(*) FROM {self.loaded.relation} "
                    f"WHERE {quoted(name)} IS NOT NULL GROUP BY 1 "
                    f"ORDER BY 2 DESC, 1 LIMIT {settings().top_values}"
                ).fetchall()
            )
        remaining = iter(counted)
        for name, values in self.marked.items():
            pairs = [(value, _whole(next(remaining))) for value in values]
            found[name] = tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
        return {
            name: tuple((shortened(value), count) for value, count in pairs)
            for name, pairs in found.items()
        }


def _some(rows: pa.Table, wanted: int) -> pa.Table:
    """Take every n-th row."""
    step = max(1, rows.num_rows // wanted)
    return rows.take(list(range(0, rows.num_rows, step)))


def patterns_of(values: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    """Return the commonest shapes of values, and how often each was met."""
    shapes = Counter(shape_of(value) for value in values.to_pylist() if value is not None)
    return tuple(shapes.most_common(settings().top_values))


def shape_of(value: str) -> str:
    """Return the shape of a value: digits 9, Latin letters A or a, Chinese 中, others as is."""
    width = settings().pattern_width
    shape = _HAN.sub("中", value[: width + 1].translate(_SHAPES))
    return shape if len(shape) <= width else shape[:width] + "…"


def shortened(value: str) -> str:
    """Return a value as it is shown: the first eighty characters of a long one."""
    return value if len(value) <= _SHOWN_LENGTH else value[:_SHOWN_LENGTH] + "…"


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, int | float):
        return value
    return shortened(str(value))


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
