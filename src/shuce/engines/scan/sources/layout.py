"""Lay records out as tables: where one ends and another begins, and rows that do not fit."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shuce.engines.scan.shapes import RejectedLine
from shuce.engines.scan.sources.headers import find_header, names_for
from shuce.engines.scan.sources.records import Record
from shuce.kernel.words import say

_ANOTHER_TABLE = 4  # so many records in a row of one other width are a table of their own
_OFTEN = 0.1
_PROFILED = 300
_RUNS = re.compile(r"(.)\1+")
_SHAPE = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "9" * 10 + "a" * 26
)  # fmt: skip


@dataclass
class Grid:
    """One table: distinct names, rows all as wide, and what happened to lines that did not fit."""

    names: list[str]
    has_header: bool
    first_line: int
    rows: list[list[str]] = field(default_factory=list)
    rejected: list[RejectedLine] = field(default_factory=list)
    repaired: list[RejectedLine] = field(default_factory=list)


def lay_out(found: Sequence[Record]) -> list[Grid]:
    """Return the tables of a file, the first one first."""
    parts = [part for part in _parts(found) if part]
    above: list[Record] = []
    if len(parts) > 1 and _is_form_head(parts[0], parts[1]):
        above = parts.pop(0)
    grids = [_grid(part) for part in parts]
    if grids:
        why = say("表头以上的标题或说明")
        grids[0].rejected[:0] = [RejectedLine(record.line, why) for record in above]
    return grids


def usual_width(found: Sequence[Record]) -> int:
    """Return how many cells most records have; of few, the widest that is not alone."""
    widths = Counter(len(record.cells) for record in found)
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def _is_form_head(first: Sequence[Record], second: Sequence[Record]) -> bool:
    """Say whether pairs of name and value stand over a wider and longer table."""
    return usual_width(first) <= 2 < usual_width(second) and len(second) > len(first)


def _parts(found: Sequence[Record]) -> list[list[Record]]:
    """Split where a stretch of another width begins after the table: a second table below it."""
    runs: list[list[Record]] = []
    for record in found:
        if runs and len(runs[-1][0].cells) == len(record.cells):
            runs[-1].append(record)
        else:
            runs.append([record])
    parts: list[list[Record]] = [[]]
    width = 0
    for run in runs:
        wide = len(run[0].cells)
        if len(run) >= _ANOTHER_TABLE and wide > 1:
            if width and wide != width and len(parts[-1]) >= _ANOTHER_TABLE:
                parts.append([])
            width = wide
        parts[-1] = [*parts[-1], *run]
    return parts


def _grid(part: Sequence[Record]) -> Grid:
    heading = find_header([record.cells for record in part])
    body = part[heading.first :]
    usual = width = usual_width(body or part)
    if heading.names and body:
        named = len(_trimmed(heading.names))
        fitting = sum(len(_trimmed(record.cells)) <= named for record in body)
        width = (
            max(named, usual if usual <= len(heading.names) else 0)
            if (fitting >= 0.5 * len(body))
            else usual
        )
    wider = Counter(
        len(_trimmed(record.cells)) for record in body if len(_trimmed(record.cells)) > width
    )
    for wide, count in wider.items():
        width = max(width, wide) if count >= max(2, _OFTEN * len(body)) else width
    header = heading.names
    if header and len(header) > width:
        header = tuple(name for name in header if name.strip())
        width = max(width, len(header)) if body else len(header)
    grid = Grid(names_for(header, width), header is not None, body[0].line if body else 1)
    for record in part[: heading.top]:
        if any(cell.strip() for cell in record.cells):
            grid.rejected.append(RejectedLine(record.line, say("表头以上的标题或说明")))
    while len(body) > 1 and width >= 3 and _filled(body[-1]) <= 1 < _filled(body[0]):
        grid.rejected.append(RejectedLine(body[-1].line, say("只有一格，是表外的说明")))
        body = body[:-1]
    fitter = Fitter(width, [r.cells for r in body[:_PROFILED] if len(r.cells) == width])
    fitter.short = usual if usual < width else 0
    for record in body:
        add_fitted(grid, record, header, fitter)
    return grid


def add_fitted(grid: Grid, record: Record, header: Sequence[str] | None, fitter: "Fitter") -> None:
    """Put one record into the table, or on one of its lists."""
    if header and len(record.cells) > 1 and _same(record.cells, header):
        grid.rejected.append(RejectedLine(record.line, say("重复的列名行")))
        return
    if _filled(record) <= 1 and len(record.cells) < fitter.width and fitter.width >= 3:
        grid.rejected.append(RejectedLine(record.line, say("只有一格，是表外的说明")))
        return
    row, why = fitter.fit(record.cells)
    if row is None:
        grid.rejected.append(RejectedLine(record.line, why))
        return
    grid.rows.append(row)
    if why or not record.in_order:
        grid.repaired.append(RejectedLine(record.line, why or say("引号不配对，已按列数复原")))


class Fitter:
    """Make rows as wide as the table, by what its columns usually hold."""

    def __init__(self, width: int, rows: Sequence[Sequence[str]]) -> None:
        self.width = width
        self.short = 0  # a width short of the table's that most rows have
        self._usual: list[set[str]] = []
        for place in range(width):
            shapes = Counter(_shape(row[place]) for row in rows)
            self._usual.append({shape for shape, count in shapes.items() if count > 1})

    def fit(self, cells: Sequence[str]) -> tuple[list[str] | None, str]:
        """Return (row, what was done) or (None, why it fits nowhere)."""
        row = list(cells)
        if len(row) > self.width:
            row = list(_trimmed(row, self.width))
        extra = len(row) - self.width
        if extra > 0:
            empty = [place for place, cell in enumerate(row) if not cell.strip()]
            if extra > 2 or len(empty) < extra:
                return None, say("列数过多")
            for _ in range(extra):
                empty = [place for place, cell in enumerate(row) if not cell.strip()]
                row = max((row[:p] + row[p + 1 :] for p in empty), key=self._agreement)
            return row, say("多出空格，已去掉")
        if extra < 0 and len(cells) == self.short:
            return row + [""] * -extra, ""
        if extra < 0:
            for _ in range(-extra):
                tries = [[*row[:p], "", *row[p:]] for p in range(len(row), -1, -1)]
                row = max(tries, key=self._agreement) if extra >= -3 else tries[0]
            return row, say("列数不足，已补空")
        return row, say("多出空格，已去掉") if len(cells) > self.width else ""

    def _agreement(self, row: Sequence[str]) -> int:
        """Return how many cells look like the others of their column."""
        return sum(_shape(cell) in usual for cell, usual in zip(row, self._usual, strict=False))


def _filled(record: Record) -> int:
    return sum(1 for cell in record.cells if cell.strip())


def _shape(cell: str) -> str:
    shape = _RUNS.sub(r"\1", cell.strip()[:24].upper().translate(_SHAPE))
    return shape if len(shape) <= 12 else "text"


def _trimmed(cells: Sequence[str], least: int = 0) -> Sequence[str]:
    """Return the cells without empty ones at the end."""
    end = len(cells)
    while end > least and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _same(cells: Sequence[str], header: Sequence[str]) -> bool:
    return [c.strip() for c in cells] == [name.strip() for name in header]
