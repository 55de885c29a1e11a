"""Uncertainty by simulation: draw every parameter many times, value each draw, look at the spread.

Bit-identical on replay: the same seed, draws, distributions and model give the same bits on the
same numpy and scipy (`Replay` keeps their versions beside the seed; another build may differ in the
last digits, never more).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy
from numpy.typing import NDArray

from shuce.engines.valuation.distributions import Distribution, Draws
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

Model: TypeAlias = Callable[[Mapping[str, Draws]], Draws]

MOST_NUMBERS = 60_000_000
"""Draws times parameters held in memory at once (480 MB)."""
PERCENTILES = (1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5, 99.0)


@dataclass(frozen=True)
class Replay:
    """All that is needed, beside the inputs, to draw the same numbers again."""

    seed: int
    draws: int
    numpy: str = np.__version__
    scipy: str = scipy.__version__
    generator: str = "PCG64"


@dataclass(frozen=True)
class Spread:
    """What the draws look like. `standard_error` is that of the mean."""

    mean: float
    deviation: float
    standard_error: float
    lowest: float
    highest: float
    percentiles: Mapping[float, float]
    negative_part: float
    replay: Replay

    def interval(self, inside: float) -> tuple[float, float]:
        """Return the bounds of the middle `inside` (0.90: the 5th to the 95th percentile)."""
        tail = round((1 - inside) * 50, 6)
        return self.percentiles[tail], self.percentiles[round(100 - tail, 6)]


def monte_carlo(
    model: Model,
    distributions: Mapping[str, Distribution],
    correlation: Mapping[tuple[str, str], float] | None = None,
    *,
    draws: int,
    seed: int,
) -> Spread:
    """Value `draws` draws of the parameters by `model` and describe the results.

    `correlation` names pairs of parameters and the correlation of the normals behind them (for two
    normal parameters that is their own correlation); pairs not named are independent.
    """
    return described(model(drawn(distributions, correlation, draws=draws, seed=seed)), draws, seed)


def drawn(
    distributions: Mapping[str, Distribution],
    correlation: Mapping[tuple[str, str], float] | None = None,
    *,
    draws: int,
    seed: int,
) -> dict[str, Draws]:
    """Return `draws` draws of every parameter, in the order of their names' appearance."""
    refuse_draws(draws, len(distributions))
    rng = generator(seed)
    tied = _correlated(rng, distributions, correlation or {}, draws)
    return {
        name: distribution.from_normal(tied[name])
        if name in tied
        else distribution.draw(rng, draws)
        for name, distribution in distributions.items()
    }


def generator(seed: int) -> np.random.Generator:
    if seed < 0:
        raise Refused(Obstacle("随机种子不得为负", Clause.G_9, field="seed"))
    return np.random.Generator(np.random.PCG64(seed))


def refuse_draws(draws: int, parameters: int) -> None:
    if not 2 <= draws <= MOST_NUMBERS // max(parameters, 1):
        raise Refused(
            Obstacle(
                "模拟次数应当在 2 至 {most} 之间",
                Clause.G_9,
                field="draws",
                most=MOST_NUMBERS // max(parameters, 1),
            )
        )


def described(results: Draws, draws: int, seed: int) -> Spread:
    """Describe results already drawn; refuse those with a value that is no number."""
    results = np.broadcast_to(results, (draws,))
    total = float(results.sum())
    if not np.isfinite(total):
        raise Refused(Obstacle("模型在部分抽样下没有有限的结果", Clause.G_9, field="model"))
    mean = total / draws
    deviation = float(np.sqrt(np.square(results - mean).sum() / (draws - 1)))
    cuts = np.percentile(results, PERCENTILES)
    return Spread(
        mean,
        deviation,
        deviation / draws**0.5,
        float(results.min()),
        float(results.max()),
        dict(zip(PERCENTILES, map(float, cuts), strict=True)),
        float(np.count_nonzero(results < 0)) / draws,
        Replay(seed, draws),
    )


def growing_income(years: int, *, mid_year: bool = False) -> Model:
    """Return the direct income method for whole arrays of `benefit`, `growth` and `rate`.

    The year's benefit grows from `benefit`; an optional `split` (a share of it) is taken first.
    """

    def value(of: Mapping[str, Draws]) -> Draws:
        step = 1 / (1 + of["rate"])
        ratio = step * (1 + of["growth"])
        total = np.ones_like(ratio)
        for _ in range(years - 1):
            total = 1 + ratio * total  # Horner: 1 + q + q² + …
        worth = of["benefit"] * step * total * of.get("split", np.asarray(1.0))
        return worth * np.sqrt(1 + of["rate"]) if mid_year else worth

    return value


def _correlated(
    rng: np.random.Generator,
    distributions: Mapping[str, Distribution],
    correlation: Mapping[tuple[str, str], float],
    draws: int,
) -> dict[str, Draws]:
    """Return correlated standard normals for the parameters that some correlation names."""
    unknown = {name for pair in correlation for name in pair} - set(distributions)
    if unknown:
        raise Refused(
            Obstacle(
                "相关系数提到了没有的参数“{name}”",
                Clause.G_9,
                field="correlation",
                name="、".join(sorted(unknown)),
            )
        )
    names = [name for name in distributions if any(name in pair for pair in correlation)]
    if not names:
        return {}
    root = _root(names, correlation)
    normals = root @ rng.standard_normal((len(names), draws))
    return dict(zip(names, normals, strict=True))


def _root(names: list[str], correlation: Mapping[tuple[str, str], float]) -> NDArray[np.float64]:
    """Return a root of the correlation matrix, which must be possible: no eigenvalue below 0."""
    matrix = np.eye(len(names))
    for (one, other), value in correlation.items():
        i, j = names.index(one), names.index(other)
        if (i == j and value != 1) or not -1 <= value <= 1:
            raise Refused(Obstacle("相关系数应当在 -1 与 1 之间", Clause.G_9, field="correlation"))
        if matrix[i, j] not in (0.0, value) and i != j:
            raise Refused(Obstacle("同一对参数有两个相关系数", Clause.G_9, field="correlation"))
        matrix[i, j] = matrix[j, i] = value
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < -1e-9:
        raise Refused(
            Obstacle("各相关系数互相矛盾（矩阵非半正定）", Clause.G_9, field="correlation")
        )
    root: NDArray[np.float64] = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    return root
