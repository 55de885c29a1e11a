"""Values of games: the axioms that single out Shapley's, short cuts, sampling, rows."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.valuation.contribution.games import (
    banzhaf,
    banzhaf_voting,
    shapley,
    shapley_airport,
    shapley_bankruptcy,
    shapley_voting,
)
from shuce.engines.valuation.contribution.knn import knn_shapley, knn_shapley_ordered
from shuce.engines.valuation.contribution.sampled import shapley_sampled
from shuce.kernel.refusals import Refused


@st.composite
def games(draw, most=5):
    players = draw(st.integers(1, most))
    worths = draw(
        st.lists(
            st.fractions(-10, 10, max_denominator=7),
            min_size=(1 << players) - 1,
            max_size=(1 << players) - 1,
        )
    )
    return players, [Fraction(0), *worths]


def by_orders(players, worth) -> list[Fraction]:
    """Shapley's value as its definition has it: the mean gain over all orders of arrival."""
    totals, orders = [Fraction(0)] * players, list(permutations(range(players)))
    for order in orders:
        coalition = 0
        for player in order:
            totals[player] += worth(coalition | 1 << player) - worth(coalition)
            coalition |= 1 << player
    return [total / len(orders) for total in totals]


@given(games())
def test_the_values_are_those_of_all_orders_and_hand_out_exactly_what_all_are_worth(game):
    players, worths = game
    values = shapley(players, worths.__getitem__)
    assert list(values) == by_orders(players, worths.__getitem__)
    assert sum(values) == worths[-1]


@given(games(4))
def test_a_player_who_adds_nothing_gets_nothing_and_one_who_adds_the_same_gets_just_that(game):
    players, worths = game
    whole = (1 << players) - 1
    for alone in (Fraction(0), Fraction(3)):

        def joined(coalition, alone=alone):
            return worths[coalition & whole] + (alone if coalition >> players else 0)

        assert shapley(players + 1, joined)[-1] == alone
        assert banzhaf(players + 1, joined)[-1] == alone


@given(games(4))
def test_equal_players_get_equal_values(game):
    players, worths = game

    def twins(coalition):
        # The last two players count only by how many of them are in.
        both = coalition >> players
        return worths[coalition & ((1 << players) - 1)] + Fraction(both.bit_count() ** 2)

    values = shapley(players + 2, twins)
    assert values[-1] == values[-2]


@given(games(4), st.data())
def test_values_of_added_games_add_up(game, data):
    players, worths = game
    others = [Fraction(0), *(data.draw(st.fractions(-5, 5, max_denominator=5)) for _ in worths[1:])]
    added = shapley(players, lambda c: worths[c] + others[c])
    one, other = (shapley(players, w.__getitem__) for w in (worths, others))
    assert added == tuple(a + b for a, b in zip(one, other, strict=True))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.data())
def test_voting_airport_and_bankruptcy_agree_with_the_general_value(numbers, data):
    def chosen(coalition):
        return [Fraction(n) for i, n in enumerate(numbers) if coalition >> i & 1]

    count, figures = len(numbers), [Fraction(n) for n in numbers]
    quota = Fraction(data.draw(st.integers(1, sum(numbers) + 1)))

    def wins(coalition):
        return Fraction(sum(chosen(coalition)) >= quota)

    assert shapley_voting(figures, quota) == shapley(count, wins)
    swings = [Fraction(s, 2 ** (count - 1)) for s in banzhaf_voting(figures, quota)]
    assert tuple(swings) == banzhaf(count, wins)
    assert shapley_airport(figures) == shapley(count, lambda c: max(chosen(c), default=Fraction(0)))
    estate = Fraction(data.draw(st.integers(0, sum(numbers))))
    assert sum(shapley_bankruptcy(figures, estate)) == estate


def test_twelve_players_are_exact_and_thirteen_are_refused():
    values = shapley(12, lambda coalition: Fraction(coalition.bit_count() ** 2))
    assert set(values) == {Fraction(12)}
    with pytest.raises(Refused, match="抽样"):
        shapley(13, lambda coalition: Fraction(0))


@pytest.mark.parametrize("seed", range(3))
def test_sampled_values_lie_within_their_stated_error_and_replay_bit_by_bit(seed):
    weights = [Fraction(w) for w in (40, 25, 12, 9, 7, 5, 4, 3, 2, 2, 1, 1, 1, 1)]
    truth = shapley_voting(weights, Fraction(57))

    def wins(coalition):
        return float(sum(w for i, w in enumerate(weights) if coalition >> i & 1) >= 57)

    first = shapley_sampled(14, wins, orders=3000, seed=seed)
    assert first == shapley_sampled(14, wins, orders=3000, seed=seed)
    assert sum(first.values) == pytest.approx(1)
    for value, error, exact in zip(first.values, first.standard_errors, truth, strict=True):
        assert abs(value - exact) <= 4.5 * error + 1e-12


def test_sampling_stops_when_the_error_is_small_enough():
    result = shapley_sampled(20, lambda c: (c & 3) == 3, orders=100_000, seed=1, error_wanted=0.02)
    assert max(result.standard_errors) <= 0.02
    assert result.orders < 100_000


def enumerated(right, k) -> list[Fraction]:
    def worth(coalition):
        near = [r for i, r in enumerate(right) if coalition >> i & 1][:k]
        return Fraction(sum(near), k)

    return by_orders(len(right), worth)


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(1, 8))
@settings(max_examples=60)
def test_row_values_by_recursion_are_those_of_all_orders(right, k):
    assert list(knn_shapley_ordered(right, k)) == enumerated(right, k)


@given(st.data())
@settings(max_examples=40)
def test_many_rows_at_once_are_valued_as_one_by_one_with_ties_by_order(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    rows, test = rng.integers(0, 4, (17, 2)), rng.integers(0, 4, (5, 2))
    labels, wanted = rng.integers(0, 3, 17), rng.integers(0, 3, 5)
    k = data.draw(st.integers(1, 20))
    together = np.zeros(17)
    for point, label in zip(test, wanted, strict=True):
        order = np.argsort(np.square(rows - point).sum(axis=1), kind="stable")
        values = knn_shapley_ordered([bool(labels[i] == label) for i in order], k)
        for place, value in zip(order, values, strict=True):
            together[place] += float(value) / 5
    np.testing.assert_allclose(knn_shapley(rows, labels, test, wanted, k), together, atol=1e-12)


def test_tables_that_do_not_fit_together_are_refused():
    with pytest.raises(Refused, match="一致"):
        knn_shapley([[1.0], [2.0]], [0], [[1.0]], [0], 1)
    with pytest.raises(Refused, match="K"):
        knn_shapley([[1.0]], [0], [[1.0]], [0], 0)
    with pytest.raises(Refused, match="数字表"):
        knn_shapley([[float("nan")]], [0], [[1.0]], [0], 1)
