"""The market approach: comparable deals, adjusted (中评协〔2023〕17号, annex).

    P = Σ Q_i × X_i1 × … × X_i5    (quality, supply and demand, date, volume, other)

for an asset made of several sets, or one figure drawn from several comparables of the whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shuce.engines.valuation.assumptions import Limits
from shuce.engines.valuation.numbers import geometric_mean, mean, median, product
from shuce.engines.valuation.outcome import (
    Flag,
    FlagKind,
    Step,
    Surroundings,
    Valuation,
    flag,
    flagged,
    plain,
    steps_of,
)
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if


class Aggregate(Choice):
    """How several adjusted prices become one."""

    SUM = "sum", "合计"
    MEAN = "mean", "算术平均"
    WEIGHTED_MEAN = "weighted_mean", "加权平均"
    MEDIAN = "median", "中位数"
    WEIGHTED_MEDIAN = "weighted_median", "加权中位数"
    GEOMETRIC_MEAN = "geometric_mean", "几何平均"
    LOWEST = "min", "最低值"
    HIGHEST = "max", "最高值"


class Adjustment(Choice):
    """Whether adjustments multiply (1.10, 0.95) or add up as parts of the price (+0.10, −0.05)."""

    MULTIPLICATIVE = "multiplicative", "连乘修正"
    ADDITIVE = "additive", "相加修正"


@dataclass(frozen=True)
class Comparable:
    """A deal: its price, the adjustments that bring it to the asset, its weight if weighed."""

    price: Fraction
    adjustments: Sequence[Fraction] = ()
    weight: Fraction = Fraction(1)

    def adjusted(self, how: Adjustment) -> Fraction:
        if how is Adjustment.ADDITIVE:
            return self.price * (1 + sum(self.adjustments, Fraction(0)))
        return self.price * product(self.adjustments)


@dataclass(frozen=True)
class MarketInputs:
    comparables: Sequence[Comparable]
    aggregate: Aggregate = Aggregate.MEAN
    adjustment: Adjustment = Adjustment.MULTIPLICATIVE
    cost: Fraction | None = None
    last_value: Fraction | None = None


def value_by_market(inputs: MarketInputs, limits: Limits | None = None) -> Valuation:
    """Adjust each comparable and draw one value from them, exactly."""
    refuse_if(obstacles_to_market(inputs))
    limits = limits or Limits()
    adjusted = [c.adjusted(inputs.adjustment) for c in inputs.comparables]
    value = _one_value(adjusted, [c.weight for c in inputs.comparables], inputs.aggregate)
    steps = (
        *steps_of("adjusted", "可比案例 {t} 的修正价格", adjusted),
        Step("value", "市场法评估值", value),
    )
    around = Surroundings(cost=inputs.cost, last_value=inputs.last_value)
    doubts = () if inputs.aggregate is Aggregate.SUM else tuple(_doubts(adjusted, limits))
    return Valuation(value, steps, (*doubts, *flagged(value, around, limits)))


def obstacles_to_market(inputs: MarketInputs) -> Iterator[Obstacle]:
    if not inputs.comparables:
        yield Obstacle("可比案例至少要有一个", Clause.G_9, field="comparables")
    for number, comparable in enumerate(inputs.comparables, start=1):
        if comparable.price < 0 or comparable.weight < 0:
            yield Obstacle(
                "可比案例 {number} 的价格与权重不得为负", Clause.G_9, field="price", number=number
            )
        factors = comparable.adjustments
        if inputs.adjustment is Adjustment.MULTIPLICATIVE and any(x < 0 for x in factors):
            yield Obstacle(
                "可比案例 {number} 的修正系数不得为负", Clause.G_9, field="adj", number=number
            )
    if inputs.comparables and not sum(c.weight for c in inputs.comparables):
        yield Obstacle("权重不得全部为零", Clause.G_9, field="weights")


def _one_value(prices: Sequence[Fraction], weights: Sequence[Fraction], how: Aggregate) -> Fraction:
    match how:
        case Aggregate.SUM:
            return sum(prices, Fraction(0))
        case Aggregate.MEAN:
            return mean(prices)
        case Aggregate.WEIGHTED_MEAN:
            weighed = (p * w for p, w in zip(prices, weights, strict=True))
            return sum(weighed, Fraction(0)) / sum(weights)
        case Aggregate.MEDIAN:
            return median(prices)
        case Aggregate.WEIGHTED_MEDIAN:
            return _weighted_median(prices, weights)
        case Aggregate.GEOMETRIC_MEAN:
            return geometric_mean(prices)
        case Aggregate.LOWEST:
            return min(prices)
        case Aggregate.HIGHEST:
            return max(prices)


def _weighted_median(prices: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    """Return the price at half the weight; the mean of two where half falls between them."""
    half, passed = sum(weights, Fraction(0)) / 2, Fraction(0)
    ordered = [(p, w) for p, w in sorted(zip(prices, weights, strict=True)) if w]
    for place, (price, weight) in enumerate(ordered):
        passed += weight
        if passed == half:
            return mean([price, ordered[place + 1][0]])
        if passed > half:
            break
    return price


def _doubts(adjusted: Sequence[Fraction], limits: Limits) -> Iterator[Flag]:
    if len(adjusted) < limits.fewest_comparables:
        yield flag(
            FlagKind.FEW_COMPARABLES,
            "可比案例 {count} 个，少于 {fewest} 个",
            count=len(adjusted),
            fewest=limits.fewest_comparables,
        )
    if max(adjusted) > min(adjusted) * limits.widest_comparables:
        yield flag(
            FlagKind.WIDE_COMPARABLES,
            "修正价格最高者超过最低者的 {most} 倍",
            most=plain(limits.widest_comparables),
        )
