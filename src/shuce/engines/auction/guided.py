"""Government-guided prices: the maximum allowed revenue, caps within it, and what is carried over.

Source: 发改价格〔2025〕65号: the maximum is operating cost (net of subsidies) + allowed profit +
tax; income above it is deducted when the next cycle is fixed. The notice leaves the profit's base
and rate to the pricing authority, so both are parameters here. Amounts are exact, in any one unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shuce.engines.apportionment.reading import Rational
from shuce.engines.auction.bids import BadAuction
from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class ProfitBase(Choice):
    """What the allowed rate of profit is applied to."""

    COST = "cost", "核定成本"
    ASSETS = "assets", "有效资产"


@dataclass(frozen=True, slots=True)
class ProfitRule:
    """The authority's rule of allowed profit: a rate on net cost, or on effective assets."""

    base: ProfitBase
    rate: Rational


@dataclass(frozen=True, slots=True)
class Cycle:
    """What is known of one pricing cycle. `actual_revenue` is None while it runs."""

    cost: Rational
    subsidy: Rational = 0
    tax: Rational = 0
    assets: Rational = 0
    actual_revenue: Rational | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one cycle may earn.

    `before_deduction` = net cost + profit + tax; `deducted` is what earlier cycles took too much
    of; `excess` what this one did; `carried` goes on to the next: excess and what was too large
    to be deducted here. Earning less than the maximum carries nothing.
    """

    net_cost: Rational
    profit: Rational
    before_deduction: Rational
    deducted: Rational
    max_revenue: Rational
    excess: Rational
    carried: Rational


def allow(cycle: Cycle, rule: ProfitRule, carried: Rational = 0) -> Allowance:
    """Fix one cycle's maximum allowed revenue, after deducting what earlier cycles carried."""
    if min(cycle.cost, cycle.subsidy, cycle.tax, cycle.assets, carried, rule.rate) < 0:
        raise BadAuction(say("{name} 的成本、补助、税金、资产、利润率均不得为负", name=cycle.name))
    # A subsidy beyond the cost is shown as it is, but earns no profit and no negative maximum.
    net_cost = cycle.cost - cycle.subsidy
    profit = rule.rate * (max(net_cost, 0) if rule.base is ProfitBase.COST else cycle.assets)
    before = max(net_cost + profit + cycle.tax, 0)
    deducted = min(carried, before)
    most = before - deducted
    excess = max((cycle.actual_revenue or 0) - most, 0)
    return Allowance(net_cost, profit, before, deducted, most, excess, carried - deducted + excess)


def allow_cycles(
    cycles: Iterable[Cycle], rule: ProfitRule, carried: Rational = 0
) -> list[Allowance]:
    """Fix cycle after cycle, each excess deducted from the next that can bear it."""
    allowances = []
    for cycle in cycles:
        allowances.append(allow(cycle, rule, carried))
        carried = allowances[-1].carried
    return allowances


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of an invoice: what was charged a unit, and for how many units."""

    item: str
    unit_price: Rational
    quantity: Rational = 1


@dataclass(frozen=True, slots=True)
class Overcharge:
    """A charge that should not have been, by its place, and by how much in all."""

    place: int
    item: str
    amount: Rational


def overcharges(
    charges: Sequence[Charge], caps: Mapping[str, Rational], free: Iterable[str] = ()
) -> list[Overcharge]:
    """Return the charges above their cap; items for public governance and welfare are free.

    An item with neither a cap nor a duty to be free has no lawful price and is overcharged whole.
    """
    free = frozenset(free)
    found = []
    for place, charge in enumerate(charges):
        most = 0 if charge.item in free else caps.get(charge.item, 0)
        if charge.unit_price > most:
            amount = (charge.unit_price - most) * charge.quantity
            found.append(Overcharge(place, charge.item, amount))
    return found


def revenue_at_caps(caps: Mapping[str, Rational], volumes: Mapping[str, Rational]) -> Rational:
    """Return what forecast volumes would earn if every item were charged its cap."""
    if missing := sorted(set(volumes) - set(caps)):
        raise BadAuction(say("{items} 没有上限收费标准", items="、".join(missing)))
    return sum(caps[item] * volume for item, volume in volumes.items())


def caps_within(
    max_revenue: Rational,
    volumes: Mapping[str, Rational],
    relative_prices: Mapping[str, Rational],
    *,
    smallest: Rational = 1,
) -> dict[str, Rational]:
    """Set each item's cap so that forecast volumes at all caps earn at most `max_revenue`.

    Caps keep the proportion of `relative_prices` and are rounded down to `smallest` (one fen).
    """
    at_one = revenue_at_caps(relative_prices, volumes)
    if at_one <= 0 or smallest <= 0:
        raise BadAuction(say("预计数量和相对价格应大于 0"))
    scale = Fraction(max_revenue) / at_one
    return {item: (scale * price // smallest) * smallest for item, price in relative_prices.items()}
