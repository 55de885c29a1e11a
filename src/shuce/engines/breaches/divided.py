"""V07 私分: revenue handed to several staff within days, with no approved pay item."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.payments import PaymentKind
from shuce.engines.breaches.rows import Expenditure
from shuce.engines.breaches.standing import Standing
from shuce.kernel.words import say


def find_divided(books: Books) -> Iterator[Finding]:
    """Group payments to enough different staff within the window; each group is one finding."""
    for group in bonus_groups(books):
        amount = sum(amount_from_revenue(books, payment) for payment in group)
        if amount > books.settings.tolerance_fen:
            staff = list(dict.fromkeys(payment.payee for payment in group))
            why = say(
                "{first} 至 {last} 以“{purpose}”名义向 {count} 名职工发放收入款 {amount}，"
                "无经批准的发放项目。",
                first=group[0].date, last=group[-1].date, purpose=group[0].purpose,
                count=len(staff), amount=yuan(amount),
            )  # fmt: skip
            yield Finding(Code.DIVIDED, amount, refs_of(*(p.id for p in group), *staff), why)


def bonus_groups(books: Books) -> list[list[Expenditure]]:
    """Return the groups of unapproved payments to staff that lie in one window, oldest first.

    A payment belongs to a group if any window of `bonus_window_days` around it holds at least
    `bonus_min_staff` different people; windows that overlap are one group.
    """
    payments = staff_payments(books)
    window = timedelta(days=books.settings.bonus_window_days)
    groups: list[list[Expenditure]] = []
    grouped_to = 0
    start = 0
    in_window: dict[str, int] = {}
    for end, payment in enumerate(payments):
        in_window[payment.payee] = in_window.get(payment.payee, 0) + 1
        while payment.date - payments[start].date > window:
            _leave(in_window, payments[start].payee)
            start += 1
        if len(in_window) >= books.settings.bonus_min_staff:
            if groups and start < grouped_to:
                groups[-1].extend(payments[grouped_to : end + 1])
            else:
                groups.append(list(payments[start : end + 1]))
            grouped_to = end + 1
    return groups


def staff_payments(books: Books) -> Sequence[Expenditure]:
    """Return unapproved payments from revenue to staff, in order of day."""
    found = [
        books.ledger.expenditures[payment]
        for payment, kind in books.payments.items()
        if kind is PaymentKind.TO_STAFF
    ]
    return sorted((p for p in found if p.date <= books.as_of), key=lambda payment: payment.date)


def amount_from_revenue(books: Books, payment: Expenditure) -> int:
    """Claim a payment's money, and return how much of it no other code covers.

    The books call it revenue, so what cannot be traced to a receipt counts all the same;
    but not out of an unregistered account, where it is concealed already.
    """
    claimed = sum(q.fen for q in books.money.claim(books.money.spent.get(payment.id, ())))
    if books.accounts.standing(payment.account) is Standing.UNREGISTERED:
        return claimed
    return claimed + books.money.untraced.get(payment.id, 0)


def _leave(in_window: dict[str, int], payee: str) -> None:
    in_window[payee] -= 1
    if not in_window[payee]:
        del in_window[payee]
