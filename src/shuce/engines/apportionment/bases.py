"""Whose part is how large: by agreed ratio, by investment, by measured contribution (G-10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from shuce.engines.apportionment.reading import BadCase, Rational
from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class Basis(Choice):
    """What the shares of an agreement rest on: 谁投入、谁贡献、谁受益."""

    RATIO = "ratio", "按约定比例"
    INVESTMENT = "investment", "按投入"
    CONTRIBUTION = "contribution", "按贡献"


@dataclass(frozen=True, slots=True)
class Investment:
    """What one party put in, in fen, and for how many days of the period it stood."""

    party: str
    fen: int
    days: int = 1


def by_ratio(ratios: Mapping[str, Rational]) -> dict[str, Fraction]:
    """Return agreed ratios as they stand; they must sum to one."""
    shares = {party: Fraction(ratio) for party, ratio in ratios.items()}
    _refuse_negative(shares)
    if (whole := sum(shares.values())) != 1:
        raise BadCase(say("约定比例之和为 {whole}，应为 1", whole=whole))
    return shares


def by_investment(investments: Iterable[Investment]) -> dict[str, Fraction]:
    """Return shares in proportion to fen × days put in, each party's investments together."""
    put_in: dict[str, Fraction] = {}
    for one in investments:
        if one.fen < 0 or one.days < 0:
            raise BadCase(say("{party} 的投入金额和天数不得为负", party=one.party))
        put_in[one.party] = put_in.get(one.party, Fraction(0)) + one.fen * one.days
    return _in_proportion(put_in)


def by_contribution(
    values: Mapping[str, Rational], *, negative_counts_as_zero: bool = False
) -> dict[str, Fraction]:
    """Return shares in proportion to measured contributions (Shapley values, for example).

    A negative contribution is refused unless the agreement says that it counts as zero.
    """
    measured = {party: Fraction(value) for party, value in values.items()}
    if negative_counts_as_zero:
        measured = {party: max(value, Fraction(0)) for party, value in measured.items()}
    _refuse_negative(measured)
    return _in_proportion(measured)


def _in_proportion(amounts: Mapping[str, Fraction]) -> dict[str, Fraction]:
    whole = sum(amounts.values())
    if not whole:
        raise BadCase(say("各方投入或贡献全为 0，无从分配"))
    return {party: amount / whole for party, amount in amounts.items()}


def _refuse_negative(amounts: Mapping[str, Fraction]) -> None:
    for party, amount in amounts.items():
        if amount < 0:
            raise BadCase(say("{party} 的比例或贡献为负", party=party))
