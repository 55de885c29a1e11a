"""A heavy step as its caller sees it: in a process of its own, killed when it may not go on."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from shuce.engines.fusion.parcels import Parcel

_LOOK_EVERY = 0.3
LONGEST_SECONDS = 3600.0


class Killed(Exception):
    """The step took too long, died, or was not to go on."""


def run(asked: Parcel, may_go_on: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> Parcel:
    """Have a worker do one step; kill it as soon as `may_go_on` says no."""
    # Nothing of the surroundings goes along: no credentials, no settings.
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "TZ") if k in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "shuce.engines.fusion.worker"],
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
    ends = time.monotonic() + seconds
    pipe, process.stdin = process.stdin, None
    feeding = threading.Thread(target=_feed, args=(pipe, asked.as_bytes()), daemon=True)
    feeding.start()
    try:
        while True:
            try:
                told, _ = process.communicate(timeout=_LOOK_EVERY)
                break
            except subprocess.TimeoutExpired:
                if not may_go_on() or time.monotonic() > ends:
                    raise Killed from None
        if process.returncode != 0:
            raise Killed
        return Parcel.from_bytes(told)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
        feeding.join()


def _feed(pipe: IO[bytes] | None, sent: bytes) -> None:
    # A thread, since the worker may answer before it has read everything, or be killed.
    assert pipe is not None
    try:
        with pipe:
            pipe.write(sent)
    except OSError:
        return
