"""Which fields make up each row of the books, in the order of the rows."""

from datetime import date
from typing import Final

from shuce.engines.breaches.columns import read_lists_whole, read_missing_whole
from shuce.engines.breaches.reading import (
    Row,
    day,
    day_or_none,
    entries,
    flag,
    flag_or_yes,
    name_set,
    names,
    quantity,
    rows,
    said_so,
    share_bp,
    text,
    text_or_none,
    whole,
    whole_or_none,
    whole_or_zero,
    words,
)
from shuce.engines.breaches.rows import (
    Account,
    BudgetItem,
    CollectionAction,
    Contract,
    Deduction,
    Disposition,
    Expenditure,
    Invoice,
    Obligation,
    OutsideRecord,
    Price,
    Receipt,
    Refund,
    Remittance,
    Transfer,
    Usage,
    Waiver,
)
from shuce.engines.breaches.tables import Shape


def _start_of_price(row: Row, field: str) -> date:
    return day_or_none(row, field) or date.min


def _obligations(row: Row, field: str) -> tuple[Obligation, ...]:
    """Return what a contract owes; an obligation without an id goes by its place."""
    return tuple(
        [
            Obligation(
                text_or_none(entry, "id") or f"{row.get('id')}#{number + 1}",
                day(entry, "due"),
                whole(entry, "amount_fen"),
            )
            for number, entry in enumerate(entries(row, field))
        ]
    )


def _forfeited_on(row: Row, field: str) -> date | None:
    """The day a deposit became revenue; `"forfeited": true` means from the day it came in."""
    if row.get("forfeited") is True:
        return day(row, "date")
    return day_or_none(row, field) or day_or_none(row, "forfeited")


def _remitted(row: Row, field: str) -> tuple[tuple[str, int], ...]:
    return tuple(
        [(text(item, "receipt"), whole(item, "amount_fen")) for item in entries(row, field)]
    )


def _deductions(row: Row, field: str) -> tuple[Deduction, ...]:
    if not row.get(field):
        return ()
    found = []
    for entry in rows(row, field):
        if isinstance(entry, dict):
            cost = text_or_none(entry, "expenditure") or text_or_none(entry, "id")
            fen = whole_or_none(entry, "amount_fen")
            found.append(Deduction(text_or_none(entry, "receipt"), cost, fen))
        elif isinstance(entry, str):
            found.append(Deduction(None, entry, None))
        else:
            found.append(Deduction(None, None, whole({field: entry}, field)))
    return tuple(found)


def _repaid(row: Row, field: str) -> tuple[tuple[date | None, int], ...]:
    if not row.get(field):
        return ()
    return tuple([(day_or_none(r, "date"), whole(r, "amount_fen")) for r in entries(row, field)])


def _end_of_transfer(row: Row, field: str) -> str:
    return text(row, field if field in row else f"{field}_account")


def _id_or_asset(row: Row, field: str) -> str:
    return text(row, field if field in row else "asset")


ACCOUNT: Final = Shape(
    Account,
    (
        ("id", text), ("kind", words), ("owner", words), ("registered", flag_or_yes),
        ("authorised", flag_or_yes),
    ),
)  # fmt: skip
PRICE: Final = Shape(
    Price,
    (
        ("item", text), ("list_fen", whole_or_none), ("min_fen", whole_or_none),
        ("max_fen", whole_or_none), ("free_purposes", name_set), ("from", _start_of_price),
        ("to", day_or_none),
    ),
)  # fmt: skip
CONTRACT: Final = Shape(
    Contract,
    (
        ("id", text), ("item", text_or_none), ("purpose", words),
        ("unit_price_fen", whole_or_zero), ("buyer", text_or_none), ("obligations", _obligations),
        ("price_approval", said_so),
    ),
)  # fmt: skip
USAGE: Final = Shape(
    Usage,
    (
        ("id", text), ("contract", text_or_none), ("item", text_or_none), ("user", text_or_none),
        ("qty", quantity), ("period_end", day), ("purpose", words),
    ),
)  # fmt: skip
WAIVER: Final = Shape(
    Waiver,
    (
        ("id", words), ("obligation", text_or_none), ("invoice", text_or_none),
        ("contract", text_or_none), ("amount_fen", whole_or_none), ("authority", words),
        ("doc", words), ("date", day_or_none),
    ),
)  # fmt: skip
COLLECTION_ACTION: Final = Shape(
    CollectionAction,
    (
        ("id", words), ("invoice", text_or_none), ("obligation", text_or_none),
        ("contract", text_or_none), ("date", day_or_none),
    ),
)  # fmt: skip
INVOICE: Final = Shape(
    Invoice,
    (
        ("id", text), ("contract", text_or_none), ("obligation", text_or_none),
        ("usage", text_or_none), ("item", text_or_none), ("purpose", text_or_none),
        ("qty", quantity), ("unit_price_fen", whole_or_none), ("amount_fen", whole),
        ("date", day), ("due", day_or_none), ("voided", flag), ("offset_fen", whole_or_zero),
        ("trade_no", text_or_none),
    ),
)  # fmt: skip
RECEIPT: Final = Shape(
    Receipt,
    (
        ("id", text), ("amount_fen", whole), ("date", day), ("account", text_or_none),
        ("remit_by", day_or_none), ("invoice", text_or_none), ("contract", text_or_none),
        ("nature", words), ("fiscal_bp", share_bp), ("payer", text_or_none),
        ("booked", text_or_none), ("bank_serial", text_or_none), ("trade_no", text_or_none),
        ("forfeited_on", _forfeited_on),
    ),
)  # fmt: skip
REFUND: Final = Shape(
    Refund,
    (
        ("receipt", text), ("amount_fen", whole), ("date", day), ("doc", words),
        ("account", text_or_none),
    ),
)  # fmt: skip
REMITTANCE: Final = Shape(
    Remittance,
    (
        ("id", text), ("date", day), ("to", text), ("items", _remitted),
        ("withheld", _deductions), ("net_of_cost", _deductions),
    ),
)  # fmt: skip
EXPENDITURE: Final = Shape(
    Expenditure,
    (
        ("id", text), ("amount_fen", whole), ("date", day), ("account", text_or_none),
        ("payee", words), ("payee_kind", words), ("purpose", words), ("purpose_class", words),
        ("funding", words), ("budget_item", text_or_none), ("approved", flag),
        ("repaid", _repaid),
    ),
)  # fmt: skip
TRANSFER: Final = Shape(
    Transfer,
    (
        ("id", text), ("amount_fen", whole), ("date", day), ("from", _end_of_transfer),
        ("to", _end_of_transfer), ("funding", text_or_none),
    ),
)  # fmt: skip
BUDGET_ITEM: Final = Shape(
    BudgetItem,
    (
        ("id", text), ("purpose", words), ("adjusted_to", names), ("adjust_doc", words),
        ("adjust_date", day_or_none),
    ),
)  # fmt: skip
DISPOSITION: Final = Shape(
    Disposition,
    (
        ("id", _id_or_asset), ("asset", words), ("method", words), ("approved", flag),
        ("doc", words), ("appraisal_fen", whole_or_zero), ("proceeds_fen", whole_or_zero),
        ("counterparty", text_or_none), ("date", day_or_none),
    ),
)  # fmt: skip
OUTSIDE_RECORD: Final = Shape(
    OutsideRecord,
    (
        ("id", text), ("source", words), ("amount_fen", whole), ("date", day_or_none),
        ("payer", text_or_none), ("trade_no", text_or_none), ("bank_serial", text_or_none),
        ("contract", text_or_none),
    ),
)  # fmt: skip

# Nested rows of the two tables that have them in millions; their readers are above.
OBLIGATION: Final = Shape(Obligation, (("id", text), ("due", day), ("amount_fen", whole)))
read_lists_whole(_obligations, OBLIGATION.make, OBLIGATION.fields)
read_lists_whole(_remitted, tuple, (("receipt", text), ("amount_fen", whole)))
read_missing_whole(_deductions)
read_missing_whole(_repaid)
