"""A whole column at once, where every cell is already what the field asks for.

The readers of single fields say what a field means. A column is taken whole only if its cells
have just the types that its reader returns unchanged, so this lane can be fast but not different.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import chain, islice
from operator import itemgetter
from typing import cast

from shuce.engines.breaches.reading import (
    FIRST_DAY,
    LAST_DAY,
    WHOLE_BP,
    BadField,
    Row,
    day,
    day_or_none,
    flag,
    flag_or_yes,
    quantity,
    share_bp,
    text,
    text_or_none,
    whole,
    whole_or_none,
    whole_or_zero,
    words,
)

FieldReader = Callable[[Row, str], object]
Column = Sequence[object]
Fields = tuple[tuple[str, FieldReader], ...]


def read_column(rows: Sequence[Row], field: str, read: FieldReader) -> Column:
    """Return one field of every row. Raise `BadField` if one cell cannot be read."""
    column = _read_whole(rows, field, read)
    return [read(row, field) for row in rows] if column is None else column


def read_lists_whole(
    read: FieldReader, make: Callable[[Iterable[object]], object], fields: Fields
) -> None:
    """Let columns of lists be taken whole, where `read` would make the same of every entry."""

    def take(cells: list[object], found: set[type]) -> Column | None:
        if found != {list}:
            return None
        lists = cast(list[list[Row]], cells)
        entries = list(chain.from_iterable(lists))
        if not entries or set(map(type, entries)) != {dict}:
            return None
        columns = [_read_whole(entries, field, reader) for field, reader in fields]
        if any(column is None for column in columns):
            return None
        read_entries = map(make, zip(*cast(list[Column], columns), strict=True))
        if set(map(len, lists)) == {1}:
            return list(zip(read_entries))
        return [tuple(islice(read_entries, len(entries))) for entries in lists]

    _WHOLE[read] = take


def read_missing_whole(read: FieldReader) -> None:
    """Let a column that no row has be taken whole, where `read` makes an empty list of it."""
    _WHOLE[read] = lambda cells, found: [()] * len(cells) if found == {type(None)} else None


def _read_whole(rows: Sequence[Row], field: str, read: FieldReader) -> Column | None:
    take = _WHOLE.get(read)
    if take is None:
        return None
    cells: list[object]
    try:
        cells = list(map(itemgetter(field), rows))  # the usual case: a field of every row
    except KeyError:
        cells = [row.get(field) for row in rows]
    return take(cells, set(map(type, cells)))


_Taker = Callable[[list[object], set[type]], Column | None]


def _as_is(*kinds: type) -> _Taker:
    """Cells of just these types are read as they are, if no text is empty."""
    allowed = set(kinds)

    def take(cells: list[object], found: set[type]) -> Column | None:
        return cells if found <= allowed and not (str in found and "" in cells) else None

    return take


def _or(kind: type, default: object) -> _Taker:
    """Cells of one type are read as they are; a column that is missing is all default."""

    def take(cells: list[object], found: set[type]) -> Column | None:
        if found == {kind}:
            return cells
        return [default] * len(cells) if found == {type(None)} else None

    return take


def _days(cells: list[object], found: set[type]) -> Column | None:
    if found != {str}:
        return None
    try:
        days = {cell: date.fromisoformat(cell) for cell in cast(set[str], set(cells))}
    except ValueError:
        return None
    if not FIRST_DAY <= min(days.values()) <= max(days.values()) <= LAST_DAY:
        return None
    return list(map(days.__getitem__, cast(list[str], cells)))


def _days_or_none(cells: list[object], found: set[type]) -> Column | None:
    return cells if found == {type(None)} else _days(cells, found)


_WHOLE: dict[FieldReader, _Taker] = {
    text: _as_is(str),
    text_or_none: _as_is(str, type(None)),
    words: _or(str, ""),
    whole: _as_is(int),
    whole_or_zero: _or(int, 0),
    whole_or_none: _as_is(int, type(None)),
    share_bp: _or(int, WHOLE_BP),
    # A whole quantity stays an int, which counts as a Fraction and is much faster.
    quantity: _or(int, 1),
    flag: _or(bool, False),
    flag_or_yes: _or(bool, True),
    day: _days,
    day_or_none: _days_or_none,
}

__all__ = [
    "BadField", "Column", "FieldReader", "Fields", "read_column", "read_lists_whole",
    "read_missing_whole",
]  # fmt: skip
