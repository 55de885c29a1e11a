from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.apportionment import Agreement, BadCase, RunningShares, Tier, divide

pytestmark = pytest.mark.clause("G-10")


def agreement(*tiers, parties="甲乙丙", **terms):
    return Agreement(tuple(parties), tuple(tiers), **terms)


def test_costs_come_back_before_anything_is_shared():
    terms = agreement(Tier((5, 3, 2)), costs=(0, 300, 100))
    assert divide(terms, 200).lines == (0, 150, 50)
    assert divide(terms, 1400).costs == (0, 300, 100)
    assert divide(terms, 1400).shares == (500, 300, 200)


def test_costs_may_come_back_one_after_the_other():
    terms = agreement(Tier((1, 1, 1)), costs=(0, 300, 100), costs_in_order=True)
    assert divide(terms, 350).lines == (0, 300, 50)


def test_each_tier_has_its_own_ratio():
    terms = agreement(Tier((1, 1, 0), up_to=600), Tier((8, 1, 1)))
    assert divide(terms, 500).lines == (250, 250, 0)
    assert divide(terms, 1000).lines == (620, 340, 40)
    assert divide(terms, 400, already=500).lines == (290, 80, 30)


def test_a_floor_is_filled_by_the_others_in_proportion():
    terms = agreement(Tier((6, 3, 1)), floors=(0, 0, 280))
    assert divide(terms, 1000).lines == (480, 240, 280)
    assert divide(terms, 4000).lines == (2400, 1200, 400)


def test_what_a_cap_cuts_off_goes_to_the_others_in_proportion():
    terms = agreement(Tier((6, 3, 1)), caps=(300, None, None))
    assert divide(terms, 100).lines == (60, 30, 10)
    assert divide(terms, 1000).lines == (300, 525, 175)


def test_money_short_of_the_floors_goes_to_the_floors_in_proportion():
    terms = agreement(Tier((6, 3, 1)), floors=(0, 100, 300))
    assert divide(terms, 200).lines == (0, 50, 150)


def test_a_fen_beyond_all_caps_is_refused_rather_than_given_to_somebody():
    terms = agreement(Tier((1, 1, 0)), caps=(10, 10, None))
    assert divide(terms, 20).lines == (10, 10, 0)
    with pytest.raises(BadCase, match="尚有 5 分无人可得"):
        divide(terms, 25)
    with pytest.raises(BadCase, match="封顶"):
        RunningShares.opened(terms.schedule()).after_all([15, 10])


bounds = st.integers(0, 400)


@given(
    st.integers(0, 3000),
    st.lists(st.tuples(st.integers(1, 9), bounds, bounds), min_size=1, max_size=5),
)
def test_shares_are_one_rate_times_the_weights_within_bounds(amount, rows):
    """The split with floors and caps is the only one of its form, found here by its definition."""
    weights = [w for w, _, _ in rows]
    floors = [f for _, f, _ in rows]
    caps = [f + c for _, f, c in rows]
    weights, floors, caps = [*weights, 1], [*floors, 0], [*caps, None]
    names = tuple(str(i) for i in range(len(weights)))
    terms = Agreement(names, (Tier(tuple(weights)),), floors=tuple(floors), caps=tuple(caps))
    division = divide(terms, amount)
    assert sum(division.lines) == amount
    if amount < sum(floors):
        return
    rate = division.exact[-1]
    for line, exact, weight, floor, cap in zip(
        division.lines, division.exact, weights, floors, caps, strict=True
    ):
        assert exact == max(floor, rate * weight if cap is None else min(cap, rate * weight))
        assert floor <= line
        assert cap is None or line <= cap


@given(
    st.lists(st.integers(0, 300), max_size=25),
    st.lists(st.integers(0, 200), min_size=3, max_size=3),
    st.lists(st.integers(0, 100), min_size=3, max_size=3),
    st.integers(1, 500),
)
def test_a_running_account_of_any_agreement_stays_under_one_fen(events, costs, floors, bound):
    terms = agreement(
        Tier((2, 1, 1), up_to=bound),
        Tier((1, 3, 5)),
        costs=tuple(costs),
        floors=tuple(floors),
        caps=(None, 700, 100),
    )
    running = RunningShares.opened(terms.schedule())
    for amount in events:
        running, line = running.after(amount)
        assert sum(line) == amount
        assert min(line) >= 0
        assert running.worst_deviation() < 1


def test_exact_shares_are_told_as_fractions():
    assert divide(agreement(Tier((1, 1, 1))), 1).exact == (Fraction(1, 3),) * 3


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"parties": "甲甲丙"}, "重复"),
        ({"floors": (5, 0, 0), "caps": (4, None, None)}, "保底"),
        ({"floors": (5,)}, "一一对应"),
        ({"costs": (-1, 0, 0)}, "成本"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms, words):
    with pytest.raises(BadCase, match=words):
        agreement(Tier((1, 1, 1)), **terms)


@pytest.mark.parametrize(
    "tiers",
    [
        [Tier((1, 1, 1), up_to=5)],
        [Tier((1, 1, 1)), Tier((1, 1, 1))],
        [Tier((1, 1, 1), up_to=9), Tier((1, 2, 1), up_to=9), Tier((1, 1, 1))],
        [Tier((0, 0, 0))],
    ],
)
def test_tiers_out_of_order_or_empty_are_refused(tiers):
    with pytest.raises(BadCase, match="档"):
        agreement(*tiers)
