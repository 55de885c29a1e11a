from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.apportionment import largest_remainder
from shuce.engines.apportionment.rounding import round_shares

pytestmark = pytest.mark.clause("G-10")

mixes = st.lists(st.fractions(0, 1000, max_denominator=97), min_size=1, max_size=9).filter(any)


@given(st.integers(-(10**15), 10**15), mixes)
def test_lines_sum_to_the_total_and_each_is_under_one_fen_from_exact(total, weights):
    lines = largest_remainder(total, weights)
    assert sum(lines) == total
    for line, weight in zip(lines, weights, strict=True):
        assert abs(line - Fraction(total) * weight / sum(weights)) < 1


@given(st.integers(0, 10**9), mixes)
def test_a_reversal_mirrors_the_lines_it_takes_back(total, weights):
    assert largest_remainder(-total, weights) == [-x for x in largest_remainder(total, weights)]


@given(st.integers(0, 10**9), mixes, st.integers(1, 50))
def test_only_the_proportion_of_the_weights_matters(total, weights, factor):
    assert largest_remainder(total, weights) == largest_remainder(
        total, [w / factor for w in weights]
    )


def test_left_over_fen_go_to_the_lowest_index_on_ties():
    assert largest_remainder(1, [1, 1, 1]) == [1, 0, 0]
    assert largest_remainder(2, [1, 1, 1]) == [1, 1, 0]


def test_a_share_without_a_fraction_is_never_rounded_up():
    assert round_shares([Fraction(3), Fraction(1, 2), Fraction(3, 2)], 5) == [3, 1, 1]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_share_nothing_out_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        largest_remainder(10, weights)
