"""Noise for whole numbers, sampled exactly by OpenDP (no floating-point gaps to read values from).

Discrete Laplace: Ghosh, Roughgarden and Sundararajan (2009).
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
