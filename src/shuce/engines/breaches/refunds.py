"""Which refunds the unit paid itself, and which went through the treasury."""

from collections.abc import Iterable, Mapping
from datetime import date

from shuce.engines.breaches.rows import Receipt, Refund
from shuce.engines.breaches.settings import Settings
from shuce.engines.breaches.standing import Accounts, Standing


def refunded_by_the_unit(
    refunds: Iterable[Refund],
    receipts: Mapping[str, Receipt],
    remitted: Mapping[str, list[tuple[date, int]]],
    accounts: Accounts,
    settings: Settings,
) -> dict[str, int]:
    """Return, by receipt, the fen that the unit itself gave back before it had remitted them.

    Only that lowers what the unit owes. The treasury can refund only what it holds: so a refund
    is the treasury's if the money came straight to it, if the row names a treasury account, or
    if the paper speaks of a treasury refund and enough had been remitted by then.
    """
    returned: dict[str, int] = {}
    for refund in refunds:
        receipt = receipts.get(refund.receipt)
        if receipt is None or accounts.standing(receipt.account) is Standing.TREASURY:
            continue
        if refund.account and accounts.standing(refund.account) is Standing.TREASURY:
            continue
        held_by_treasury = sum(
            fen for day, fen in remitted.get(refund.receipt, ()) if day <= refund.date
        )
        says_treasury = any(word in refund.doc for word in settings.treasury_refund_words)
        if says_treasury and held_by_treasury >= refund.amount_fen:
            continue
        still_here = receipt.amount_fen - held_by_treasury - returned.get(refund.receipt, 0)
        own = min(refund.amount_fen, max(still_here, 0))
        if own:
            returned[refund.receipt] = returned.get(refund.receipt, 0) + own
    return returned
