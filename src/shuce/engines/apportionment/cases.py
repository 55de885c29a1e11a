"""The kinds of case this engine answers on the command line, by name."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from shuce.engines.apportionment.agreement import Agreement, Tier, divide
from shuce.engines.apportionment.bases import (
    Investment,
    by_contribution,
    by_investment,
    by_ratio,
)
from shuce.engines.apportionment.lineage import shares_along_lineage
from shuce.engines.apportionment.quota import RunningShares, share_known_events
from shuce.engines.apportionment.reading import (
    BadCase,
    exact,
    mapping,
    one_of,
    required,
    sequence,
    weights_of,
    whole,
    written,
)
from shuce.engines.apportionment.rounding import largest_remainder
from shuce.engines.apportionment.schedule import Schedule
from shuce.engines.apportionment.steps import Lines
from shuce.kernel.words import say

Inputs = Mapping[str, object]
Answer = dict[str, Any]


def answer_largest_remainder(inputs: Inputs) -> Answer:
    """One total by weights: `total`, `weights` → `alloc`. Ties to the lowest index."""
    tie = one_of(inputs.get("tie") or "lowest index", "tie", ("lowest index", "highest index"))
    total = _amount(required(inputs, "total"), "total")
    weights = weights_of(required(inputs, "weights"), "weights")
    if tie == "highest index":
        return {"alloc": largest_remainder(total, weights[::-1])[::-1]}
    return {"alloc": largest_remainder(total, weights)}


def answer_cumulative_quota(inputs: Inputs) -> Answer:
    """Many events: `events`, `weights` (one row, or one row an event) → totals after each.

    `weights` may be replaced by an agreement (`parties`, `tiers`, `costs`, `caps` …).
    """
    events = [whole(e, f"events[{i}]") for i, e in _rows(required(inputs, "events"), "events")]
    given = inputs.get("weights")
    if given is None and "tiers" in inputs:
        schedule = _agreement(inputs).schedule()
        lines = RunningShares.opened(schedule).after_all(events)[1]
    elif _is_table(rows := sequence(required(inputs, "weights"), "weights")):
        if len(rows) != len(events):
            raise BadCase(say("weights 的行数应与 events 相同"))
        mixes = [weights_of(row, f"weights[{i}]") for i, row in enumerate(rows)]
        if len({len(mix) for mix in mixes}) > 1:
            raise BadCase(say("weights 各行的方数应相同"))
        known = list(zip(events, mixes, strict=True))
        lines, schedule = share_known_events(known), Schedule.of_events(known)
    else:
        schedule = Schedule.constant(weights_of(rows, "weights"))
        lines = RunningShares.opened(schedule).after_all(events)[1]
    return _totals(schedule, events, lines)


def answer_apportion(inputs: Inputs) -> Answer:
    """One amount under an agreement: costs first, then tiers with floors and caps."""
    agreement = _agreement(inputs)
    already = whole(inputs.get("already", 0), "already")
    division = divide(agreement, whole(required(inputs, "amount"), "amount"), already=already)
    names = agreement.parties
    return {
        "alloc": dict(zip(names, division.lines, strict=True)),
        "costs": dict(zip(names, division.costs, strict=True)),
        "shares": dict(zip(names, division.shares, strict=True)),
        "exact": {n: written(x) for n, x in zip(names, division.exact, strict=True)},
    }


def answer_share_by_ratio(inputs: Inputs) -> Answer:
    """`total`, `ratios` by party that sum to one → `alloc` by party."""
    ratios = mapping(required(inputs, "ratios"), "ratios")
    return _alloc(inputs, by_ratio({n: exact(r, f"ratios.{n}") for n, r in ratios.items()}))


def answer_share_by_investment(inputs: Inputs) -> Answer:
    """`total`, `investments` (by party, or rows of party, fen, days) → `alloc` by party."""
    given = required(inputs, "investments")
    if isinstance(given, Mapping):
        rows = [Investment(str(n), whole(v, f"investments.{n}")) for n, v in given.items()]
    else:
        rows = [_investment(row, i) for i, row in _rows(given, "investments")]
    return _alloc(inputs, by_investment(rows))


def answer_share_by_contribution(inputs: Inputs) -> Answer:
    """`total`, `contributions` by party (Shapley values) → `alloc` by party."""
    given = mapping(required(inputs, "contributions"), "contributions")
    values = {n: exact(v, f"contributions.{n}") for n, v in given.items()}
    as_zero = inputs.get("negative") == "zero"
    return _alloc(inputs, by_contribution(values, negative_counts_as_zero=as_zero))


def answer_lineage_shares(inputs: Inputs) -> Answer:
    """`product`, `lineage` {asset: {source: part}}, maybe `total` → `shares`, maybe `alloc`."""
    lineage = {
        asset: {s: exact(p, f"lineage.{asset}.{s}") for s, p in mapping(owed, asset).items()}
        for asset, owed in mapping(required(inputs, "lineage"), "lineage").items()
    }
    shares = shares_along_lineage(str(required(inputs, "product")), lineage)
    answer: Answer = {"shares": {n: written(x) for n, x in shares.items()}}
    return answer | (_alloc(inputs, shares) if "total" in inputs else {})


KINDS: dict[str, Callable[[Inputs], Answer]] = {
    "largest_remainder": answer_largest_remainder,
    "cumulative_quota": answer_cumulative_quota,
    "apportion": answer_apportion,
    "share_by_ratio": answer_share_by_ratio,
    "share_by_investment": answer_share_by_investment,
    "share_by_contribution": answer_share_by_contribution,
    "lineage_shares": answer_lineage_shares,
}


def _amount(value: object, field: str) -> int:
    number = exact(value, field)
    if number.denominator != 1:
        raise BadCase(say("{field} 应为整数", field=field))
    return int(number)


def _rows(value: object, field: str) -> list[tuple[int, object]]:
    return list(enumerate(sequence(value, field)))


def _is_table(rows: Sequence[object]) -> bool:
    return bool(rows) and all(
        isinstance(row, Sequence) and not isinstance(row, str) for row in rows
    )


def _investment(row: object, place: int) -> Investment:
    field = f"investments[{place}]"
    if isinstance(row, Mapping):
        party, fen, days = required(row, "party"), required(row, "fen"), row.get("days", 1)
    else:
        party, fen, days = [*sequence(row, field), 1, 1, 1][:3]
    return Investment(str(party), whole(fen, f"{field}.fen"), whole(days, f"{field}.days"))


def _alloc(inputs: Inputs, shares: Mapping[str, Fraction]) -> Answer:
    total = _amount(required(inputs, "total"), "total")
    lines = largest_remainder(total, list(shares.values()))
    return {"alloc": dict(zip(shares, lines, strict=True))}


def _agreement(inputs: Inputs) -> Agreement:
    given = inputs.get("tiers")
    if given is None:
        tiers = [Tier(tuple(weights_of(required(inputs, "weights"), "weights")))]
    else:
        tiers = [_tier(row, f"tiers[{i}]") for i, row in _rows(given, "tiers")]
    width = len(tiers[0].weights) if tiers else 0
    names = [str(p) for p in sequence(inputs.get("parties", range(width)), "parties")]
    caps = inputs.get("caps") or []
    return Agreement(
        tuple(names),
        tuple(tiers),
        costs=_amounts(inputs, "costs", names),
        costs_in_order=bool(inputs.get("costs_in_order")),
        floors=_amounts(inputs, "floors", names),
        caps=tuple(
            None if cap is None else whole(cap, f"caps[{i}]")
            for i, cap in enumerate(_by_party(caps, "caps", names, None))
        ),
    )


def _tier(row: object, field: str) -> Tier:
    terms = mapping(row, field)
    up_to = terms.get("up_to")
    return Tier(
        tuple(weights_of(required(terms, "weights"), f"{field}.weights")),
        None if up_to is None else whole(up_to, f"{field}.up_to"),
    )


def _amounts(inputs: Inputs, field: str, names: Sequence[str]) -> tuple[int, ...]:
    given = _by_party(inputs.get(field) or [], field, names, 0)
    return tuple(whole(amount, f"{field}[{i}]") for i, amount in enumerate(given))


def _by_party(value: object, field: str, names: Sequence[str], absent: object) -> Sequence[object]:
    """Read a row given by position, or by party's name with `absent` for whom it leaves out."""
    if not isinstance(value, Mapping):
        return sequence(value, field)
    for name in value:
        if name not in names:
            raise BadCase(say("{field} 中的 {name} 不是协议一方", field=field, name=name))
    return [value.get(name, absent) for name in names]


def _totals(schedule: Schedule, events: Sequence[int], lines: Sequence[Lines]) -> Answer:
    held = [0] * schedule.width
    total, worst = 0, Fraction(0)
    totals = []
    for amount, line in zip(events, lines, strict=True):
        total += amount
        held = [had + fen for had, fen in zip(held, line, strict=True)]
        totals.append(held)
        worst = max(worst, *(abs(h - x) for h, x in zip(held, schedule.exact(total), strict=True)))
    return {
        "totals_after_each": totals,
        "lines": [list(line) for line in lines],
        "max_abs_deviation": written(worst),
        "max_abs_deviation_lt": int(worst) + 1,
    }
