"""V12 坐支: ordinary costs paid out of revenue before it was remitted, even if made good."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.payments import PaymentKind
from shuce.kernel.words import say


def find_spent(books: Books) -> Iterator[Finding]:
    """Costs traced to unremitted revenue; remittances net of cost; bills settled by services."""
    yield from _costs_from_revenue(books)
    yield from _remitted_net_of_cost(books)
    yield from _settled_by_services(books)


def _costs_from_revenue(books: Books) -> Iterator[Finding]:
    for payment, quanta in books.money.spent.items():
        if books.payments[payment] is not PaymentKind.COST:
            continue
        taken = books.money.claim(quanta, due_only=True)
        amount = sum(quantum.fen for quantum in taken)
        if amount > books.settings.tolerance_fen:
            row = books.ledger.expenditures[payment]
            why = say(
                "{day} 用未缴库收入支付 {payee}“{purpose}” {amount}，先支后缴。",
                day=row.date, payee=row.payee, purpose=row.purpose, amount=yuan(amount),
            )  # fmt: skip
            refs = refs_of(payment, more=(quantum.receipt.id for quantum in taken))
            yield Finding(Code.SPENT, amount, refs, why)


def _remitted_net_of_cost(books: Books) -> Iterator[Finding]:
    for remittance, (quanta, untraced) in books.money.netted.items():
        taken = books.money.claim(quanta, due_only=True)
        amount = sum(quantum.fen for quantum in taken) + untraced
        if amount > books.settings.tolerance_fen:
            why = say(
                "缴款 {remittance} 扣除成本 {amount} 后才上缴。",
                remittance=remittance, amount=yuan(amount),
            )  # fmt: skip
            refs = refs_of(remittance, more=(quantum.receipt.id for quantum in taken))
            yield Finding(Code.SPENT, amount, refs, why)


def _settled_by_services(books: Books) -> Iterator[Finding]:
    for bill in books.bills.live.values():
        offset = bill.invoice.offset_fen
        if offset > books.settings.tolerance_fen:
            why = say(
                "发票 {invoice} 中 {amount} 以服务抵顶，未收款也未缴库。",
                invoice=bill.invoice.id, amount=yuan(offset),
            )  # fmt: skip
            refs = refs_of(bill.invoice.id, bill.invoice.contract)
            yield Finding(Code.SPENT, offset, refs, why)
