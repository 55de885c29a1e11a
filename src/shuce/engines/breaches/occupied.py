"""V09 占用: revenue lent or advanced before it was remitted, even if it came back."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.payments import PaymentKind
from shuce.kernel.words import say


def find_occupied(books: Books) -> Iterator[Finding]:
    """Every loan traced to what was due and not yet remitted, with the days it was used."""
    for payment, quanta in books.money.spent.items():
        if books.payments[payment] is not PaymentKind.LOAN:
            continue
        taken = books.money.claim(quanta, due_only=True)
        amount = sum(quantum.fen for quantum in taken)
        if amount <= books.settings.tolerance_fen:
            continue
        row = books.ledger.expenditures[payment]
        repaid = [day for day, _ in row.repaid if day is not None and day <= books.as_of]
        days = ((max(repaid) if repaid else books.as_of) - row.date).days
        facts = {"day": row.date, "payee": row.payee, "amount": yuan(amount), "days": days}
        if repaid:
            why = say(
                "{day} 将未缴库收入 {amount} 借给 {payee}，占用 {days} 日后归还，仍属占用。",
                **facts,
            )
        else:
            why = say("{day} 将未缴库收入 {amount} 借给 {payee}，已占用 {days} 日未还。", **facts)
        refs = refs_of(payment, more=(quantum.receipt.id for quantum in taken))
        yield Finding(Code.OCCUPIED, amount, refs, why)
