"""Many units of one thing: one price for all, pay as bid, and auctions of yields."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from shuce.engines.apportionment.reading import Rational
from shuce.engines.apportionment.rounding import largest_remainder
from shuce.engines.auction.rules import MarginRule, PriceRule


@dataclass(frozen=True, slots=True)
class Demand:
    """So many units wanted by a bidder at a price each (or at a yield)."""

    bidder: str
    quantity: int
    price: Rational


@dataclass(frozen=True, slots=True)
class Clearing:
    """What each demand got, in the order given; the price of the last served, the first not."""

    filled: tuple[int, ...]
    lowest_winner: Rational | None
    first_rejected: Rational | None
    low_wins: bool = False

    def price(self, rule: PriceRule, bound: Rational | None = None) -> Rational | None:
        """Return the one price (or yield) by the stated rule; None where nothing was sold.

        `bound` is the worst price admitted: the reserve, or the highest yield. It stands in where
        nobody was turned away, and for a first rejected beyond it. Without one, a price may fall
        to nothing, while a yield stays where it was last served.
        """
        if self.lowest_winner is None:
            return None
        if rule is PriceRule.LOWEST_WINNER:
            return self.lowest_winner
        if bound is None:
            bound = self.lowest_winner if self.low_wins and self.first_rejected is None else None
        known = [price for price in (self.first_rejected, bound) if price is not None]
        return (min if self.low_wins else max)(known, default=0)


def clear(
    units: int,
    demands: Sequence[Demand],
    margin: MarginRule = MarginRule.PRO_RATA,
    *,
    low_wins: bool = False,
) -> Clearing:
    """Serve demands from the best price down until `units` are gone. `demands` is in log order.

    Where several stand at the price at which units run out, they share what is left in proportion
    (largest remainder, the earliest on ties) or in order. With `low_wins` lower is better: yields.
    """
    filled = [0] * len(demands)
    left = units
    lowest: Rational | None = None
    rejected: Rational | None = None

    def best_first(place: int) -> Rational:
        price = demands[place].price
        return price if low_wins else -price

    for _, group in groupby(sorted(range(len(demands)), key=best_first), key=best_first):
        places = list(group)
        wanted = [demands[i].quantity for i in places]
        given = _at_one_price(left, wanted, margin)
        for i, got in zip(places, given, strict=True):
            filled[i] = got
        if any(given):
            lowest = demands[places[0]].price
        left -= sum(given)
        if sum(given) < sum(wanted):
            rejected = demands[places[0]].price
            break
    return Clearing(tuple(filled), lowest, rejected, low_wins)


def _at_one_price(left: int, wanted: Sequence[int], margin: MarginRule) -> list[int]:
    if sum(wanted) <= left:
        return list(wanted)
    if margin is MarginRule.PRO_RATA:
        return largest_remainder(left, wanted)
    given = []
    for quantity in wanted:
        given.append(min(quantity, left))
        left -= given[-1]
    return given
