"""V08 截留: revenue due to the treasury, kept in or moved to an account not authorised for it."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.payments import PaymentKind
from shuce.engines.breaches.quanta import Fate, Quantum
from shuce.engines.breaches.standing import Standing
from shuce.kernel.words import say


def find_withheld(books: Books) -> Iterator[Finding]:
    """Unauthorised accounts; operators' accounts past their days; withheld; moved out."""
    unauthorised = books.money.stayed(Standing.UNAUTHORISED)
    overdue_at_agents = {
        account: [quantum for quantum in quanta if _is_overdue(books, quantum)]
        for account, quanta in books.money.stayed(Standing.AGENT).items()
    }
    for account, quanta in (*unauthorised.items(), *overdue_at_agents.items()):
        taken = books.money.claim(quanta, due_only=True)
        amount = sum(quantum.fen for quantum in taken)
        if amount > books.settings.tolerance_fen:
            why = say(
                "应缴收入 {amount} 收入或转入未获准存放该项收入的账户 {account}。",
                amount=yuan(amount), account=books.accounts.name(account),
            )  # fmt: skip
            moves = (ref for q in taken for ref in (q.receipt.id, *(by for _, by in q.stays)))
            yield Finding(Code.WITHHELD, amount, refs_of(account, more=moves), why)
    yield from _kept_back(books)
    yield from _moved_out(books)


def _is_overdue(books: Books, quantum: Quantum) -> bool:
    """An operator may hold revenue until the last lawful day."""
    remit_by = quantum.receipt.remit_by
    unremitted = quantum.fate is not Fate.REMITTED
    return unremitted and remit_by is not None and books.as_of > remit_by


def _kept_back(books: Books) -> Iterator[Finding]:
    for remittance, (quanta, untraced) in books.money.kept_back.items():
        still = [quantum for quantum in quanta if quantum.fate is Fate.WITHHELD]
        taken = books.money.claim(still, due_only=True)
        amount = sum(quantum.fen for quantum in taken) + untraced
        if amount > books.settings.tolerance_fen:
            why = say(
                "缴款 {remittance} 注明留下 {amount} 未缴，至今未补缴。",
                remittance=remittance, amount=yuan(amount),
            )  # fmt: skip
            refs = refs_of(remittance, more=(quantum.receipt.id for quantum in taken))
            yield Finding(Code.WITHHELD, amount, refs, why)


def _moved_out(books: Books) -> Iterator[Finding]:
    for payment, quanta in books.money.spent.items():
        if books.payments[payment] is not PaymentKind.MOVED_OUT:
            continue
        taken = books.money.claim(quanta, due_only=True)
        amount = sum(quantum.fen for quantum in taken)
        if amount > books.settings.tolerance_fen:
            row = books.ledger.expenditures[payment]
            why = say(
                "{day} 将未缴库收入 {amount} 转给 {payee}，未经批准。",
                day=row.date, amount=yuan(amount), payee=row.payee,
            )  # fmt: skip
            refs = refs_of(payment, more=(quantum.receipt.id for quantum in taken))
            yield Finding(Code.WITHHELD, amount, refs, why)
