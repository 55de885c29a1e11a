"""The worker as its caller sees it: started warm, asked, and killed when it takes too long."""

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from shuce.engines.guard.fromlist import Facts
from shuce.engines.guard.policy import Policy

_START_SECONDS = 300.0  # opening large files, once


class WorkerStopped(Exception):
    """The worker was killed: too slow, too large, or gone."""


class DataUnfit(Exception):
    """A file lacks a column that the policy names; the text names both."""


class Worker:
    """A process that holds `files`; started once, at the first question, and again after a kill."""

    def __init__(self, policy: Policy, files: dict[str, Path]) -> None:
        self._policy = policy
        self._files = files
        self._process: subprocess.Popen[bytes] | None = None
        self.facts = Facts({})

    def start(self) -> None:
        """Start the process, if there is none, and learn what it knows of the data."""
        if self._process is not None and self._process.poll() is None:
            return
        # Nothing of the surroundings goes along: no credentials, no settings.
        kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "TZ") if k in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shuce.engines.guard.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **kept,
                "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
                "PYTHONUTF8": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
            start_new_session=True,
        )
        tables = self._policy.tables
        keys: dict[str, list[str]] = {self._policy.subject[0]: [self._policy.subject[1]]}
        for pair in self._policy.joins:
            for table, column in pair:
                keys.setdefault(table, [])
                if column not in keys[table]:
                    keys[table].append(column)
        told = self.ask(
            {
                "do": "open",
                "files": {name: str(file.resolve()) for name, file in self._files.items()},
                "columns": {n: list(t.columns_kept) for n, t in tables.items() if n in self._files},
                "keys": keys,
                "public": [n for n, t in tables.items() if t.is_public and n in self._files],
                "bounds": {
                    name: {c: list(rule.bounds) for c, rule in table.columns.items() if rule.bounds}
                    for name, table in tables.items()
                },
                "filters": {
                    name: table.row_filter.sql("duckdb")
                    for name, table in tables.items()
                    if table.row_filter is not None
                },
                "memory_mb": self._policy.limits.memory_mb,
                "threads": self._policy.limits.threads,
            },
            _START_SECONDS,
        )
        if "types" not in told:
            self.stop()
        if "missing" in told:
            raise DataUnfit(".".join(told["missing"]))
        if "types" not in told:
            raise DataUnfit(", ".join(sorted(self._files)))
        self.facts = Facts(
            told["types"],
            frozenset((t, c) for t, c in told["unique"]),
            frozenset((t, c) for t, c in told["filled"]),
            frozenset((t, c, end) for t, c, end in told["within"]),
            frozenset(told["whole"]),
            frozenset((t, c) for t, c in told["apart"]),
        )

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer, or kill the process and raise WorkerStopped."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise WorkerStopped
        ends = time.monotonic() + seconds
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            self.stop()
            raise WorkerStopped from None
        received = b""
        pipe = process.stdout.fileno()
        while not received.endswith(b"\n"):
            left = ends - time.monotonic()
            try:
                ready = left > 0 and select.select([pipe], [], [], left)[0]
                block = os.read(pipe, 1 << 20) if ready else b""
            except (OSError, ValueError):  # stopped from another thread, its pipe closed
                block = b""
            if not block:
                self.stop()
                raise WorkerStopped
            received += block
        told: dict[str, Any] = json.loads(received)
        return told

    def stop(self) -> None:
        """Kill the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
