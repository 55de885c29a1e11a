"""How soon a question that eats a machine is dead, and how long others wait meanwhile.

    PYTHONPATH=src:. python -m bench.guard_bomb [--seconds 3] [--people 200000]

A node with two grants of one source. Under the first, with a limit of so many seconds and 256 MB,
bombs are asked one after another; under the second, an ordinary question, again and again. Prints
for each bomb the seconds until its verdict (the limit and one second more are allowed), whether its
worker is gone, and the median and slowest answer to the other grant in that time and without.
"""

import argparse
import sqlite3
import statistics
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from shuce.node import Node
from tests.node.bombs import BOMBS
from tests.node.worlds import NOW, REGISTER, job

OTHER = "SELECT gender, count(*) AS n, avg(age) AS mean FROM persons GROUP BY gender"


def make(folder: Path, people: int, seconds: float) -> Node:
    """Return a node with a source of so many people, and two grants of it."""
    with closing(sqlite3.connect(folder / "office.db")) as engine:
        engine.execute("CREATE TABLE persons (id INTEGER, gender TEXT, age INTEGER)")
        rows = ((i, "男女"[i % 2], 20 + i % 50) for i in range(people))
        engine.executemany("INSERT INTO persons VALUES (?, ?, ?)", rows)
        engine.commit()
    columns = {
        "id": {"use": ["count_distinct"]},
        "gender": {"use": ["group", "filter"]},
        "age": {"use": ["group", "filter", "aggregate"], "bounds": [0, 120]},
    }
    rules: dict[str, Any] = {
        "subject": {"table": "persons", "key": "id"},
        "minimum_group": 10,
        "tables": {"persons": {"columns": columns}},
    }
    tight = {"seconds": seconds, "memory_mb": 256, "threads": 1, "queries_per_day": 100_000}
    node = Node(folder / "node")
    node.enrol(REGISTER.public_key().public_bytes_raw())
    node.connect("S1", f"sqlite:///{folder / 'office.db'}")
    node.accept_grant("G1", {**rules, "limits": tight}, {"persons": ("S1", "persons")})
    node.accept_grant(
        "G2", {**rules, "limits": {"queries_per_day": 100_000}}, {"persons": ("S1", "persons")}
    )
    for grant in ("G1", "G2"):
        assert node.answer(job(OTHER, grant=grant), now=NOW).verdict == "released"
    return node


def served(node: Node, stop: threading.Event) -> list[float]:
    """Ask under the other grant until told to stop; return how long each answer took."""
    took = []
    while not stop.is_set():
        start = time.monotonic()
        assert node.answer(job(OTHER, grant="G2"), now=NOW).verdict == "released"
        took.append(time.monotonic() - start)
    return took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--people", type=int, default=200_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        node = make(Path(scratch), chosen.people, chosen.seconds)
        quiet = threading.Event()
        threading.Timer(3.0, quiet.set).start()
        took = served(node, quiet)
        print(f"others alone: median {statistics.median(took):.3f} s, slowest {max(took):.3f} s")
        for name, sql in BOMBS.items():
            node.answer(job(OTHER, grant="G1"), now=NOW)  # its worker is warm
            stop, told = threading.Event(), list[float]()
            beside = threading.Thread(target=lambda: told.extend(served(node, stop)))  # noqa: B023
            beside.start()
            start = time.monotonic()
            receipt = node.answer(job(sql, grant="G1"), now=NOW)
            seconds = time.monotonic() - start
            stop.set()
            beside.join()
            process = node._sessions["G1"][1]._worker._process
            kept = "kept" if seconds <= chosen.seconds + 1 else "MISSED"
            print(
                f"{name:28} {receipt.rule} after {seconds:.2f} s of {chosen.seconds:.0f} + 1"
                f" ({kept}), worker {'gone' if process is None else 'alive'}; others meanwhile:"
                f" {len(told)} answers, median {statistics.median(told):.3f} s,"
                f" slowest {max(told):.3f} s",
                flush=True,
            )
        node.close()


if __name__ == "__main__":
    main()
