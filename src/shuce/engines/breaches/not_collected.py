"""V03 不收: nothing billed or received at all, or paid use under no contract."""

from collections.abc import Iterator

from shuce.engines.breaches.books import Books
from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, yuan
from shuce.kernel.words import say


def find_not_collected(books: Books) -> Iterator[Finding]:
    """Nothing billed past the grace; billed, nothing received, not chased; use without contract."""
    for short in books.receivables.unbilled:
        if short.done_fen <= 0:
            why = say(
                "{what} 应收 {owed}，过宽限期仍未开票，也无有效减免。",
                what=short.what, owed=yuan(short.owed_fen),
            )  # fmt: skip
            yield Finding(Code.NOT_COLLECTED, short.missing_fen, short.refs, why)
    for short in books.receivables.bills:
        if short.done_fen <= 0 and not short.is_chased:
            why = say(
                "发票 {what} 应收 {owed}，过宽限期分文未收，未见催收。",
                what=short.what, owed=yuan(short.owed_fen),
            )  # fmt: skip
            yield Finding(Code.NOT_COLLECTED, short.missing_fen, short.refs, why)
    for short in books.receivables.uses_without_contract:
        why = say(
            "使用记录 {what} 属有偿用途，查无对应合同，按标准应收 {owed} 未收。",
            what=short.what, owed=yuan(short.owed_fen),
        )  # fmt: skip
        yield Finding(Code.NOT_COLLECTED, short.missing_fen, short.refs, why)
