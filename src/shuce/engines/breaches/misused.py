"""V10 挪用: earmarked money spent on something else, or revenue invested."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.divided import amount_from_revenue
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.payments import FROM_BUDGET, FROM_RETURNED, PaymentKind
from shuce.engines.breaches.rows import BudgetItem, Expenditure
from shuce.kernel.words import say


def find_misused(books: Books) -> Iterator[Finding]:
    """Compare every earmarked payment with its budget item; revenue may never be invested."""
    for payment, kind in books.payments.items():
        row = books.ledger.expenditures[payment]
        if row.date > books.as_of:
            continue
        if kind is PaymentKind.INVESTMENT:
            amount = amount_from_revenue(books, row)
            if amount > books.settings.tolerance_fen:
                why = say(
                    "{day} 将收入 {amount} 用于投资“{purpose}”。",
                    day=row.date, amount=yuan(amount), purpose=row.purpose,
                )  # fmt: skip
                yield Finding(Code.MISUSED, amount, refs_of(payment), why)
        elif kind is PaymentKind.NOT_REVENUE and row.amount_fen > books.settings.tolerance_fen:
            items = _items_of(books, row)
            if not items or any(_allows(item, row) for item in items):
                continue
            why = say(
                "{day} 支出 {amount} 用于“{purpose}”，预算项目只准用于“{allowed}”，"
                "支出前没有有效的调整文件。",
                day=row.date, amount=yuan(row.amount_fen), purpose=row.purpose,
                allowed="、".join(item.purpose for item in items),
            )  # fmt: skip
            refs = refs_of(payment, *(item.id for item in items))
            yield Finding(Code.MISUSED, row.amount_fen, refs, why)


def _items_of(books: Books, row: Expenditure) -> list[BudgetItem]:
    """Return the budget items a payment is bound to; none if it is not earmarked.

    Returned money that names no item may go to any of the unit's items. Ordinary budget money
    is bound only by the item it names, and an approved payment of it is in order.
    """
    items = books.ledger.budget_items
    if row.budget_item is not None:
        bound = row.funding == FROM_RETURNED or (row.funding == FROM_BUDGET and not row.approved)
        return [items[row.budget_item]] if bound and row.budget_item in items else []
    return list(items.values()) if row.funding == FROM_RETURNED else []


def _allows(item: BudgetItem, row: Expenditure) -> bool:
    if _same_purpose(item.purpose, row.purpose):
        return True
    adjusted_in_time = bool(item.adjust_doc) and (
        item.adjust_date is None or item.adjust_date <= row.date
    )
    return adjusted_in_time and any(_same_purpose(to, row.purpose) for to in item.adjusted_to)


def _same_purpose(one: str, other: str) -> bool:
    """Say whether two purposes are the same in words, or one names a part of the other."""
    return bool(one) and bool(other) and (one in other or other in one)
