"""The rows of a unit's books, typed. Amounts are fen.

Named tuples rather than dataclasses: a city's ledger has millions of rows, and a named tuple is
built three times as fast and is frozen just the same.
"""

import datetime
from fractions import Fraction
from typing import NamedTuple


class Account(NamedTuple):
    """A bank account of the account register, or one found outside it (`registered` false)."""

    id: str
    kind: str
    owner: str
    registered: bool
    authorised: bool


class Price(NamedTuple):
    """A government-guided price in force from `starts_on` to `ends_on`, both included."""

    item: str
    list_fen: int | None
    min_fen: int | None
    max_fen: int | None
    free_purposes: frozenset[str]
    starts_on: datetime.date
    ends_on: datetime.date | None


class Obligation(NamedTuple):
    id: str
    due: datetime.date
    amount_fen: int


class Contract(NamedTuple):
    id: str
    item: str | None
    purpose: str
    unit_price_fen: int
    buyer: str | None
    obligations: tuple[Obligation, ...]
    price_approval: bool


class Usage(NamedTuple):
    id: str
    contract: str | None
    item: str | None
    user: str | None
    qty: Fraction
    period_end: datetime.date
    purpose: str


class Waiver(NamedTuple):
    id: str
    obligation: str | None
    invoice: str | None
    contract: str | None
    amount_fen: int | None
    authority: str
    doc: str
    date: datetime.date | None


class CollectionAction(NamedTuple):
    id: str
    invoice: str | None
    obligation: str | None
    contract: str | None
    date: datetime.date | None


class Invoice(NamedTuple):
    id: str
    contract: str | None
    obligation: str | None
    usage: str | None
    item: str | None
    purpose: str | None
    qty: Fraction
    unit_price_fen: int | None
    amount_fen: int
    date: datetime.date
    due: datetime.date | None
    voided: bool
    offset_fen: int
    trade_no: str | None


class Receipt(NamedTuple):
    id: str
    amount_fen: int
    date: datetime.date
    account: str | None
    remit_by: datetime.date | None
    invoice: str | None
    contract: str | None
    nature: str
    fiscal_bp: int
    payer: str | None
    booked: str | None
    bank_serial: str | None
    trade_no: str | None
    forfeited_on: datetime.date | None


class Refund(NamedTuple):
    receipt: str
    amount_fen: int
    date: datetime.date
    doc: str
    account: str | None


class Deduction(NamedTuple):
    """A part of a receipt that a remittance left out; an amount of None is what its cost was."""

    receipt: str | None
    expenditure: str | None
    amount_fen: int | None


class Remittance(NamedTuple):
    id: str
    date: datetime.date
    to: str
    items: tuple[tuple[str, int], ...]
    withheld: tuple[Deduction, ...]
    net_of_cost: tuple[Deduction, ...]


class Expenditure(NamedTuple):
    id: str
    amount_fen: int
    date: datetime.date
    account: str | None
    payee: str
    payee_kind: str
    purpose: str
    purpose_class: str
    funding: str
    budget_item: str | None
    approved: bool
    repaid: tuple[tuple[datetime.date | None, int], ...]


class Transfer(NamedTuple):
    id: str
    amount_fen: int
    date: datetime.date
    source: str
    target: str
    funding: str | None


class BudgetItem(NamedTuple):
    id: str
    purpose: str
    adjusted_to: tuple[str, ...]
    adjust_doc: str
    adjust_date: datetime.date | None


class Disposition(NamedTuple):
    id: str
    asset: str
    method: str
    approved: bool
    doc: str
    appraisal_fen: int
    proceeds_fen: int
    counterparty: str | None
    date: datetime.date | None


class OutsideRecord(NamedTuple):
    """Independent evidence of money: a trade, a bank line, or an operator's statement."""

    id: str
    source: str
    amount_fen: int
    date: datetime.date | None
    payer: str | None
    trade_no: str | None
    bank_serial: str | None
    contract: str | None
