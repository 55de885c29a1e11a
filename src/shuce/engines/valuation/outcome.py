"""What a valuation yields: the value, every figure on the way to it, and what to look at twice."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shuce.engines.valuation.assumptions import Limits
from shuce.engines.valuation.numbers import rounded
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.kernel.words import say


class FlagKind(Choice):
    """Why a value asks for a second look (价值应用风险)."""

    LIFE_BEYOND_CONTRACT = "life_beyond_contract", "收益期超过合同期限"
    LIFE_BEYOND_TERM = "life_beyond_term", "收益期超过最短寿命"
    RATE_OUTSIDE_RANGE = "rate_outside_range", "折现率超出常见范围"
    OVER_COST = "over_cost", "高溢价：相对成本"
    OVER_LAST_APPRAISAL = "over_last_appraisal", "高溢价：相对上次评估"
    NEGATIVE = "negative", "结果为负"
    FEW_COMPARABLES = "few_comparables", "可比案例过少"
    WIDE_COMPARABLES = "wide_comparables", "可比案例差异过大"
    INCONSISTENT = "inconsistent", "判断矩阵不一致"
    METHODS_APART = "methods_apart", "方法结果差异过大"
    FEE_WEIGHT = "fee_weight", "费用权重过高"
    SHORT_HISTORY = "short_history", "历史数据过短"


@dataclass(frozen=True)
class Flag:
    """A reason to look again. It stops nothing; a reviewer answers it in writing."""

    kind: FlagKind
    obstacle: Obstacle

    @property
    def reason(self) -> str:
        return self.obstacle.reason

    @property
    def clause(self) -> Clause:
        return self.obstacle.clause or Clause.G_15


@dataclass(frozen=True)
class Step:
    """A named figure on the way to the value, for the report's table of parameters."""

    name: str
    sentence: str
    value: Fraction
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def label(self) -> str:
        return say(self.sentence, **self.facts)


@dataclass(frozen=True)
class Valuation:
    """A value in the unit of its inputs, exact or to 40 digits, with its derivation.

    A negative value is reported as it is, never clipped to nothing.
    """

    value: Fraction
    steps: tuple[Step, ...] = ()
    flags: tuple[Flag, ...] = ()

    def rounded(self, places: int = 2) -> Decimal:
        return rounded(self.value, places)

    def figures(self, name: str) -> tuple[Fraction, ...]:
        """Return every intermediate figure of that name, in order."""
        return tuple(step.value for step in self.steps if step.name == name)


@dataclass(frozen=True)
class Surroundings:
    """What is known around a value and can make it doubtful. All in the value's own units."""

    life_years: Fraction | None = None
    contract_years: Fraction | None = None
    shortest_term_years: Fraction | None = None
    rate: Fraction | None = None
    cost: Fraction | None = None
    last_value: Fraction | None = None


def flagged(
    value: Fraction, around: Surroundings, limits: Limits | None = None
) -> tuple[Flag, ...]:
    """Return the doubts that G-15 asks to be raised about `value`."""
    return tuple(_doubts(value, around, limits or Limits()))


def flag(
    kind: FlagKind,
    sentence: str,
    clause: Clause = Clause.G_15,
    *,
    field: str = "",
    **facts: object,
) -> Flag:
    return Flag(kind, Obstacle(sentence, clause, field=field, **facts))


def _doubts(value: Fraction, around: Surroundings, limits: Limits) -> Iterator[Flag]:
    life = around.life_years
    if life is not None and around.contract_years is not None and life > around.contract_years:
        yield flag(
            FlagKind.LIFE_BEYOND_CONTRACT,
            "收益期 {life} 年，超过合同期限 {contract} 年",
            life=plain(life),
            contract=plain(around.contract_years),
        )
    shortest = around.shortest_term_years
    if life is not None and shortest is not None and life > shortest != around.contract_years:
        yield flag(
            FlagKind.LIFE_BEYOND_TERM,
            "收益期 {life} 年，超过法律、合同、时效与产品寿命中最短的 {term} 年",
            life=plain(life),
            term=plain(shortest),
        )
    rate = around.rate
    if rate is not None and not limits.lowest_rate <= rate <= limits.highest_rate:
        yield flag(
            FlagKind.RATE_OUTSIDE_RANGE,
            "折现率 {rate}% 不在 {low}% 至 {high}% 之间，复核人须书面说明理由",
            rate=plain(rate * 100),
            low=plain(limits.lowest_rate * 100),
            high=plain(limits.highest_rate * 100),
        )
    yield from _premiums(value, around, limits)
    if value < 0:
        yield flag(FlagKind.NEGATIVE, "评估结果为负数，如实列示，不作归零处理")


def _premiums(value: Fraction, around: Surroundings, limits: Limits) -> Iterator[Flag]:
    comparisons = (
        (FlagKind.OVER_COST, around.cost, limits.most_over_cost, "结果超过投入成本的 {most} 倍"),
        (
            FlagKind.OVER_LAST_APPRAISAL,
            around.last_value,
            limits.most_over_last,
            "结果超过上次评估值的 {most} 倍",
        ),
    )
    for kind, base, most, sentence in comparisons:
        if base is not None and base > 0 and value > base * most:
            yield flag(kind, sentence, most=plain(most))


def plain(number: Fraction) -> str:
    """Return a number as people write it: up to four places, no idle zeros."""
    text = f"{rounded(number, 4):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def steps_of(name: str, sentence: str, values: Iterable[Fraction]) -> tuple[Step, ...]:
    """Return one step for each period, `{t}` in `sentence` being its number."""
    return tuple(Step(name, sentence, v, {"t": t}) for t, v in enumerate(values, start=1))
