"""Auctions: the verifier's replays against the engine, trials of lies, and the cost of a seal.

    PYTHONPATH=src python -m bench.auction [--auctions 100000] [--trials 1000000]

Counts of differences and of profitable lies must be 0; the exit status says whether they are.
"""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from time import perf_counter
from typing import Any

from shuce.engines.auction import (
    Bid,
    Closing,
    Form,
    MarginRule,
    Offer,
    PriceRule,
    Reserve,
    Rules,
    open_bid,
    outcome,
    record_of,
    release_share,
    reserve_commitment,
    seal,
)
from shuce.engines.auction.sealing import public_key_of
from shuce.engines.auction.single import second_price
from shuce.engines.auction.uniform import Demand, clear
from shuce.engines.auction.verifier import verify

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def drawn_record(seed: int) -> dict[str, Any]:
    """Return the record of a small auction with ties, late bids, reserves and limits in plenty."""
    r = Random(seed)
    form = r.choice(list(Form))
    name = f"拍-{seed}"
    reserve = Reserve(r.randrange(0, 8), r.randbytes(8)) if r.random() < 0.4 else None
    rules = Rules(
        name,
        form,
        units=1 if form.is_for_one else r.randrange(1, 12),
        limit=r.choice([None, r.randrange(0, 6)]),
        reserve_commitment=reserve_commitment(name, reserve.amount, reserve.salt)
        if reserve
        else "",
        price_rule=r.choice(list(PriceRule)),
        margin_rule=r.choice(list(MarginRule)),
        set_aside=0 if form.is_for_one else r.randrange(0, 2),
        most_per_bidder=r.choice([None, None, 4]),
        budgets={"甲": 9} if r.random() < 0.3 else {},
        increment=r.randrange(1, 4),
        closes_at=NOON,
        window=r.choice([0, 30, 60]),
        extension=r.choice([0, 60]),
        latest_close=r.choice([None, NOON + timedelta(seconds=90)]),
    )
    bids: list[Bid] = []
    at = NOON - timedelta(seconds=200)
    for index in range(r.randrange(0, 9)):
        at += timedelta(seconds=r.randrange(0, 70))
        several = 1 if form.is_for_one else r.randrange(1, 3)
        offers = [
            Offer(1 if form.is_for_one else r.randrange(1, 5), r.randrange(0, 12))
            for _ in range(several)
        ]
        stated = name if r.random() < 0.95 else "别的拍卖"
        bids.append(
            Bid.committed(
                stated, r.choice("甲乙丙丁"), offers, salt=r.randbytes(8), index=index // 2, at=at
            )
        )
    bids.sort(key=lambda bid: (bid.index, bid.commitment))
    times = sorted(bid.at for bid in bids if bid.at)
    bids = [Bid(b.bidder, b.offers, b.index, b.commitment, b.salt, t)
            for b, t in zip(bids, times, strict=True)]  # fmt: skip
    closing = Closing(name, r.choice([3, 99]), NOON, "signed")
    found = outcome(rules, bids, closing, reserve)
    record: dict[str, Any] = json.loads(json.dumps(record_of(rules, bids, closing, reserve, found)))
    return record


def replay(auctions: int) -> int:
    """Draw auctions, replay each, and return how many the verifier finds different."""
    start = perf_counter()
    records = [drawn_record(seed) for seed in range(auctions)]
    drawn = perf_counter()
    different = sum(bool(verify(record)) for record in records)
    ended = perf_counter()
    print(f"engine    {auctions:,} auctions drawn and decided: {auctions / (drawn - start):,.0f}/s")
    print(
        f"verifier  {auctions:,} replayed: {auctions / (ended - drawn):,.0f}/s, {different} differ"
    )
    return different


def lies_in_second_price(trials: int) -> int:
    """Return how many of `trials` random lies gain more than the truth in a second-price sale."""
    r, profitable = Random(1), 0
    start = perf_counter()
    for _ in range(trials):
        rivals = [(str(i), r.randrange(20)) for i in range(r.randrange(1, 5))]
        place, truth, lie, reserve = (
            r.randrange(5),
            r.randrange(20),
            r.randrange(20),
            r.randrange(8),
        )
        gains = []
        for said in (truth, lie):
            sale = second_price([*rivals[:place], ("me", said), *rivals[place:]], reserve)
            gains.append(truth - sale.price if sale and sale.winner == "me" else 0)
        profitable += gains[1] > gains[0]
    took = perf_counter() - start
    print(f"lies      second price: {profitable} of {trials:,} gain ({took:.1f} s)")
    return profitable


def lies_in_first_rejected(trials: int) -> int:
    """The same in uniform-price sales to unit demand at the first rejected price."""
    r, profitable = Random(2), 0
    start = perf_counter()
    for _ in range(trials):
        rivals = [Demand(str(i), 1, r.randrange(12)) for i in range(r.randrange(1, 6))]
        place, truth, lie, reserve = (
            r.randrange(6),
            r.randrange(12),
            r.randrange(12),
            r.randrange(5),
        )
        units, margin = r.randrange(1, 4), r.choice((MarginRule.PRO_RATA, MarginRule.EARLIEST))
        gains = []
        for said in (truth, lie):
            asked = [*rivals[:place], Demand("me", 1, said), *rivals[place:]]
            asked = [demand for demand in asked if demand.price >= reserve]
            cleared = clear(units, asked, margin)
            price = cleared.price(PriceRule.FIRST_REJECTED, reserve)
            won = any(d.bidder == "me" and n for d, n in zip(asked, cleared.filled, strict=True))
            gains.append(truth - price if won and price is not None else 0)
        profitable += gains[1] > gains[0]
    took = perf_counter() - start
    print(f"lies      first rejected, unit demand: {profitable} of {trials:,} gain ({took:.1f} s)")
    return profitable


def sealing(bids: int) -> None:
    """Time sealing to five custodians and opening by three."""
    private = {n: sha256(bytes([n])).digest() for n in range(1, 6)}
    public = [public_key_of(key) for key in private.values()]
    closing = Closing("a", 1, NOON, "signed")
    start = perf_counter()
    sealed = [seal("a", str(i), [Offer(1, i)], public, 3) for i in range(bids)]
    middle = perf_counter()
    for one in sealed:
        open_bid(one, {n: release_share(one, n, private[n], closing=closing) for n in (1, 3, 5)})
    ended = perf_counter()
    print(
        f"sealing   3 of 5: seal {(middle - start) / bids * 1e3:.2f} ms, "
        f"release and open {(ended - middle) / bids * 1e3:.2f} ms a bid"
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--auctions", type=int, default=20_000)
    options.add_argument("--trials", type=int, default=200_000)
    options.add_argument("--bids", type=int, default=200)
    asked = options.parse_args()
    faults = replay(asked.auctions)
    faults += lies_in_second_price(asked.trials) + lies_in_first_rejected(asked.trials)
    sealing(asked.bids)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
