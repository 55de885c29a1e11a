"""Draw the values detection looks at: ranges of rows, and more where columns are sparse."""

import duckdb
import pyarrow as pa

from shuce.engines.scan.rulebook import settings
from shuce.engines.scan.shapes import Loaded
from shuce.engines.scan.sources.base import quoted
from shuce.engines.scan.sources.ranges import row_ranges

# Each range costs the decoding of a whole row group, a fiftieth of reading a table of a million.
_RANGES_READ = 4
_NUMERIC = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
    "REAL",
)


def is_numeric(sql_type: str) -> bool:
    """Say whether DuckDB stores the type as a number."""
    return sql_type.upper().startswith(_NUMERIC)


def draw_rows(engine: duckdb.DuckDBPyConnection, loaded: Loaded) -> pa.Table:
    """Return some rows in their order, every value as text."""
    where = row_ranges(loaded.row_number, loaded.rows, settings().sample_rows, _RANGES_READ)
    columns = ", ".join(
        f"CAST({quoted(c.name)} AS VARCHAR) AS {quoted(c.name)}" for c in loaded.columns
    )
    return engine.sql(
        f"SELECT {columns} FROM {loaded.relation} WHERE {where} ORDER BY {loaded.row_number}"
    ).to_arrow_table()


def values_to_test(
    engine: duckdb.DuckDBPyConnection, loaded: Loaded, rows: pa.Table
) -> dict[str, list[str]]:
    """Return for each column up to some hundred values, in row order, from every range alike."""
    chosen: dict[str, list[str]] = {}
    for column in loaded.columns:
        filled = [v for v in rows[column.name].to_pylist() if v is not None and v.strip()]
        sparse = len(filled) < (1 - settings().sparse_nulls) * max(1, rows.num_rows)
        if sparse and rows.num_rows < loaded.rows and len(filled) < settings().sparse_values:
            name = quoted(column.name)
            drawn = engine.execute(
                f"SELECT CAST({name} AS VARCHAR) FROM {loaded.relation} "
                f"WHERE {name} IS NOT NULL LIMIT {settings().sparse_values}"
            ).fetchall()
            filled += [value for (value,) in drawn]
        chosen[column.name] = _evenly(filled)
    return chosen


def _evenly(values: list[str]) -> list[str]:
    """Take short runs spread over the values, so that running numbers stay recognizable."""
    text = sum(map(len, values[:200])) / max(1, len(values[:200])) > 24
    wanted = settings().text_values_per_column if text else settings().values_per_column
    if len(values) <= wanted:
        return values
    runs = settings().sample_ranges
    length = wanted // runs
    starts = [(len(values) - length) * i // (runs - 1) for i in range(runs)]
    return [value for start in starts for value in values[start : start + length]]
