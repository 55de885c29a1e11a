"""Discounting and schedules: laws they must obey, and an independent library's figures."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

from shuce.engines.valuation import Timing, exact
from shuce.engines.valuation.amortisation import Rounding, by_units, straight_line
from shuce.engines.valuation.flows import (
    annuity,
    dated_internal_rates,
    dated_npv,
    internal_rates,
    nearest,
    npv,
    npv_from_now,
)
from shuce.engines.valuation.numbers import growing, rounded
from shuce.kernel.refusals import Refused

amounts = st.integers(-(10**9), 10**9).map(Fraction)
rates = st.fractions(Fraction(-1, 2), Fraction(1), max_denominator=1000)


@given(
    st.lists(st.tuples(amounts, amounts), min_size=1, max_size=30), rates, st.sampled_from(Timing)
)
def test_present_value_is_linear(pairs, rate, timing):
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    whole = npv(rate, [2 * a - b for a, b in pairs], timing)
    parts = 2 * npv(rate, left, timing) - npv(rate, right, timing)
    assert abs(whole - parts) <= Fraction(1, 10**15)


@given(st.lists(amounts, min_size=1, max_size=30), rates)
def test_without_discounting_the_value_is_the_sum_and_earlier_flows_are_worth_more(flows, rate):
    assert npv(Fraction(0), flows) == sum(flows)
    assert abs(npv_from_now(rate, flows) - npv(rate, flows) * (1 + rate)) <= Fraction(1, 10**15)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.integers(1, 10**7))
def test_the_internal_rate_of_an_outlay_with_returns_agrees_with_another_library(returns, outlay):
    assume(sum(returns) / outlay > 0.01)
    flows = [-outlay, *returns]
    [rate] = internal_rates([Fraction(flow) for flow in flows])
    theirs = pyxirr.irr(flows)
    assume(theirs is not None)
    assert rate == pytest.approx(theirs, rel=1e-7, abs=1e-9)


def test_dated_flows_agree_with_another_library():
    first = date(2024, 2, 29)
    flows = [(first + timedelta(days=90 * i), Fraction(300 if i else -2000)) for i in range(10)]
    days, sums = [d for d, _ in flows], [float(a) for _, a in flows]
    assert float(dated_npv(Fraction(1, 10), flows)) == pytest.approx(pyxirr.xnpv(0.1, days, sums))
    [rate] = dated_internal_rates(flows)
    assert rate == pytest.approx(pyxirr.xirr(days, sums), abs=1e-9)


def test_flows_that_turn_twice_show_both_their_rates_and_none_is_invented():
    both = internal_rates([Fraction(-1000), Fraction(2300), Fraction(-1320)])
    assert both == pytest.approx((0.1, 0.2))
    assert nearest(both, 0.19) == pytest.approx(0.2)
    assert internal_rates([Fraction(1), Fraction(1)]) == ()
    with pytest.raises(Refused, match="没有内部收益率"):
        nearest((), 0.1)


def test_rates_of_minus_one_or_less_and_dates_before_the_first_are_refused():
    with pytest.raises(Refused, match="-100%"):
        npv(Fraction(-1), [Fraction(1)])
    with pytest.raises(Refused, match="早于"):
        dated_npv(
            Fraction(1, 10), [(date(2024, 2, 1), Fraction(1)), (date(2024, 1, 1), Fraction(1))]
        )
    with pytest.raises(Refused, match="期数"):
        npv(Fraction(1, 10), [Fraction(1)] * 1201)


def test_an_annuity_with_a_zero_rate_is_its_payments_and_due_payments_are_worth_one_period_more():
    assert annuity(Fraction(0), 10, Fraction(7), Timing.END, Fraction(5)) == 75
    late, early = (annuity(Fraction(1, 10), 10, Fraction(7), t) for t in (Timing.END, Timing.START))
    assert abs(early - late * Fraction(11, 10)) < Fraction(1, 10**20)


def test_growth_at_the_discount_rate_makes_every_year_worth_the_same():
    assert rounded(npv(Fraction(1, 10), growing(Fraction(110), Fraction(1, 10), 7)), 20) == 700


@given(st.integers(0, 10**12), st.integers(1, 600), st.sampled_from(Rounding))
def test_a_straight_line_schedule_ends_at_the_cost_exactly_and_is_level(cost, months, rule):
    charges = straight_line(cost, months, rule)
    assert len(charges) == months
    assert sum(charges) == cost
    assert min(charges) >= 0
    assert max(charges[:-1], default=0) - min(charges[:-1], default=0) <= max(1, cost // months + 1)


def test_a_cost_of_3600_yuan_over_60_months_is_60_yuan_a_month():
    assert set(straight_line(360_000, 60)) == {6_000}


@given(st.integers(0, 10**9), st.lists(st.integers(0, 50), max_size=40), st.integers(1, 500))
def test_charges_by_units_never_pass_the_cost_and_reach_it_with_the_last_unit(cost, used, total):
    charges = by_units(cost, Fraction(total), [Fraction(u) for u in used])
    assert sum(charges) == (cost if sum(used) >= total else cost * sum(used) // total)
    assert min(charges, default=0) >= 0


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        (0.1, Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        ("0.08/12", Fraction(1, 150)),
        ("12%", Fraction(3, 25)),
        (3, Fraction(3)),
    ],
)
def test_a_number_is_read_exactly_as_written(given_, meant):
    assert exact(given_) == meant
    assert exact(Decimal("0.1")) == Fraction(1, 10)


@pytest.mark.parametrize(
    "wrong", [True, None, "abc", "1/0", float("nan"), float("inf"), "1e99", 10**40, [1], "１", ""]
)
def test_what_is_not_a_sensible_number_is_refused_by_the_name_of_its_field(wrong):
    with pytest.raises(Refused, match="rate"):
        exact(wrong, "rate")
