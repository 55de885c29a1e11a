"""Reading what auction cases give: bids in several shapes, rules by name, moments."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from shuce.engines.apportionment.reading import (
    BadCase,
    Rational,
    exact,
    plain,
    required,
    sequence,
    whole,
)
from shuce.engines.auction.rules import MarginRule, PriceRule
from shuce.engines.auction.uniform import Demand
from shuce.kernel.words import say

Inputs = Mapping[str, object]

_PRICE_RULES = {
    PriceRule.LOWEST_WINNER: (
        "lowest_winner", "lowest_winning", "lowest_accepted", "last_accepted", "marginal",
    ),
    PriceRule.FIRST_REJECTED: (
        "first_rejected", "highest_rejected", "highest_loser", "highest_losing", "lowest_loser",
    ),
}  # fmt: skip


def read_said(value: object, field: str) -> list[tuple[str, Rational]]:
    if isinstance(value, Mapping):
        return [(str(n), read_amount(a, f"{field}.{n}")) for n, a in value.items()]
    rows = _ordered(value, field, ("bidder", "amount"))
    return [(str(row["bidder"]), read_amount(row["amount"], f"{field}[{i}]")) for i, row in rows]


def read_demands(value: object, field: str) -> list[Demand]:
    demands = []
    for i, row in _ordered(value, field, ("bidder", "quantity", "price")):
        quantity = whole(row["quantity"], f"{field}[{i}].quantity")
        demands.append(
            Demand(str(row["bidder"]), quantity, read_amount(row["price"], f"{field}[{i}].price"))
        )
    return demands


def _ordered(
    value: object, field: str, names: Sequence[str]
) -> list[tuple[int, Mapping[str, object]]]:
    """Read rows and put them in log order; each keeps its place as written, for error messages."""
    rows = [
        (i, read_row(row, f"{field}[{i}]", names)) for i, row in enumerate(sequence(value, field))
    ]
    return sorted(
        rows,
        key=lambda one: (
            whole(one[1].get("index", one[0]), f"{field}[{one[0]}].index"),
            str(one[1].get("hash", "")),
        ),
    )


def read_row(row: object, field: str, names: Sequence[str]) -> Mapping[str, object]:
    if isinstance(row, Mapping):
        for name in names:
            required(row, name)
        return row
    values = sequence(row, field)
    if len(values) != len(names):
        raise BadCase(say("{field} 应为 {names}", field=field, names="、".join(names)))
    return dict(zip(names, values, strict=True))


def read_amount(value: object, field: str) -> Rational:
    amount = exact(value, field)
    if amount < 0:
        raise BadCase(say("{field} 不得为负", field=field))
    return int(amount) if amount.denominator == 1 else amount


def number(inputs: Inputs, field: str, default: int = 0) -> Rational:
    given = inputs.get(field)
    return default if given is None else read_amount(given, field)


def plain_or_none(number: Rational | None) -> int | float | None:
    return None if number is None else plain(number)


def read_price_rule(inputs: Inputs) -> PriceRule:
    told = str(inputs.get("price_rule") or inputs.get("rule") or "lowest_winner")
    word = told.strip().lower().replace(" ", "_").replace("-", "_")
    for rule, names in _PRICE_RULES.items():
        if word in names:
            return rule
    raise BadCase(say("不认识的定价规则 {rule}", rule=told))


def read_margin_rule(inputs: Inputs) -> MarginRule:
    told = str(inputs.get("margin_rule") or "pro rata").lower().replace("_", " ")
    if told.startswith("pro"):
        return MarginRule.PRO_RATA
    if told.startswith(("earliest", "time", "first", "in order")):
        return MarginRule.EARLIEST
    raise BadCase(say("不认识的边际分配规则 {rule}", rule=told))


def read_alternatives(inputs: Inputs) -> list[tuple[str, list[Sequence[object]]]]:
    """Read [bidder, [[what, value], …]], {bidder: …} or [bidder, what, value]; one bid a bidder."""
    given = required(inputs, "bids")
    listed: Sequence[object] = (
        [[name, rows] for name, rows in given.items()]
        if isinstance(given, Mapping)
        else sequence(given, "bids")
    )
    found: dict[str, list[Sequence[object]]] = {}
    for i, row in enumerate(listed):
        parts = sequence(row, f"bids[{i}]")
        if len(parts) == 3:
            parts = [parts[0], [[parts[1], parts[2]]]]
        if len(parts) != 2:
            raise BadCase(say("{field} 应为投标人和报价", field=f"bids[{i}]"))
        offers = list(parts[1].items()) if isinstance(parts[1], Mapping) else parts[1]
        for offer in sequence(offers, f"bids[{i}]"):
            pair = sequence(offer, f"bids[{i}]")
            if len(pair) != 2:
                raise BadCase(say("{field} 的每项报价应为标的和金额", field=f"bids[{i}]"))
            found.setdefault(str(parts[0]), []).append(pair)
    return list(found.items())


def read_quantities(
    rows: Sequence[Sequence[object]], units: int, name: str
) -> list[tuple[int, Rational]]:
    offers = [(whole(q, f"bids.{name}"), read_amount(v, f"bids.{name}")) for q, v in rows]
    if any(quantity < 1 for quantity, _ in offers):
        raise BadCase(say("{name} 的数量应大于 0", name=name))
    return [(quantity, value) for quantity, value in offers if quantity <= units]


def read_bundles(
    rows: Sequence[Sequence[object]], items: Sequence[str], name: str
) -> list[tuple[frozenset[str], Rational]]:
    offers = []
    for what, value in rows:
        wanted = [what] if isinstance(what, str) else sequence(what, f"bids.{name}")
        bundle = frozenset(map(str, wanted))
        if not bundle or bundle - set(items):
            raise BadCase(say("{name} 报价的标的不在清单中", name=name))
        offers.append((bundle, read_amount(value, f"bids.{name}")))
    return offers


def read_moment(value: object, field: str) -> datetime:
    """Read a moment: seconds from the epoch, or ISO 8601 with its zone."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.utcoffset() is None:
            raise BadCase(say("{field} 应为带时区的时间", field=field))
        return moment
    seconds = exact(value, field)
    if abs(seconds) > 10**11:
        raise BadCase(say("{field} 超出时间范围", field=field))
    micro = Fraction(1_000_000) * seconds
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micro))


def as_given(moment: datetime, like: object) -> int | float | str:
    if isinstance(like, str):
        return moment.isoformat()
    elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return plain(Fraction(elapsed // timedelta(microseconds=1), 1_000_000))
