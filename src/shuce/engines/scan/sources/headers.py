"""Find the row that names the columns: office files open with titles, notes, or no names at all."""

import re
from collections.abc import Sequence
from statistics import mode

from shuce.engines.scan.names import meaning_of

_DATA = re.compile(r"^[\d\s.,:/%+\-年月日¥￥]+$|@|\d{5,}")
_LOOK_AHEAD = 20


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int | None, int]:
    """Return (index of the header row or None, index of the first data row).

    A header is the first row about as wide as the rest whose cells are distinct, look like names
    rather than data, and differ from the rows beneath it.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    if not rows or not any(filled):
        return None, 0
    width = mode([count for count in filled if count][:200])
    for index, row in enumerate(rows[:_LOOK_AHEAD]):
        if filled[index] < max(1, 0.7 * width):
            continue
        if _is_header(row, rows[index + 1 : index + 1 + 200]):
            return index, index + 1
        return None, index
    return None, 0


def names_for(header: Sequence[str] | None, width: int) -> list[str]:
    """Return one distinct name for each of `width` columns, `col_3` where there is none."""
    names: list[str] = []
    for place in range(width):
        name = (header[place] if header and place < len(header) else "").strip()
        name = re.sub(r"\s+", " ", name) or f"col_{place + 1}"
        original, again = name, 2
        while name.lower() in (taken.lower() for taken in names):
            name, again = f"{original}_{again}", again + 1
        names.append(name)
    return names


def _is_header(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    if len(set(cells)) < len(cells) or any(len(cell) > 60 for cell in cells):
        return False
    if sum(bool(_DATA.search(cell)) for cell in cells) > 0.3 * len(cells):
        return False
    known = sum(bool(meaning_of(cell)) for cell in cells) / len(cells)
    if known >= 0.3 or not below:
        return True
    votes = 0
    for place, cell in enumerate(row):
        values = [
            line[place].strip() for line in below if place < len(line) and line[place].strip()
        ]
        if not values or not cell.strip():
            continue
        if cell.strip() in values:
            votes -= 1
        elif all(_DATA.search(value) for value in values[:50]) or _other_length(cell, values):
            votes += 1
    return votes > 0 or (known > 0 and votes >= 0)


def _other_length(cell: str, values: Sequence[str]) -> bool:
    lengths = {len(value) for value in values}
    return len(values) >= 3 and len(cell.strip()) not in lengths
