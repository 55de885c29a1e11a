"""The scan beside DuckDB's SUMMARIZE, in one run, as ratios of CPU and of wall time.

    PYTHONPATH=src:. python bench/scan.py [ROWS | PARQUET]

Without a Parquet file, one of ROWS (default 200,000) invented rows is made first. Prints one JSON
line: [wall, CPU] seconds of SUMMARIZE (profile only, no detection), of a full scan (every check
digit verified) and of a scan of 100,000 rows drawn in ranges, their ratios, the peak memory in MB.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench.scan_tables import office_tables
from shuce.engines.scan import scan

TODAY = date(2026, 11, 23)


def make(path: Path, rows: int) -> None:
    """Write `rows` invented rows, all different: repeated ones would flatter dictionaries."""
    columns = office_tables(rows)[0]["人员信息"]
    people = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    pq.write_table(people, path, compression="zstd")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return (wall, CPU) seconds."""
    before, started = os.times(), time.perf_counter()
    work()
    after = os.times()
    cpu = after.user + after.system - before.user - before.system
    return time.perf_counter() - started, cpu


def summarize(path: Path) -> None:
    with duckdb.connect() as engine:
        engine.execute(f"SUMMARIZE SELECT * FROM '{path}'").fetchall()


def main(words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        given = words[0] if words else "200000"
        path = Path(scratch) / "people.parquet" if given.isdigit() else Path(given)
        if given.isdigit():
            make(path, int(given))
        summarize(path)  # warm the file cache
        base = timed(lambda: summarize(path))
        full = timed(lambda: scan(str(path), today=TODAY))
        drawn = timed(lambda: scan(str(path), sample=100_000, today=TODAY))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    shown = {
        "summarize_s": base,
        "full_s": full,
        "drawn_s": drawn,
        "full_ratio": [a / b for a, b in zip(full, base, strict=True)],
        "drawn_ratio": [a / b for a, b in zip(drawn, base, strict=True)],
    }
    rounded = {name: [round(value, 2) for value in values] for name, values in shown.items()}
    print(json.dumps({**rounded, "peak_mb": peak}))


if __name__ == "__main__":
    main(sys.argv[1:])
