"""Commands per second with evidence, beside the same writes without it, in one run.

    ./shuce migrate --help >/dev/null   # once, to make the environment
    .venv/bin/python bench/commands.py [--database postgresql://…] [--seconds 4]

Prints, for 1 and 8 writers, the bare rate, the rate with evidence, their ratio, and how long the
slowest write waited while the sequencer numbered entries beside it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--database", help="a PostgreSQL server's URL; a scratch database is made")
    options.add_argument("--seconds", type=float, default=4)
    asked = options.parse_args()
    os.environ["SHUCE_HOME"] = tempfile.mkdtemp(prefix="shuce-bench-")
    if asked.database:
        os.environ["SHUCE_DATABASE"] = asked.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "shuce.web.settings"
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    databases = setup_databases(verbosity=0, interactive=False)
    try:
        print(f"{connection.vendor}, {os.cpu_count()} cores, {asked.seconds} s a cell")
        heads = f"{'writers':>8} {'bare/s':>9} {'evidence/s':>11} {'ratio':>6}"
        print(f"{heads} {'p50 ms':>7} {'max ms':>7}")
        for writers in (1, 8):
            bare, _ = _rate(writers, asked.seconds, _bare)
            kept, waits = _rate(writers, asked.seconds, _with_evidence, sequencer=True)
            waits.sort()
            print(
                f"{writers:>8} {bare:>9.0f} {kept:>11.0f} {kept / bare:>6.2f}"
                f" {1000 * waits[len(waits) // 2]:>7.2f} {1000 * waits[-1]:>7.1f}"
            )
    finally:
        teardown_databases(databases, verbosity=0)


def _rate(writers, seconds, write, sequencer=False):
    from django.db import connection

    stop = threading.Event()
    counts, waits = [0] * writers, []

    def work(slot):
        n, mine = 0, []
        while not stop.is_set():
            began = time.perf_counter()
            write(slot, n)
            mine.append(time.perf_counter() - began)
            n += 1
        counts[slot] = n
        waits.extend(mine)
        connection.close()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(writers)]
    numbering = _sequencer() if sequencer else None
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    rate = sum(counts) / (time.perf_counter() - began)
    if numbering:
        numbering.terminate()
        numbering.wait()
    return rate, waits


def _sequencer():
    """Number the entries beside the writers, in a process of its own, as the worker does."""
    from django.db import connection

    program = (
        "import sys, time, django; django.setup()\n"
        "from django.db import connection\n"
        "from django.utils.timezone import now\n"
        "connection.settings_dict['NAME'] = sys.argv[1]\n"
        "from shuce.foundation.evidence.sequencer import number_entries\n"
        "while True: number_entries(now()); time.sleep(1)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    name = str(connection.settings_dict["NAME"])
    return subprocess.Popen([sys.executable, "-c", program, name], env=environment)


def _bare(slot, n):
    """Write one row in a transaction of its own: the change of a command, and nothing else."""
    from django.db import transaction

    with transaction.atomic():
        _save(slot, n)


def _with_evidence(slot, n):
    """Write the same row through a command, with its event."""
    _noted(slot, n, by=_by)


def _save(slot, n):
    from shuce.foundation.approvals.models import ProcedureVersion

    ProcedureVersion.objects.create(
        key=f"w{slot}-{time.time_ns()}", version=n, text="x" * 200, set_at=_by.at
    )


@dataclass
class _Clerk:
    member_id = "01J0000000000000000000000A"
    organization_id = "01J0000000000000000000000B"
    at = datetime(2026, 3, 20, tzinfo=UTC)


_by = _Clerk()


def _noted(slot, n, *, by):
    global _noted
    from shuce.foundation.evidence.recording import Event, command, record
    from shuce.kernel.clauses import Clause
    from shuce.kernel.identifiers import new_id

    @dataclass(frozen=True)
    class Noted(Event):
        """A row was written, for the bench."""

        kind: ClassVar[str] = "bench.noted"
        clause: ClassVar[Clause] = Clause.N_8
        label: ClassVar[str] = "测速"

        number: int

    @command
    def noted(slot, n, *, by):
        _save(slot, n)
        record(Noted(new_id(), n), by)

    _noted = noted
    noted(slot, n, by=by)


if __name__ == "__main__":
    main()
