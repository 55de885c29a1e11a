"""An open auction with proxies: bids in the log's order, and a close that snipers only move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shuce.engines.apportionment.reading import Rational
from shuce.engines.auction.bids import BadAuction, Bid
from shuce.engines.auction.rules import Rules
from shuce.kernel.words import say


@dataclass(frozen=True, slots=True)
class Floor:
    """How the sale stands: who leads up to what maximum, the price shown, when it closes."""

    closes_at: datetime
    leader: str | None = None
    most: Rational = 0
    price: Rational = 0

    def least_next(self, rules: Rules) -> Rational:
        """Return the least that a rival must say now."""
        return (rules.limit or 0) if self.leader is None else self.price + rules.increment

    def hear(self, bid: Bid, rules: Rules) -> "Floor | None":
        """Return how the sale stands after a maximum was said, or None if it is too low.

        The leader may raise its own maximum, which moves neither price nor close.
        """
        said = bid.price
        if bid.bidder == self.leader:
            return (
                Floor(self.closes_at, self.leader, said, self.price) if said > self.most else None
            )
        if said < self.least_next(rules):
            return None
        closes_at = self._extended(bid, rules)
        if self.leader is None:
            return Floor(closes_at, bid.bidder, said, rules.limit or 0)
        if said > self.most:
            return Floor(closes_at, bid.bidder, said, min(said, self.most + rules.increment))
        price = min(self.most, said + rules.increment)
        return Floor(closes_at, self.leader, self.most, price)

    def _extended(self, bid: Bid, rules: Rules) -> datetime:
        assert bid.at is not None
        if self.closes_at - bid.at > timedelta(seconds=rules.window):
            return self.closes_at
        later = max(self.closes_at, bid.at + timedelta(seconds=rules.extension))
        return (
            later
            if rules.latest_close is None
            else max(self.closes_at, min(later, rules.latest_close))
        )


@dataclass(frozen=True, slots=True)
class Hearing:
    """The end of an open auction: how it stood, and the bids that were late or too low."""

    floor: Floor
    late: tuple[Bid, ...]
    too_low: tuple[Bid, ...]


def hear_all(rules: Rules, bids: Sequence[Bid]) -> Hearing:
    """Hear every bid in log order. A bid at or after the close then in force is late."""
    assert rules.closes_at is not None
    floor = Floor(rules.closes_at)
    late, too_low = [], []
    last: datetime | None = None
    for bid in bids:
        if bid.at is None or bid.at.utcoffset() is None:
            raise BadAuction(say("第 {index} 号出价缺少带时区的时间", index=bid.index))
        if last is not None and bid.at < last:
            raise BadAuction(say("第 {index} 号出价的时间早于前一出价", index=bid.index))
        last = bid.at
        if bid.at >= floor.closes_at:
            late.append(bid)
        elif (heard := floor.hear(bid, rules)) is None:
            too_low.append(bid)
        else:
            floor = heard
    return Hearing(floor, tuple(late), tuple(too_low))
