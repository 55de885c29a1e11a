"""Everything that moved revenue, in the order in which it happened."""

from collections.abc import Container, Iterator, Mapping
from datetime import date
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple

from shuce.engines.breaches.ledger import Ledger
from shuce.engines.breaches.payments import FROM_REVENUE, PaymentKind
from shuce.engines.breaches.rows import Expenditure, Receipt, Remittance, Transfer


class _Turn(IntEnum):
    """The order within one day, kindest to the unit: remitting goes before spending."""

    RECEIVED = 0
    PUT_BACK = 1
    MOVED = 2
    REMITTED = 3
    PAID = 4
    PUT_BACK_AT_ONCE = 5


class PutBack(NamedTuple):
    payment: Expenditure
    fen: int


Event = Receipt | Remittance | Expenditure | Transfer | PutBack


def in_order(
    ledger: Ledger,
    receipts: Mapping[str, Receipt],
    kinds: Mapping[str, PaymentKind],
    as_of: date,
    *,
    done: Container[str] = (),
) -> Iterator[tuple[date, Event]]:
    """Yield the day and each thing that moved revenue: by day, by turn, then as given.

    Receipts in `done` are left out, and remittances that bring nothing but those.
    """
    events: list[tuple[date, _Turn, Event]] = []
    for receipt in receipts.values():
        if receipt.date <= as_of and receipt.id not in done:
            forfeited = receipt.forfeited_on
            # A forfeited deposit becomes revenue on that day, and not before.
            since = forfeited if forfeited and forfeited <= as_of else receipt.date
            events.append((since, _Turn.RECEIVED, receipt))
    for remittance in ledger.remittances.values():
        if remittance.date <= as_of and not _is_done(remittance, done):
            events.append((remittance.date, _Turn.REMITTED, remittance))
    for transfer in ledger.transfers.values():
        if transfer.date <= as_of and transfer.funding in (None, FROM_REVENUE):
            events.append((transfer.date, _Turn.MOVED, transfer))
    for payment in ledger.expenditures.values():
        kind = kinds[payment.id]
        if kind is PaymentKind.NOT_REVENUE or payment.date > as_of:
            continue
        events.append((payment.date, _Turn.PAID, payment))
        if kind in (PaymentKind.LOAN, PaymentKind.COST):
            for day, fen in payment.repaid:
                back_on = day or as_of
                if payment.date <= back_on <= as_of:
                    same_day = back_on == payment.date
                    turn = _Turn.PUT_BACK_AT_ONCE if same_day else _Turn.PUT_BACK
                    events.append((back_on, turn, PutBack(payment, fen)))
    events.sort(key=itemgetter(0, 1))
    for day, _, event in events:
        yield day, event


def _is_done(remittance: Remittance, done: Container[str]) -> bool:
    if remittance.net_of_cost or remittance.withheld:
        return False
    return all(named in done for named, _ in remittance.items)
