"""What a fusion costs and how exact it is, told before it runs and without looking at data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shuce.engines.fusion.shapes import (
    MOST_BASE,
    MOST_MASKS,
    POINT_SIZE,
    SHIFT,
    Measure,
    Requirements,
    passes_of,
)

# Multiplications of a point in a second and thread (bench/fusion.py measures it).
_POINTS_A_SECOND = 9_000
_COMPARISONS = 4


@dataclass(frozen=True)
class Cost:
    """`points` are multiplications over both sides, `size` the bytes that cross between them."""

    passes: int
    points: int
    size: int

    @property
    def seconds(self) -> float:
        return self.points / _POINTS_A_SECOND


def cost_of(
    people: tuple[int, int],
    groups: tuple[int, int],
    measures: tuple[Sequence[Measure], Sequence[Measure]],
    base: int = 0,
) -> Cost:
    """Return about what a question costs, from how many people and groups either side has."""
    base = base or best_base(people[0], groups, measures)
    passes = passes_of(tuple(measures[0]), tuple(measures[1]), base)
    points = crossing = 0
    for one in passes:
        left, right = groups[0] * one.split("left"), groups[1] * one.split("right")
        asked = people[0] + left * (SHIFT + MOST_MASKS * right)
        held = people[1] + right * SHIFT * (1 + left)
        points += 3 * asked + held
        crossing += 2 * asked + held
    bits = max(people[0], 1).bit_length() * groups[0] * groups[1]
    return Cost(
        len(passes),
        points + _COMPARISONS * bits,
        POINT_SIZE * (crossing + (_COMPARISONS - 1) * bits),
    )


def best_base(
    people: int,
    groups: tuple[int, int],
    measures: tuple[Sequence[Measure], Sequence[Measure]],
) -> int:
    """Return the base in which sums cost least.

    A large one takes few intersections, each with many buckets to hide; which is better depends on
    how many people there are. The counting side chooses, for as many people as it has itself.
    """
    return min(
        range(2, MOST_BASE + 1),
        key=lambda base: cost_of((people, people), groups, measures, base).points,
    )


def error_of(demands: Requirements, measures: Sequence[Measure]) -> list[float]:
    """Return the distance within which people, then each sum, lie in 95 % of cases; 0 if exact.

    Both sides add noise of their own, so that neither can take it off.
    """
    if not demands.is_noisy:
        return [0.0] * (1 + len(measures))
    share = demands.share(1 + len(measures))
    found = [two_laplaces(1 / share)]
    for one in measures:
        # A range that begins elsewhere than at zero is moved there and back by the noisy count.
        found.append(two_laplaces(max(1, one.span) / share) + abs(one.zero) * found[0])
    return found


def two_laplaces(scale: float, confidence: float = 0.95) -> float:
    """Return the half-width of the sum of two Laplace draws of `scale`."""
    low, high = 0.0, 60.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        outside = (1 + middle / 2) * math.exp(-middle)
        low, high = (middle, high) if outside > 1 - confidence else (low, middle)
    return scale * high
