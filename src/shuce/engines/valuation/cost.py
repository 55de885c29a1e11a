"""The cost approach: P = C × δ (中评协〔2023〕17号, annex).

C is preliminary, direct, indirect, opportunity cost and tax that cannot be recovered; δ is the
value adjustment coefficient: quality reached against quality expected, the part of life that
remains, or both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shuce.engines.valuation.assumptions import Limits
from shuce.engines.valuation.outcome import Step, Surroundings, Valuation, flagged
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if


@dataclass(frozen=True)
class CostInputs:
    """Costs by name, and what is left of them. `delta` stands for quality unless life is given."""

    components: Mapping[str, Fraction]
    delta: Fraction = Fraction(1)
    remaining_life: Fraction | None = None
    total_life: Fraction | None = None
    last_value: Fraction | None = None


def value_by_cost(inputs: CostInputs, limits: Limits | None = None) -> Valuation:
    """Return cost × δ × remaining-life ratio, exactly."""
    refuse_if(obstacles_to_cost(inputs))
    total = sum(inputs.components.values(), Fraction(0))
    life = _life_ratio(inputs)
    value = total * inputs.delta * life
    steps = (
        *(
            Step("component", "成本：{name}", amount, {"name": name})
            for name, amount in inputs.components.items()
        ),
        Step("total_cost", "成本合计", total),
        Step("life_ratio", "剩余寿命比例", life),
        Step("delta", "价值调整系数", inputs.delta * life),
        Step("value", "成本法评估值", value),
    )
    around = Surroundings(cost=total, last_value=inputs.last_value)
    return Valuation(value, steps, flagged(value, around, limits))


def replacement_costs(
    historic: Sequence[tuple[str, Fraction]], index: Mapping[str, Fraction], today: str
) -> tuple[Fraction, ...]:
    """Bring each past year's outlay to the prices of year `today` by a price index."""
    refuse_if(_obstacles_to_index([year for year, _ in historic] + [today], index))
    return tuple(amount * index[today] / index[year] for year, amount in historic)


def obstacles_to_cost(inputs: CostInputs) -> Iterator[Obstacle]:
    if not inputs.components:
        yield Obstacle("成本至少要有一项", Clause.G_9, field="components")
    for name, amount in inputs.components.items():
        if amount < 0:
            yield Obstacle("成本“{name}”不得为负", Clause.G_9, field="components", name=name)
    if inputs.delta < 0:
        yield Obstacle("价值调整系数不得为负", Clause.G_9, field="delta")
    remaining, total = inputs.remaining_life, inputs.total_life
    if (remaining is None) != (total is None):
        yield Obstacle("剩余寿命与总寿命应当同时给出", Clause.G_9, field="remaining_life")
    elif remaining is not None and total is not None and not 0 <= remaining <= total != 0:
        yield Obstacle("剩余寿命应当在零与总寿命之间", Clause.G_9, field="remaining_life")


def _obstacles_to_index(years: Sequence[str], index: Mapping[str, Fraction]) -> Iterator[Obstacle]:
    for year in dict.fromkeys(years):
        if year not in index:
            yield Obstacle("价格指数缺少 {year} 年", Clause.G_9, field="index", year=year)
        elif index[year] <= 0:
            yield Obstacle("{year} 年的价格指数应当大于零", Clause.G_9, field="index", year=year)


def _life_ratio(inputs: CostInputs) -> Fraction:
    if inputs.remaining_life is None or inputs.total_life is None:
        return Fraction(1)
    return inputs.remaining_life / inputs.total_life
