"""V06 侵占: revenue or an asset that ended with a person or a related party without basis."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.divided import amount_from_revenue, bonus_groups, staff_payments
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.payments import PaymentKind
from shuce.engines.breaches.standing import Standing
from shuce.kernel.words import say


def find_embezzled(books: Books) -> Iterator[Finding]:
    """Personal accounts, payments without basis, and assets given away to related parties."""
    yield from _in_personal_accounts(books)
    yield from _paid_without_basis(books)
    yield from _assets_given_away(books)


def _in_personal_accounts(books: Books) -> Iterator[Finding]:
    for account, quanta in books.money.stayed(Standing.PERSONAL).items():
        taken = books.money.claim(quanta)
        amount = sum(quantum.fen for quantum in taken)
        if amount > books.settings.tolerance_fen:
            why = say(
                "收入 {amount} 进入个人或关联方账户 {account}。",
                amount=yuan(amount), account=books.accounts.name(account),
            )  # fmt: skip
            moves = (ref for q in taken for ref in (q.receipt.id, *(by for _, by in q.stays)))
            yield Finding(Code.EMBEZZLED, amount, refs_of(account, more=moves), why)


def _paid_without_basis(books: Books) -> Iterator[Finding]:
    """Payments to outsiders one by one; payments to one or two staff by window, as one matter."""
    divided = {payment.id for group in bonus_groups(books) for payment in group}
    for payment, kind in books.payments.items():
        row = books.ledger.expenditures[payment]
        if kind is PaymentKind.TO_OUTSIDER and row.date <= books.as_of:
            amount = amount_from_revenue(books, row)
            if amount > books.settings.tolerance_fen:
                why = say(
                    "{day} 以“{purpose}”名义从收入中付给 {payee} {amount}，没有依据。",
                    day=row.date, purpose=row.purpose, payee=row.payee, amount=yuan(amount),
                )  # fmt: skip
                yield Finding(Code.EMBEZZLED, amount, refs_of(payment, row.payee), why)
    for row in staff_payments(books):
        if row.id in divided:
            continue
        amount = amount_from_revenue(books, row)
        if amount > books.settings.tolerance_fen:
            why = say(
                "{day} 以“{purpose}”名义从收入中付给职工 {payee} {amount}，没有依据。",
                day=row.date, purpose=row.purpose, payee=row.payee, amount=yuan(amount),
            )  # fmt: skip
            yield Finding(Code.EMBEZZLED, amount, refs_of(row.id, row.payee), why)


def _assets_given_away(books: Books) -> Iterator[Finding]:
    """Assets that went to a related party or to staff below their appraisal, unapproved."""
    insiders = books.ledger.related_parties | books.ledger.staff
    for disposal in books.ledger.dispositions:
        if disposal.counterparty not in insiders or disposal.approved:
            continue
        if disposal.date is not None and disposal.date > books.as_of:
            continue
        amount = disposal.appraisal_fen - disposal.proceeds_fen
        if amount > books.settings.tolerance_fen:
            why = say(
                "资产 {asset} 未经批准以“{method}”方式交给关联方 {party}，评估值 {appraisal}，"
                "只得 {proceeds}。",
                asset=disposal.asset, method=disposal.method, party=disposal.counterparty,
                appraisal=yuan(disposal.appraisal_fen), proceeds=yuan(disposal.proceeds_fen),
            )  # fmt: skip
            refs = refs_of(disposal.id, disposal.asset, disposal.counterparty)
            yield Finding(Code.EMBEZZLED, amount, refs, why)
