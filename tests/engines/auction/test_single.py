import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.auction.single import english_by_proxy, first_price, second_price

pytestmark = pytest.mark.clause("G-8")

values = st.integers(0, 12)
rivals = st.lists(values, max_size=5)


def said_by(me, others, place):
    said = [(f"rival{i}", amount) for i, amount in enumerate(others)]
    said.insert(min(place, len(said)), ("me", me))
    return said


@given(values, values, rivals, st.integers(0, 5), values)
def test_no_lie_pays_in_a_second_price_auction(truth, lie, others, place, reserve):
    def gain(said):
        sale = second_price(said_by(said, others, place), reserve)
        return truth - sale.price if sale and sale.winner == "me" else 0

    assert gain(lie) <= gain(truth)


@given(st.lists(st.tuples(st.sampled_from("abc"), values), max_size=7), values)
def test_the_second_price_is_never_the_winner_s_own(said, reserve):
    sale = second_price(said, reserve)
    if sale is None:
        assert all(amount < reserve for _, amount in said)
        return
    others = [amount for bidder, amount in said if bidder != sale.winner]
    assert sale.price == max([reserve, *others])
    assert sale.price <= max(amount for bidder, amount in said if bidder == sale.winner)


def test_a_tie_goes_to_the_earlier_who_pays_the_tied_price():
    sale = second_price([("later", 5), ("first", 9), ("second", 9)])
    assert (sale.winner, sale.price) == ("first", 9)
    assert first_price([("first", 9), ("second", 9)]).winner == "first"
    assert first_price([("first", 9), ("second", 9), ("first", 9)]).winner == "first"


def test_below_the_reserve_nothing_is_sold_and_at_it_all_is():
    assert first_price([("A", 49)], 50) is None
    assert second_price([("A", 49)], 50) is None
    assert second_price([("A", 50)], 50).price == 50
    assert first_price([], 0) is None


def test_proxies_stop_one_increment_over_the_second_maximum():
    def sold(*maxima, **terms):
        sale = english_by_proxy(maxima, start=10, increment=5, **terms)
        return sale and (sale.winner, sale.price)

    assert sold(("A", 100), ("B", 80)) == ("A", 85)
    assert sold(("A", 82), ("B", 80)) == ("A", 82)
    assert sold(("A", 80), ("B", 80)) == ("A", 80)
    assert sold(("A", 80)) == ("A", 10)
    assert sold(("A", 9)) is None
    assert sold(("A", 80), reserve=60) == ("A", 60)
    assert sold(("A", 80), reserve=81) is None
    assert sold(("A", 40), ("A", 80), ("B", 30)) == ("A", 35)
