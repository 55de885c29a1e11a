"""Which columns hold keys of other tables: what the source declares, and what the values say.

A table is known by its sketch while it is loaded: of a column that may be a key the hashes of all
its values, of others the hashes of values from rows all over the table. What is contained in what
is then asked of DuckDB in one statement; no row leaves the engine that hashes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from shuce.engines.scan.shapes import ColumnScan, Loaded, Reference, TableScan
from shuce.engines.scan.sources.base import quoted
from shuce.engines.scan.sources.ranges import row_ranges
from shuce.kernel.words import say

_MOST_KEYS = 200_000  # values of a column that is kept whole, to be looked up in
_ROWS_LOOKED_AT = 5_000  # rows, all over the table, whose values are looked up
_LEAST_VALUES = 3  # so few values lie in some key by chance
_CONTAINED = 0.98
_TYPES = {"whole": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "INT"), "text": ()}


@dataclass(frozen=True)
class Sketch:
    """Hashes of a column's different values. `is_key`: all of them, each value being there once."""

    table: str
    column: str
    is_key: bool
    distinct: int
    kind: str
    hashes: pa.Array


def sketches_of(
    engine: duckdb.DuckDBPyConnection, table: TableScan, loaded: Loaded
) -> tuple[Sketch, ...]:
    """Return the sketches of columns that may be keys, or may hold keys of others."""
    if loaded.rows < loaded.all_rows or loaded.elsewhere:
        return ()
    found = []
    for column in table.columns:
        kind = _kind_of(column)
        profile = column.profile
        filled = profile.rows - profile.nulls
        if not kind or filled < _LEAST_VALUES or profile.distinct < _LEAST_VALUES:
            continue
        is_key = profile.nulls == 0 and profile.distinct >= 0.95 * filled
        is_key = is_key and filled <= _MOST_KEYS and _is_unique(engine, loaded, column.name)
        text = f"trim(CAST({quoted(column.name)} AS VARCHAR))"
        looked_at = (
            "true" if is_key else row_ranges(loaded.row_number, loaded.rows, _ROWS_LOOKED_AT)
        )
        hashes = engine.execute(
            f"SELECT DISTINCT hash({text}) AS h FROM {loaded.relation} WHERE {looked_at} "
            f"AND {quoted(column.name)} IS NOT NULL AND {text} <> ''"
        ).fetchnumpy()["h"]
        if len(hashes) >= _LEAST_VALUES:
            kept = pa.array(hashes, pa.uint64())
            found.append(Sketch(table.name, column.name, is_key, len(kept), kind, kept))
    return tuple(found)


def with_references(
    tables: Sequence[TableScan], sketches: Sequence[Sketch]
) -> tuple[TableScan, ...]:
    """Return the tables with what their columns seem to refer to, beside what is declared."""
    guessed = guesses(sketches)
    found = []
    for table in tables:
        declared = {one.columns for one in table.references}
        more = [one for one in guessed.get(table.name, ()) if one.columns not in declared]
        found.append(replace(table, references=(*table.references, *more)))
    return tuple(found)


def guesses(sketches: Sequence[Sketch]) -> dict[str, list[Reference]]:
    """Return, by table, the best key that each column's values are contained in."""
    keys = [one for one in sketches if one.is_key]
    if not keys:
        return {}
    with duckdb.connect() as engine:
        engine.register("_values", _table(sketches))
        engine.register("_keys", _table(keys))
        engine.execute("SET memory_limit = '300MB'")
        rows = engine.execute(
            "SELECT v.place, k.place, count(*) FROM _values v JOIN _keys k USING (h) "
            "WHERE v.tab <> k.tab AND v.kind = k.kind GROUP BY ALL"
        ).fetchall()
    best: dict[int, Reference] = {}
    for value_place, key_place, common in rows:
        value, key = sketches[value_place], keys[key_place]
        one = _judged(value, key, common)
        if one and (value_place not in best or one.confidence > best[value_place].confidence):
            best[value_place] = one
    found: dict[str, list[Reference]] = {}
    for place, one in sorted(best.items()):
        found.setdefault(sketches[place].table, []).append(one)
    return found


def _judged(value: Sketch, key: Sketch, common: int) -> Reference | None:
    """Weigh inclusion and names: small numbers lie in any running number, so there names decide."""
    share = common / value.distinct
    if share < _CONTAINED:
        return None
    hint = _named_alike(value.column, key.table, key.column)
    # A key whose values are all those of another key is as likely the other way round.
    covered = common / key.distinct
    confidence = 0.35 + 0.45 * hint + (0.15 if value.kind == "text" else 0.0)
    confidence += 0.05 if not value.is_key and covered > 0.05 else 0.0
    if value.is_key:
        confidence -= 0.2
    if confidence < 0.5:
        return None
    evidence = say(
        "抽查的 {count} 个不同值中有 {found} 个是 {table} 的 {column}",
        count=value.distinct,
        found=common,
        table=key.table,
        column=key.column,
    )
    if hint:
        evidence += say("，名称相近")
    return Reference(
        (value.column,), key.table, (key.column,), share, min(0.95, confidence), evidence
    )


def _named_alike(column: str, table: str, key: str) -> float:
    """How much a column's name speaks for a key: its own name, or the table's with it."""
    name, own = column.lower(), key.lower()
    of = table.lower().rsplit(".", 1)[-1].rsplit("/", 1)[-1]
    stem = of.removeprefix("t_").removeprefix("dim_").rstrip("s")
    if name in (f"{of}_{own}", f"{stem}_{own}", f"{of}{own}", f"{stem}{own}"):
        return 1.0
    if name == own and own not in ("id", "bh", "code", "no"):
        return 1.0
    if len(own) > 2 and name.endswith(own):
        return 0.7
    return 0.5 if len(stem) > 2 and stem in name else 0.0


def _kind_of(column: ColumnScan) -> str:
    sql_type = column.sql_type.upper().split("(")[0].strip()
    if sql_type in _TYPES["whole"] or sql_type.startswith("INT"):
        return "whole"
    lengths = column.profile.lengths
    if column.profile.numbers is None and lengths and lengths[2] <= 40:
        return "text"
    numbers = column.profile.numbers
    whole = numbers and isinstance(column.profile.min, int) and isinstance(column.profile.max, int)
    return "whole" if whole and "CHAR" not in sql_type and "DOUBLE" not in sql_type else ""


def _is_unique(engine: duckdb.DuckDBPyConnection, loaded: Loaded, column: str) -> bool:
    name = quoted(column)
    row = engine.execute(
        f"SELECT count(DISTINCT {name}) = count(*) FROM {loaded.relation}"
    ).fetchone()
    return bool(row and row[0])


def _table(sketches: Sequence[Sketch]) -> pa.Table:
    return pa.table(
        {
            "place": pa.array(
                [place for place, one in enumerate(sketches) for _ in range(len(one.hashes))],
                pa.int32(),
            ),
            "tab": pa.array(
                [one.table for one in sketches for _ in range(len(one.hashes))], pa.string()
            ),
            "kind": pa.array(
                [one.kind for one in sketches for _ in range(len(one.hashes))], pa.string()
            ),
            "h": pa.concat_arrays([one.hashes for one in sketches]),
        }
    )
