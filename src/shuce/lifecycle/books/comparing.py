"""账卡核对: the figures of cards beside those of the general ledger, pure.

Subjects 1701 无形资产 and 1702 累计摊销 (or an enterprise's own), by asset number.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, Refused
from shuce.kernel.words import say
from shuce.lifecycle.books.words import DifferenceKind

COLUMNS = ("资产编号", "原值", "累计摊销")
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class LedgerLine:
    """One asset as the general ledger carries it."""

    number: str
    cost: Money
    charged: Money


@dataclass(frozen=True)
class OnCard:
    """One asset as its card and account say."""

    number: str
    name: str
    cost: Money
    charged: Money


@dataclass(frozen=True)
class Difference:
    number: str
    name: str
    kind: DifferenceKind
    on_card: Money | None
    in_ledger: Money | None


def compared(cards: Sequence[OnCard], lines: Sequence[LedgerLine]) -> tuple[int, list[Difference]]:
    """Return how many assets agree, and every difference; lines of one number are added up."""
    ledger = _summed(lines)
    agreed, found = 0, []
    for card in cards:
        line = ledger.pop(card.number, None)
        if line is None:
            found.append(
                Difference(card.number, card.name, DifferenceKind.ONLY_CARD, card.cost, None)
            )
            continue
        differing = list(_differing(card, line))
        found += differing
        agreed += not differing
    found += [
        Difference(line.number, "", DifferenceKind.ONLY_LEDGER, None, line.cost)
        for line in ledger.values()
    ]
    return agreed, found


def _differing(card: OnCard, line: LedgerLine) -> Iterator[Difference]:
    if card.cost != line.cost:
        yield Difference(card.number, card.name, DifferenceKind.COST, card.cost, line.cost)
    if card.charged != line.charged:
        yield Difference(card.number, card.name, DifferenceKind.CHARGED, card.charged, line.charged)


def _summed(lines: Sequence[LedgerLine]) -> dict[str, LedgerLine]:
    summed: dict[str, LedgerLine] = {}
    for line in lines:
        had = summed.get(line.number, LedgerLine(line.number, Money(0), Money(0)))
        summed[line.number] = LedgerLine(
            line.number, had.cost + line.cost, had.charged + line.charged
        )
    return summed


def read_ledger(name: str, content: bytes) -> tuple[list[LedgerLine], list[tuple[int, str]]]:
    """Read a ledger of the three columns from Excel or CSV (UTF-8 or GB18030).

    Returns its lines, and for each row that cannot be read its number and the reason.
    Raises Refused for a file that is no table, or that lacks a column.
    """
    if len(content) > MOST_BYTES:
        raise Refused(Obstacle("文件太大，请分次核对", Clause.N_8, field="file"))
    rows = _rows_of(name, content)
    heads = [str(cell).strip() for cell in rows[0]] if rows else []
    lacking = [column for column in COLUMNS if column not in heads]
    if lacking:
        raise Refused(
            Obstacle(
                "文件第一行缺少“{columns}”列", Clause.N_8, field="file", columns="、".join(lacking)
            )
        )
    places = [heads.index(column) for column in COLUMNS]
    lines, unread = [], []
    for place, row in enumerate(rows[1:], start=2):
        cells = [row[one] if one < len(row) else "" for one in places]
        if not any(str(cell).strip() for cell in cells):
            continue
        try:
            number = str(cells[0]).strip()
            if not number:
                raise ValueError(say("没有资产编号"))
            lines.append(LedgerLine(number, _money(cells[1]), _money(cells[2])))
        except ValueError as fault:
            unread.append((place, str(fault)))
    return lines, unread


def _rows_of(name: str, content: bytes) -> list[list[Any]]:
    if not name.lower().endswith(".csv"):
        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            return list(book.get_sheet_by_index(0).to_python())
        except (CalamineError, IndexError, OSError):
            raise Refused(
                Obstacle("文件不是可以读取的 Excel 或 CSV 表", Clause.N_8, field="file")
            ) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [list(row) for row in csv.reader(io.StringIO(content.decode(encoding)))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Refused(Obstacle("文件不是可以读取的 Excel 或 CSV 表", Clause.N_8, field="file"))


def _money(cell: Any) -> Money:
    text = str(cell).replace(",", "").replace("，", "").replace("¥", "").strip() or "0"
    try:
        yuan = Decimal(text)
        return Money.from_yuan(yuan)
    except (InvalidOperation, ValueError, ArithmeticError, AssertionError):
        raise ValueError(say("“{text}”不是金额", text=text)) from None
