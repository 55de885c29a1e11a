"""V05 不缴 and V04 少缴: what still lies in a lawful account after its last lawful day."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.rows import Receipt
from shuce.kernel.words import say


def find_not_remitted(books: Books) -> Iterator[Finding]:
    """V05: the day is past and nothing of the receipt was remitted."""
    for receipt, amount in _overdue(books):
        if receipt.id not in books.money.remitted:
            why = say(
                "收款 {receipt} 最迟应于 {day} 缴库，至 {as_of} 分文未缴，"
                "{amount} 仍在账户 {account}。",
                receipt=receipt.id, day=receipt.remit_by, as_of=books.as_of, amount=yuan(amount),
                account=books.accounts.name(receipt.account),
            )  # fmt: skip
            yield Finding(Code.NOT_REMITTED, amount, refs_of(receipt.id, receipt.account), why)


def find_under_remitted(books: Books) -> Iterator[Finding]:
    """V04: the day is past, and less was remitted than the net receipt times its share."""
    for receipt, amount in _overdue(books):
        if slips := books.money.remitted.get(receipt.id):
            why = say(
                "收款 {receipt} 应缴 {due}，最迟 {day}，至 {as_of} 只缴 {done}，少缴 {amount}。",
                receipt=receipt.id, due=yuan(books.money.due_fen[receipt.id]),
                day=receipt.remit_by, as_of=books.as_of,
                done=yuan(sum(fen for _, _, fen in slips)), amount=yuan(amount),
            )  # fmt: skip
            refs = refs_of(receipt.id, *(slip for slip, _, _ in slips))
            yield Finding(Code.UNDER_REMITTED, amount, refs, why)


def _overdue(books: Books) -> list[tuple[Receipt, int]]:
    """Return receipts past their day with the fen of them that nobody remitted or explained."""
    found: list[tuple[Receipt, int]] = []
    for named, quanta in books.money.still_held().items():
        receipt = books.money.receipts[named]
        amount = sum(quantum.fen for quantum in quanta)
        is_late = receipt.remit_by is not None and books.as_of > receipt.remit_by
        if is_late and amount > books.settings.tolerance_fen:
            found.append((receipt, amount))
    return found
