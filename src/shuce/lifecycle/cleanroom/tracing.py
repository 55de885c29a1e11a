"""Whose delivery a file was: by the file itself, its number, its hidden marks, or its figures."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from shuce.engines.watermark import (
    Agreement,
    NotAWorkbook,
    Sheet,
    agreement,
    identity,
    read_csv,
    read_workbook,
)
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotPermitted, Obstacle, Refused
from shuce.lifecycle.cleanroom.models import Delivery
from shuce.lifecycle.cleanroom.queries import deliveries_seen_by
from shuce.lifecycle.cleanroom.rules import Ground

LARGEST_FILE = 20 * 1024 * 1024
_NUMBER = re.compile(r"JF-\d{4}-\d+")
# So few cells are looked at first: a stranger's mark seldom agrees with two thirds of them.
_FIRST_CELLS, _FIRST_SHARE = 30, 2 / 3
# A chance find among all deliveries looked at must be rarer than this.
_CHANCE = 1e-4
# Figures are compared with this many of the newest results, two rows at least.
_RESULTS_COMPARED, _FEWEST_ROWS = 2_000, 2


@dataclass(frozen=True)
class Traced:
    """A delivery that a file was found to be, on what grounds, and how surely by its marks."""

    delivery: Delivery
    grounds: tuple[Ground, ...]
    cells: int = 0
    agreeing: int = 0
    # How often a file that has nothing to do with it would agree as well.
    chance: float = 1.0


def trace(content: bytes, by: Member) -> list[Traced]:
    """Return the deliveries in sight that a file, or a part of one, may come from; surest first.

    Raises Refused for what cannot be read as a table.
    """
    if not {Permission.EVIDENCE_READ, Permission.CLEANROOM_OVERSEE} & by.permissions:
        raise NotPermitted(Obstacle("溯源由审计、监督和安全保密人员进行", Clause.G_8))
    if len(content) > LARGEST_FILE:
        raise Refused(Obstacle("文件过大，请截取一部分再试", field="file"))
    sheet = _read(content)
    seen = list(deliveries_seen_by(by))
    digest = hashlib.sha256(content).hexdigest()
    numbers = set(_NUMBER.findall(sheet.words))
    marked = dict(_marked(seen, sheet))
    figures = _by_figures(seen, sheet)
    found = []
    for delivery in seen:
        agreed = marked.get(delivery.id)
        grounds = {
            Ground.FILE: delivery.file_digest == digest,
            Ground.NUMBER: delivery.number in numbers,
            Ground.MARK: agreed is not None,
            Ground.FIGURES: delivery.question_id in figures and delivery.question_id is not None,
        }
        held = tuple(ground for ground, holds in grounds.items() if holds)
        if held and agreed:
            found.append(Traced(delivery, held, agreed.cells, agreed.agreeing, agreed.chance))
        elif held:
            found.append(Traced(delivery, held))
    order = list(Ground)
    return sorted(found, key=lambda one: (order.index(one.grounds[0]), one.chance))


def _read(content: bytes) -> Sheet:
    if content.startswith(b"PK"):
        try:
            return read_workbook(content)
        except NotAWorkbook:
            raise Refused(Obstacle("这个 Excel 文件读不出来", field="file")) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return read_csv(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Refused(Obstacle("请上传 Excel 或 CSV 文件，或粘贴其中的内容", field="file"))


def _marked(seen: list[Delivery], sheet: Sheet) -> Iterator[tuple[str, Agreement]]:
    if not sheet.cells:
        return
    for delivery in seen:
        mark = bytes.fromhex(delivery.mark)
        first = agreement(sheet.cells, mark, _FIRST_CELLS)
        if first.agreeing < _FIRST_SHARE * first.cells:
            continue
        whole = agreement(sheet.cells, mark)
        if whole.chance * len(seen) < _CHANCE:
            yield delivery.id, whole


def _by_figures(seen: list[Delivery], sheet: Sheet) -> set[str]:
    """Return the questions whose released rows the file's rows are."""
    rows = {tuple(map(identity, row)) for row in sheet.rows if len(row) > 1}
    results = {d.question_id: d.question for d in seen[:_RESULTS_COMPARED] if d.question}
    found = set()
    for question_id, question in results.items():
        released = {tuple(map(identity, row)) for row in question.rows}
        both = rows & released
        # All of it, or all but the heading and the line that says whose it is.
        if len(both) >= _FEWEST_ROWS and len(both) >= len(rows) - 2 and question_id:
            found.add(question_id)
    return found
