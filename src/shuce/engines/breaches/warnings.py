"""W01 to W03: things to put right that are none of the twelve breaches."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.concealed import hides
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.standing import Standing
from shuce.kernel.words import say


def find_remitted_late(books: Books) -> Iterator[Finding]:
    """W01: remitted after its last lawful day, but nothing is missing any more."""
    short = _short(books)
    for named, slips in books.money.remitted.items():
        receipt = books.money.receipts[named]
        if receipt.remit_by is None or named in short:
            continue
        if slips[-1][1] <= receipt.remit_by:  # slips lie in order of day
            continue
        late = [slip for slip in slips if slip[1] > receipt.remit_by]
        amount = min(sum(fen for _, _, fen in late), books.money.due_fen[named])
        if amount > books.settings.tolerance_fen:
            why = say(
                "收款 {receipt} 最迟应于 {day} 缴库，{amount} 迟至 {late} 缴清：滞留，仅作提示。",
                receipt=named, day=receipt.remit_by, amount=yuan(amount),
                late=max(slip[1] for slip in late),
            )  # fmt: skip
            yield Finding(
                Code.REMITTED_LATE, amount, refs_of(named, *(slip[0] for slip in late)), why
            )


def find_wrong_subject(books: Books) -> Iterator[Finding]:
    """W02: remitted in full, but booked to a subject that is not for money due to the treasury."""
    short = _short(books)
    for receipt in books.money.receipts.values():
        if receipt.booked is None or receipt.booked in books.settings.right_subjects:
            continue
        direct = books.accounts.standing(receipt.account) is Standing.TREASURY
        if receipt.id in short or not (direct or receipt.id in books.money.remitted):
            continue
        keeps_a_part = receipt.fiscal_bp < 10_000
        if keeps_a_part and not hides(receipt.booked, books.settings):
            continue  # the unit's own part may stand as its income
        why = say(
            "收款 {receipt} 已缴库 {amount}，但记入“{booked}”，科目应更正，仅作提示。",
            receipt=receipt.id, amount=yuan(receipt.amount_fen), booked=receipt.booked,
        )  # fmt: skip
        refs = refs_of(receipt.id, *(slip[0] for slip in books.money.remitted.get(receipt.id, ())))
        yield Finding(Code.WRONG_SUBJECT, receipt.amount_fen, refs, why)


def find_being_collected(books: Books) -> Iterator[Finding]:
    """W03: past due and grace, and being dunned or sued for."""
    for short in books.receivables.bills:
        if short.is_chased:
            why = say(
                "发票 {what} 逾期未收 {amount}，正在催收，仅作提示。",
                what=short.what, amount=yuan(short.missing_fen),
            )  # fmt: skip
            yield Finding(Code.BEING_COLLECTED, short.missing_fen, short.refs, why)


def _short(books: Books) -> set[str]:
    """Return receipts of which something due is neither remitted nor lawfully awaited."""
    tolerance = books.settings.tolerance_fen
    return {
        named
        for named, quanta in books.money.still_held().items()
        if sum(quantum.fen for quantum in quanta) > tolerance
    } | _coded(books)


def _coded(books: Books) -> set[str]:
    """Return receipts of which a part that was remitted carries a code already."""
    return {q.receipt.id for q in books.money.strayed if q.claimed and q.due}
