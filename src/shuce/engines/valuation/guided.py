"""Government-guided prices of public data operation (发改价格〔2025〕65号).

    most revenue allowed = cost net of subsidies + allowed profit + tax

What is earned above it is taken off when the next cycle is fixed. Use for public governance and
welfare is free, whatever the ceiling.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused


@dataclass(frozen=True)
class GuidedRevenue:
    """One cycle. `excess` is never negative; `shortfall` is the revenue allowed but not earned."""

    net_cost: Fraction
    profit: Fraction
    max_revenue: Fraction
    actual: Fraction | None

    @property
    def excess(self) -> Fraction:
        return max(Fraction(0), (self.actual or 0) - self.max_revenue)

    @property
    def shortfall(self) -> Fraction:
        return max(Fraction(0), self.max_revenue - (self.actual or 0))


def guided_revenue(
    cost: Fraction,
    subsidy: Fraction,
    tax: Fraction,
    profit: Fraction,
    *,
    actual: Fraction | None = None,
    carried: Fraction = Fraction(0),
) -> GuidedRevenue:
    """Return the most revenue a cycle allows, less the excess `carried` from the last one."""
    for name, amount in (("cost", cost), ("subsidy", subsidy), ("tax", tax), ("carried", carried)):
        if amount < 0:
            raise Refused(Obstacle("“{name}”不得为负", Clause.G_8, field=name, name=name))
    if subsidy > cost:
        raise Refused(Obstacle("财政补贴不得超过经营成本", Clause.G_8, field="subsidy"))
    net = cost - subsidy
    return GuidedRevenue(net, profit, net + profit + tax - carried, actual)


@dataclass(frozen=True)
class CapCheck:
    """Invoice lines (counted from 0) above the ceiling, and those that no ceiling covers."""

    breaches: tuple[int, ...]
    without_cap: tuple[int, ...]


def check_caps(
    caps: Mapping[str, Fraction],
    invoices: Sequence[tuple[str, Fraction]],
    public_interest: frozenset[str] = frozenset(),
) -> CapCheck:
    """Find charges above the ceiling; a charge for a public-interest item is always one."""
    breaches, without = [], []
    for place, (item, price) in enumerate(invoices):
        ceiling = Fraction(0) if item in public_interest else caps.get(item)
        if ceiling is None:
            without.append(place)
        elif price > ceiling:
            breaches.append(place)
    return CapCheck(tuple(breaches), tuple(without))
