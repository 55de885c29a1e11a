"""One thing for sale: first price, second price, and the English auction's proxies."""

from collections.abc import Sequence
from dataclasses import dataclass

from shuce.engines.apportionment.reading import Rational


@dataclass(frozen=True, slots=True)
class Sale:
    """Who takes the one thing, and at what price."""

    winner: str
    price: Rational


Said = Sequence[tuple[str, Rational]]


def best_of_each(said: Said) -> list[tuple[str, Rational]]:
    """Return each bidder's highest bid, highest first; the earlier stands first on ties.

    A bidder who bids twice is one bidder: it can never be its own second price.
    """
    best: dict[str, tuple[Rational, int]] = {}
    for place, (bidder, amount) in enumerate(said):
        if bidder not in best or amount > best[bidder][0]:
            best[bidder] = (amount, place)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
    return [(bidder, amount) for bidder, (amount, _) in ranked]


def first_price(said: Said, reserve: Rational = 0) -> Sale | None:
    """Sell to the highest bid at what it says; None below the reserve. `said` is in log order."""
    ranked = best_of_each(said)
    if not ranked or ranked[0][1] < reserve:
        return None
    return Sale(*ranked[0])


def second_price(said: Said, reserve: Rational = 0) -> Sale | None:
    """Sell to the highest bid at the highest price another bidder said, or the reserve.

    Vickrey (1961): to say one's true value is then never worse than a lie.
    """
    ranked = best_of_each(said)
    if not ranked or ranked[0][1] < reserve:
        return None
    price = max(ranked[1][1], reserve) if len(ranked) > 1 else reserve
    return Sale(ranked[0][0], price)


def english_by_proxy(
    maxima: Said, *, start: Rational, increment: Rational, reserve: Rational = 0
) -> Sale | None:
    """Sell where proxies stop: one increment over the second maximum, at most the first.

    A reserve between the price and the winner's maximum lifts the price to the reserve.
    """
    ranked = [one for one in best_of_each(maxima) if one[1] >= start]
    if not ranked or ranked[0][1] < reserve:
        return None
    winner, most = ranked[0]
    price = min(most, ranked[1][1] + increment) if len(ranked) > 1 else start
    return Sale(winner, max(price, reserve))
