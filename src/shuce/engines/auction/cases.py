"""The kinds of case this engine answers on the command line, by name.

Bids stand in log order: as written, or by `index` and `hash` where rows give them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from shuce.engines.apportionment.reading import (
    BadCase,
    Rational,
    exact,
    mapping,
    one_of,
    plain,
    required,
    sequence,
    whole,
)
from shuce.engines.auction.bids import BadAuction, Bid, Offer
from shuce.engines.auction.case_rows import (
    Inputs,
    as_given,
    number,
    plain_or_none,
    read_alternatives,
    read_amount,
    read_bundles,
    read_demands,
    read_margin_rule,
    read_moment,
    read_price_rule,
    read_quantities,
    read_row,
    read_said,
)
from shuce.engines.auction.english import hear_all
from shuce.engines.auction.guided import Cycle, ProfitBase, ProfitRule, allow_cycles
from shuce.engines.auction.rules import Form, Rules
from shuce.engines.auction.single import Sale, english_by_proxy, first_price, second_price
from shuce.engines.auction.uniform import Clearing, Demand, clear
from shuce.engines.auction.vcg import vcg_items, vcg_units

Answer = dict[str, Any]


def answer_first_price(inputs: Inputs) -> Answer:
    """`bids`, `reserve` → `winner`, `price`: the highest pays what it said."""
    return _sale(first_price(_affordable(inputs), number(inputs, "reserve")))


def answer_second_price(inputs: Inputs) -> Answer:
    """`bids`, `reserve` → `winner`, `price`: the highest pays the best price of another."""
    return _sale(second_price(_affordable(inputs), number(inputs, "reserve")))


def answer_english_proxy(inputs: Inputs) -> Answer:
    """`maxima`, `start`, `increment`, `reserve` → `winner`, `price`."""
    return _sale(
        english_by_proxy(
            read_said(required(inputs, "maxima"), "maxima"),
            start=number(inputs, "start"),
            increment=number(inputs, "increment", 1),
            reserve=number(inputs, "reserve"),
        )
    )


def answer_english(inputs: Inputs) -> Answer:
    """`bids` [bidder, maximum, at], `closes_at`, `window`, `extension` … → with `closed_at`.

    Times are seconds from any zero, or ISO 8601 with zone; they are compared as moments.
    """
    rows = [
        read_row(row, f"bids[{i}]", ("bidder", "amount", "at"))
        for i, row in enumerate(sequence(required(inputs, "bids"), "bids"))
    ]
    latest = inputs.get("latest_close")
    rules = Rules(
        "",
        Form.ENGLISH,
        limit=number(inputs, "start"),
        increment=number(inputs, "increment", 1),
        closes_at=read_moment(required(inputs, "closes_at"), "closes_at"),
        window=whole(inputs.get("window", 0), "window"),
        extension=whole(inputs.get("extension", 0), "extension"),
        latest_close=None if latest is None else read_moment(latest, "latest_close"),
    )
    bids = [
        Bid(
            str(row["bidder"]),
            (Offer(1, read_amount(row["amount"], f"bids[{i}].amount")),),
            i,
            "",
            at=read_moment(row["at"], f"bids[{i}].at"),
        )
        for i, row in enumerate(rows)
    ]
    hearing = hear_all(rules, bids)
    floor, reserve = hearing.floor, number(inputs, "reserve")
    sold = floor.leader is not None and floor.most >= reserve
    sale = Sale(floor.leader, max(floor.price, reserve)) if floor.leader and sold else None
    return _sale(sale) | {
        "closed_at": as_given(floor.closes_at, inputs["closes_at"]),
        "late": [bid.index for bid in hearing.late],
        "too_low": [bid.index for bid in hearing.too_low],
    }


def answer_uniform_price(inputs: Inputs) -> Answer:
    """`units`, `bids` [bidder, quantity, price], `price_rule`, `margin_rule`, `reserve`.

    → `clearing`, `awards` of every bidder. The rule is the lowest winner's price unless stated.
    """
    reserve = number(inputs, "reserve")
    demands = read_demands(required(inputs, "bids"), "bids")
    rule = read_price_rule(inputs)
    cleared = _cleared(inputs, [d for d in demands if d.price >= reserve])
    taken = _taken([d for d in demands if d.price >= reserve], cleared)
    clearing = cleared.price(rule, reserve)
    awards = {d.bidder: taken.get(d.bidder, 0) for d in demands}
    return {
        "clearing": plain_or_none(clearing),
        "awards": awards,
        "payments": {n: plain_or_none(got * (clearing or 0)) for n, got in awards.items()},
        "revenue": plain_or_none(sum(awards.values()) * (clearing or 0)),
        "price_rule": rule.value,
    }


def answer_pay_as_bid(inputs: Inputs) -> Answer:
    """`units`, `bids` [bidder, quantity, price] → `awards`, `payments`: each pays its own price."""
    reserve = number(inputs, "reserve")
    demands = read_demands(required(inputs, "bids"), "bids")
    admitted = [d for d in demands if d.price >= reserve]
    cleared = _cleared(inputs, admitted)
    taken = _taken(admitted, cleared)
    payments: dict[str, Rational] = {d.bidder: 0 for d in demands}
    for demand, got in zip(admitted, cleared.filled, strict=True):
        payments[demand.bidder] += got * demand.price
    return {
        "awards": {d.bidder: taken.get(d.bidder, 0) for d in demands},
        "payments": {name: plain_or_none(paid) for name, paid in payments.items()},
        "lowest_winner": plain_or_none(cleared.lowest_winner),
        "revenue": plain_or_none(sum(payments.values())),
    }


def answer_uniform_yield(inputs: Inputs) -> Answer:
    """`offered`, `noncompetitive`, `competitive` [bidder, amount, yield] → `clearing`, `awards`.

    Bids without a yield are served first; low yields win; the last one served is paid to all.
    """
    offered = whole(required(inputs, "offered"), "offered")
    first = whole(inputs.get("noncompetitive") or 0, "noncompetitive")
    demands = read_demands(required(inputs, "competitive"), "competitive")
    highest = inputs.get("max_yield")
    most = None if highest is None else read_amount(highest, "max_yield")
    if most is not None:
        demands = [d for d in demands if d.price <= most]
    cleared = clear(max(offered - first, 0), demands, read_margin_rule(inputs), low_wins=True)
    clearing = cleared.price(read_price_rule(inputs), most)
    return {
        "clearing": plain_or_none(clearing),
        "awards": _taken(demands, cleared),
        "noncompetitive": min(first, offered),
    }


def answer_vcg(inputs: Inputs) -> Answer:
    """`units` or `items`, `bids` [bidder, alternatives] → `winners`, `payments`.

    An alternative is [quantity, value of them all], or [items, value]; one at most wins.
    """
    reserve = number(inputs, "reserve")
    if "items" in inputs:
        items = [str(item) for item in sequence(inputs["items"], "items")]
        bundles = [
            (name, read_bundles(rows, items, name)) for name, rows in read_alternatives(inputs)
        ]
        sold = vcg_items(items, bundles)
        winners: dict[str, Any] = {name: list(got) for name, got in sold.winners.items()}
        payments, welfare = sold.payments, sold.welfare
    else:
        units = whole(required(inputs, "units"), "units")
        wanted = [
            (name, read_quantities(rows, units, name)) for name, rows in read_alternatives(inputs)
        ]
        allotted = vcg_units(units, wanted, reserve)
        winners = dict(allotted.winners)
        payments, welfare = allotted.payments, allotted.welfare
    return {
        "winners": winners,
        "payments": {name: plain_or_none(paid) for name, paid in payments.items()},
        "welfare": plain_or_none(welfare),
        "revenue": plain_or_none(sum(payments.values())),
    }


def answer_guided_price_cycles(inputs: Inputs) -> Answer:
    """`cycles` [{cost, subsidy, tax, assets, actual_revenue}], `profit_rule` {base, rate}."""
    rule = mapping(required(inputs, "profit_rule"), "profit_rule")
    base = one_of(rule.get("base", "cost"), "profit_rule.base", ("cost", "asset", "assets"))
    bases = {"cost": ProfitBase.COST, "asset": ProfitBase.ASSETS, "assets": ProfitBase.ASSETS}
    cycles = []
    for i, row in enumerate(sequence(required(inputs, "cycles"), "cycles")):
        terms = mapping(row, f"cycles[{i}]")
        told = terms.get("actual_revenue")
        cycles.append(
            Cycle(
                cost=read_amount(required(terms, "cost"), f"cycles[{i}].cost"),
                subsidy=read_amount(terms.get("subsidy") or 0, f"cycles[{i}].subsidy"),
                tax=read_amount(terms.get("tax") or 0, f"cycles[{i}].tax"),
                assets=read_amount(terms.get("assets") or 0, f"cycles[{i}].assets"),
                actual_revenue=None if told is None else read_amount(told, f"cycles[{i}]"),
                name=f"cycles[{i}]",
            )
        )
    rate = exact(required(rule, "rate"), "profit_rule.rate")
    allowed = allow_cycles(cycles, ProfitRule(bases[base], rate), number(inputs, "carried"))
    return {
        name: [plain_or_none(getattr(one, name)) for one in allowed]
        for name in ("net_cost", "profit", "deducted", "max_revenue", "excess", "carried")
    }


KINDS: dict[str, Callable[[Inputs], Answer]] = {
    "first_price": answer_first_price,
    "second_price": answer_second_price,
    "english_proxy": answer_english_proxy,
    "english": answer_english,
    "uniform_price": answer_uniform_price,
    "pay_as_bid": answer_pay_as_bid,
    "discriminatory_price": answer_pay_as_bid,
    "uniform_yield": answer_uniform_yield,
    "vcg": answer_vcg,
    "vcg_items": answer_vcg,
    "guided_price_cycles": answer_guided_price_cycles,
}


def _sale(sale: Sale | None) -> Answer:
    if sale is None:
        return {"winner": None, "price": None}
    return {"winner": sale.winner, "price": plain(sale.price)}


def _affordable(inputs: Inputs) -> list[tuple[str, Rational]]:
    """Read the bids, leaving out those beyond their bidder's budget where budgets are given."""
    given = mapping(inputs.get("budgets") or {}, "budgets")
    budgets = {name: read_amount(most, f"budgets.{name}") for name, most in given.items()}
    said = read_said(required(inputs, "bids"), "bids")
    return [(name, sum_) for name, sum_ in said if sum_ <= budgets.get(name, sum_)]


def _cleared(inputs: Inputs, demands: Sequence[Demand]) -> Clearing:
    return clear(whole(required(inputs, "units"), "units"), demands, read_margin_rule(inputs))


def _taken(demands: Sequence[Demand], cleared: Clearing) -> dict[str, int]:
    taken: dict[str, int] = {}
    for demand, got in zip(demands, cleared.filled, strict=True):
        if got:
            taken[demand.bidder] = taken.get(demand.bidder, 0) + got
    return taken


__all__ = ["KINDS", "BadAuction", "BadCase"]
