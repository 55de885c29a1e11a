"""What is not known for sure: the shapes an uncertain parameter may take.

Each can be drawn directly (fast), or from given standard normals (so that several may be
correlated), or read off at a probability (for sensitivity designs).
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

Draws: TypeAlias = NDArray[np.float64]


class Distribution(Protocol):
    def draw(self, rng: np.random.Generator, count: int) -> Draws: ...
    def quantile(self, probability: Draws) -> Draws: ...
    def from_normal(self, normal: Draws) -> Draws: ...


class _ByQuantile:
    """Drawn from normals through the probability they stand for."""

    def quantile(self, probability: Draws) -> Draws:
        raise NotImplementedError

    def from_normal(self, normal: Draws) -> Draws:
        return self.quantile(special.ndtr(normal))


@dataclass(frozen=True)
class Normal:
    mean: float
    deviation: float

    def __post_init__(self) -> None:
        _require(self.deviation >= 0, "正态分布的标准差不得为负")

    def draw(self, rng: np.random.Generator, count: int) -> Draws:
        return rng.normal(self.mean, self.deviation, count)

    def quantile(self, probability: Draws) -> Draws:
        return self.from_normal(special.ndtri(probability))

    def from_normal(self, normal: Draws) -> Draws:
        return self.mean + self.deviation * normal


@dataclass(frozen=True)
class Lognormal:
    """exp of a normal with `mean` and `deviation` (of the logarithm)."""

    mean: float
    deviation: float

    def __post_init__(self) -> None:
        _require(self.deviation >= 0, "对数正态分布的标准差不得为负")

    def draw(self, rng: np.random.Generator, count: int) -> Draws:
        return rng.lognormal(self.mean, self.deviation, count)

    def quantile(self, probability: Draws) -> Draws:
        return self.from_normal(special.ndtri(probability))

    def from_normal(self, normal: Draws) -> Draws:
        return np.exp(self.mean + self.deviation * normal)


@dataclass(frozen=True)
class Uniform(_ByQuantile):
    low: float
    high: float

    def __post_init__(self) -> None:
        _require(self.low <= self.high, "均匀分布的下限不得高于上限")

    def draw(self, rng: np.random.Generator, count: int) -> Draws:
        return rng.uniform(self.low, self.high, count)

    def quantile(self, probability: Draws) -> Draws:
        return self.low + (self.high - self.low) * probability


@dataclass(frozen=True)
class Triangular(_ByQuantile):
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _require(
            self.low <= self.mode <= self.high and self.low < self.high,
            "三角分布应当满足下限、众数、上限依次增大",
        )

    def draw(self, rng: np.random.Generator, count: int) -> Draws:
        return rng.triangular(self.low, self.mode, self.high, count)

    def quantile(self, probability: Draws) -> Draws:
        width, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        return np.where(
            probability * width < rise,
            self.low + np.sqrt(probability * width * rise),
            self.high - np.sqrt((1 - probability) * width * fall),
        )


@dataclass(frozen=True)
class Beta(_ByQuantile):
    """A beta distribution stretched over [low, high]."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        _require(self.a > 0 and self.b > 0, "贝塔分布的两个形状参数应当大于零")
        _require(self.low <= self.high, "贝塔分布的下限不得高于上限")

    def draw(self, rng: np.random.Generator, count: int) -> Draws:
        return self.low + (self.high - self.low) * rng.beta(self.a, self.b, count)

    def quantile(self, probability: Draws) -> Draws:
        spread: Draws = special.betaincinv(self.a, self.b, probability)
        return self.low + (self.high - self.low) * spread


@dataclass(frozen=True)
class Fixed:
    value: float

    def draw(self, rng: np.random.Generator, count: int) -> Draws:
        return np.full(count, self.value)

    def quantile(self, probability: Draws) -> Draws:
        return np.full_like(probability, self.value)

    def from_normal(self, normal: Draws) -> Draws:
        return np.full_like(normal, self.value)


def pert(low: float, mode: float, high: float) -> Beta:
    """Return the beta distribution of an expert's low, likely and high figures (weight 4)."""
    _require(low <= mode <= high and low < high, "下限、众数、上限应当依次增大")
    width = high - low
    return Beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, high)


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise Refused(Obstacle(sentence, Clause.G_9, field="distribution"))
