"""Receipts that went whole to the treasury, with nothing that could have touched them on the way.

Most money of an orderly unit comes in, waits a few days and is remitted by one slip. Such a
receipt needs no quanta: whatever order its events are followed in, it ends in the same place.
This lane knows them beforehand, so that only the rest is followed step by step.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date

from shuce.engines.breaches.ledger import Ledger
from shuce.engines.breaches.payments import FROM_REVENUE, PaymentKind
from shuce.engines.breaches.reading import WHOLE_BP
from shuce.engines.breaches.rows import Receipt
from shuce.engines.breaches.settings import Settings
from shuce.engines.breaches.standing import Accounts, Standing

Slip = tuple[str, date, int]
"""Remittance id, day, fen."""


def due_of(net_fen: int, fiscal_bp: int) -> int:
    """Return the treasury's part of a net receipt, to the nearest fen."""
    return (net_fen * fiscal_bp + WHOLE_BP // 2) // WHOLE_BP


def straight_receipts(
    ledger: Ledger,
    receipts: Mapping[str, Receipt],
    same_as: Mapping[str, str],
    kinds: Mapping[str, PaymentKind],
    accounts: Accounts,
    returned: Mapping[str, int],
    settings: Settings,
    as_of: date,
) -> dict[str, tuple[int, Slip]]:
    """Return, by receipt, the fen due to the treasury and the slip that brought all of it.

    Straight are receipts in a lawful account, named by one remittance only, which left nothing
    out, while nothing was paid or moved from that account from the day of the one to the day of
    the other. A receipt of which a part is the unit's own must have no payment after it at all.
    """
    slips = _only_slips(ledger, same_as, accounts, as_of)
    taken_on = _days_of_taking(ledger, kinds, as_of)
    from_any = taken_on.get(None, [])
    is_lawful = {
        account: accounts.standing(account) is Standing.LAWFUL
        for account in {receipt.account for receipt in receipts.values()}
    }
    deposits = settings.deposit_natures
    found: dict[str, tuple[int, Slip]] = {}
    for named, slip in slips.items():
        receipt = receipts.get(named)
        if receipt is None or not is_lawful[receipt.account] or receipt.date > slip[1]:
            continue
        if receipt.forfeited_on is not None or receipt.nature in deposits:
            continue
        net = receipt.amount_fen - returned.get(named, 0) if returned else receipt.amount_fen
        due = net if receipt.fiscal_bp == WHOLE_BP else due_of(net, receipt.fiscal_bp)
        if not 0 < due <= slip[2]:
            continue
        until = slip[1] if due == net else as_of
        days = taken_on.get(receipt.account, from_any)
        if days and _any_within(days, receipt.date, until):
            continue
        found[named] = due, slip
    return found


def _only_slips(
    ledger: Ledger, same_as: Mapping[str, str], accounts: Accounts, as_of: date
) -> dict[str, Slip]:
    """Return the slip of every receipt that one remittance names once, and no other does."""
    slips: dict[str, Slip] = {}
    touched: set[str] = set()
    for remittance in ledger.remittances.values():
        left_out = (*remittance.withheld, *remittance.net_of_cost)
        is_plain = not left_out and accounts.standing(remittance.to) is Standing.TREASURY
        if remittance.date > as_of:
            continue
        for receipt, fen in remittance.items:
            named = same_as.get(receipt, receipt) if same_as else receipt
            if not is_plain or fen <= 0 or named in slips:
                touched.add(named)
            else:
                slips[named] = (remittance.id, remittance.date, fen)
        for deduction in left_out:
            for other in (deduction.receipt, deduction.expenditure):
                touched.add(same_as.get(other or "", other or ""))
    for named in touched:
        slips.pop(named, None)
    return slips


def _days_of_taking(
    ledger: Ledger, kinds: Mapping[str, PaymentKind], as_of: date
) -> dict[str | None, list[date]]:
    """Return, by account, the days on which something may have been taken from it, in order.

    What was paid from no known account may have come from any.
    """
    taken: dict[str | None, set[date]] = {}
    for payment in ledger.expenditures.values():
        if kinds[payment.id] is not PaymentKind.NOT_REVENUE and payment.date <= as_of:
            taken.setdefault(payment.account, set()).add(payment.date)
    for transfer in ledger.transfers.values():
        if transfer.date <= as_of and transfer.funding in (None, FROM_REVENUE):
            taken.setdefault(transfer.source, set()).add(transfer.date)
    from_any = taken.get(None, set())
    return {account: sorted(days | from_any) for account, days in taken.items()}


def _any_within(days: list[date], first: date, last: date) -> bool:
    at = bisect_left(days, first)
    return at < len(days) and days[at] <= last
