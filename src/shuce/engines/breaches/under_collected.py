"""V02 少收: some was billed or received, but less than was due, with nothing that excuses it."""

from collections.abc import Iterator

from shuce.engines.breaches.bills import Bill
from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.kernel.words import say


def find_under_collected(books: Books) -> Iterator[Finding]:
    """Billed below what is due; received below what is billed and not chased; below the floor."""
    for short in books.receivables.unbilled:
        if short.done_fen > 0:
            why = say(
                "{what} 应收 {owed}，只开票 {done}，过宽限期仍少收 {amount}，无有效减免。",
                what=short.what, owed=yuan(short.owed_fen), done=yuan(short.done_fen),
                amount=yuan(short.missing_fen),
            )  # fmt: skip
            yield Finding(Code.UNDER_COLLECTED, short.missing_fen, short.refs, why)
    for short in books.receivables.bills:
        if short.done_fen > 0 and not short.is_chased:
            why = say(
                "发票 {what} 应收 {owed}，只收到 {done}，过宽限期仍少收 {amount}，未见催收。",
                what=short.what, owed=yuan(short.owed_fen), done=yuan(short.done_fen),
                amount=yuan(short.missing_fen),
            )  # fmt: skip
            yield Finding(Code.UNDER_COLLECTED, short.missing_fen, short.refs, why)
    for bill in books.bills.live.values():
        if (below := _below_floor(books, bill)) is not None:
            yield below


def _below_floor(books: Books, bill: Bill) -> Finding | None:
    invoice = bill.invoice
    floor = bill.price.min_fen if bill.price else None
    if floor is None or bill.is_free or bill.for_disposal or invoice.unit_price_fen is None:
        return None
    below = int((floor - invoice.unit_price_fen) * invoice.qty)
    if below <= books.settings.tolerance_fen or bill.amount_fen <= 0:
        return None
    if bill.contract is not None and bill.contract.price_approval:
        return None
    why = say(
        "发票 {invoice} 单价 {price} 低于开票日 {day} 有效的最低限价 {floor}，未经批准，"
        "少收 {amount}。",
        invoice=invoice.id, price=yuan(invoice.unit_price_fen), day=invoice.date,
        floor=yuan(floor), amount=yuan(below),
    )  # fmt: skip
    return Finding(Code.UNDER_COLLECTED, below, refs_of(invoice.id, invoice.contract), why)
