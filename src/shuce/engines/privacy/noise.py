"""Noise for whole numbers, sampled exactly by OpenDP (no floating-point gaps to read values from).

Discrete Laplace: Ghosh, Roughgarden and Sundararajan (2009). Discrete Gaussian: Canonne, Kamath
and Steinke (2020), with their conversion from zero-concentrated to approximate privacy.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import opendp.prelude as dp

dp.enable_features("contrib")
# OpenDP wants a scale whose map, rounded up, stays within epsilon; a little more scale does that.
_MARGIN = 1 + 1e-9


class LaplaceNoise:
    """Noise that gives `epsilon`-privacy to whole numbers one person moves by `sensitivity`."""

    def __init__(self, sensitivity: int, epsilon: float) -> None:
        if sensitivity < 1 or not epsilon > 0:
            raise ValueError("sensitivity and epsilon must be positive")
        self.sensitivity = sensitivity
        self.epsilon = epsilon
        self.scale = sensitivity / epsilon * _MARGIN

    @cached_property
    def _measurement(self) -> Any:
        # Many at once: what one person moves all of them by together is the sensitivity.
        space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
        measurement = dp.m.make_laplace(*space, scale=self.scale)
        assert measurement.map(self.sensitivity) <= self.epsilon
        return measurement

    def noised(self, values: Sequence[int]) -> list[int]:
        """Return each value with its own noise."""
        return list(map(int, self._measurement(list(values)))) if values else []

    def half_width(self, confidence: float = 0.95) -> float:
        """Return the distance within which the true figure lies with this probability."""
        return self.scale * math.log(1 / (1 - confidence))

    def tail(self, probability: float) -> float:
        """Return the noise exceeded with at most this probability."""
        return self.scale * max(0.0, math.log(1 / (2 * probability))) + 1


class GaussianNoise:
    """Noise that gives (`epsilon`, `delta`)-privacy to numbers with this L2 sensitivity."""

    def __init__(self, sensitivity: int, epsilon: float, delta: float) -> None:
        if sensitivity < 1 or not epsilon > 0 or not 0 < delta < 1:
            raise ValueError("sensitivity, epsilon and delta must be positive")
        self.sensitivity = sensitivity
        self.epsilon = epsilon
        self.delta = delta
        self.scale = self._smallest_scale()

    def _smallest_scale(self) -> float:
        low, high = self.sensitivity / 1e6, float(self.sensitivity)
        while self._cost(high) > self.epsilon:
            high *= 2
        while high / low > 1 + 1e-6:
            middle = math.sqrt(low * high)
            low, high = (middle, high) if self._cost(middle) > self.epsilon else (low, middle)
        return high

    def _cost(self, scale: float) -> float:
        converted = dp.c.make_zCDP_to_approxDP(self._at(scale))
        return float(converted.map(self.sensitivity).epsilon(delta=self.delta))

    @staticmethod
    def _at(scale: float) -> Any:
        space = dp.atom_domain(T="i64"), dp.absolute_distance(T="i64")
        return dp.m.make_gaussian(*space, scale=scale)

    def noised(self, values: Sequence[int]) -> list[int]:
        """Return each value with its own noise."""
        measurement = self._at(self.scale)
        return [int(measurement(value)) for value in values]

    def half_width(self, confidence: float = 0.95) -> float:
        """Return the distance within which the true figure lies with at least this probability."""
        # Sub-Gaussian tail: P(|noise| > t) <= 2 exp(-t^2 / 2 scale^2).
        return self.scale * math.sqrt(2 * math.log(2 / (1 - confidence)))
