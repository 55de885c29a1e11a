"""The income approach: what the asset will bring, discounted (中评协〔2023〕17号, annex).

V = Σ F_t / (1 + r)^t        (mid-year flows: t − 1/2)

direct        F_t = R_t                  royalty   F_t = R_t × K
split         F_t = R_t × K_t            excess    F_t = R_t − Σ_i C_{t,i}
incremental   F_t = RY_t − RN_t
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from shuce.engines.valuation.assumptions import Limits
from shuce.engines.valuation.flows import Timing, discount_factors
from shuce.engines.valuation.numbers import kept, weighted_sum
from shuce.engines.valuation.outcome import Step, Surroundings, Valuation, flagged, steps_of
from shuce.engines.valuation.rates import Terms
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if


class IncomeMethod(Choice):
    DIRECT = "direct", "直接收益预测"
    SPLIT = "split", "分成收益预测"
    EXCESS = "excess", "超额收益预测"
    INCREMENTAL = "incremental", "增量收益预测"


class TaxBasis(Choice):
    """Whether a flow or a rate is before or after income tax; both must be the same."""

    PRE_TAX = "pre_tax", "税前"
    POST_TAX = "post_tax", "税后"


@dataclass(frozen=True)
class IncomeInputs:
    """One forecast. `benefit` is R_t (for the incremental method RY_t), one figure a year.

    Every list that is given is as long as `benefit`; `split` may be a single rate for all years.
    A `tax` above zero is taken off each F_t and makes the flows post-tax. The two bases, where
    stated, must agree.
    """

    method: IncomeMethod
    benefit: Sequence[Fraction]
    rate: Fraction
    timing: Timing = Timing.END
    split: Sequence[Fraction] = ()
    contributions: Mapping[str, Sequence[Fraction]] = field(default_factory=dict)
    without: Sequence[Fraction] = ()
    tax: Fraction = Fraction(0)
    flow_basis: TaxBasis | None = None
    rate_basis: TaxBasis | None = None
    terms: Terms | None = None
    cost: Fraction | None = None
    last_value: Fraction | None = None


def value_by_income(inputs: IncomeInputs, limits: Limits | None = None) -> Valuation:
    """Discount the yearly benefit of the asset; refuse flows and rate of different tax bases."""
    refuse_if(obstacles_to_income(inputs))
    flows = benefit_of_asset(inputs)
    factors = discount_factors(inputs.rate, len(flows), inputs.timing)
    value = weighted_sum(flows, factors)
    terms = inputs.terms or Terms()
    around = Surroundings(
        life_years=Fraction(len(flows)),
        contract_years=terms.contract,
        shortest_term_years=terms.shortest,
        rate=inputs.rate,
        cost=inputs.cost,
        last_value=inputs.last_value,
    )
    steps = (
        *steps_of("benefit", "第 {t} 年总收益", inputs.benefit),
        *steps_of("flow", "第 {t} 年归属数据资产的收益", flows),
        *steps_of("factor", "第 {t} 年折现系数", [kept(factor) for factor in factors]),
        Step("value", "收益现值合计", value),
    )
    return Valuation(value, steps, flagged(value, around, limits))


def benefit_of_asset(inputs: IncomeInputs) -> tuple[Fraction, ...]:
    """Return F_t: what of the forecast benefit is owed to the data, after `tax`."""
    benefit = inputs.benefit
    match inputs.method:
        case IncomeMethod.DIRECT:
            flows = list(benefit)
        case IncomeMethod.SPLIT:
            split = inputs.split if len(inputs.split) > 1 else [*inputs.split] * len(benefit)
            flows = [r * k for r, k in zip(benefit, split, strict=True)]
        case IncomeMethod.EXCESS:
            others = inputs.contributions.values()
            flows = [r - sum((c[t] for c in others), Fraction(0)) for t, r in enumerate(benefit)]
        case IncomeMethod.INCREMENTAL:
            flows = [ry - rn for ry, rn in zip(benefit, inputs.without, strict=True)]
    return tuple(flow * (1 - inputs.tax) for flow in flows)


def obstacles_to_income(inputs: IncomeInputs) -> Iterator[Obstacle]:
    years = len(inputs.benefit)
    if not years:
        yield Obstacle("收益预测至少要有一年", Clause.G_9, field="benefit")
    if inputs.rate < 0:
        yield Obstacle("折现率不得为负", Clause.G_9, field="rate")
    if not 0 <= inputs.tax < 1:
        yield Obstacle("税率应当在 0 与 1 之间", Clause.G_9, field="tax")
    if any(not 0 <= k <= 1 for k in inputs.split):
        yield Obstacle("分成率应当在 0 与 1 之间", Clause.G_9, field="split")
    for name, length in _lengths(inputs):
        if length != years:
            yield Obstacle(
                "“{name}”有 {length} 年，收益有 {years} 年，两者应当相同",
                Clause.G_9,
                field=name,
                name=name,
                length=length,
                years=years,
            )
    flow_basis = TaxBasis.POST_TAX if inputs.tax else inputs.flow_basis
    if inputs.tax and inputs.flow_basis is TaxBasis.POST_TAX:
        yield Obstacle("收益已是税后口径，不得再扣所得税", Clause.G_9, field="tax")
    if flow_basis and inputs.rate_basis and flow_basis is not inputs.rate_basis:
        yield Obstacle(
            "收益是{flows}口径而折现率是{rate}口径，口径必须一致",
            Clause.G_9,
            field="rate_basis",
            flows=flow_basis.label,
            rate=inputs.rate_basis.label,
        )


def _lengths(inputs: IncomeInputs) -> Iterator[tuple[str, int]]:
    if inputs.method is IncomeMethod.SPLIT and len(inputs.split) != 1:
        yield "split", len(inputs.split)
    if inputs.method is IncomeMethod.EXCESS:
        for name, amounts in inputs.contributions.items():
            yield name, len(amounts)
    if inputs.method is IncomeMethod.INCREMENTAL:
        yield "without", len(inputs.without)
