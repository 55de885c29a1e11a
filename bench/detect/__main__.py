"""How well columns are told apart: F1 by tier and type, look-alikes kept out, confidence held true.

    PYTHONPATH=src:. python -m bench.detect [--half held] [--seed 1] [--failures] [--tables 60]

The rules are tuned on the half `tune` of names, words and values; the half `held` is only scored.
Prints one JSON line per tier, and a table of how often each confidence was right.
"""

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from bench.detect.tables import (
    Column,
    Table,
    harsh_tables,
    look_alike_tables,
    office_tables,
)
from shuce.engines.scan import ColumnScan, ScanResult, scan
from shuce.engines.scan.sources.base import literal, quoted

TODAY = date(2026, 11, 23)
_L4 = [
    "id_card",
    "bank_card",
    "passport",
    "travel_permit",
    "military_id",
    "medical",
    "biometric",
    "insurance_no",
    "gps",
    "religion",
    "password",
]
_KINDS = ("BIGINT", "DOUBLE", "DATE", "TIMESTAMP")

Judged = list[tuple[Table, Column, ColumnScan]]


def write(tables: list[Table], path: Path) -> None:
    """Write the tables into a DuckDB file; half of the columns that can be get a type."""
    with duckdb.connect(str(path)) as engine:
        for table in tables:
            data = pa.table({c.name: pa.array(c.values, pa.string()) for c in table.columns})
            engine.register("data", data)
            chosen = ", ".join(
                _typed(engine, c.name) if place % 2 else quoted(c.name)
                for place, c in enumerate(table.columns)
            )
            engine.execute(f"CREATE TABLE {quoted(table.name)} AS SELECT {chosen} FROM data")
            engine.unregister("data")
            for column in table.columns:
                if column.comment:
                    engine.execute(
                        f"COMMENT ON COLUMN {quoted(table.name)}.{quoted(column.name)} "
                        f"IS {literal(column.comment)}"
                    )


def _typed(engine: duckdb.DuckDBPyConnection, name: str) -> str:
    """Return the column cast to the first type that holds all its values without changing one."""
    column = quoted(name)
    for kind in _KINDS:
        same = "true" if kind == "DOUBLE" else f"TRY_CAST({column} AS {kind})::VARCHAR = {column}"
        lost = engine.execute(
            f"SELECT count(*) FROM data WHERE {column} IS NOT NULL AND "
            f"(TRY_CAST({column} AS {kind}) IS NULL OR NOT {same} OR {column} LIKE '0_%' "
            f"AND {column} NOT LIKE '0.%' OR upper({column}) LIKE '%E%')"
        ).fetchone()
        if lost == (0,):
            return f"CAST({column} AS {kind}) AS {column}"
    return column


def judged(tables: list[Table]) -> Judged:
    """Scan the tables and set what was said of each column beside what it is."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "tables.duckdb"
        write(tables, path)
        result: ScanResult = scan(str(path), today=TODAY)
    said = {(t.name, c.name): c for t in result.tables for c in t.columns}
    return [(t, c, said[t.name, c.name]) for t in tables for c in t.columns]


def scores(found: Judged) -> dict[str, object]:
    """Return macro F1 over types, precision, L4 missed, none kept out."""
    right, extra, missed = Counter[str](), Counter[str](), Counter[str]()
    for _, column, said in found:
        if said.type.value == column.type:
            right[column.type] += 1
        else:
            extra[said.type.value] += 1
            missed[column.type] += 1
    kinds = sorted((set(right) | set(missed)) - {"none"})
    f1 = {k: 2 * right[k] / (2 * right[k] + extra[k] + missed[k]) for k in kinds}
    named = [k for k in set(right) | set(extra) if k != "none"]
    none = right["none"] + missed["none"]
    told = sum(right[k] + extra[k] for k in named)
    return {
        "columns": len(found),
        "macro_f1": round(sum(f1.values()) / max(1, len(f1)), 3),
        "precision": round(sum(right[k] for k in named) / max(1, told), 3),
        "l4_missed": sum(missed[k] for k in _L4),
        "l4": sum(right[k] + missed[k] for k in _L4),
        "none_kept_out": round(right["none"] / max(1, none), 3),
        "worst": dict(sorted(((k, round(v, 2)) for k, v in f1.items()), key=lambda e: e[1])[:8]),
    }


def reliability(found: Judged) -> list[tuple[str, int, float]]:
    """Return (confidence, columns, share right) for each tenth."""
    bins = defaultdict[int, list[bool]](list)
    for _, column, said in found:
        bins[min(9, int(said.confidence * 10))].append(said.type.value == column.type)
    return [
        (f"{i / 10:.1f}–{(i + 1) / 10:.1f}", len(right), round(sum(right) / len(right), 2))
        for i, right in sorted(bins.items())
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", choices=["tune", "held"], default="held")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tables", type=int, default=60)
    parser.add_argument("--failures", action="store_true")
    asked = parser.parse_args()
    half, seed = asked.half, asked.seed
    tiers = {
        "office": office_tables(half, seed, asked.tables),
        "look-alike": look_alike_tables(half, seed, asked.tables // 4),
        "harsh": harsh_tables(half, seed, asked.tables // 2),
    }
    everything: Judged = []
    for tier, tables in tiers.items():
        found = judged(tables)
        everything += found
        print(json.dumps({"tier": tier, "half": half, **scores(found)}, ensure_ascii=False))
        if asked.failures:
            _show_failures(found)
    print("confidence  columns  right")
    for confidence, count, right in reliability(everything):
        print(f"{confidence:>10}  {count:>7}  {right:>5.2f}")


def _show_failures(found: Judged) -> None:
    for table, column, said in found:
        if said.type.value != column.type:
            shown = [v for v in column.values if v][:3]
            print(
                f"  {table.style:10} {column.name}[{column.comment}] is {column.type}, "
                f"said {said.type.value} {said.confidence:.2f} {said.outcome.value}: "
                f"{[v[:40] for v in shown]} {list(said.evidence)[:2]} "
                f"{[(t.value, round(s, 2)) for t, s in said.candidates]}"
            )


if __name__ == "__main__":
    main()
