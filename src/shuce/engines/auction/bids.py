"""Bids, bound to their bidder and auction by a commitment, and the order they stand in."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Self

from shuce.engines.apportionment.reading import BadCase, Rational

_BID = b"shuce auction bid 1"
_RESERVE = b"shuce auction reserve 1"
_EXACT = re.compile(r"\d{1,40}(/[1-9]\d{0,39})?")


class BadAuction(BadCase):
    """A record that cannot be an auction; its text names the field at fault."""


@dataclass(frozen=True, slots=True)
class Offer:
    """So many units for `price`: per unit in fen, or a yield; under VCG the value of them all."""

    quantity: int
    price: Rational


@dataclass(frozen=True, slots=True)
class Bid:
    """What one bidder offers, and where the evidence log has its commitment.

    `index` is the commitment's place in the log; `at` the log's time, never the bidder's clock.
    """

    bidder: str
    offers: tuple[Offer, ...]
    index: int
    commitment: str
    salt: bytes = b""
    at: datetime | None = None

    @classmethod
    def committed(
        cls,
        auction: str,
        bidder: str,
        offers: Iterable[Offer],
        *,
        salt: bytes,
        index: int,
        at: datetime | None = None,
    ) -> Self:
        """Return the bid with the commitment that its contents make."""
        offers = tuple(offers)
        made = commitment(auction, bidder, offers, salt)
        return cls(bidder, offers, index, made, salt, at)

    @property
    def price(self) -> Rational:
        """The best single price offered."""
        return max(offer.price for offer in self.offers)

    @property
    def quantity(self) -> int:
        return sum(offer.quantity for offer in self.offers)

    def keeps_its_commitment(self, auction: str) -> bool:
        return commitment(auction, self.bidder, self.offers, self.salt) == self.commitment


def in_order(bids: Iterable[Bid]) -> list[Bid]:
    """Order by place in the evidence log, then by commitment: ties are decided by this alone."""
    return sorted(bids, key=lambda bid: (bid.index, bid.commitment))


def written_offers(offers: Iterable[Offer]) -> bytes:
    """Return the one way to write offers down, on which commitments rest."""
    rows = [[offer.quantity, str(Fraction(offer.price))] for offer in offers]
    return json.dumps(rows, separators=(",", ":")).encode()


def read_offers(written: bytes) -> tuple[Offer, ...]:
    """Read what `written_offers` wrote. Raises ValueError for anything else."""
    rows = json.loads(written)
    if not isinstance(rows, list) or not rows:
        raise ValueError("no offers")
    if any(type(quantity) is not int for quantity, _ in rows):
        raise ValueError("quantities are whole numbers")
    offers = tuple(Offer(quantity, _price(price)) for quantity, price in rows)
    if written_offers(offers) != written:
        raise ValueError("offers not in their one form")
    return offers


def commitment(auction: str, bidder: str, offers: Iterable[Offer], salt: bytes) -> str:
    """Return SHA-256 over salt, bid, bidder and auction, each with its length before it.

    The lengths keep two different bids from ever being the same bytes; bidder and auction keep a
    commitment from being copied by a rival or into another auction.
    """
    return _digest(_BID, salt, written_offers(offers), bidder.encode(), auction.encode())


def reserve_commitment(auction: str, amount: Rational, salt: bytes) -> str:
    """Return the commitment to a reserve price that is told only after the close."""
    return _digest(_RESERVE, salt, str(Fraction(amount)).encode(), auction.encode())


def _digest(*parts: bytes) -> str:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(4, "big") + part)
    return hashed.hexdigest()


def _price(text: str) -> Rational:
    if not _EXACT.fullmatch(text):
        raise ValueError("prices are whole numbers or fractions")
    price = Fraction(text)
    return int(price) if price.denominator == 1 else price
