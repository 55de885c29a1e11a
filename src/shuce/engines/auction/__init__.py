"""Prices by auction and by government guidance, found again by anyone from the record (G-8)."""

from shuce.engines.auction.bids import BadAuction, Bid, Offer, in_order, reserve_commitment
from shuce.engines.auction.outcome import Award, Closing, Fault, Outcome, Reserve, outcome
from shuce.engines.auction.record import record_of
from shuce.engines.auction.rules import Form, MarginRule, PriceRule, Rules
from shuce.engines.auction.sealing import (
    BadSeal,
    CannotOpen,
    OpenedBid,
    SealedBid,
    accepts_share,
    open_bid,
    release_share,
    seal,
)

__all__ = [
    "Award",
    "BadAuction",
    "BadSeal",
    "Bid",
    "CannotOpen",
    "Closing",
    "Fault",
    "Form",
    "MarginRule",
    "Offer",
    "OpenedBid",
    "Outcome",
    "PriceRule",
    "Reserve",
    "Rules",
    "SealedBid",
    "accepts_share",
    "in_order",
    "open_bid",
    "outcome",
    "record_of",
    "release_share",
    "reserve_commitment",
    "seal",
]
