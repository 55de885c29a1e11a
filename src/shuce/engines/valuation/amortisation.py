"""Spreading a cost over its use, in whole fen (政府会计准则第4号 arts 16–18; 财会〔2023〕11号).

Monthly, straight-line or by units of work, over the full cost. Every schedule ends at exactly the
cost. The month of acquisition counts, the month of disposal does not.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor

from shuce.engines.valuation.flows import refuse_length
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused


class Rounding(Choice):
    """How a month's fraction of a fen is treated; the last month always takes the rest."""

    FLOOR = "floor", "每月舍去，末月补足"
    HALF_UP = "half_up", "每月四舍五入，末月补足"
    CUMULATIVE = "cumulative", "按累计数四舍五入"


def straight_line(
    cost_fen: int, months: int, rule: Rounding = Rounding.FLOOR, residual_fen: int = 0
) -> tuple[int, ...]:
    """Return the charge of each month, in fen; they add up to cost less residual exactly."""
    refuse_length(months)
    base = cost_fen - residual_fen
    if base < 0 or residual_fen < 0:
        raise Refused(
            Obstacle("成本与残值不得为负，残值不得超过成本", Clause.N_8, field="cost_fen")
        )
    if rule is Rounding.CUMULATIVE:
        totals = [_half_up(Fraction(base * month, months)) for month in range(months + 1)]
        return tuple(after - before for before, after in pairwise(totals))
    month = base // months if rule is Rounding.FLOOR else _half_up(Fraction(base, months))
    # Rounding up may spend a tiny cost before the last month; a charge never goes below zero.
    charges: list[int] = []
    for left in range(months, 0, -1):
        rest = base - sum(charges)
        charges.append(rest if left == 1 else min(month, rest))
    return tuple(charges)


def by_units(cost_fen: int, total_units: Fraction, used: Sequence[Fraction]) -> tuple[int, ...]:
    """Return the charge of each period by work done; what exceeds `total_units` costs nothing.

    Charged on the running total, rounded down, so that the last unit of work brings the sum to
    the cost exactly.
    """
    if cost_fen < 0 or total_units <= 0 or any(units < 0 for units in used):
        raise Refused(
            Obstacle("成本与工作量不得为负，总工作量应当大于零", Clause.N_8, field="units")
        )
    charges, done, charged = [], Fraction(0), 0
    for units in used:
        done = min(done + units, total_units)
        so_far = floor(cost_fen * done / total_units)
        charges.append(so_far - charged)
        charged = so_far
    return tuple(charges)


def _half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))
