"""The cap of a guided price, with every figure on the way (发改价格〔2025〕65号)."""

from dataclasses import dataclass
from fractions import Fraction

from shuce.engines.auction.guided import Cycle, ProfitBase, ProfitRule, allow
from shuce.kernel.money import Money
from shuce.lifecycle.market.rules import GuidedCosts


@dataclass(frozen=True)
class Cap:
    """What may be earned a year at most, and therefore asked for one unit, rounded down."""

    net_cost: Money
    profit: Money
    max_revenue: Money
    unit_cap: Money


def cap_of(costs: GuidedCosts) -> Cap | None:
    """Work out the cap, or None for costs out of which no cap can be made."""
    amounts = (costs.cost, costs.subsidy, costs.tax)
    if (
        costs.expected_quantity < 1
        or costs.profit_basis_points < 0
        or min(amounts) < Money(0)
        or costs.subsidy > costs.cost
    ):
        return None
    allowance = allow(
        Cycle(costs.cost.fen, costs.subsidy.fen, costs.tax.fen),
        ProfitRule(ProfitBase.COST, Fraction(costs.profit_basis_points, 10_000)),
    )
    return Cap(
        net_cost=Money(int(allowance.net_cost)),
        profit=Money(int(allowance.profit)),
        max_revenue=Money(int(allowance.max_revenue)),
        # Down to the fen: a rounded-up cap would let the maximum be exceeded.
        unit_cap=Money(int(allowance.max_revenue / costs.expected_quantity)),
    )
