from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.apportionment import (
    BadCase,
    Investment,
    by_contribution,
    by_investment,
    by_ratio,
    shares_along_lineage,
)

pytestmark = pytest.mark.clause("G-10")


def test_agreed_ratios_must_sum_to_one():
    assert by_ratio({"甲": Fraction(1, 3), "乙": Fraction(2, 3)})["乙"] == Fraction(2, 3)
    with pytest.raises(BadCase, match="应为 1"):
        by_ratio({"甲": Fraction(1, 3), "乙": Fraction(1, 3)})


def test_investments_count_by_amount_and_days_and_one_party_s_are_added():
    shares = by_investment(
        [Investment("甲", 100, 10), Investment("乙", 100, 30), Investment("甲", 20, 100)]
    )
    assert shares == {"甲": Fraction(1, 2), "乙": Fraction(1, 2)}


def test_a_negative_contribution_is_refused_unless_the_agreement_counts_it_as_zero():
    measured = {"甲": Fraction(3, 4), "乙": Fraction(-1, 4), "丙": Fraction(1, 4)}
    with pytest.raises(BadCase, match="乙"):
        by_contribution(measured)
    assert by_contribution(measured, negative_counts_as_zero=True) == {
        "甲": Fraction(3, 4), "乙": Fraction(0), "丙": Fraction(1, 4)
    }  # fmt: skip


def test_nothing_put_in_shares_nothing_out():
    with pytest.raises(BadCase, match="无从分配"):
        by_investment([Investment("甲", 0)])


def test_a_product_shares_back_to_the_sources_of_its_sources():
    lineage = {
        "产品": {"甲库": Fraction(1, 4), "乙库": Fraction(1, 4)},
        "甲库": {"乙库": Fraction(1, 2)},
    }
    assert shares_along_lineage("产品", lineage) == {
        "产品": Fraction(1, 2), "甲库": Fraction(1, 8), "乙库": Fraction(3, 8)
    }  # fmt: skip


def test_an_asset_without_sources_keeps_all():
    assert shares_along_lineage("甲", {}) == {"甲": 1}


def test_a_circle_of_sources_is_refused():
    with pytest.raises(BadCase, match="成环"):
        shares_along_lineage("甲", {"甲": {"乙": Fraction(1, 2)}, "乙": {"甲": Fraction(1, 2)}})


def test_an_asset_may_not_owe_more_than_it_earns():
    with pytest.raises(BadCase, match="甲"):
        shares_along_lineage("甲", {"甲": {"乙": Fraction(2, 3), "丙": Fraction(2, 3)}})


@given(st.lists(st.lists(st.fractions(0, 1, max_denominator=9), max_size=6), max_size=7))
def test_every_fen_of_a_product_is_somebody_s(rows):
    lineage = {
        str(i): {str(i + 1 + j): part / (len(row) or 1) for j, part in enumerate(row)}
        for i, row in enumerate(rows)
    }
    assert sum(shares_along_lineage("0", lineage).values()) == 1
