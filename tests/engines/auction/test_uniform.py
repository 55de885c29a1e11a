import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.auction.rules import MarginRule, PriceRule
from shuce.engines.auction.uniform import Demand, clear

pytestmark = pytest.mark.clause("G-8")

values = st.integers(0, 10)


@given(
    st.integers(1, 4),
    values,
    values,
    st.lists(values, max_size=6),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from(MarginRule),
)
def test_no_lie_pays_with_unit_demand_when_the_first_rejected_sets_the_price(
    units, truth, lie, others, place, reserve, margin
):
    def gain(said):
        demands = [Demand(f"rival{i}", 1, price) for i, price in enumerate(others)]
        demands.insert(min(place, len(demands)), Demand("me", 1, said))
        admitted = [demand for demand in demands if demand.price >= reserve]
        cleared = clear(units, admitted, margin)
        price = cleared.price(PriceRule.FIRST_REJECTED, reserve)
        won = any(d.bidder == "me" and got for d, got in zip(admitted, cleared.filled, strict=True))
        return truth - price if won else 0

    assert gain(lie) <= gain(truth)


def test_the_lowest_winner_s_rule_can_be_gamed_which_is_why_the_rule_is_stated():
    def price(mine):
        demands = [Demand("me", 1, mine), Demand("B", 1, 9), Demand("C", 1, 2)]
        return clear(2, demands).price(PriceRule.LOWEST_WINNER)

    assert (price(8), price(3)) == (8, 3)


demands = st.lists(
    st.builds(Demand, st.sampled_from("abcd"), st.integers(1, 30), values), max_size=8
)


@given(st.integers(0, 60), demands, st.sampled_from(MarginRule), st.booleans())
def test_as_much_is_sold_as_can_be_and_no_better_bid_is_passed_over(units, asked, margin, low):
    cleared = clear(units, asked, margin, low_wins=low)
    assert sum(cleared.filled) == min(units, sum(d.quantity for d in asked))
    for demand, got in zip(asked, cleared.filled, strict=True):
        assert 0 <= got <= demand.quantity
        if got < demand.quantity:
            for other, theirs in zip(asked, cleared.filled, strict=True):
                worse = other.price > demand.price if low else other.price < demand.price
                assert not (worse and theirs)


def test_what_is_left_at_the_margin_is_shared_by_the_stated_rule():
    asked = [Demand("A", 50, 9), Demand("B", 60, 8), Demand("C", 30, 8), Demand("D", 40, 5)]
    assert clear(100, asked).filled == (50, 33, 17, 0)
    assert clear(100, asked, MarginRule.EARLIEST).filled == (50, 50, 0, 0)


def test_where_nobody_is_turned_away_the_first_rejected_price_is_the_floor():
    cleared = clear(9, [Demand("A", 5, 7)])
    assert cleared.price(PriceRule.FIRST_REJECTED, 3) == 3
    assert cleared.price(PriceRule.LOWEST_WINNER, 3) == 7
    served = clear(9, [Demand("A", 5, 7)], low_wins=True)
    assert served.price(PriceRule.FIRST_REJECTED) == 7
    assert served.price(PriceRule.FIRST_REJECTED, 8) == 8
    assert clear(9, []).price(PriceRule.LOWEST_WINNER) is None
