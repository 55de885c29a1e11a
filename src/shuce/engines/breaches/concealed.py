"""V11 隐匿: money that the books do not show, or show as something else."""

from collections.abc import Iterator
from datetime import timedelta

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.once import outside_records_once
from shuce.engines.breaches.payments import PaymentKind
from shuce.engines.breaches.quanta import Fate
from shuce.engines.breaches.rows import OutsideRecord, Receipt
from shuce.engines.breaches.settings import Settings
from shuce.engines.breaches.standing import Standing
from shuce.kernel.words import say


def find_concealed(books: Books) -> Iterator[Finding]:
    """Unregistered accounts, revenue booked as current account, and trades missing in the books."""
    yield from _in_unregistered_accounts(books)
    yield from _booked_as_current_account(books)
    yield from _missing_from_the_books(books)


def _in_unregistered_accounts(books: Books) -> Iterator[Finding]:
    """All that ever lay in an account outside the register, whatever happened next."""
    money, accounts = books.money, books.accounts
    amounts: dict[str, int] = {}
    refs: dict[str, list[str]] = {}
    for account, quanta in money.stayed(Standing.UNREGISTERED).items():
        taken = money.claim(quanta)
        amounts[account] = sum(quantum.fen for quantum in taken)
        refs[account] = [
            ref
            for quantum in taken
            for ref in (quantum.receipt.id, *(by for at, by in quantum.stays if at == account))
        ]
    for payment, kind in books.payments.items():
        if kind is PaymentKind.NOT_REVENUE:
            continue
        paid_from = books.ledger.expenditures[payment].account
        if paid_from and accounts.standing(paid_from) is Standing.UNREGISTERED:
            amounts[paid_from] = amounts.get(paid_from, 0) + money.untraced.get(payment, 0)
            refs.setdefault(paid_from, []).append(payment)
    for account, amount in amounts.items():
        if amount > books.settings.tolerance_fen:
            why = say(
                "账户 {account} 未在账户登记簿登记，收入 {amount} 存放其中，属账外资金。",
                account=accounts.name(account), amount=yuan(amount),
            )  # fmt: skip
            yield Finding(Code.CONCEALED, amount, refs_of(account, more=refs[account]), why)


def _booked_as_current_account(books: Books) -> Iterator[Finding]:
    """Revenue booked as money owed to others (往来款), past its day and not remitted."""
    subjects = {receipt.booked for receipt in books.money.receipts.values()}
    hiding = {subject for subject in subjects if hides(subject, books.settings)}
    suspects = {
        receipt.id
        for receipt in (books.money.receipts.values() if hiding else ())
        if receipt.booked in hiding
        and receipt.remit_by is not None
        and books.as_of > receipt.remit_by
    }
    if not suspects:
        return
    hidden: dict[str, int] = {}
    for quantum in books.money.quanta:
        named = quantum.receipt.id
        if named in suspects and quantum.due and quantum.fate is not Fate.REMITTED:
            # What was put back lives on as a quantum of its own.
            fen = quantum.fen - quantum.put_back
            if books.money.claim([quantum]):
                hidden[named] = hidden.get(named, 0) + fen
    for named, amount in hidden.items():
        if amount > books.settings.tolerance_fen:
            receipt = books.money.receipts[named]
            why = say(
                "收款 {receipt} 属{nature}，却记入“{booked}”，缴库期限 {day} 已过仍有 {amount} "
                "未缴。",
                receipt=named, nature=receipt.nature or say("收入"), booked=receipt.booked,
                day=receipt.remit_by, amount=yuan(amount),
            )  # fmt: skip
            yield Finding(Code.CONCEALED, amount, refs_of(named, receipt.account), why)


def hides(subject: str | None, settings: Settings) -> bool:
    """Say whether a booked subject makes revenue look like other people's money."""
    if subject is None:
        return False
    return subject in settings.unbooked_words or any(
        word in subject for word in settings.current_account_words
    )


def _missing_from_the_books(books: Books) -> Iterator[Finding]:
    """Outside evidence with no record here: by number, by contract total, or, unnumbered, by
    payer and amount on nearly the same day."""
    if not books.ledger.external:
        return
    shelf = _Shelf(books)
    waiting = timedelta(days=books.settings.grace_days)
    for group in outside_records_once(books.ledger.external):
        known = [r for r in group if r.date is None or r.date <= books.as_of]
        if not known:
            continue
        record = max(known, key=lambda r: r.amount_fen)
        recorded = max(shelf.recorded_fen(r) for r in group)
        missing = record.amount_fen - recorded
        if missing <= books.settings.tolerance_fen:
            continue
        dates = [r.date for r in known if r.date is not None]
        if recorded == 0 and dates and books.as_of <= min(dates) + waiting:
            continue  # a matter of timing: the entry may still come
        number = record.trade_no or record.bank_serial or record.contract or record.id
        if recorded:
            why = say(
                "{source}载明 {number} 金额 {total}，账上只有 {recorded}，少记 {amount}。",
                source=record.source, number=number, total=yuan(record.amount_fen),
                recorded=yuan(recorded), amount=yuan(missing),
            )  # fmt: skip
        else:
            why = say(
                "{source}载明 {number} 金额 {amount}，按编号查对，账上没有任何收款或开票记录。",
                source=record.source, number=number, amount=yuan(missing),
            )  # fmt: skip
        refs = refs_of(*(r.id for r in group), record.contract)
        yield Finding(Code.CONCEALED, missing, refs, why)


class _Shelf:
    """The books' own records, by every number an outside record may carry."""

    def __init__(self, books: Books) -> None:
        self._by_trade: dict[str, int] = {}
        self._by_serial: dict[str, int] = {}
        self._by_contract: dict[str, int] = {}
        self._unnumbered: dict[tuple[str, int], list[Receipt]] = {}
        self._used: set[str] = set()
        self._window = timedelta(days=books.settings.matching_days)
        billed: dict[str, int] = {}
        billed_by_contract: dict[str, int] = {}
        for invoice in books.ledger.invoices.values():
            if not invoice.voided:
                if invoice.trade_no:
                    _add(billed, invoice.trade_no, invoice.amount_fen)
                if invoice.contract:
                    _add(billed_by_contract, invoice.contract, invoice.amount_fen)
        for receipt in books.receipts.values():
            self._put_away(books, receipt)
        for mine, bills in (
            (self._by_trade, billed),
            (self._by_contract, billed_by_contract),
        ):
            for key, fen in bills.items():
                mine[key] = max(mine.get(key, 0), fen)

    def _put_away(self, books: Books, receipt: Receipt) -> None:
        invoice = books.ledger.invoices.get(receipt.invoice or "")
        contract = receipt.contract or (invoice.contract if invoice else None)
        if contract:
            _add(self._by_contract, contract, receipt.amount_fen)
        trade_no = receipt.trade_no or (invoice.trade_no if invoice else None)
        if trade_no:
            _add(self._by_trade, trade_no, receipt.amount_fen)
        if receipt.bank_serial:
            _add(self._by_serial, receipt.bank_serial, receipt.amount_fen)
        if not (trade_no or receipt.bank_serial) and receipt.payer:
            key = (receipt.payer, receipt.amount_fen)
            self._unnumbered.setdefault(key, []).append(receipt)

    def recorded_fen(self, record: OutsideRecord) -> int:
        """Return how much of an outside record the books show."""
        by_number = max(
            self._by_trade.get(record.trade_no or "", 0),
            self._by_serial.get(record.bank_serial or "", 0),
        )
        if by_number:
            return by_number
        if not (record.trade_no or record.bank_serial) and record.contract:
            return self._by_contract.get(record.contract, 0)
        return self._like(record)

    def _like(self, record: OutsideRecord) -> int:
        for receipt in self._unnumbered.get((record.payer or "", record.amount_fen), ()):
            near = record.date is not None and abs(receipt.date - record.date) <= self._window
            if near and receipt.id not in self._used:
                self._used.add(receipt.id)
                return receipt.amount_fen
        return 0


def _add(totals: dict[str, int], key: str, fen: int) -> None:
    totals[key] = totals.get(key, 0) + fen
