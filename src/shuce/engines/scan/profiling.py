"""The profile of a table: two generated statements over all its rows, patterns from those drawn."""

import re
from collections import Counter
from dataclasses import replace

import duckdb
import pyarrow as pa

from shuce.engines.scan.rulebook import settings
from shuce.engines.scan.sampling import is_numeric
from shuce.engines.scan.shapes import Cell, Column, Loaded, Numbers, Profile
from shuce.engines.scan.sources.base import literal, quoted

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_SHOWN_LENGTH = 80
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SHAPES = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "9" * 10 + "A" * 26 + "a" * 26
)


def duckdb_types(engine: duckdb.DuckDBPyConnection, loaded: Loaded) -> dict[str, str]:
    """Return the type DuckDB sees for each column; it may differ from the source's own."""
    described = engine.execute(f"DESCRIBE SELECT * FROM {loaded.relation}").fetchall()
    return {row[0]: row[1] for row in described}


def profile_table(
    engine: duckdb.DuckDBPyConnection, loaded: Loaded, rows: pa.Table, numeric_text: frozenset[str]
) -> dict[str, Profile]:
    """Return each column's profile. `numeric_text`: text columns whose values are numbers."""
    types = duckdb_types(engine, loaded)
    exact = loaded.rows <= settings().exact_distinct_rows
    parts: list[list[str]] = []
    for column in loaded.columns:
        parts.append(_measures(column, types[column.name], exact, column.name in numeric_text))
    if not parts:
        return {}
    statement = f"SELECT {', '.join(m for part in parts for m in part)} FROM {loaded.relation}"
    measured = list(engine.execute(statement).fetchone() or ())
    profiles: dict[str, Profile] = {}
    for column, part in zip(loaded.columns, parts, strict=True):
        taken, measured = measured[: len(part)], measured[len(part) :]
        profiles[column.name] = _profile(taken, loaded.rows, exact)
    tops = _tops(engine, loaded, rows)
    return {
        name: replace(
            profile,
            top=tops.get(name, ()),
            patterns=_patterns(rows[name]),
            patterns_of=rows.num_rows,
        )
        for name, profile in profiles.items()
    }


def _measures(column: Column, sql_type: str, exact: bool, numeric_text: bool) -> list[str]:
    """Return the column's aggregates: count, blanks, distinct, min, max, lengths, numbers."""
    name = quoted(column.name)
    nested = sql_type.endswith("]") or sql_type.startswith(("STRUCT", "MAP", "UNION", "BLOB"))
    shown = f"CAST({name} AS VARCHAR)" if nested else name
    text = sql_type == "VARCHAR" or nested
    distinct = f"count(DISTINCT {shown})" if exact else f"approx_count_distinct({shown})"
    measures = [
        f"count({name})",
        f"count_if(trim({shown}) = '')" if text else "0",
        distinct,
        f"min({shown})",
        f"max({shown})",
    ]
    if text:
        measures += [f"min(length({shown}))", f"avg(length({shown}))", f"max(length({shown}))"]
    else:
        measures += ["NULL", "NULL", "NULL"]
    if is_numeric(sql_type) or numeric_text:
        number = f"TRY_CAST({name} AS DOUBLE)" if text else f"CAST({name} AS DOUBLE)"
        measures += [
            f"avg({number})",
            f"approx_quantile({number}, {list(_QUANTILES)})",
            f"min({number})",
            f"max({number})",
        ]
    else:
        measures += ["NULL", "NULL", "NULL", "NULL"]
    return measures


def _profile(measured: list[object], rows: int, exact: bool) -> Profile:
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


def _tops(
    engine: duckdb.DuckDBPyConnection, loaded: Loaded, rows: pa.Table
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Count the values most frequent among the rows drawn over all rows, in one statement."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    counted: list[str] = []
    complete = rows.num_rows >= loaded.rows
    for place, column in enumerate(loaded.columns):
        often = Counter(v for v in rows[column.name].to_pylist() if v is not None)
        frequent = often.most_common(settings().top_values)
        if complete:
            found[column.name] = tuple((_cut(value), count) for value, count in frequent)
            continue
        repeated = [value for value, count in frequent if count > 1]
        if repeated:
            text = f"CAST({quoted(column.name)} AS VARCHAR)"
            listed = ", ".join(map(literal, repeated))
            counted.append(
                f"SELECT {place} AS place, {text} AS value, count(*) AS n FROM {loaded.relation} "
                f"WHERE {text} IN ({listed}) GROUP BY 2"
            )
    if counted:
        for place, value, count in engine.execute(
            " UNION ALL ".join(counted) + " ORDER BY 1, 3 DESC, 2"
        ).fetchall():
            name = loaded.columns[place].name
            found[name] = (*found.get(name, ()), (_cut(value), count))
    return found


def _patterns(values: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    shapes = Counter(shape_of(value) for value in values.to_pylist() if value is not None)
    return tuple(shapes.most_common(settings().top_values))


def shape_of(value: str) -> str:
    """Return the shape of a value: digits 9, Latin letters A or a, Chinese 中, others as is."""
    width = settings().pattern_width
    shape = _HAN.sub("中", value[: width + 1].translate(_SHAPES))
    return shape if len(shape) <= width else shape[:width] + "…"


def _cut(value: str) -> str:
    return value if len(value) <= _SHOWN_LENGTH else value[:_SHOWN_LENGTH] + "…"


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, int | float):
        return value
    return _cut(str(value))


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
