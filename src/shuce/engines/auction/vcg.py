"""Vickrey, Clarke and Groves: each winner pays what its winning costs the others.

Source: Vickrey 1961, Clarke 1971, Groves 1973. The seller takes part with its reserve: a unit it
keeps is worth that much to it, which is what makes the reserve bind without spoiling the truth.
Among equally good allocations the bidder earliest in the log takes the offer it values most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shuce.engines.apportionment.reading import Rational
from shuce.engines.auction.bids import BadAuction
from shuce.kernel.words import say

_MOST_ITEMS = 16
_MOST_BIDS = 200

Alternatives = Sequence[tuple[int, Rational]]


@dataclass(frozen=True, slots=True)
class UnitAllocation:
    """Units and payments of each winner; `welfare` counts unsold units at the reserve."""

    winners: Mapping[str, int]
    payments: Mapping[str, Rational]
    welfare: Rational


@dataclass(frozen=True, slots=True)
class ItemAllocation:
    """Items and payments of each winner."""

    winners: Mapping[str, tuple[str, ...]]
    payments: Mapping[str, Rational]
    welfare: Rational


def vcg_units(
    units: int, bids: Sequence[tuple[str, Alternatives]], reserve: Rational = 0
) -> UnitAllocation:
    """Allot equal units. Each bid's (quantity, value) are alternatives, of which one at most wins.

    `bids` is in log order, one a bidder. Time is bids × alternatives × units.
    """
    # Units that nobody wants stay the seller's in every allocation, and so out of the tables.
    idle = max(units - sum(max((q for q, _ in offers), default=0) for _, offers in bids), 0)
    units -= idle
    before: list[list[Rational]] = [
        [0] * (units + 1)
    ]  # before[i][u]: the best the first i bids can do with u units
    for _, offers in bids:
        before.append(_with_one_more(before[-1], offers))
    after: list[list[Rational]] = [[reserve * u for u in range(units + 1)]]
    for _, offers in reversed(bids):
        after.append(_with_one_more(after[-1], offers))
    after.reverse()  # after[i][u]: the best that bids from i on, and the seller, can do

    welfare = after[0][units]
    winners: dict[str, int] = {}
    payments: dict[str, Rational] = {}
    left = units
    for i, (bidder, offers) in enumerate(bids):
        by_value = sorted(offers, key=lambda offer: (-offer[1], offer[0]))
        for quantity, value in by_value:
            if (
                quantity <= left
                and value + after[i + 1][left - quantity] == after[i][left]
                and value
            ):
                others = max(before[i][u] + after[i + 1][units - u] for u in range(units + 1))
                winners[bidder] = quantity
                payments[bidder] = others - (welfare - value)
                left -= quantity
                break
    return UnitAllocation(winners, payments, welfare + reserve * idle)


def vcg_items(
    items: Sequence[str], bids: Sequence[tuple[str, Sequence[tuple[frozenset[str], Rational]]]]
) -> ItemAllocation:
    """Allot different items. Each bid's (bundle, value) are alternatives; the search is exact.

    Raises BadAuction beyond 16 items or 200 bids, where exactness would take too long.
    """
    if len(items) > _MOST_ITEMS or len(bids) > _MOST_BIDS:
        raise BadAuction(
            say("组合拍卖最多 {items} 件标的、{bids} 份出价", items=_MOST_ITEMS, bids=_MOST_BIDS)
        )
    bit = {item: 1 << i for i, item in enumerate(items)}
    masked = [
        (
            bidder,
            [
                (sum(bit[item] for item in bundle), value)
                for bundle, value in sorted(offers, key=lambda offer: (-offer[1], len(offer[0])))
            ],
        )
        for bidder, offers in bids
    ]
    welfare, taken = _best(masked, (1 << len(items)) - 1)
    winners, payments = {}, {}
    for i, (bidder, _) in enumerate(masked):
        mask, value = taken[i]
        if mask:
            without, _ = _best(masked[:i] + masked[i + 1 :], (1 << len(items)) - 1)
            winners[bidder] = tuple(item for item in items if bit[item] & mask)
            payments[bidder] = without - (welfare - value)
    return ItemAllocation(winners, payments, welfare)


def _with_one_more(best: Sequence[Rational], offers: Alternatives) -> list[Rational]:
    raised = list(best)
    for quantity, value in offers:
        for u in range(quantity, len(best)):
            raised[u] = max(raised[u], best[u - quantity] + value)
    return raised


def _best(
    bids: Sequence[tuple[str, Alternatives]], every: int
) -> tuple[Rational, list[tuple[int, Rational]]]:
    """Return the greatest welfare and what each bid takes of it, (0, 0) for nothing."""

    @cache
    def reach(i: int, free: int) -> Rational:
        if i == len(bids):
            return 0
        best = reach(i + 1, free)
        for mask, value in bids[i][1]:
            if mask & free == mask:
                best = max(best, value + reach(i + 1, free & ~mask))
        return best

    free = every
    taken: list[tuple[int, Rational]] = []
    for i, (_, offers) in enumerate(bids):
        choice: tuple[int, Rational] = (0, 0)
        for mask, value in offers:
            fits = value and mask & free == mask
            if fits and value + reach(i + 1, free & ~mask) == reach(i, free):
                choice = (mask, value)
                break
        free &= ~choice[0]
        taken.append(choice)
    return reach(0, every), taken
