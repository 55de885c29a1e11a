"""Find the rows that name the columns: office files open with titles, notes, or no names at all."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shuce.engines.scan.names import meaning_of
from shuce.engines.scan.rulebook import patterns

_LOOK_AHEAD = 20
_BELOW = 200


@dataclass(frozen=True)
class Heading:
    """The names, one for each cell of the rows they stand in, and where the data begin.

    `names` is None where no row names the columns; `first` is the index of the first row of data,
    `top` of the first row of names.
    """

    names: tuple[str, ...] | None
    first: int
    top: int


def find_header(rows: Sequence[Sequence[str]]) -> Heading:
    """Find the rows that name the columns.

    A header is the first row about as wide as the rest whose cells are distinct, look like names
    rather than data, and differ from the rows beneath it. Rows of groups above it, second rows of
    names beneath it and a row that only numbers the columns belong to it.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    if not rows or not any(filled):
        return Heading(None, 0, 0)
    often = Counter(count for count in filled[:_BELOW] if count)
    width = max(often, key=lambda count: (often[count] * count, count))
    for index, row in enumerate(rows[:_LOOK_AHEAD]):
        if filled[index] < max(1, 0.7 * width):
            continue
        grouped = index > 0 and _is_group_row(rows[index - 1], filled[index - 1])
        if not _is_header(row, rows[index + 1 : index + 1 + _BELOW], may_repeat=grouped):
            return Heading(None, index, index)
        names, last = list(row), index
        while last + 2 < len(rows) and _is_more_header(rows[last + 1], rows[last + 2 :][:_BELOW]):
            last += 1
            names = _joined(_over(names, rows[last]), rows[last])
        above = index - 1
        while above >= 0 and _is_group_row(rows[above], filled[above]):
            names = _joined(_spread(rows[above], len(names)), names)
            above -= 1
        if last + 1 < len(rows) and _only_numbers_columns(rows[last + 1]):
            last += 1
        return Heading(tuple(names), last + 1, above + 1)
    return Heading(None, 0, 0)


def names_for(header: Sequence[str] | None, width: int) -> list[str]:
    """Return one distinct name for each of `width` columns, `col_3` where there is none."""
    names: list[str] = []
    taken: set[str] = set()
    for place in range(width):
        name = (header[place] if header and place < len(header) else "").strip()
        name = re.sub(r"\s+", " ", name) or f"col_{place + 1}"
        original, again = name, 2
        while name.lower() in taken:
            name, again = f"{original}_{again}", again + 1
        names.append(name)
        taken.add(name.lower())
    return names


def _is_header(
    row: Sequence[str], below: Sequence[Sequence[str]], *, may_repeat: bool = False
) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    # Under groups the same names come again: 男, 女 under every year.
    if (len(set(cells)) < 0.8 * len(cells) and not may_repeat) or any(
        len(cell) > 120 for cell in cells
    ):
        return False
    if sum(bool(patterns()["cell_figure"].search(cell)) for cell in cells) > 0.3 * len(cells):
        return False
    known = sum(meaning_of(cell) for cell in cells) / len(cells)
    if known >= 0.3 or not below:
        return True
    for_it, against = _votes(row, below)
    return for_it > against or (not against and known > 0) or (not for_it and not against)


def _votes(row: Sequence[str], below: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return (for, against): cells unlike the column beneath them, and cells like it."""
    for_it = against = 0.0
    for place, cell in enumerate(row):
        cell = cell.strip()
        values = [line[place].strip() for line in below if place < len(line)]
        values = [
            value for value in values if value and not patterns()["cell_nothing"].match(value)
        ]
        if not values or not cell:
            continue
        data = sum(
            bool(patterns()["cell_figure"].search(v) or patterns()["cell_code"].match(v))
            for v in values
        ) / len(values)
        looks = bool(patterns()["cell_figure"].search(cell) or patterns()["cell_code"].match(cell))
        if cell in values:
            against += 1
        elif data >= 0.8:
            for_it, against = (for_it, against + 1) if looks else (for_it + 1, against)
        elif len(values) >= 3 and len(cell) not in {len(value) for value in values}:
            for_it += 0.4
    return for_it, against


def _is_more_header(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether a row under a header goes on naming: words where columns hold figures."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if (
        not cells
        or any(patterns()["cell_figure"].search(cell) or len(cell) > 40 for cell in cells)
        or len(below) < 2
    ):
        return False
    clear = 0
    for place, cell in enumerate(row):
        values = [
            line[place].strip() for line in below if place < len(line) and line[place].strip()
        ]
        if not cell.strip() or patterns()["cell_nothing"].match(cell.strip()) or len(values) < 2:
            continue
        if cell.strip() in values:
            return False
        data = sum(
            bool(patterns()["cell_figure"].search(v) or patterns()["cell_code"].match(v))
            for v in values
        ) / len(values)
        clear += data >= 0.9 and not patterns()["cell_code"].match(cell.strip())
    return clear >= 2


def _is_group_row(row: Sequence[str], filled: int) -> bool:
    """Say whether a row over the header names groups of columns, and is no title or note."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if filled < 2 or len(row) < 3:
        return False
    return not any(
        len(c) > 20 or patterns()["caption"].search(c) or patterns()["cell_figure"].search(c)
        for c in cells
    )


def _spread(row: Sequence[str], width: int) -> list[str]:
    """Return a row of groups with each name over all its columns, as merged cells mean it."""
    spread: list[str] = []
    for place in range(width):
        cell = row[place].strip() if place < len(row) else ""
        spread.append(cell or (spread[-1] if spread else ""))
    return spread


def _over(names: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Return the names of groups over what stands beneath them, and nothing over nothing."""
    spread = _spread(names, max(len(names), len(lower)))
    own = [name.strip() for name in names] + [""] * (len(spread) - len(names))
    under = [cell.strip() for cell in lower] + [""] * (len(spread) - len(lower))
    return [
        name if mine or below else "" for name, mine, below in zip(spread, own, under, strict=True)
    ]


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    names: list[str] = []
    for place in range(max(len(upper), len(lower))):
        a = upper[place].strip() if place < len(upper) else ""
        b = lower[place].strip() if place < len(lower) else ""
        names.append(a if a == b else f"{a} {b}".strip())
    return names


def _only_numbers_columns(row: Sequence[str]) -> bool:
    """Say whether a row holds 1, 2, 3 … (or 甲, 乙, 1, 2 …), as forms of statistics do."""
    cells = [cell.strip().strip("()") for cell in row if cell.strip()]
    figures = [cell for cell in cells if not patterns()["column_mark"].match(cell)]
    return len(figures) >= 3 and figures == [str(n + 1) for n in range(len(figures))]
