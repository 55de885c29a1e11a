"""V01 多收: more charged than the price in force allows, or more received than billed."""

from collections.abc import Iterator
from datetime import timedelta

from shuce.engines.breaches.bills import Bill
from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.kernel.clauses import Clause
from shuce.kernel.words import say


def find_over_collected(books: Books) -> Iterator[Finding]:
    """Look at every live bill, at money kept on voided ones, and at charges without a bill.

    Over the cap: (unit price - cap) x quantity. A charge for a free purpose, or with no price
    in force: the whole charge. Paid twice or too much: what is kept past the days for refund.
    """
    tolerance = books.settings.tolerance_fen
    for bill in books.bills.live.values():
        charge = _unlawful_charge(books, bill)
        if charge is not None:
            yield charge
        if not bill.is_free and bill.received_fen - bill.invoice.amount_fen > tolerance:
            kept = _kept_overpayment(books, bill)
            if kept is not None:
                yield kept
    for bill in books.bills.voided.values():
        if bill.receipts and (kept := _kept_overpayment(books, bill)) is not None:
            yield kept
    yield from _charged_without_bill(books)


def _unlawful_charge(books: Books, bill: Bill) -> Finding | None:
    invoice, tolerance = bill.invoice, books.settings.tolerance_fen
    if bill.is_free:
        charged = max(bill.amount_fen, bill.received_fen - bill.refunded_fen)
        if charged <= tolerance:
            return None
        why = say(
            "发票 {invoice} 用于免费用途（{purpose}），不得收费，却收费 {amount}。",
            invoice=invoice.id,
            purpose=invoice.purpose or (bill.contract.purpose if bill.contract else ""),
            amount=yuan(charged),
        )
        return Finding(Code.OVER_COLLECTED, charged, _refs(bill), why, Clause.G_10)
    if bill.price is None:
        if bill.amount_fen <= tolerance or invoice.item is None or bill.for_disposal:
            return None
        why = say(
            "发票 {invoice} 开票日 {day} 项目 {item} 没有有效的收费标准，收费 {amount} 没有依据。",
            invoice=invoice.id, day=invoice.date, item=invoice.item, amount=yuan(bill.amount_fen),
        )  # fmt: skip
        return Finding(Code.OVER_COLLECTED, bill.amount_fen, _refs(bill), why)
    if bill.over_cap_fen <= tolerance or bill.for_disposal:
        return None
    why = say(
        "发票 {invoice} 单价 {price} 高于开票日 {day} 有效的最高限价 {cap}，多收 {amount}。",
        invoice=invoice.id, price=yuan(invoice.unit_price_fen or 0), day=invoice.date,
        cap=yuan(bill.price.max_fen or 0), amount=yuan(bill.over_cap_fen),
    )  # fmt: skip
    return Finding(Code.OVER_COLLECTED, bill.over_cap_fen, _refs(bill), why)


def _refs(bill: Bill) -> tuple[str, ...]:
    return refs_of(bill.invoice.id, bill.invoice.contract, more=(r.id for r in bill.receipts))


def _kept_overpayment(books: Books, bill: Bill) -> Finding | None:
    over = bill.spare_fen
    if over <= books.settings.tolerance_fen or not bill.receipts:
        return None
    so_far = bill.invoice.offset_fen
    overpaid_on = bill.receipts[-1].date
    for receipt in sorted(bill.receipts, key=lambda receipt: receipt.date):
        so_far += receipt.amount_fen
        if so_far - bill.amount_fen > books.settings.tolerance_fen:
            overpaid_on = receipt.date
            break
    if books.as_of <= overpaid_on + timedelta(days=books.settings.refund_grace_days):
        return None
    why = say(
        "发票 {invoice} 应收 {billed}，扣除退款后实收多出 {amount}，"
        "自 {day} 起超过 {days} 日仍未退还。",
        invoice=bill.invoice.id, billed=yuan(bill.amount_fen), amount=yuan(over),
        day=overpaid_on, days=books.settings.refund_grace_days,
    )  # fmt: skip
    refs = refs_of(bill.invoice.id, more=(r.id for r in bill.receipts))
    return Finding(Code.OVER_COLLECTED, over, refs, why)


def _charged_without_bill(books: Books) -> Iterator[Finding]:
    """Money taken, with no bill, under a contract whose purpose is free."""
    for named, receipts in books.bills.unbilled.items():
        contract = books.ledger.contracts.get(named)
        if contract is None:
            continue
        price = books.bills.schedule.price_of(contract.item, receipts[0].date)
        if not books.bills.is_free(contract.purpose, price):
            continue
        ids = {receipt.id for receipt in receipts}
        charged = sum(receipt.amount_fen for receipt in receipts) - sum(
            refund.amount_fen
            for refund in books.ledger.refunds
            if refund.receipt in ids and refund.date <= books.as_of
        )
        if charged > books.settings.tolerance_fen:
            why = say(
                "合同 {contract} 用于免费用途（{purpose}），不得收费，却收款 {amount}。",
                contract=contract.id, purpose=contract.purpose, amount=yuan(charged),
            )  # fmt: skip
            refs = refs_of(*(r.id for r in receipts), contract.id)
            yield Finding(Code.OVER_COLLECTED, charged, refs, why, Clause.G_10)
