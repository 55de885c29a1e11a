"""Income, cost and market: worked examples (amounts in 万元), refusals, and doubts raised."""

from decimal import Decimal
from fractions import Fraction

import pytest

from shuce.engines.valuation import (
    Aggregate,
    Comparable,
    CostInputs,
    FlagKind,
    IncomeInputs,
    IncomeMethod,
    Limits,
    MarketInputs,
    TaxBasis,
    Terms,
    Timing,
    concluded,
    exact,
    value_by_cost,
    value_by_income,
    value_by_market,
)
from shuce.engines.valuation.rates import built_up, fee_scores, weighted_score
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Refused


def fractions(*texts) -> list[Fraction]:
    return [exact(text) for text in texts]


def direct(*flows, rate="0.15", **more) -> IncomeInputs:
    return IncomeInputs(IncomeMethod.DIRECT, fractions(*flows), exact(rate), **more)


def kinds(valuation) -> list[FlagKind]:
    return [flag.kind for flag in valuation.flags]


@pytest.mark.clause("G-9")
@pytest.mark.parametrize(("timing", "worth"), [(Timing.END, "530.02"), (Timing.MID, "568.38")])
def test_direct_income_is_discounted_from_the_end_or_the_middle_of_the_year(timing, worth):
    assert value_by_income(direct(120, 150, 180, 200, 160, timing=timing)).rounded() == Decimal(
        worth
    )


def test_split_income_takes_each_years_share():
    inputs = IncomeInputs(
        IncomeMethod.SPLIT,
        fractions(500, 600, 720, 800, 800),
        exact("14%"),
        split=fractions("0.12", "0.12", "0.10", "0.08", "0.06"),
    )
    valuation = value_by_income(inputs)
    assert valuation.figures("flow") == (60, 72, 72, 64, 48)
    assert valuation.rounded() == Decimal("219.45")


def test_excess_income_leaves_what_other_assets_did_not_bring():
    inputs = IncomeInputs(
        IncomeMethod.EXCESS,
        fractions(900, 950, 1000),
        exact("0.16"),
        contributions={
            "fixed": fractions(300, 310, 320),
            "workforce": fractions(150, 155, 160),
            "capital": fractions(80, 85, 90),
        },
    )
    valuation = value_by_income(inputs)
    assert valuation.figures("flow") == (370, 400, 430)
    assert valuation.rounded() == Decimal("891.71")


def test_incremental_income_is_with_less_without():
    inputs = IncomeInputs(
        IncomeMethod.INCREMENTAL,
        fractions(260, 300, 340),
        exact("0.12"),
        without=fractions(200, 205, 210),
    )
    assert value_by_income(inputs).rounded() == Decimal("221.84")


def test_cost_times_quality_and_remaining_life():
    costs = dict(zip("abcde", fractions(30, 420, 85, 25, 6), strict=True))
    quality = weighted_score(
        fractions("0.92", "0.88", "0.95", "0.90", "0.80", "0.85"),
        fractions("0.25", "0.15", "0.20", "0.15", "0.15", "0.10"),
    )
    assert quality == exact("0.8920")
    assert value_by_cost(CostInputs(costs, quality)).rounded() == Decimal("504.87")
    aged = value_by_cost(CostInputs(costs, quality, Fraction(4), Fraction(5)))
    assert aged.figures("delta") == (exact("0.71360"),)
    assert aged.rounded() == Decimal("403.90")


def test_reference_sets_are_adjusted_and_added_up():
    inputs = MarketInputs(
        [
            Comparable(Fraction(300), fractions("0.95", "1.05", "1.02", "0.90", "1.00")),
            Comparable(Fraction(180), fractions("1.10", "0.98", "1.00", "1.20", "0.97")),
        ],
        Aggregate.SUM,
    )
    valuation = value_by_market(inputs)
    assert valuation.figures("adjusted") == (exact("274.7115"), exact("225.86256"))
    assert valuation.rounded() == Decimal("500.57")


def test_a_rate_is_built_up_from_the_risk_free_rate_and_four_risks():
    premiums = dict(zip("mcsr", fractions("3%", "3.5%", "3%", "2.5%"), strict=True))
    assert built_up(exact("1.8%"), premiums) == exact("13.8%")


def test_fee_scores_fall_with_distance_from_the_base_and_stop_at_zero():
    result = fee_scores(fractions(18, 20, 24, 45), Fraction(15), Fraction(20))
    assert result.scores == (exact("13.5"), 15, 12, 0)
    assert result.raw[-1] == exact("-3.75")
    assert fee_scores(fractions(10, 30), Fraction(15)).base == 20


@pytest.mark.clause("G-9")
def test_a_pre_tax_flow_with_a_post_tax_rate_is_refused_and_with_a_pre_tax_rate_is_not():
    pre, post = TaxBasis.PRE_TAX, TaxBasis.POST_TAX
    with pytest.raises(Refused, match="口径"):
        value_by_income(direct(100, flow_basis=pre, rate_basis=post))
    with pytest.raises(Refused, match="口径"):
        value_by_income(direct(100, tax=exact("0.25"), rate_basis=pre))
    with pytest.raises(Refused, match="税后口径"):
        value_by_income(direct(100, tax=exact("0.25"), flow_basis=post))
    assert value_by_income(direct(115, flow_basis=pre, rate_basis=pre)).value == 100


def test_lists_of_different_length_negative_rates_and_shares_above_one_are_refused():
    with pytest.raises(Refused, match="不得为负"):
        value_by_income(direct(100, rate="-0.01"))
    with pytest.raises(Refused, match="至少要有一年"):
        value_by_income(direct())
    uneven = IncomeInputs(
        IncomeMethod.INCREMENTAL, [Fraction(1), Fraction(2)], Fraction(1, 10), without=[Fraction(1)]
    )
    with pytest.raises(Refused, match="应当相同"):
        value_by_income(uneven)
    greedy = IncomeInputs(IncomeMethod.SPLIT, [Fraction(1)], Fraction(1, 10), split=[Fraction(2)])
    with pytest.raises(Refused, match="分成率"):
        value_by_income(greedy)


@pytest.mark.clause("G-15")
def test_a_life_beyond_the_contract_and_beyond_the_shortest_term_is_flagged():
    long = direct(10, 10, 10, terms=Terms(contract=Fraction(2)))
    [flag] = value_by_income(long).flags
    assert (flag.kind, flag.clause) == (FlagKind.LIFE_BEYOND_CONTRACT, Clause.G_15)
    assert "3 年" in flag.reason
    stale = direct(10, 10, 10, terms=Terms(contract=Fraction(5), timeliness=Fraction(2)))
    assert kinds(value_by_income(stale)) == [FlagKind.LIFE_BEYOND_TERM]
    assert not value_by_income(direct(10, 10, terms=Terms(contract=Fraction(2)))).flags


@pytest.mark.clause("G-15")
@pytest.mark.parametrize(("rate", "doubtful"), [("7.99%", True), ("8%", False), ("30.01%", True)])
def test_a_rate_outside_8_to_30_percent_is_flagged(rate, doubtful):
    assert (FlagKind.RATE_OUTSIDE_RANGE in kinds(value_by_income(direct(1, rate=rate)))) is doubtful


@pytest.mark.clause("G-15")
def test_a_value_over_three_times_cost_or_twice_the_last_appraisal_is_flagged():
    calm = direct(115, cost=exact("33.4"), last_value=Fraction(50))
    assert not value_by_income(calm).flags
    high = direct(115, cost=exact("33.3"), last_value=exact("49.9"))
    assert kinds(value_by_income(high)) == [FlagKind.OVER_COST, FlagKind.OVER_LAST_APPRAISAL]
    strict = Limits(most_over_cost=Fraction(2))
    assert FlagKind.OVER_COST in kinds(value_by_income(calm, strict))


def test_a_negative_value_is_reported_as_it_is():
    valuation = value_by_income(direct(-115))
    assert valuation.value == -100
    assert kinds(valuation) == [FlagKind.NEGATIVE]


def test_few_or_scattered_comparables_are_flagged_and_weights_count():
    def comparables(*prices):
        return [
            Comparable(Fraction(price), weight=Fraction(n))
            for n, price in enumerate(prices, start=1)
        ]

    even = value_by_market(MarketInputs(comparables(100, 110, 120)))
    assert (even.value, even.flags) == (110, ())
    assert kinds(value_by_market(MarketInputs(comparables(100, 300)))) == [
        FlagKind.FEW_COMPARABLES,
        FlagKind.WIDE_COMPARABLES,
    ]
    for aggregate, worth in (
        (Aggregate.WEIGHTED_MEAN, Fraction(340, 3)),
        (Aggregate.WEIGHTED_MEDIAN, 115),
        (Aggregate.MEDIAN, 110),
        (Aggregate.LOWEST, 100),
        (Aggregate.HIGHEST, 120),
    ):
        assert value_by_market(MarketInputs(comparables(100, 110, 120), aggregate)).value == worth
    square = value_by_market(MarketInputs(comparables(100, 100, 100), Aggregate.GEOMETRIC_MEAN))
    assert square.value == 100


@pytest.mark.clause("G-9")
def test_one_method_alone_needs_a_reason_and_two_are_weighed():
    income, cost = value_by_income(direct(115)), value_by_cost(CostInputs({"all": Fraction(40)}))
    with pytest.raises(Refused, match="两种以上"):
        concluded({"income": income}, {"income": Fraction(1)})
    alone = concluded({"income": income}, {"income": Fraction(1)}, reason_for_one="没有活跃市场")
    assert alone.value == 100
    both = concluded(
        {"income": income, "cost": cost}, {"income": Fraction(3, 4), "cost": Fraction(1, 4)}
    )
    assert both.value == 85
    assert kinds(both) == [FlagKind.METHODS_APART]
    with pytest.raises(Refused, match="合计应当为 1"):
        concluded({"income": income, "cost": cost}, {"income": Fraction(1), "cost": Fraction(1)})


def test_every_step_has_a_label_a_reader_understands():
    steps = value_by_income(direct(115)).steps
    assert [step.label for step in steps] == [
        "第 1 年总收益",
        "第 1 年归属数据资产的收益",
        "第 1 年折现系数",
        "收益现值合计",
    ]
