"""The rows that red lines are drawn over. Amounts are fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from shuce.engines.breaches.reading import (
    day,
    day_or_none,
    said_so,
    text,
    text_or_none,
    whole,
    whole_or_none,
    whole_or_zero,
    words,
)
from shuce.engines.breaches.tables import Reader, RowProblem, Shape


class Party(NamedTuple):
    """An organization; `kind` tells a financing platform (融资平台, 城投) from others."""

    id: str
    kind: str


class Pledge(NamedTuple):
    """An asset given as security: 担保, 抵押, 质押, 回购, 差额补足 …"""

    id: str
    asset: str
    kind: str
    amount_fen: int
    debtor: str | None
    day: date


class Deal(NamedTuple):
    """A paid grant: its term, fee, the appraisal it rests on, and ties to borrowing."""

    id: str
    asset: str | None
    grantee: str | None
    starts_on: date
    ends_on: date | None
    fee_fen: int
    appraisal_fen: int | None
    buy_back: bool
    loan: str | None


class Income(NamedTuple):
    """Money received and booked as non-tax revenue on a day."""

    id: str
    contract: str | None
    payer: str | None
    amount_fen: int
    day: date
    funding: str


class Outlay(NamedTuple):
    """Fiscal money paid to an organization."""

    id: str
    payee: str
    amount_fen: int
    day: date


class Use(NamedTuple):
    id: str
    contract: str | None
    period_end: date


class Appraised(NamedTuple):
    id: str
    asset: str
    value_fen: int
    book_fen: int | None
    day: date
    appraiser: str | None


class Impairment(NamedTuple):
    id: str
    asset: str
    book_fen: int
    impairment_fen: int
    day: date


class Disposal(NamedTuple):
    """An asset that left use, or a deletion; `reply` is the number of the official reply."""

    id: str
    asset: str
    method: str
    amount_fen: int
    reply: str
    day: date


class Product(NamedTuple):
    """What is offered to whom, at what price a unit."""

    id: str
    purpose: str
    audience: str
    price_fen: int


_PARTY = Shape(
    Party,
    (
        ("id", text),
        ("kind", words),
    ),
)
_PLEDGE = Shape(
    Pledge,
    (
        ("id", text),
        ("asset", text),
        ("kind", words),
        ("amount_fen", whole_or_zero),
        ("debtor", text_or_none),
        ("date", day),
    ),
)
_DEAL = Shape(
    Deal,
    (
        ("id", text),
        ("asset", text_or_none),
        ("grantee", text_or_none),
        ("starts_on", day),
        ("ends_on", day_or_none),
        ("fee_fen", whole_or_zero),
        ("appraisal_fen", whole_or_none),
        ("buy_back", said_so),
        ("loan", text_or_none),
    ),
)
_INCOME = Shape(
    Income,
    (
        ("id", text),
        ("contract", text_or_none),
        ("payer", text_or_none),
        ("amount_fen", whole),
        ("date", day),
        ("funding", words),
    ),
)
_OUTLAY = Shape(
    Outlay,
    (
        ("id", text),
        ("payee", text),
        ("amount_fen", whole),
        ("date", day),
    ),
)
_USE = Shape(
    Use,
    (
        ("id", text),
        ("contract", text_or_none),
        ("period_end", day),
    ),
)
_APPRAISED = Shape(
    Appraised,
    (
        ("id", text),
        ("asset", text),
        ("value_fen", whole),
        ("book_fen", whole_or_none),
        ("date", day),
        ("appraiser", text_or_none),
    ),
)
_IMPAIRMENT = Shape(
    Impairment,
    (
        ("id", text),
        ("asset", text),
        ("book_fen", whole),
        ("impairment_fen", whole),
        ("date", day),
    ),
)
_DISPOSAL = Shape(
    Disposal,
    (
        ("id", text),
        ("asset", text),
        ("method", words),
        ("amount_fen", whole_or_zero),
        ("reply", words),
        ("date", day),
    ),
)
_PRODUCT = Shape(
    Product,
    (
        ("id", text),
        ("purpose", words),
        ("audience", words),
        ("price_fen", whole_or_zero),
    ),
)


@dataclass(frozen=True, slots=True)
class Dealings:
    """A unit's deals, values and disposals."""

    unit_id: str
    unit_type: str
    parties: Mapping[str, Party]
    pledges: Mapping[str, Pledge]
    deals: Mapping[str, Deal]
    income: Mapping[str, Income]
    outlays: Mapping[str, Outlay]
    usage: Mapping[str, Use]
    appraisals: Mapping[str, Appraised]
    impairments: Mapping[str, Impairment]
    disposals: Mapping[str, Disposal]
    products: Mapping[str, Product]
    problems: tuple[RowProblem, ...]


def read_dealings(data: Mapping[str, object]) -> Dealings:
    """Read a unit's dealings. Bad rows go to `problems`; good rows are kept."""
    reader = Reader(data)
    unit = data.get("unit")
    unit = unit if isinstance(unit, Mapping) else {}
    return Dealings(
        unit_id=str(unit.get("id") or ""),
        unit_type=str(unit.get("type") or ""),
        parties=reader.by_id("parties", _PARTY),
        pledges=reader.by_id("pledges", _PLEDGE),
        deals=reader.by_id("contracts", _DEAL),
        income=reader.by_id("receipts", _INCOME),
        outlays=reader.by_id("fiscal_payments", _OUTLAY),
        usage=reader.by_id("usage", _USE),
        appraisals=reader.by_id("appraisals", _APPRAISED),
        impairments=reader.by_id("impairments", _IMPAIRMENT),
        disposals=reader.by_id("disposals", _DISPOSAL),
        products=reader.by_id("products", _PRODUCT),
        problems=tuple(reader.problems),
    )
