"""Which parameter moves the value: tornado (one at a time) and Sobol indices (all at once)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from shuce.engines.valuation.distributions import Distribution, Draws
from shuce.engines.valuation.monte_carlo import Model, generator
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

Number = TypeVar("Number", float, Fraction)

REPLICATES = 8
MOST_EVALUATIONS = 40_000_000


@dataclass(frozen=True)
class Bar(Generic[Number]):
    """One parameter's bar: the value at its low and its high figure, the others at their base."""

    name: str
    at_low: Number
    at_high: Number
    swing: Number


def tornado(
    model: Callable[[Mapping[str, Number]], Number],
    base: Mapping[str, Number],
    ranges: Mapping[str, tuple[Number, Number]],
) -> tuple[Bar[Number], ...]:
    """Move one parameter at a time between its bounds; the widest bar first, ties by name."""
    bars = []
    for name, (low, high) in ranges.items():
        if name not in base:
            raise Refused(Obstacle("参数“{name}”没有基准值", Clause.G_9, field="base", name=name))
        at_low, at_high = model({**base, name: low}), model({**base, name: high})
        bars.append(Bar(name, at_low, at_high, abs(at_high - at_low)))
    return tuple(sorted(bars, key=lambda bar: (-bar.swing, bar.name)))


@dataclass(frozen=True)
class SobolIndices:
    """Parts of the variance, in the order of `names`: alone (first), and with others (total).

    The errors are standard errors over independent scramblings of the design.
    """

    names: tuple[str, ...]
    first: tuple[float, ...]
    total: tuple[float, ...]
    first_error: tuple[float, ...]
    total_error: tuple[float, ...]
    variance: float


def sobol(
    model: Model,
    distributions: Mapping[str, Distribution],
    *,
    samples: int = 2**16,
    seed: int,
) -> SobolIndices:
    """Estimate Sobol indices with Saltelli's design on scrambled Sobol points.

    First-order: Saltelli et al. 2010, mean(f_B·(f_ABi − f_A))/V; total: Jansen 1999,
    mean((f_A − f_ABi)²)/2V. `samples` is the number of base points over all replicates, brought
    up to the next power of two; the model is worked out samples × (parameters + 2) times.
    """
    count = len(distributions)
    if not count or not REPLICATES * 2 <= samples <= MOST_EVALUATIONS // (count + 2):
        raise Refused(
            Obstacle(
                "样本数应当在 {least} 至 {most} 之间",
                Clause.G_9,
                field="samples",
                least=REPLICATES * 2,
                most=MOST_EVALUATIONS // (count + 2),
            )
        )
    rng = generator(seed)
    power = (samples // REPLICATES - 1).bit_length()
    runs = [_replicate(model, distributions, power, rng) for _ in range(REPLICATES)]
    first, total = np.array([run[0] for run in runs]), np.array([run[1] for run in runs])
    return SobolIndices(
        tuple(distributions),
        tuple(map(float, first.mean(axis=0))),
        tuple(map(float, total.mean(axis=0))),
        _errors(first),
        _errors(total),
        float(np.mean([run[2] for run in runs])),
    )


def _replicate(
    model: Model, distributions: Mapping[str, Distribution], power: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    count = len(distributions)
    design = qmc.Sobol(2 * count, scramble=True, rng=rng).random_base2(power)
    # A scrambled point may fall on 0 itself, where a normal has no quantile.
    design = np.clip(design, 2.0**-33, 1 - 2.0**-33)
    a = _parameters(distributions, design[:, :count])
    b = _parameters(distributions, design[:, count:])
    size = len(design)
    at_a, at_b = _worth(model, a, size), _worth(model, b, size)
    mixed = np.array([_worth(model, {**a, name: b[name]}, size) for name in distributions])
    centre = (at_a.mean() + at_b.mean()) / 2
    variance = float(np.concatenate([at_a, at_b]).var())
    if variance <= 0:
        raise Refused(Obstacle("模型不随任何参数变化，无法分解方差", Clause.G_9, field="model"))
    first = ((at_b - centre) * (mixed - at_a)).mean(axis=1) / variance
    total = np.square(mixed - at_a).mean(axis=1) / (2 * variance)
    return first, total, variance


def _parameters(
    distributions: Mapping[str, Distribution], points: NDArray[np.float64]
) -> dict[str, Draws]:
    columns = zip(distributions.items(), points.T, strict=True)
    return {name: shape.quantile(column) for (name, shape), column in columns}


def _worth(model: Model, values: Mapping[str, Draws], size: int) -> Draws:
    worth = np.broadcast_to(model(values), (size,))
    if not np.isfinite(worth).all():
        raise Refused(Obstacle("模型在部分抽样下没有有限的结果", Clause.G_9, field="model"))
    return worth


def _errors(estimates: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(map(float, estimates.std(axis=0, ddof=1) / REPLICATES**0.5))
