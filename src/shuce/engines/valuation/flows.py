"""Discounting: net present value, internal rate of return, annuities.

Textbook definitions; the conventions of dates (actual days over 365 from the first flow) are those
of the spreadsheet functions XNPV and XIRR, which appraisers check against.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import exp, expm1, fsum, log1p

from scipy.optimize import brentq

from shuce.engines.valuation.numbers import MOST_PERIODS, kept, power, weighted_sum
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

_DAYS_A_YEAR = 365


class Timing(Choice):
    """When in its period a flow arrives."""

    END = "end", "期末"
    MID = "mid", "期中"
    START = "start", "期初"

    def exponent(self, period: int) -> Fraction:
        """Return how many whole periods flow number `period` (from 1) is discounted."""
        return period - {"end": Fraction(0), "mid": Fraction(1, 2), "start": Fraction(1)}[self]


def discount_factors(rate: Fraction, periods: int, timing: Timing) -> tuple[Decimal, ...]:
    """Return 1/(1+rate)^t for t = 1 … periods, half a period less for mid-period flows."""
    _refuse_rate(rate)
    refuse_length(periods)
    return tuple(power(1 + rate, -timing.exponent(t)) for t in range(1, periods + 1))


def npv(rate: Fraction, flows: Sequence[Fraction], timing: Timing = Timing.END) -> Fraction:
    """Return the present value of `flows`, the first of them falling in period 1."""
    return weighted_sum(flows, discount_factors(rate, len(flows), timing))


def npv_from_now(rate: Fraction, flows: Sequence[Fraction]) -> Fraction:
    """Return the present value of `flows`, the first of them falling today."""
    return npv(rate, flows, Timing.START)


def dated_npv(rate: Fraction, flows: Sequence[tuple[date, Fraction]]) -> Fraction:
    """Return the value, on the first flow's day, of flows on given days."""
    _refuse_rate(rate)
    factors = [power(1 + rate, -years) for years in _years(flows)]
    return weighted_sum([amount for _, amount in flows], factors)


def internal_rates(flows: Sequence[Fraction]) -> tuple[float, ...]:
    """Return every rate from -99.99 % to 1,000,000,000 % at which yearly flows are worth nothing.

    Flows that change sign more than once may have several such rates; all are returned, lowest
    first, since a single figure would hide the others. (Two within 0.6 % of each other may be
    missed.)
    """
    refuse_length(len(flows))
    return _roots([(float(t), float(amount)) for t, amount in enumerate(flows)])


def dated_internal_rates(flows: Sequence[tuple[date, Fraction]]) -> tuple[float, ...]:
    """Return every rate at which flows on given days are worth nothing on the first day."""
    amounts = [float(amount) for _, amount in flows]
    return _roots(list(zip(map(float, _years(flows)), amounts, strict=True)))


def nearest(rates: Sequence[float], guess: float) -> float:
    """Return the rate nearest to `guess`, as a spreadsheet would; refuse if there is none."""
    if not rates:
        raise Refused(Obstacle("现金流没有内部收益率", Clause.G_9, field="flows"))
    return min(rates, key=lambda rate: abs(rate - guess))


def annuity(
    rate: Fraction, periods: int, payment: Fraction, timing: Timing, final: Fraction = Fraction(0)
) -> Fraction:
    """Return the present value of equal payments, and of a final amount at the end if given."""
    refuse_length(periods)
    flows = [payment] * periods
    return npv(rate, flows, timing) + kept(power(1 + rate, Fraction(-periods))) * final


def refuse_length(periods: int) -> None:
    if not 0 < periods <= MOST_PERIODS:
        raise Refused(
            Obstacle("期数应当在 1 至 {most} 之间", Clause.G_9, field="periods", most=MOST_PERIODS)
        )


def _refuse_rate(rate: Fraction) -> None:
    if rate <= -1:
        raise Refused(Obstacle("折现率必须大于 -100%", Clause.G_9, field="rate"))


def _years(flows: Sequence[tuple[date, Fraction]]) -> list[Fraction]:
    refuse_length(len(flows))
    first = flows[0][0]
    if any(day < first for day, _ in flows):
        raise Refused(Obstacle("现金流的日期不得早于第一笔", Clause.G_9, field="flows"))
    return [Fraction((day - first).days, _DAYS_A_YEAR) for day, _ in flows]


def _roots(flows: list[tuple[float, float]]) -> tuple[float, ...]:
    """Find where Σ a·e^(-t·x) changes sign, x being the logarithm of 1 + rate."""

    # Scaled by e^(t₀·x) with t₀ the longest time where x < 0, so that no term overflows; a positive
    # factor moves no root.
    longest = max(time for time, _ in flows)

    def worth(x: float) -> float:
        shift = longest if x < 0 else 0.0
        return fsum(amount * exp(-(time - shift) * x) for time, amount in flows)

    low, high, pieces = log1p(-0.9999), log1p(1e7), 4000
    grid = [low + (high - low) * i / pieces for i in range(pieces + 1)]
    heights = [worth(x) for x in grid]
    found = [
        x if left == 0 else _root(worth, x, after)
        for x, after, left, right in zip(grid, grid[1:], heights, heights[1:], strict=False)
        if (left < 0) != (right < 0) or (left == 0 and any(heights))
    ]
    return tuple(sorted({expm1(x) for x in found}))


def _root(worth: Callable[[float], float], low: float, high: float) -> float:
    root: float = brentq(worth, low, high, xtol=1e-15, rtol=1e-14)
    return root
