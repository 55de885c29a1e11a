"""What guarding costs: 5,000,000 rows by 16 and 544 groups, against the same query in raw DuckDB.

    PYTHONPATH=src python -m bench.guard [--rows 5000000] [--folder DIR]

Both sides run in this process on the same Parquet file, in turn, and the median CPU seconds of each
are compared. "plain" reads the file as it is (an outlier beyond the bounds, missing values);
"snapshot" reads what registration keeps: clamped, filtered, the columns of the policy only. The
guarded side is everything: reading the question, splitting it, the private engine, thresholds or
noise, the query over what was released, and the record of it. "second" is an exact question after
another one, when combinations of both are audited; columns that were never asked of before cost
one more pass, and are remembered. Decisions are timed over the tests' statements.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the worker has it

import argparse
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from shuce.engines.guard.engine import Worker
from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.reading import read_question
from shuce.engines.guard.session import Session
from shuce.engines.guard.splitting import split
from shuce.engines.guard.verdicts import Stopped
from shuce.engines.guard.worker import Opened

FIGURES = "count(*) AS n, avg(income) AS mean, sum(age) AS years"
ASKED = {
    "16": f"SELECT district, {FIGURES} FROM persons GROUP BY district",
    "544": f"SELECT district, disease, gender, {FIGURES} FROM persons GROUP BY ALL",
}
FIRST = "SELECT gender, count(*) FROM persons GROUP BY gender"
POLICY: dict[str, Any] = {
    "subject": {"table": "persons", "key": "id"},
    "minimum_group": 10,
    "tables": {
        "persons": {
            "columns": {
                "id": {"use": ["count_distinct"]},
                "age": {"use": ["group", "filter", "aggregate"], "bounds": [0, 100]},
                "gender": {"use": ["group", "filter"]},
                "district": {"use": ["group", "filter"]},
                "disease": {"use": ["group", "filter"]},
                "income": {"use": ["aggregate"], "bounds": [0, 50000]},
            }
        }
    },
    "limits": {"memory_mb": 4096, "seconds": 60, "queries_per_day": 100000},
}


class Near(Worker):
    """A worker in this process, so that its CPU seconds can be counted exactly."""

    def start(self) -> None:
        if not hasattr(self, "opened"):
            super().start()

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        if request["do"] == "open":
            self.opened = Opened(request)
            return self.opened.facts(request)
        return json.loads(json.dumps(self.opened.answer(json.loads(json.dumps(request)))))


def make(folder: Path, rows: int) -> None:
    """Write persons.parquet, one row a person, and what registration would keep of it."""
    drawn = [f"(hash(i * 8 + {salt}) % 1000003 / 1000003.0)" for salt in range(6)]
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (SELECT i AS id, '张' || (i % 5000) AS name, (100 * {drawn[0]})::INTEGER AS age,"
            f" CASE WHEN {drawn[1]} < 0.505 THEN '男' ELSE '女' END AS gender,"
            f" '第' || (15.99 * {drawn[2]})::INTEGER % 16 || '区' AS district,"
            f" '病' || (16.99 * {drawn[3]})::INTEGER % 17 AS disease,"
            f" CASE WHEN i = 4242 THEN 98765432.1 WHEN {drawn[4]} < 0.03 THEN NULL"
            f" ELSE round(exp(7 + 3 * {drawn[5]}), 2) END AS income FROM range({rows}) t(i))"
            f" TO '{folder}/persons.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )
        (folder / "snapshot").mkdir(exist_ok=True)
        engine.execute(
            "COPY (SELECT * EXCLUDE (name) REPLACE (CASE WHEN income > 50000 THEN 50000 ELSE"
            f" income END AS income) FROM '{folder}/persons.parquet')"
            f" TO '{folder}/snapshot/persons.parquet' (FORMAT parquet, COMPRESSION lz4)"
        )


def spent(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def ratios(folder: Path, mode: str, kind: str, times: int) -> None:
    """Print the CPU ratio of guarded to raw for each question."""
    privacy = {"mode": mode, "epsilon_total": 1e6, "epsilon_per_query": 1.0}
    policy = read_policy({**POLICY, "privacy": privacy})
    kept = folder / "snapshot" if kind == "snapshot" else folder
    session = Session(policy, {"persons": kept / "persons.parquet"})
    session._worker = Near(policy, {"persons": kept / "persons.parquet"})
    raw = duckdb.connect(config={"threads": policy.limits.threads})
    raw.execute(f"CREATE VIEW persons AS FROM '{folder}/persons.parquet'")

    def ask(sql: str) -> None:
        session.memory = Memory()
        assert session.ask(sql).is_released

    def ask_second(sql: str) -> None:
        session.memory = Memory()
        session.ask(FIRST)
        told.append(spent(lambda: session.ask(sql)))

    for groups, sql in ASKED.items():
        ask(sql)
        pairs = [
            (spent(lambda: raw.execute(sql).fetchall()), spent(lambda: ask(sql)))  # noqa: B023
            for _ in range(times)
        ]
        bare, guarded = (statistics.median(each) for each in zip(*pairs, strict=True))
        line = f"{mode:9} {kind:8} {groups:>3} groups  raw {bare:.3f} s  guarded {guarded:.3f} s"
        line += f"  ratio {guarded / bare:.2f}"
        if mode == "threshold":
            told: list[float] = []
            for _ in range(3):
                ask_second(sql)
            first, *later = (each / bare for each in told)
            line += f"  second {statistics.median(later):.2f} (of new columns {first:.2f})"
        print(line, flush=True)
    raw.close()


def decisions(folder: Path) -> None:
    """Print how long reading and splitting takes, over the tests' statements on this table."""
    policy = read_policy(POLICY)
    worker = Near(policy, {"persons": folder / "snapshot" / "persons.parquet"})
    worker.start()
    here = Path(__file__).resolve().parents[1] / "tests" / "engines" / "guard"
    lines = [
        line
        for name in ("lawful.txt", "attacks.txt")
        for line in (here / name).read_text(encoding="utf-8").splitlines()
        if not line.startswith("# ")
    ]
    took = []
    for sql in lines * 2:
        start = time.perf_counter()
        with contextlib.suppress(Stopped):
            split(read_question(sql, policy), policy, worker.facts, lambda p: [[1] * len(p.names)])
        took.append(1000 * (time.perf_counter() - start))
    took = sorted(took[len(lines) :])
    middle, late = took[len(took) // 2], took[int(len(took) * 0.95)]
    print(f"decision of {len(lines)} statements: median {middle:.2f} ms, p95 {late:.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "snapshot").exists():
            make(folder, chosen.rows)
        decisions(folder)
        for mode in ("threshold", "dp"):
            for kind in ("plain", "snapshot"):
                ratios(folder, mode, kind, chosen.times)


if __name__ == "__main__":
    main()
