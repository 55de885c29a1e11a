"""The parameters of the income approach: discount rate, split rate, term."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shuce.engines.valuation.numbers import mean
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused


@dataclass(frozen=True)
class Terms:
    """How long the asset can bring benefit, in years; None where nothing limits it."""

    legal: Fraction | None = None
    contract: Fraction | None = None
    timeliness: Fraction | None = None
    product: Fraction | None = None

    @property
    def shortest(self) -> Fraction | None:
        given = (self.legal, self.contract, self.timeliness, self.product)
        return min((term for term in given if term is not None), default=None)


def built_up(risk_free: Fraction, premiums: Mapping[str, Fraction]) -> Fraction:
    """Return risk-free rate plus premiums (管理、流通、数据安全、监管风险): r = r_f + Σ risk_i."""
    for name, rate in {"rf": risk_free, **premiums}.items():
        _not_negative(rate, name)
    return risk_free + sum(premiums.values(), Fraction(0))


def capm(
    risk_free: Fraction, beta: Fraction, market_premium: Fraction, specific: Fraction = Fraction(0)
) -> Fraction:
    """Return the capital asset pricing model's rate, with a premium for the asset itself."""
    _not_negative(risk_free, "rf")
    return risk_free + beta * market_premium + specific


def wacc(
    equity_share: Fraction, equity_rate: Fraction, debt_rate: Fraction, tax: Fraction
) -> Fraction:
    """Return the weighted average cost of capital, debt after tax; the debt share is the rest."""
    _share(equity_share, "e_share")
    _share(tax, "tax")
    _not_negative(equity_rate, "re")
    _not_negative(debt_rate, "rd")
    return equity_share * equity_rate + (1 - equity_share) * debt_rate * (1 - tax)


def pre_tax_rate(post_tax: Fraction, tax: Fraction) -> Fraction:
    """Return r/(1−t): simple grossing-up, exact only for a level perpetuity."""
    _not_negative(post_tax, "post_tax_rate")
    _share(tax, "tax")
    if tax == 1:
        raise Refused(Obstacle("税率必须小于 100%", Clause.G_9, field="tax"))
    return post_tax / (1 - tax)


def post_tax_rate(pre_tax: Fraction, tax: Fraction) -> Fraction:
    """Return r·(1−t), the inverse of `pre_tax_rate`."""
    _not_negative(pre_tax, "pre_tax_rate")
    _share(tax, "tax")
    return pre_tax * (1 - tax)


def split_rate(low: Fraction, high: Fraction, position: Fraction) -> Fraction:
    """Return K = m + (n − m)·λ: the data's share of profit between the industry's bounds."""
    _share(low, "low")
    _share(high, "high")
    _share(position, "lambda")
    if low > high:
        raise Refused(Obstacle("分成率下限不得高于上限", Clause.G_9, field="low"))
    return low + (high - low) * position


def weighted_score(scores: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    """Return Σ score × weight; weights must be of the same number, not negative, and sum to 1."""
    if len(scores) != len(weights) or not scores:
        raise Refused(Obstacle("得分与权重的个数应当相同", Clause.G_9, field="weights"))
    if any(weight < 0 for weight in weights) or sum(weights) != 1:
        raise Refused(Obstacle("权重不得为负，且合计应当为 1", Clause.G_9, field="weights"))
    return sum((s * w for s, w in zip(scores, weights, strict=True)), Fraction(0))


@dataclass(frozen=True)
class FeeScores:
    """Fee scores of competing appraisers: as the formula gives them, and not below zero."""

    base: Fraction
    raw: tuple[Fraction, ...]

    @property
    def scores(self) -> tuple[Fraction, ...]:
        return tuple(max(score, Fraction(0)) for score in self.raw)


def fee_scores(
    bids: Sequence[Fraction], weight: Fraction, base: Fraction | None = None
) -> FeeScores:
    """Return (1 − |base − bid| / base) × weight for each bid (国资发产权规〔2024〕8号).

    Without a base price the mean of the bids is taken, as is usual.
    """
    if not bids or any(bid <= 0 for bid in bids):
        raise Refused(Obstacle("报价应当大于零", Clause.G_9, field="bids"))
    base = mean(bids) if base is None else base
    if base <= 0 or weight < 0:
        raise Refused(Obstacle("基准价应当大于零，权重不得为负", Clause.G_9, field="base"))
    return FeeScores(base, tuple((1 - abs(base - bid) / base) * weight for bid in bids))


def _not_negative(rate: Fraction, field: str) -> None:
    if rate < 0:
        raise Refused(Obstacle("“{name}”不得为负", Clause.G_9, field=field, name=field))


def _share(number: Fraction, field: str) -> None:
    if not 0 <= number <= 1:
        raise Refused(Obstacle("“{name}”应当在 0 与 1 之间", Clause.G_9, field=field, name=field))
