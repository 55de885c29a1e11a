"""What an auction comes to: a pure function of its rules and its bids in log order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shuce.engines.apportionment.reading import Rational
from shuce.engines.auction.bids import BadAuction, Bid, in_order, reserve_commitment
from shuce.engines.auction.english import hear_all
from shuce.engines.auction.rules import Form, Rules
from shuce.engines.auction.single import Sale, first_price, second_price
from shuce.engines.auction.uniform import Demand, clear
from shuce.engines.auction.vcg import vcg_units
from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class Fault(Choice):
    """Why a bid does not count."""

    LATE = "late", "截止后才到"
    UNPROVEN = "unproven", "与其承诺不符"
    BEYOND_LIMIT = "beyond_limit", "超出限价"
    BEYOND_BUDGET = "beyond_budget", "超出保证金对应的额度"
    TOO_MANY = "too_many", "数量超出上限"
    TOO_LOW = "too_low", "未达到最低加价"


@dataclass(frozen=True, slots=True)
class Closing:
    """The signed end of bidding: the log had `size` entries, and later ones are late."""

    auction: str
    size: int
    at: datetime
    checkpoint: str = ""


@dataclass(frozen=True, slots=True)
class Reserve:
    """The reserve price as it is told after the close."""

    amount: Rational
    salt: bytes


@dataclass(frozen=True, slots=True)
class Award:
    """What a bidder takes. `price` is per unit, or the yield; under VCG the whole payment."""

    bidder: str
    quantity: int
    price: Rational


@dataclass(frozen=True, slots=True)
class Outcome:
    """Awards in log order, the one clearing price if there is one, and the bids refused."""

    awards: tuple[Award, ...]
    clearing: Rational | None
    refused: tuple[tuple[int, str, Fault], ...]
    closed_at: datetime

    @property
    def is_sold(self) -> bool:
        return bool(self.awards)


def outcome(
    rules: Rules, bids: Iterable[Bid], closing: Closing, reserve: Reserve | None = None
) -> Outcome:
    """Return what the auction comes to, the same for every order in which the bids are handed in.

    Raises BadAuction where the record is no auction: another auction's closing, a reserve that is
    not the one committed to, or the same log entry twice.
    """
    bound = _revealed(rules, closing, reserve)
    least = bound or 0
    ordered = in_order(bids)
    entries = [(bid.index, bid.commitment) for bid in ordered]
    if len(set(entries)) != len(entries):
        raise BadAuction(say("同一存证条目出现两次"))
    counted, refused = _counted(rules, ordered, closing)
    closed_at = closing.at
    awards: list[Award] = []
    clearing: Rational | None = None
    if rules.form is Form.ENGLISH:
        hearing = hear_all(rules, counted)
        floor, closed_at = hearing.floor, hearing.floor.closes_at
        refused += [(bid, Fault.LATE) for bid in hearing.late]
        refused += [(bid, Fault.TOO_LOW) for bid in hearing.too_low]
        if floor.leader is not None and floor.most >= least:
            awards = [Award(floor.leader, 1, max(floor.price, least))]
    elif rules.form is Form.FIRST_PRICE:
        awards = _sold(first_price(_said(counted), least))
    elif rules.form is Form.SECOND_PRICE:
        awards = _sold(second_price(_said(counted), least))
    elif rules.form is Form.VCG:
        awards = _vcg(rules, counted, least)
    else:
        awards, clearing = _many_units(rules, counted, bound)
    told = sorted((bid.index, bid.commitment, fault) for bid, fault in refused)
    return Outcome(tuple(awards), clearing, tuple(told), closed_at)


def _revealed(rules: Rules, closing: Closing, reserve: Reserve | None) -> Rational | None:
    """Return the worst price admitted: the limit or the reserve, whichever is stricter."""
    if closing.auction != rules.auction:
        raise BadAuction(say("截止标记属于另一场拍卖"))
    if not rules.reserve_commitment:
        if reserve is not None:
            raise BadAuction(say("规则未约定保留价"))
        return rules.limit
    if reserve is None:
        raise BadAuction(say("保留价尚未揭示"))
    made = reserve_commitment(rules.auction, reserve.amount, reserve.salt)
    if made != rules.reserve_commitment:
        raise BadAuction(say("揭示的保留价与承诺不符"))
    bounds = [reserve.amount] if rules.limit is None else [reserve.amount, rules.limit]
    return min(bounds) if rules.form is Form.UNIFORM_YIELD else max(bounds)


def _counted(
    rules: Rules, bids: Sequence[Bid], closing: Closing
) -> tuple[list[Bid], list[tuple[Bid, Fault]]]:
    counted: list[Bid] = []
    refused: list[tuple[Bid, Fault]] = []
    wanted: dict[str, int] = {}
    for bid in bids:
        fault = _fault(rules, bid, closing, wanted.get(bid.bidder, 0))
        if fault is None:
            counted.append(bid)
            wanted[bid.bidder] = wanted.get(bid.bidder, 0) + bid.quantity
        else:
            refused.append((bid, fault))
    return counted, refused


def _fault(rules: Rules, bid: Bid, closing: Closing, wanted: int) -> Fault | None:
    low_wins = rules.form is Form.UNIFORM_YIELD
    if bid.index >= closing.size:
        return Fault.LATE
    if not bid.keeps_its_commitment(rules.auction):
        return Fault.UNPROVEN
    if any(offer.quantity < 1 or offer.price < 0 for offer in bid.offers):
        return Fault.BEYOND_LIMIT
    if rules.limit is not None and rules.form is not Form.VCG:
        prices = [offer.price for offer in bid.offers]
        if max(prices) > rules.limit if low_wins else min(prices) < rules.limit:
            return Fault.BEYOND_LIMIT
    budget = rules.budgets.get(bid.bidder)
    if budget is not None and not low_wins and _at_most(rules, bid) > budget:
        return Fault.BEYOND_BUDGET
    return Fault.TOO_MANY if _takes_too_many(rules, bid, wanted) else None


def _takes_too_many(rules: Rules, bid: Bid, wanted: int) -> bool:
    if rules.form.is_for_one:
        return bid.quantity != 1
    most = rules.units if rules.most_per_bidder is None else rules.most_per_bidder
    if rules.form is Form.VCG:
        return max(offer.quantity for offer in bid.offers) > most
    return rules.most_per_bidder is not None and wanted + bid.quantity > most


def _at_most(rules: Rules, bid: Bid) -> Rational:
    """Return the most that this bid could come to cost its bidder."""
    if rules.form.is_for_one or rules.form is Form.VCG:
        return bid.price
    return sum(offer.quantity * offer.price for offer in bid.offers)


def _said(bids: Sequence[Bid]) -> list[tuple[str, Rational]]:
    return [(bid.bidder, bid.price) for bid in bids]


def _sold(sale: Sale | None) -> list[Award]:
    return [] if sale is None else [Award(sale.winner, 1, sale.price)]


def _many_units(
    rules: Rules, bids: Sequence[Bid], bound: Rational | None
) -> tuple[list[Award], Rational | None]:
    low_wins = rules.form is Form.UNIFORM_YIELD
    demands = [
        Demand(bid.bidder, offer.quantity, offer.price)
        for bid in bids
        for offer in bid.offers
        if bound is None or (offer.price <= bound if low_wins else offer.price >= bound)
    ]
    units = rules.units - rules.set_aside
    cleared = clear(units, demands, rules.margin_rule, low_wins=low_wins)
    clearing = cleared.price(rules.price_rule, bound)
    if rules.form is Form.PAY_AS_BID:
        each = [
            Award(d.bidder, got, d.price) for d, got in zip(demands, cleared.filled, strict=True)
        ]
        return [award for award in each if award.quantity], cleared.lowest_winner
    taken: dict[str, int] = {}
    for demand, got in zip(demands, cleared.filled, strict=True):
        taken[demand.bidder] = taken.get(demand.bidder, 0) + got
    if clearing is None:
        return [], None
    return [Award(name, got, clearing) for name, got in taken.items() if got], clearing


def _vcg(rules: Rules, bids: Sequence[Bid], least: Rational) -> list[Award]:
    offered: dict[str, list[tuple[int, Rational]]] = {}
    for bid in bids:
        offers = [(offer.quantity, offer.price) for offer in bid.offers]
        offered.setdefault(bid.bidder, []).extend(offers)
    allotted = vcg_units(rules.units - rules.set_aside, list(offered.items()), least)
    return [Award(name, got, allotted.payments[name]) for name, got in allotted.winners.items()]
