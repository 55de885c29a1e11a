"""Row values, simulation and clones: our figures beside a peer's or plain numpy's, in one run.

    .venv/bin/python bench/valuation.py [--peer PYTHON]

`--peer` is the interpreter of an environment of its own that has pyDVL (`python -m venv …`, then
`pip install pydvl`); it is never in the product's lock. Prints the median of some runs, the ratio,
and whether peer and we agree.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from shuce.engines.valuation.contribution.games import shapley_voting
from shuce.engines.valuation.contribution.knn import knn_shapley
from shuce.engines.valuation.contribution.providers import Holding, knn_contributions
from shuce.engines.valuation.contribution.sampled import shapley_sampled
from shuce.engines.valuation.distributions import Beta, Lognormal, Normal, Triangular, Uniform
from shuce.engines.valuation.monte_carlo import monte_carlo
from shuce.engines.valuation.numbers import exact

ROWS, TEST_ROWS, FEATURES, K = 5_000, 1_000, 16, 5
DRAWS = 1_000_000

PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from pydvl.valuation import Dataset, KNNShapleyValuation
from sklearn.neighbors import KNeighborsClassifier
data, k, runs = np.load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
took = []
for _ in range(runs):
    test = Dataset(data["test"], data["wanted"])
    valuation = KNNShapleyValuation(KNeighborsClassifier(n_neighbors=k), test, progress=False)
    started = time.perf_counter()
    valuation.fit(Dataset(data["rows"], data["labels"]))
    took.append(time.perf_counter() - started)
np.save(sys.argv[4], valuation.result.values)
print(json.dumps(took))
"""


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--peer", help="the Python of an environment that has pyDVL")
    options.add_argument("--runs", type=int, default=5)
    asked = options.parse_args()
    rows_valued(asked.peer, asked.runs)
    simulation(asked.runs)
    sampled()
    clones()


def median_time(work: Callable[[], object], runs: int) -> float:
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def rows_valued(peer: str | None, runs: int) -> None:
    rng = np.random.default_rng(0)
    rows, test = rng.normal(size=(ROWS, FEATURES)), rng.normal(size=(TEST_ROWS, FEATURES))
    labels, wanted = rng.integers(0, 3, ROWS), rng.integers(0, 3, TEST_ROWS)
    ours = median_time(lambda: knn_shapley(rows, labels, test, wanted, K), runs)
    print(f"KNN-Shapley, {ROWS} rows × {TEST_ROWS} test rows: {ours:.3f} s")
    if not peer:
        return
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/in.npz", rows=rows, labels=labels, test=test, wanted=wanted)
        ran = subprocess.run(
            [peer, "-c", PEER, f"{folder}/in.npz", str(K), str(min(runs, 3)), f"{folder}/out.npy"],
            capture_output=True,
            text=True,
            check=True,
        )
        theirs = statistics.median(json.loads(ran.stdout.splitlines()[-1]))
        gap = np.abs(np.load(f"{folder}/out.npy") - knn_shapley(rows, labels, test, wanted, K))
    print(f"  pyDVL: {theirs:.3f} s, ratio {theirs / ours:.1f}; largest difference {gap.max():.1e}")


def simulation(runs: int) -> None:
    shapes = {
        "benefit": Normal(100, 15),
        "growth": Triangular(0, 0.03, 0.08),
        "rate": Uniform(0.1, 0.16),
        "split": Beta(2, 5),
        "cost": Lognormal(3, 0.2),
        "quality": Normal(0.9, 0.03),
    }

    def value(of):
        return (
            of["benefit"] * of["split"] * of["quality"] / (of["rate"] - of["growth"]) - of["cost"]
        )

    def plain() -> None:
        rng = np.random.Generator(np.random.PCG64(1))
        of = {
            "benefit": rng.normal(100, 15, DRAWS),
            "growth": rng.triangular(0, 0.03, 0.08, DRAWS),
            "rate": rng.uniform(0.1, 0.16, DRAWS),
            "split": rng.beta(2, 5, DRAWS),
            "cost": rng.lognormal(3, 0.2, DRAWS),
            "quality": rng.normal(0.9, 0.03, DRAWS),
        }
        results = value(of)
        results.mean(), results.std(ddof=1), results.min(), results.max()
        np.percentile(results, (1, 2.5, 5, 10, 25, 50, 75, 90, 95, 97.5, 99))

    ours_took, plain_took = [], []
    for _ in range(runs):
        plain_took.append(median_time(plain, 1))
        ours_took.append(median_time(lambda: monte_carlo(value, shapes, draws=DRAWS, seed=1), 1))
    ours, theirs = statistics.median(ours_took), statistics.median(plain_took)
    same = len({str(monte_carlo(value, shapes, draws=DRAWS, seed=1)) for _ in range(2)}) == 1
    print(
        f"Monte-Carlo, {DRAWS} draws × 6: {ours:.3f} s, plain numpy {theirs:.3f} s, "
        f"ratio {ours / theirs:.2f}; bit-identical on replay: {same}"
    )


def sampled() -> None:
    weights = [exact(w) for w in range(1, 31)]
    truth = shapley_voting(weights, exact(233))
    started = time.perf_counter()
    result = shapley_sampled(
        30,
        lambda c: float(sum(w for w in range(1, 31) if c >> (w - 1) & 1) >= 233),
        orders=10_000,
        seed=1,
    )
    took = time.perf_counter() - started
    worst = max(abs(v - float(t)) for v, t in zip(result.values, truth, strict=True))
    print(
        f"Shapley sampled, 30 players, {result.orders} orders: {took:.2f} s, largest stated error "
        f"{max(result.standard_errors):.4f}, largest true error {worst:.4f}"
    )


def clones() -> None:
    """Print how far a provider's share moves when it shows its data again under a second name."""
    rng = np.random.default_rng(3)
    centres, test = rng.normal(size=(4, 8)), rng.normal(size=(400, 8))

    def label(rows):
        return np.argmin(np.square(rows[:, None] - centres).sum(axis=2), axis=1)

    def holding(name, size):
        rows = rng.normal(size=(size, 8))
        return Holding(name, name, rows, label(rows))

    honest = [holding(name, size) for name, size in zip("ABCD", (300, 300, 400, 200), strict=True)]

    def share(holdings, *, guarded=True):
        if not guarded:  # a key of its own for every row: nothing counts as a copy
            holdings = [
                Holding(
                    h.name,
                    h.identity,
                    h.rows,
                    h.labels,
                    tuple(f"{h.name}{i}" for i in range(len(h.rows))),
                )
                for h in holdings
            ]
        values = knn_contributions(holdings, test, label(test), K)
        return sum(v.share for v in values if v.name.startswith("A")) * 100

    def clone(name, jitter=0.0):
        a = honest[0]
        return Holding(name, name, a.rows + rng.normal(scale=jitter, size=a.rows.shape), a.labels)

    alone, twice = share(honest, guarded=False), share([*honest, clone("A2")], guarded=False)
    print(f"Clones: unguarded, one clone lifts A from {alone:.2f} % to {twice:.2f} %")
    base = share(honest)
    for what, extra in (
        ("one clone", [clone("A2")]),
        ("five clones", [clone(f"A{i}") for i in range(5)]),
        ("a clone disturbed by 1 %", [clone("A2", 0.01)]),
        ("a clone disturbed by 3 %", [clone("A2", 0.03)]),
        ("a clone disturbed by 10 %", [clone("A2", 0.10)]),
    ):
        print(f"  guarded, {what}: {share([*honest, *extra]) - base:+.3f} points")


if __name__ == "__main__":
    main()
