"""A unit's books as they stood on one day: what every detector looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shuce.engines.breaches.bills import Bills
from shuce.engines.breaches.ledger import Ledger
from shuce.engines.breaches.money import Money
from shuce.engines.breaches.once import receipts_once
from shuce.engines.breaches.payments import PaymentKind, kind_of_payment
from shuce.engines.breaches.prices import Schedule
from shuce.engines.breaches.receivables import Receivables, receivables_of
from shuce.engines.breaches.rows import Receipt
from shuce.engines.breaches.settings import Settings
from shuce.engines.breaches.standing import Accounts


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger, and what follows from it as of a day."""

    ledger: Ledger
    as_of: date
    settings: Settings
    accounts: Accounts
    receipts: Mapping[str, Receipt]
    """All receipts, repeated imports left out; also those dated after `as_of`."""
    payments: dict[str, PaymentKind]
    bills: Bills
    receivables: Receivables
    money: Money


def open_books(ledger: Ledger, as_of: date, settings: Settings) -> Books:
    """Work out bills and the trail of money as of a day."""
    accounts = Accounts(ledger, settings)
    receipts, same_as = receipts_once(ledger.receipts)
    kinds = {p.id: kind_of_payment(p, ledger) for p in ledger.expenditures.values()}
    bills = Bills(ledger, receipts, same_as, Schedule(ledger.prices), settings, as_of)
    money = Money(ledger, receipts, same_as, kinds, accounts, settings, as_of)
    owed = receivables_of(bills)
    return Books(ledger, as_of, settings, accounts, receipts, kinds, bills, owed, money)
