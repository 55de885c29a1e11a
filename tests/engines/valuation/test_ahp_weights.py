"""Pairwise judgements: known weights, consistency, gaps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.valuation import AhpMethod, FlagKind, ahp
from shuce.kernel.refusals import Refused

THREE = [
    [Fraction(1), Fraction(2), Fraction(3)],
    [Fraction(1, 2), Fraction(1), Fraction(2)],
    [Fraction(1, 3), Fraction(1, 2), Fraction(1)],
]


def consistent(weights) -> list[list[Fraction | None]]:
    return [[Fraction(a, b) for b in weights] for a in weights]


def test_three_criteria_by_geometric_mean():
    result = ahp(THREE, AhpMethod.GEOMETRIC_MEAN)
    assert result.weights == pytest.approx((0.5396, 0.2970, 0.1634), abs=5e-5)
    assert result.lambda_max == pytest.approx(3.0092, abs=5e-5)
    assert result.cr == pytest.approx(0.0079, abs=5e-5)
    assert result.acceptable
    assert result.ri_table == "saaty-1980"


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.sampled_from(AhpMethod))
def test_consistent_judgements_give_back_their_weights_by_every_method(weights, method):
    result = ahp(consistent(weights), method)
    assert result.weights == pytest.approx([w / sum(weights) for w in weights], abs=1e-9)
    assert result.cr == pytest.approx(0, abs=1e-9)


def test_circular_judgements_are_flagged_with_the_pair_to_ask_again():
    circle = [
        [Fraction(1), Fraction(9), Fraction(1, 9)],
        [Fraction(1, 9), Fraction(1), Fraction(9)],
        [Fraction(9), Fraction(1, 9), Fraction(1)],
    ]
    result = ahp(circle)
    assert not result.acceptable
    assert [flag.kind for flag in result.flags] == [FlagKind.INCONSISTENT]
    assert result.doubtful in {(0, 1), (0, 2), (1, 2)}


def test_the_table_of_random_indices_decides_the_ratio_and_is_named():
    other = ahp(THREE, ri_table="alonso-lamata-2006")
    assert (other.ri, other.ri_table) == (0.5245, "alonso-lamata-2006")
    assert other.cr > ahp(THREE).cr
    assert ahp(THREE, ri=1.0).ri_table == "given"
    with pytest.raises(Refused, match="指标表"):
        ahp(THREE, ri_table="homemade")


@pytest.mark.parametrize("method", AhpMethod)
def test_missing_judgements_are_completed_from_the_others(method):
    matrix = consistent([4, 3, 2, 1])
    matrix[0][3] = matrix[3][0] = matrix[1][2] = matrix[2][1] = None
    result = ahp(matrix, method)
    assert result.weights == pytest.approx((0.4, 0.3, 0.2, 0.1), abs=1e-6)
    assert result.missing == 2
    assert result.ri == pytest.approx(0.90 * (1 - 2 * 2 / 6))


def test_a_completed_matrix_is_no_less_consistent_than_any_other_completion():
    matrix = [[*row] for row in THREE]
    matrix[0][2] = matrix[2][0] = None
    assert ahp(matrix).lambda_max == pytest.approx(3)  # two judgements of three cannot disagree


def test_the_upper_half_is_enough():
    upper = [
        [Fraction(1), Fraction(2), Fraction(3)],
        [None, Fraction(1), Fraction(2)],
        [None, None, Fraction(1)],
    ]
    assert ahp(upper) == ahp(THREE)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[Fraction(1), Fraction(2)], [Fraction(1), Fraction(1)]], "倒数"),
        ([[Fraction(1), Fraction(-2)], [Fraction(-1, 2), Fraction(1)]], "大于零"),
        ([[Fraction(2)]], "自身"),
        ([[Fraction(1), Fraction(2)]], "方阵"),
        ([[Fraction(1), None], [None, Fraction(1)]], "连通"),
    ],
)
def test_impossible_judgements_are_refused(matrix, reason):
    with pytest.raises(Refused, match=reason):
        ahp(matrix)
