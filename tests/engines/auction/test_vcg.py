from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.auction import BadAuction
from shuce.engines.auction.vcg import vcg_items, vcg_units

pytestmark = pytest.mark.clause("G-8")

alternatives = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 12)), min_size=1, max_size=2)


def welfare_by_enumeration(units, bids, reserve):
    best = 0
    for picked in product(*([(0, 0), *offers] for _, offers in bids)):
        used = sum(quantity for quantity, _ in picked)
        if used <= units:
            best = max(best, sum(value for _, value in picked) + reserve * (units - used))
    return best


@settings(max_examples=60)
@given(st.integers(0, 6), st.lists(alternatives, max_size=4), st.integers(0, 3))
def test_payments_are_what_each_winner_costs_the_others(units, rows, reserve):
    bids = [(str(i), offers) for i, offers in enumerate(rows)]
    sold = vcg_units(units, bids, reserve)
    assert sold.welfare == welfare_by_enumeration(units, bids, reserve)
    assert sum(sold.winners.values()) <= units
    for i, (name, offers) in enumerate(bids):
        if name in sold.winners:
            value = max(v for q, v in offers if q == sold.winners[name])
            without = welfare_by_enumeration(units, bids[:i] + bids[i + 1 :], reserve)
            assert sold.payments[name] == without - (sold.welfare - value)
            assert reserve * sold.winners[name] <= sold.payments[name] <= value


@settings(max_examples=60)
@given(
    st.integers(1, 4),
    alternatives,
    alternatives,
    st.lists(alternatives, max_size=3),
    st.integers(0, 3),
    st.integers(0, 2),
)
def test_no_lie_pays(units, truth, lie, rows, place, reserve):
    def gain(said):
        bids = [(str(i), offers) for i, offers in enumerate(rows)]
        bids.insert(min(place, len(bids)), ("me", said))
        sold = vcg_units(units, bids, reserve)
        got = sold.winners.get("me", 0)
        worth = max([0, *(value for quantity, value in truth if quantity <= got)])
        return worth - sold.payments.get("me", 0)

    assert gain(lie) <= gain(truth)


def test_two_apples():
    sold = vcg_units(2, [("A", [(1, 5)]), ("B", [(1, 2)]), ("C", [(2, 6)])])
    assert (sold.winners, sold.payments) == ({"A": 1, "B": 1}, {"A": 4, "B": 1})


def test_among_equals_the_earliest_in_the_log_wins():
    assert vcg_units(1, [("A", [(1, 5)]), ("B", [(1, 5)])]).winners == {"A": 1}


def test_units_nobody_wants_cost_nothing_and_stay_with_the_seller():
    sold = vcg_units(10**9, [("A", [(2, 9)])], 4)
    assert (sold.winners, sold.payments) == ({"A": 2}, {"A": 8})


def test_bundles_of_different_items():
    def bid(name, *offers):
        return name, [(frozenset(items), value) for items, value in offers]

    sold = vcg_items(["x", "y"], [bid("A", ("x", 10)), bid("B", ("y", 7)), bid("C", ("xy", 13))])
    assert sold.winners == {"A": ("x",), "B": ("y",)}
    assert sold.payments == {"A": 6, "B": 3}
    with pytest.raises(BadAuction):
        vcg_items([str(i) for i in range(17)], [])
