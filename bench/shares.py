"""Shares: 200,000 events split four ways, posted, checked and settled in SQLite; beancount beside.

    PYTHONPATH=src python -m bench.shares [--events 200000] [--peer]

`--peer` makes an environment of its own for beancount (in the temporary folder, or `--peer-venv`)
and gives it the same journal in the same run. Totals of both must be equal to the fen.
"""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from random import Random
from time import perf_counter

from shuce.engines.apportionment import RunningShares, Schedule, largest_remainder
from shuce.engines.apportionment.steps import Lines

MIX = (45, 30, 15, 10)
PARTIES = ("Treasury", "Unit", "Operator", "Provider")
BATCH = 8
"""Events whose lines one statement inserts."""
BEANCOUNT = "beancount==3.2.0"

SCHEMA = """
create table event (id integer primary key, fen integer not null check (fen >= 0));
create table line (
    event integer not null, party integer not null, fen integer not null check (fen >= 0),
    primary key (event, party)
) without rowid;
create table settlement (party integer primary key, fen integer not null);
"""

_PEER = """
import sys, time
from decimal import Decimal
from beancount import loader
start = time.perf_counter()
entries, errors, _ = loader.load_file(sys.argv[1])
totals = {}
for entry in entries:
    for posting in getattr(entry, "postings", ()):
        totals[posting.account] = totals.get(posting.account, 0) + posting.units.number
took = time.perf_counter() - start
print(len(errors), took, *(int(-totals["Liabilities:" + p] * 100) for p in sys.argv[2:]))
"""


def settle(amounts: Sequence[int], path: Path) -> tuple[list[int], float]:
    """Split, post, check and settle; return each party's total in fen and the seconds it took."""
    start = perf_counter()
    running, lines = RunningShares.opened(Schedule.constant(MIX)).after_all(amounts)
    split = perf_counter()
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.executescript(
        "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;" + SCHEMA
    )
    ledger.execute("begin immediate")
    ledger.executemany("insert into event values (?, ?)", enumerate(amounts))
    _post(ledger, list(chain.from_iterable((event, *line) for event, line in enumerate(lines))))
    posted = perf_counter()
    (wrong,) = ledger.execute(
        "select count(*) from event join"
        " (select event, sum(fen) as shared from line group by event) as s on s.event = event.id"
        " where shared <> event.fen"
    ).fetchone()
    (kept,) = ledger.execute("select count(*) from line").fetchone()
    assert wrong == 0
    assert kept == len(amounts) * len(MIX)
    checked = perf_counter()
    columns = ", ".join(f"sum(fen) filter (where party = {n})" for n in range(len(MIX)))
    settled = ledger.execute(f"select {columns} from line").fetchone()
    ledger.executemany("insert into settlement values (?, ?)", enumerate(settled))
    ledger.execute("commit")
    totals = [fen for (fen,) in ledger.execute("select fen from settlement order by party")]
    ended = perf_counter()
    ledger.close()
    assert totals == list(running.given)
    assert running.worst_deviation() < 1
    print(
        f"shuce     split {split - start:.2f} s, post {posted - split:.2f} s, "
        f"check {checked - posted:.2f} s, settle {ended - checked:.2f} s; "
        f"all {ended - start:.2f} s; {totals}; off by {float(running.worst_deviation()):.3f} fen"
    )
    return totals, ended - start


def _post(ledger: sqlite3.Connection, cells: list[int]) -> None:
    """Insert the lines of `BATCH` events at a time; `cells` has the event and its fen, in turn."""
    width = 1 + len(MIX)
    size = BATCH * width
    whole = len(cells) // size * size
    for events, rows in (
        (BATCH, [cells[at : at + size] for at in range(0, whole, size)]),
        (1, [cells[at : at + width] for at in range(whole, len(cells), width)]),
    ):
        values = ", ".join(
            f"(?{width * n + 1}, {party}, ?{width * n + 2 + party})"
            for n in range(events)
            for party in range(len(MIX))
        )
        ledger.executemany(f"insert into line values {values}", rows)


def drift(events: int) -> None:
    """Show what rounding each small event by itself comes to, beside the quota rule."""
    r = Random(2)
    small = [r.randrange(1, 4) for _ in range(events)]
    by_event = [0] * len(MIX)
    for amount in small:
        by_event = [h + x for h, x in zip(by_event, largest_remainder(amount, MIX), strict=True)]
    exact = Schedule.constant(MIX).exact(sum(small))
    worst = max(abs(h - x) for h, x in zip(by_event, exact, strict=True))
    running, _ = RunningShares.opened(Schedule.constant(MIX)).after_all(small)
    print(
        f"drift     {events:,} events of 1 to 3 fen: largest remainder {float(worst):,.0f} fen, "
        f"quota {float(running.worst_deviation()):.2f} fen"
    )


def peer(lines: Sequence[Lines], venv: Path) -> tuple[list[int], float]:
    """Give beancount the same journal; return its totals and its seconds."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", BEANCOUNT], check=True)
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.beancount"
        with journal.open("w", encoding="utf-8") as out:
            for account in ("Assets:Bank", *(f"Liabilities:{p}" for p in PARTIES)):
                out.write(f"2020-01-01 open {account} CNY\n")
            for number, line in enumerate(lines):
                out.write(f'2020-01-02 * "{number}"\n  Assets:Bank  {_yuan(sum(line))} CNY\n')
                for name, fen in zip(PARTIES, line, strict=True):
                    out.write(f"  Liabilities:{name}  -{_yuan(fen)} CNY\n")
        told = subprocess.run(
            [str(python), "-c", _PEER, str(journal), *PARTIES],
            check=True, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
    errors, took, *totals = told
    print(f"beancount load, check and total {float(took):.2f} s, {errors} errors; {totals}")
    return [int(total) for total in totals], float(took)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--peer", action="store_true")
    options.add_argument(
        "--peer-venv", type=Path, default=Path(tempfile.gettempdir()) / "shuce-bench-beancount"
    )
    asked = options.parse_args()
    r = Random(1)
    amounts = [r.randrange(1, 500_000) for _ in range(asked.events)]
    with tempfile.TemporaryDirectory() as folder:
        totals, ours = settle(amounts, Path(folder) / "ledger.sqlite")
    drift(asked.events)
    if not asked.peer:
        return 0
    _, lines = RunningShares.opened(Schedule.constant(MIX)).after_all(amounts)
    theirs, took = peer(lines, asked.peer_venv)
    print(f"ratio     {took / ours:.1f} times; totals {'equal' if theirs == totals else 'DIFFER'}")
    return 0 if theirs == totals else 1


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


if __name__ == "__main__":
    sys.exit(main())
