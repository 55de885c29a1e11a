"""An auction's record: one JSON object from which anyone can find the outcome again."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from shuce.engines.apportionment.reading import Rational
from shuce.engines.auction.bids import Bid, in_order
from shuce.engines.auction.outcome import Closing, Outcome, Reserve
from shuce.engines.auction.rules import Rules

FORMAT = "shuce-auction-1"


def record_of(
    rules: Rules, bids: Iterable[Bid], closing: Closing, reserve: Reserve | None, found: Outcome
) -> dict[str, Any]:
    """Return the record that is published after the close and replayed by the verifier."""
    return {
        "format": FORMAT,
        "rules": rules.to_json(),
        "rules_digest": rules.digest,
        "closing": {
            "auction": closing.auction,
            "size": closing.size,
            "at": closing.at.isoformat(),
            "checkpoint": closing.checkpoint,
        },
        "reserve": reserve and {"amount": _exact(reserve.amount), "salt": reserve.salt.hex()},
        "bids": [
            {
                "bidder": bid.bidder,
                "offers": [[offer.quantity, _exact(offer.price)] for offer in bid.offers],
                "index": bid.index,
                "commitment": bid.commitment,
                "salt": bid.salt.hex(),
                "at": bid.at.isoformat() if bid.at else None,
            }
            for bid in in_order(bids)
        ],
        "outcome": {
            "awards": [[a.bidder, a.quantity, _exact(a.price)] for a in found.awards],
            "clearing": None if found.clearing is None else _exact(found.clearing),
            "refused": [[index, bound, fault.value] for index, bound, fault in found.refused],
            "closed_at": found.closed_at.isoformat(),
        },
    }


def _exact(number: Rational) -> str:
    return str(Fraction(number))
