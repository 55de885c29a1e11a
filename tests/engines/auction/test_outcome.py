from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.auction import (
    Award,
    BadAuction,
    Bid,
    Closing,
    Fault,
    Form,
    Offer,
    PriceRule,
    Reserve,
    Rules,
    outcome,
    reserve_commitment,
)

pytestmark = pytest.mark.clause("G-8")

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOSING = Closing("拍-1", 100, NOON, "signed")


def bid(bidder, price, index, quantity=1, seconds=0, auction="拍-1"):
    at = NOON + timedelta(seconds=seconds)
    return Bid.committed(
        auction, bidder, [Offer(quantity, price)], salt=bidder.encode(), index=index, at=at
    )


def rules(form, **terms):
    return Rules("拍-1", form, **terms)


def test_the_reserve_is_told_after_the_close_and_must_be_the_one_committed_to():
    bound = reserve_commitment("拍-1", 50, b"salt")
    terms = rules(Form.SECOND_PRICE, reserve_commitment=bound)
    bids = [bid("甲", 80, 1), bid("乙", 30, 2)]
    assert outcome(terms, bids, CLOSING, Reserve(50, b"salt")).awards == (Award("甲", 1, 50),)
    assert not outcome(terms, [bid("乙", 30, 2)], CLOSING, Reserve(50, b"salt")).is_sold
    for reserve in (Reserve(51, b"salt"), Reserve(50, b"other"), None):
        with pytest.raises(BadAuction, match="保留价"):
            outcome(terms, bids, CLOSING, reserve)
    with pytest.raises(BadAuction, match="保留价"):
        outcome(rules(Form.SECOND_PRICE), bids, CLOSING, Reserve(50, b"salt"))


def test_ties_go_to_the_earliest_commitment_then_to_the_lowest_hash():
    found = outcome(rules(Form.FIRST_PRICE), [bid("甲", 9, 5), bid("乙", 9, 4)], CLOSING)
    assert found.awards == (Award("乙", 1, 9),)
    together = [bid("甲", 9, 4), bid("乙", 9, 4)]
    lowest = min(together, key=lambda one: one.commitment)
    assert outcome(rules(Form.FIRST_PRICE), together, CLOSING).awards[0].bidder == lowest.bidder


def test_a_bid_after_the_closing_checkpoint_is_late_whatever_clock_it_shows():
    bids = [bid("甲", 5, 99), bid("乙", 90, 100, seconds=-3600)]
    found = outcome(rules(Form.FIRST_PRICE), bids, CLOSING)
    assert found.awards == (Award("甲", 1, 5),)
    assert found.refused == ((100, bids[1].commitment, Fault.LATE),)


def test_every_bid_is_counted_or_refused_by_name():
    terms = rules(Form.FIRST_PRICE, limit=10, budgets={"丙": 40})
    bids = [
        bid("甲", 20, 1),
        bid("乙", 9, 2),
        bid("丙", 41, 3),
        bid("丁", 90, 4, quantity=2),
        bid("戊", 90, 5, auction="拍-2"),
        bid("己", 90, 100),
    ]
    found = outcome(terms, bids, CLOSING)
    assert found.awards == (Award("甲", 1, 20),)
    assert [fault for _, _, fault in found.refused] == [
        Fault.BEYOND_LIMIT, Fault.BEYOND_BUDGET, Fault.TOO_MANY, Fault.UNPROVEN, Fault.LATE
    ]  # fmt: skip


def test_the_uniform_price_follows_the_stated_rule():
    bids = [bid("甲", 9, 1), bid("乙", 7, 2), bid("丙", 4, 3)]
    lowest = outcome(rules(Form.UNIFORM_PRICE, units=2), bids, CLOSING)
    assert lowest.clearing == 7
    rejected = rules(Form.UNIFORM_PRICE, units=2, price_rule=PriceRule.FIRST_REJECTED)
    assert outcome(rejected, bids, CLOSING).awards == (Award("甲", 1, 4), Award("乙", 1, 4))


def test_nobody_takes_more_than_the_rules_let_one_bidder_take():
    terms = rules(Form.UNIFORM_PRICE, units=10, most_per_bidder=4)
    bids = [bid("甲", 9, 1, quantity=3), bid("甲", 8, 2, quantity=2), bid("乙", 7, 3, quantity=4)]
    found = outcome(terms, bids, CLOSING)
    assert [(a.bidder, a.quantity) for a in found.awards] == [("甲", 3), ("乙", 4)]
    assert found.refused == ((2, bids[1].commitment, Fault.TOO_MANY),)


def test_yields_low_ones_win_after_what_is_set_aside():
    rows = [("A", 40, 1170), ("B", 14, 1150), ("C", 18, 1080), ("D", 15, 1050), ("E", 18, 990)]
    bids = [bid(name, rate, i, quantity=n) for i, (name, n, rate) in enumerate(rows)]
    terms = rules(Form.UNIFORM_YIELD, units=100, set_aside=72)
    found = outcome(terms, bids, CLOSING)
    assert found.clearing == 1050
    assert [(a.bidder, a.quantity) for a in found.awards] == [("D", 10), ("E", 18)]


def test_a_secret_reserve_of_yields_is_a_ceiling():
    bids = [bid("甲", 1000, 1, quantity=5), bid("乙", 1200, 2, quantity=5)]
    bound = reserve_commitment("拍-1", 1100, b"salt")
    for rule, clearing in ((PriceRule.LOWEST_WINNER, 1000), (PriceRule.FIRST_REJECTED, 1100)):
        terms = rules(Form.UNIFORM_YIELD, units=9, price_rule=rule, reserve_commitment=bound)
        found = outcome(terms, bids, CLOSING, Reserve(1100, b"salt"))
        assert found.awards == (Award("甲", 5, clearing),)


def english(*bids, window=60, extension=120, **terms):
    made = rules(
        Form.ENGLISH, limit=10, increment=5, closes_at=NOON, window=window, extension=extension,
        **terms,
    )  # fmt: skip
    heard = [bid(name, most, i, seconds=at) for i, (name, most, at) in enumerate(bids)]
    return outcome(made, heard, CLOSING)


def test_a_sniper_only_moves_the_close():
    found = english(("甲", 100, -900), ("乙", 120, -1), ("甲", 150, 60))
    assert found.closed_at == NOON + timedelta(seconds=180)
    assert found.awards == (Award("甲", 1, 125),)
    early = english(("甲", 100, -900), ("乙", 120, -61), ("甲", 150, 60))
    assert early.closed_at == NOON
    assert early.awards == (Award("乙", 1, 105),)
    assert early.refused[0][2] is Fault.LATE
    assert english(("甲", 100, -60)).closed_at == NOON + timedelta(seconds=60)


def test_extensions_end_at_the_latest_close():
    found = english(
        ("甲", 100, -1), ("乙", 120, 59), ("丙", 500, 60), latest_close=NOON + timedelta(seconds=60)
    )
    assert found.closed_at == NOON + timedelta(seconds=60)
    assert found.awards == (Award("乙", 1, 105),)


def test_a_leader_that_raises_its_own_maximum_moves_neither_price_nor_close():
    found = english(("甲", 100, -900), ("甲", 200, -1), ("甲", 150, -1))
    assert found.awards == (Award("甲", 1, 10),)
    assert found.closed_at == NOON
    assert [fault for _, _, fault in found.refused] == [Fault.TOO_LOW]


def test_an_english_bid_below_the_increment_is_too_low():
    found = english(("甲", 100, -900), ("乙", 14, -800), ("乙", 15, -700))
    assert found.awards == (Award("甲", 1, 20),)
    assert [(i, fault) for i, _, fault in found.refused] == [(1, Fault.TOO_LOW)]


def test_records_that_are_no_auction_are_refused():
    one = bid("甲", 5, 1)
    with pytest.raises(BadAuction, match="两次"):
        outcome(rules(Form.FIRST_PRICE), [one, one], CLOSING)
    with pytest.raises(BadAuction, match="另一场"):
        outcome(rules(Form.FIRST_PRICE), [one], Closing("拍-2", 9, NOON))
    backwards = [bid("甲", 50, 1, seconds=-10), bid("乙", 60, 2, seconds=-20)]
    with pytest.raises(BadAuction, match="早于"):
        outcome(rules(Form.ENGLISH, closes_at=NOON), backwards, CLOSING)
    for terms in ({"units": 2}, {"limit": -1}):
        with pytest.raises(BadAuction):
            rules(Form.FIRST_PRICE, **terms)
    for closes_at in (None, NOON.replace(tzinfo=None)):
        with pytest.raises(BadAuction, match="时"):
            rules(Form.ENGLISH, closes_at=closes_at)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.integers(1, 9)), max_size=7),
    st.sampled_from([f for f in Form if f is not Form.ENGLISH]),
    st.randoms(use_true_random=False),
)
def test_all_arrival_orders_give_one_outcome(said, form, random):
    bids = [bid(name, price, i // 2) for i, (name, price) in enumerate(said)]
    bids = list({one.commitment: one for one in bids}.values())
    terms = rules(form, units=1 if form.is_for_one else 3)
    first = outcome(terms, bids, CLOSING)
    for _ in range(3):
        random.shuffle(bids)
        assert outcome(terms, bids, CLOSING) == first


def test_the_digest_of_the_rules_moves_with_every_rule():
    base = rules(Form.UNIFORM_PRICE, units=3)
    others = [
        rules(Form.PAY_AS_BID, units=3),
        rules(Form.UNIFORM_PRICE, units=4),
        rules(Form.UNIFORM_PRICE, units=3, price_rule=PriceRule.FIRST_REJECTED),
        rules(Form.UNIFORM_PRICE, units=3, limit=1),
        rules(Form.UNIFORM_PRICE, units=3, budgets={"甲": 1}),
    ]
    assert len({base.digest, *(other.digest for other in others)}) == 6
