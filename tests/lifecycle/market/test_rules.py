"""What products, prices and contracts must satisfy, from plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.apportionment import Basis
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Refused
from shuce.lifecycle.market import rules
from shuce.lifecycle.market.pricing import cap_of
from shuce.lifecycle.market.rules import AuctionState, Coalition, Deal, GuidedCosts, Input, Share
from shuce.lifecycle.rights.rules import PurposeKind

COSTS = GuidedCosts(
    Money.from_yuan(1_000_000), Money.from_yuan(200_000), Money.from_yuan(52_000), 600, 1_000_000
)
DEAL = Deal(
    "理赔核验",
    PurposeKind.INDUSTRY,
    date(2026, 4, 1),
    date(2027, 4, 1),
    Money(80),
    (Share("holder", 30), Share("operator", 70)),
)
NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)


def to_sign(deal: Deal = DEAL, **changes: object):
    facts = {
        "product_listed": True,
        "price_in_force": Money(80),
        "cap": Money(90),
        "grants": [Period(date(2026, 1, 1), date(2028, 1, 1))],
        "provider_ids": frozenset({"holder"}),
        "parties_related": False,
    }
    return [(o.field, o.clause) for o in rules.obstacles_to_sign(deal, **(facts | changes))]


def test_the_cap_is_net_cost_profit_and_tax_over_the_quantity():
    cap = cap_of(COSTS)
    assert cap is not None
    assert cap.net_cost == Money.from_yuan(800_000)
    assert cap.profit == Money.from_yuan(48_000)
    assert cap.max_revenue == Money.from_yuan(900_000)
    assert cap.unit_cap == Money(90)


@given(
    st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**10), st.integers(0, 3000),
    st.integers(1, 10**9),
)  # fmt: skip
def test_the_cap_never_lets_the_maximum_be_exceeded(cost, subsidy, tax, profit, quantity):
    cap = cap_of(GuidedCosts(Money(cost), Money(subsidy), Money(tax), profit, quantity))
    if subsidy > cost:
        assert cap is None
    else:
        assert cap is not None
        assert cap.unit_cap.fen * quantity <= cap.max_revenue.fen


@pytest.mark.clause("G-10")
def test_a_guided_price_above_its_cap_is_refused_and_one_at_its_cap_is_not():
    cap = Money(90)
    assert [o.field for o in rules.obstacles_to_price(COSTS, Money(91), cap)] == ["unit_price"]
    assert not list(rules.obstacles_to_price(COSTS, Money(90), cap))


def test_costs_that_make_no_cap_are_refused_by_name():
    bad = replace(COSTS, subsidy=Money.from_yuan(2_000_000), expected_quantity=0)
    assert cap_of(bad) is None
    assert {o.field for o in rules.obstacles_to_price(bad, Money(80), None)} == {
        "subsidy",
        "expected_quantity",
    }


@pytest.mark.clause("G-8")
def test_a_product_needs_grants_of_its_own_operator_in_force():
    good = Input("SQ-1", True, True)
    assert not list(rules.obstacles_to_register("接口", [good]))
    assert [o.clause for o in rules.obstacles_to_register("接口", [])] == [Clause.G_12]
    for bad in (replace(good, in_force=False), replace(good, own=False)):
        assert [o.field for o in rules.obstacles_to_register("接口", [good, bad])] == ["grants"]


def test_a_lawful_contract_meets_no_obstacle():
    assert to_sign() == []


@pytest.mark.clause("N-5")
def test_use_for_public_purposes_must_be_free():
    public = replace(DEAL, purpose_kind=PurposeKind.PUBLIC)
    assert to_sign(public) == [("unit_price", Clause.N_5)]
    assert to_sign(replace(public, unit_price=Money(0)), price_in_force=None) == []


@pytest.mark.clause("N-5")
def test_a_grant_for_public_purposes_carries_no_contract_with_industry():
    assert to_sign(public_only=True) == [("purpose_kind", Clause.N_5)]


@pytest.mark.clause("G-10")
def test_the_provider_of_the_data_must_have_a_share():
    alone = replace(DEAL, shares=(Share("operator", 100),))
    nothing = replace(DEAL, shares=(Share("holder", 0), Share("operator", 100)))
    twice = replace(DEAL, shares=(Share("holder", 30), Share("holder", 10)))
    for shares in (alone, nothing, twice):
        assert to_sign(shares) == [("shares", Clause.G_10)]


def test_a_contract_stays_within_its_grants_term_and_its_cap():
    assert to_sign(replace(DEAL, ends_on=date(2029, 1, 1))) == [("ends_on", Clause.N_4)]
    assert to_sign(replace(DEAL, unit_price=Money(91))) == [("unit_price", Clause.G_10)]
    assert to_sign(price_in_force=None) == [("unit_price", Clause.G_8)]
    assert to_sign(product_listed=False) == [("", Clause.G_8)]


@pytest.mark.clause("G-8")
def test_a_bid_at_the_closing_moment_is_late_and_one_before_is_not():
    def to_bid(seconds: int, already: bool = False):
        at = NOON + timedelta(seconds=seconds)
        return list(rules.obstacles_to_bid(AuctionState.OPEN, NOON, at, already))

    assert not to_bid(-1)
    assert to_bid(0)
    assert to_bid(-1, already=True)
    assert list(rules.obstacles_to_close(AuctionState.OPEN, NOON, NOON - timedelta(seconds=1)))
    assert not list(rules.obstacles_to_close(AuctionState.OPEN, NOON, NOON))


def test_nobody_alone_can_open_the_bids():
    def to_open(needed: int, keepers: list[str], seller: str = "seller"):
        return [
            o.field
            for o in rules.obstacles_to_open(
                closes_at=NOON + timedelta(days=1),
                at=NOON,
                custodian_ids=keepers,
                needed=needed,
                seller_id=seller,
                another_open=False,
            )
        ]

    assert to_open(2, ["a", "b", "c"]) == []
    assert to_open(1, ["a", "b"]) == ["needed"]
    assert to_open(3, ["a", "b"]) == ["needed"]
    assert to_open(2, ["a", "a"]) == ["custodians", "needed"]
    assert to_open(2, ["a", "seller"]) == ["custodians"]


def worths(**told):
    return [Coalition(frozenset(parties), worth) for parties, worth in told.items()]


@pytest.mark.clause("G-10")
@pytest.mark.parametrize("basis", [Basis.INVESTMENT, Basis.CONTRIBUTION])
def test_shares_by_investment_or_contribution_need_their_evidence(basis):
    bare = replace(DEAL, share_basis=basis, share_evidence=" ")
    assert to_sign(bare) == [("share_evidence", Clause.G_10)]
    assert to_sign(replace(bare, share_evidence="贡献测算报告〔2026〕3号")) == []
    assert to_sign(replace(bare, share_basis=Basis.RATIO)) == []


@pytest.mark.clause("G-10")
def test_a_measured_contribution_is_the_mean_of_what_a_party_adds_in_each_order():
    assert rules.measured_shares(worths(a=60, b=30, ab=120)) == (Share("a", 75), Share("b", 45))
    # Halves and thirds come back as whole weights in the same proportion: 3.5 : 2.5.
    assert rules.measured_shares(worths(a=3, b=2, ab=6)) == (Share("a", 7), Share("b", 5))
    three = rules.measured_shares(worths(a=12, b=6, c=2, ab=24, ac=15, bc=9, abc=36))
    assert three == (Share("a", 109), Share("b", 73), Share("c", 34))


@pytest.mark.clause("G-10")
@pytest.mark.parametrize(
    "told",
    [[], worths(a=1, b=1), worths(a=1, b=1, ab=2) * 2, [*worths(a=1), Coalition(frozenset(), 0)]],
)
def test_a_contribution_is_not_measured_from_part_of_the_coalitions(told):
    with pytest.raises(Refused, match="每一种组合"):
        rules.measured_shares(told)


def test_what_would_not_be_kept_exactly_is_refused():
    with pytest.raises(Refused, match="组合的价值不得超过"):
        rules.measured_shares(worths(a=rules.MOST_WORTH + 1))
    shares = (Share("holder", rules.MOST_WEIGHT + 1), Share("operator", 1))
    assert to_sign(replace(DEAL, shares=shares)) == [("shares", Clause.G_10)]


def test_the_contribution_of_more_parties_than_can_be_worked_out_is_refused():
    with pytest.raises(Refused, match="最多测算10方"):
        rules.measured_shares([Coalition(frozenset(map(str, range(13))), 1)])


@pytest.mark.clause("G-10")
def test_a_party_whose_data_do_harm_cannot_be_given_a_share():
    shares = rules.measured_shares(worths(a=10, b=0, ab=5))
    assert shares == (Share("a", 15), Share("b", -5))
    deal = replace(DEAL, shares=shares, share_basis=Basis.CONTRIBUTION, share_evidence="测算表")
    assert ("shares", Clause.G_10) in to_sign(deal)


@pytest.mark.clause("G-10")
def test_worths_are_taken_for_contributions_alone_and_never_beside_shares():
    measured = replace(DEAL, shares=(), coalitions=tuple(worths(a=60, b=30, ab=120)))
    with pytest.raises(Refused, match="只有按贡献分成的"):
        rules.with_measured_shares(measured)
    measured = replace(measured, share_basis=Basis.CONTRIBUTION)
    shares = rules.with_measured_shares(measured).shares
    assert shares == (Share("a", 75), Share("b", 45))
    assert rules.table_of(measured.coalitions, ("b", "a")) == (30, 60, 120)
    with pytest.raises(Refused, match="不能同时填写"):
        rules.with_measured_shares(replace(measured, shares=shares))
    assert rules.with_measured_shares(DEAL) is DEAL
