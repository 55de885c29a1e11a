"""Fusion of two holders' tables against a plain join of both, and against what is published of SPU.

    python -m bench.fusion [--rows 100000] [--sums]

Both sides' steps run as nodes run them, each in a worker process, with every message as bytes. The
ratio to DuckDB's join says what it costs that no row leaves; the one to SPU (ANCHORS: RR22, two
processes, 100k in 1.6 s, 1M in 5 s) what a library of one's own protocols would gain.
"""

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from shuce.engines.fusion import Parcel, Requirements, counting, holding
from shuce.engines.fusion.protecting import Candidates
from shuce.engines.fusion.running import run

_SPU_SECONDS = {100_000: 1.6, 1_000_000: 5.0}
_MINIMUM = 10
_DEMANDS = Requirements(_MINIMUM).as_json()


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sums", action="store_true", help="add up a measure of each side as well")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        bench(Path(folder), asked.rows, sums=asked.sums)


def bench(folder: Path, rows: int, *, sums: bool) -> None:
    """Make both tables, fuse them, join them, compare, and print what it took."""
    left, right = _tables(folder, rows)
    plain, joined = _timed(lambda: _joined(left, right, sums=sums))
    sides = (
        _side(left, "district", [["age", 0, 120]] if sums else []),
        _side(right, "kind", [["months", 0, 63]] if sums else []),
    )
    cpu = os.times()
    whole, (released, crossed, steps) = _timed(lambda: _fused(*sides))
    spent = os.times()
    assert released == joined, "the figures are not those of the join"
    used = spent.children_user - cpu.children_user
    print(
        f"{rows:,} × {rows:,} people, {len(released)} joint groups, load {os.getloadavg()[0]:.1f}"
    )
    for name, seconds in steps:
        print(f"  {name:<10}{seconds:7.1f} s")
    print(f"fusion      {whole:8.2f} s ({used:.1f} s CPU), {crossed / 1e6:.1f} MB crossed")
    print(f"plain join  {plain:8.3f} s; fusion takes {whole / plain:,.0f}× as long")
    if rows in _SPU_SECONDS and not sums:
        print(f"SPU (published) {_SPU_SECONDS[rows]} s; ratio {whole / _SPU_SECONDS[rows]:.1f}×")
    points = 4 * rows * (5 if sums else 1)
    print(f"about {points / used:,.0f} points a second and core")


def _tables(folder: Path, rows: int) -> tuple[Path, Path]:
    left, right = folder / "left.parquet", folder / "right.parquet"
    number = "'310101' || lpad(CAST(i * 7919 % 1000000007 AS VARCHAR), 12, '0')"
    duckdb.execute(
        f"COPY (SELECT {number} AS id, 'D' || (i % 8) AS district, i * 31 % 121 AS age"
        f" FROM range({rows}) AS t(i)) TO '{left}' (FORMAT parquet)"
    )
    duckdb.execute(
        f"COPY (SELECT {number} AS id, 'K' || (i % 3) AS kind, i * 17 % 64 AS months"
        f" FROM range({rows // 2}, {rows + rows // 2}) AS t(i)) TO '{right}' (FORMAT parquet)"
    )
    return left, right


def _joined(left: Path, right: Path, *, sums: bool) -> list[tuple[Any, ...]]:
    more = ", sum(age)::BIGINT, sum(months)::BIGINT" if sums else ""
    return duckdb.execute(
        f"SELECT district, kind, count(DISTINCT a.id){more} FROM '{left}' AS a"
        f" JOIN '{right}' AS b ON a.id = b.id GROUP BY ALL"
        f" HAVING count(DISTINCT a.id) >= {_MINIMUM} ORDER BY ALL"
    ).fetchall()


def _side(file: Path, group: str, measures: list[list[Any]]) -> dict[str, Any]:
    return {
        "file": str(file),
        "key": "id",
        "groups": [group],
        "measures": measures,
        "row_filter": "",
        "demands": _DEMANDS,
        "memory_mb": 1024,
        "threads": 2,
    }


def _fused(
    left: dict[str, Any], right: dict[str, Any]
) -> tuple[list[tuple[Any, ...]], int, list[tuple[str, float]]]:
    secret, crossed, steps = secrets.token_bytes(32).hex(), 0, []

    def step(what: str, arrived: bytes = b"", **more: Any) -> tuple[bytes, Any]:
        nonlocal crossed
        began = time.perf_counter()
        head = {"do": what, "secret": secret, **more}
        told = run(Parcel(head, (arrived,) if arrived else ()), lambda: True)
        assert "fault" not in told.head, told.head
        steps.append((what, time.perf_counter() - began))
        crossed += len(told.blobs[0])
        return told.blobs[0], told.head["state"]

    terms, _ = step("terms", side=right)
    request, mine = step("request", terms, side=left)
    answer, theirs = step("respond", request, side=right)
    compared, mine = step("count", answer, state=mine)
    revealed, theirs = step("reveal", compared, state=theirs)
    mine, proposed = counting.candidates(mine, Parcel.from_bytes(revealed))
    settled = holding.settle(theirs, Candidates.from_json(proposed.as_json()))
    return sorted(counting.agree(mine, settled).plain), crossed, steps


def _timed(do: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    found = do()
    return time.perf_counter() - began, found


if __name__ == "__main__":
    main()
