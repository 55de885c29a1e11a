"""The scan beside DuckDB's SUMMARIZE, in one run, as ratios of CPU, each in a process of its own.

    PYTHONPATH=src:. python bench/scan.py [ROWS | PARQUET] [TIMES]

Without a Parquet file, one of ROWS (default 200,000) invented rows is made first. Prints one JSON
line: CPU seconds of SUMMARIZE (profile only, no detection), and as ratios to it of
`./shuce engine scan` in full (every check digit verified) and with `--sample`; then, over the same
rows TIMES times in one file (default 10), CPU as a multiple of the full scan's and the peak memory
in MB; and whether PostgreSQL and Spark, where they are, count the same.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy

from bench.scan_tables import office_tables
from shuce.engines.scan import SourceUnreadable, TableScan, scan

TODAY = date(2026, 11, 23)
PARITY_ROWS = 20_000
POSTGRESQL = os.environ.get("SHUCE_BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")
SUMMARIZE = "import duckdb; duckdb.connect().execute(\"SUMMARIZE FROM '{path}'\").fetchall()"


def make(path: Path, rows: int) -> None:
    """Write `rows` invented rows, all different: repeated ones would flatter dictionaries."""
    columns = office_tables(rows)[0]["人员信息"]
    people = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    pq.write_table(people, path, compression="zstd")


def run(*words: str) -> tuple[float, int]:
    """Run Python in a process of its own; return its CPU seconds and its peak memory in MB."""
    process = subprocess.Popen([sys.executable, *words])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def command(path: Path, *options: str) -> tuple[float, int]:
    out = path.with_suffix(".json")
    return run("-m", "shuce", "engine", "scan", str(path), "--out", str(out), *options)


def repeat(path: Path, times: int, into: Path) -> None:
    file = pq.ParquetFile(path)
    with pq.ParquetWriter(into, file.schema_arrow, compression="zstd") as writer:
        for _ in range(times):
            for group in range(file.num_row_groups):
                writer.write_table(file.read_row_group(group))


def counts(table: TableScan) -> list[object]:
    return [
        (c.profile.nulls, c.profile.blanks, c.profile.min, c.profile.max, c.verification)
        for c in table.columns
    ]


def in_postgresql(path: Path) -> bool | str:
    """Copy the rows into a table, count them there, and drop it."""
    engine = sqlalchemy.create_engine(POSTGRESQL.replace("://", "+psycopg://"))
    rows = pq.read_table(path)
    columns = ", ".join(f'"{name}" text' for name in rows.column_names)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS bench_scan")
            connection.exec_driver_sql(f"CREATE TABLE bench_scan ({columns})")
            with connection.connection.cursor().copy("COPY bench_scan FROM STDIN") as sent:
                for row in zip(*(c.to_pylist() for c in rows.columns), strict=True):
                    sent.write_row(row)
        there = scan(POSTGRESQL, tables=["bench_scan"], today=TODAY).tables[0]
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE bench_scan")
    except sqlalchemy.exc.OperationalError as error:
        return f"not measured: {error.orig}"
    finally:
        engine.dispose()
    return counts(there) == counts(scan(str(path), today=TODAY).tables[0])


def in_spark(path: Path) -> bool | str:
    if importlib.util.find_spec("pyspark") is None:
        return "not measured: pyspark is not installed"
    try:
        there = scan(f"spark:{path}", today=TODAY).tables[0]
    except SourceUnreadable as error:
        return f"not measured: {error}"
    return counts(there) == counts(scan(str(path), today=TODAY).tables[0])


def main(words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        given = words[0] if words else "200000"
        times = int(words[1]) if len(words) > 1 else 10
        path = Path(scratch) / "people.parquet"
        if given.isdigit():
            make(path, int(given))
        else:
            path.symlink_to(Path(given).resolve())
        run("-c", SUMMARIZE.format(path=path))  # warm the file cache
        base, _ = run("-c", SUMMARIZE.format(path=path))
        full, peak = command(path)
        drawn, _ = command(path, "--sample")
        shown: dict[str, object] = {
            "duckdb": duckdb.__version__,
            "summarize_cpu_s": round(base, 2),
            "full_ratio": round(full / base, 2),
            "sampled_ratio": round(drawn / base, 2),
            "peak_mb": peak,
        }
        if times > 1:
            larger = Path(scratch) / "larger.parquet"
            repeat(path, times, larger)
            longer, peak = command(larger)
            shown[f"times_{times}"] = {"cpu": round(longer / full, 2), "peak_mb": peak}
            larger.unlink()
        small = Path(scratch) / "small.parquet"
        make(small, PARITY_ROWS)
        shown["same_in_postgresql"] = in_postgresql(small)
        shown["same_in_spark"] = in_spark(small)
    print(json.dumps(shown))


if __name__ == "__main__":
    main(sys.argv[1:])
