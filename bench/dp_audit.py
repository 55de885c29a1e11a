"""What noised answers prove of one person: a lower bound of epsilon for each kind of question.

    PYTHONPATH=src:. python -m bench.dp_audit [--runs 1000] [--epsilon 0.5 1 3] [--scene NAME …]

Each scene asks two sets that differ by one person, `--runs` times each, whole questions through
the guard with an empty memory. Prints the epsilon stated, that of Clopper and Pearson's bounds on
answers held back from choosing the event (99.9 %), and whether it exceeds what was stated; ends
with status 1 if any does. The last lines repeat one scene with noise a third as large as it
should be, which must be found out: an audit that cannot fail says nothing.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the worker has it

import argparse
import sys
import tempfile
import time
from pathlib import Path

from shuce.engines.guard import noising
from shuce.engines.privacy import LaplaceNoise
from tests.engines.guard.noise_audit import SCENES, Scene, audit


class Weak(LaplaceNoise):
    """Noise of a third of what was asked for."""

    def __init__(self, sensitivity: int, epsilon: float) -> None:
        super().__init__(sensitivity, epsilon * 3)


def told(scene: Scene, epsilon: float, runs: int, note: str = "") -> bool:
    """Audit and print; say whether the stated epsilon was exceeded."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        found = audit(scene, epsilon, runs, Path(scratch))
    print(
        f"{scene.name + note:36} epsilon {epsilon:4} delta {scene.delta:.0e}  runs 2 x {runs}"
        f"  at least {max(0.0, found.at_least):.2f}  {'EXCEEDED' if found.is_violated else 'kept'}"
        f"  {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return found.is_violated


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--epsilon", type=float, nargs="+", default=[0.5, 1.0, 3.0])
    parser.add_argument("--scene", nargs="*", default=[scene.name for scene in SCENES])
    chosen = parser.parse_args()
    scenes = [scene for scene in SCENES if scene.name in chosen.scene]
    exceeded = [told(s, epsilon, chosen.runs) for epsilon in chosen.epsilon for s in scenes]
    noising.LaplaceNoise = Weak  # type: ignore[misc]
    found_out = told(scenes[0], chosen.epsilon[-1], chosen.runs, " (noise too small)")
    sys.exit(1 if any(exceeded) or not found_out else 0)


if __name__ == "__main__":
    main()
