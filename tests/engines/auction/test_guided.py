from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.auction import BadAuction
from shuce.engines.auction.guided import (
    Charge,
    Cycle,
    Overcharge,
    ProfitBase,
    ProfitRule,
    allow,
    allow_cycles,
    caps_within,
    overcharges,
    revenue_at_caps,
)

pytestmark = pytest.mark.clause("G-8", "G-10")

ON_COST = ProfitRule(ProfitBase.COST, Fraction(6, 100))


def test_the_maximum_is_net_cost_and_profit_and_tax_and_excess_is_deducted_next():
    first, second = allow_cycles(
        [Cycle(1200, 200, 65, actual_revenue=1180), Cycle(1200, 200, 65)], ON_COST
    )
    assert (first.net_cost, first.profit, first.max_revenue, first.excess) == (1000, 60, 1125, 55)
    assert (second.before_deduction, second.deducted, second.max_revenue) == (1125, 55, 1070)


def test_profit_may_rest_on_assets():
    assert (
        allow(Cycle(100, assets=500), ProfitRule(ProfitBase.ASSETS, Fraction(1, 10))).profit == 50
    )


def test_an_excess_too_large_for_one_cycle_is_carried_to_the_one_after():
    rule = ProfitRule(ProfitBase.COST, 0)
    rows = allow_cycles(
        [Cycle(100, actual_revenue=350), Cycle(100, actual_revenue=20), Cycle(300)], rule
    )
    assert [row.deducted for row in rows] == [0, 100, 170]
    assert [row.carried for row in rows] == [250, 170, 0]
    assert rows[2].max_revenue == 130


def test_earning_less_than_the_maximum_carries_nothing():
    assert allow(Cycle(100, actual_revenue=10), ON_COST).carried == 0


amounts = st.integers(0, 10**6)
cycles = st.lists(
    st.builds(Cycle, amounts, st.just(0), amounts, actual_revenue=amounts), max_size=8
)


@given(cycles)
def test_what_was_taken_too_much_is_all_deducted_or_still_carried(rows):
    allowed = allow_cycles(rows, ON_COST)
    taken = sum(row.excess for row in allowed)
    assert taken == sum(row.deducted for row in allowed) + (allowed[-1].carried if allowed else 0)
    assert all(row.max_revenue >= 0 for row in allowed)


def test_charges_above_the_cap_or_for_what_is_free_or_unpriced_are_found():
    charges = [
        Charge("查询", 49, 10),
        Charge("查询", 51, 10),
        Charge("公益", 1),
        Charge("新品", 5, 2),
    ]
    assert overcharges(charges, {"查询": 50, "公益": 9}, free=["公益"]) == [
        Overcharge(1, "查询", 10), Overcharge(2, "公益", 1), Overcharge(3, "新品", 10)
    ]  # fmt: skip


@given(
    amounts, st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 50)), min_size=1, max_size=6)
)
def test_caps_earn_at_most_the_maximum_and_less_than_a_fen_a_unit_below_it(most, rows):
    volumes = {str(i): volume for i, (volume, _) in enumerate(rows)}
    relative = {str(i): price for i, (_, price) in enumerate(rows)}
    earned = revenue_at_caps(caps_within(most, volumes, relative), volumes)
    assert most - sum(volumes.values()) < earned <= most


def test_a_forecast_for_an_item_without_a_cap_is_refused():
    with pytest.raises(BadAuction, match="新品"):
        revenue_at_caps({"查询": 1}, {"查询": 1, "新品": 1})
    with pytest.raises(BadAuction, match="大于 0"):
        caps_within(100, {}, {})
    with pytest.raises(BadAuction, match="不得为负"):
        allow(Cycle(-1), ON_COST)
