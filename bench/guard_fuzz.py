"""Ten thousand questions from the tests' grammar against the oracle that knows the people.

    PYTHONPATH=src:. python -m bench.guard_fuzz [--questions 10000] [--from 0] [--shards 2]

Each seed gives one question, or a few that follow each other under one grant. The shards are
processes; each has one engine for the guard and one for the oracle. Prints the questions asked, how
many were released and refused, the cells kept back, the leaks and the seconds; a leak is printed
with its seed and ends the run with status 1. `--minutes` stops early and says how far it came.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the worker has it

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.engines.guard.fuzzing import Fuzz, draw, make_village

Told = tuple[int, int, int, int, int, int, list[str]]


def run(folder: Path, first: int, step: int, questions: int, ends: float) -> Told:
    """Ask until so many questions were asked; return the counts, the next seed, and the leaks."""
    fuzz, seed, found = Fuzz(folder), first, list[str]()
    while fuzz.asked < questions and time.monotonic() < ends:
        found += [f"seed {seed}: {leak}" for leak in fuzz.leaks(draw(random.Random(seed)))]
        seed += step
    fuzz.close()
    errors = [f"engine error: {sql}" for sql in fuzz.engine_errors]
    return fuzz.asked, fuzz.released, fuzz.refused, fuzz.cut, len(errors), seed, found + errors


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=600)
    chosen = parser.parse_args()
    started = time.monotonic()
    ends = started + 60 * chosen.minutes
    with tempfile.TemporaryDirectory() as scratch:
        make_village(Path(scratch))
        each = -(-chosen.questions // chosen.shards)
        work = [
            (Path(scratch), chosen.first + shard, chosen.shards, each, ends)
            for shard in range(chosen.shards)
        ]
        with multiprocessing.get_context("spawn").Pool(chosen.shards) as pool:
            told = pool.starmap(run, work)
    asked, released, refused, cut, errors = (sum(part[i] for part in told) for i in range(5))
    found = [line for part in told for line in part[6]]
    print(
        f"{asked} questions: {released} released, {refused} refused, {cut} cells kept back,"
        f" {len(found) - errors} leaks, {errors} engine errors,"
        f" {time.monotonic() - started:.0f} s; next seed {max(part[5] for part in told)}"
    )
    print("\n".join(found[:20]))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
