"""Reading one field of one row, with errors that name the field."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import cast

from shuce.kernel.words import say

Row = Mapping[str, object]

WHOLE_BP = 10_000

# Days of a ledger; further out, adding a grace would leave the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)


class BadField(ValueError):
    """A field that cannot be read, and why."""


def text(row: Row, field: str) -> str:
    """Return a required text, such as an id."""
    value = row.get(field)
    if type(value) is str and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadField(say("{field} 应为文字，现为 {value}", field=field, value=repr(value)))


def text_or_none(row: Row, field: str) -> str | None:
    value = row.get(field)
    if value is None or type(value) is str:
        return value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadField(say("{field} 应为文字，现为 {value}", field=field, value=repr(value)))


def words(row: Row, field: str) -> str:
    """Return a text that may be missing, then empty."""
    value = row.get(field)
    return value if type(value) is str else text_or_none(row, field) or ""


def whole(row: Row, field: str) -> int:
    """Return a required whole number (fen); 12.0 and "12" are whole too."""
    value = row.get(field)
    return value if type(value) is int else _whole(value, field)


def whole_or_zero(row: Row, field: str) -> int:
    value = row.get(field)
    return 0 if value is None else _whole(value, field)


def share_bp(row: Row, field: str) -> int:
    """Return a share in basis points; the whole, unless said otherwise."""
    value = row.get(field)
    return WHOLE_BP if value is None else _whole(value, field)


def whole_or_none(row: Row, field: str) -> int | None:
    value = row.get(field)
    return value if value is None or type(value) is int else _whole(value, field)


def _whole(value: object, field: str) -> int:
    exact = _exact(value, field)
    if exact.denominator != 1:
        raise BadField(say("{field} 应为整数分，现为 {value}", field=field, value=repr(value)))
    return exact.numerator


def quantity(row: Row, field: str) -> Fraction:
    """Return a quantity, exact, 1 if missing; metered use may be fractional."""
    value = row.get(field)
    return Fraction(1) if value is None else _exact(value, field)


def _exact(value: object, field: str) -> Fraction:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        # Beyond 10^18 fen nothing is money, and a huge exponent would fill the memory.
        if number.is_finite() and abs(number.adjusted()) <= 18:
            return Fraction(number)
    raise BadField(say("{field} 应为数字，现为 {value}", field=field, value=repr(value)))


def day(row: Row, field: str) -> date:
    """Return a required ISO day; a time after it is left out."""
    value = row.get(field)
    if type(value) is str:
        try:
            found = date.fromisoformat(value[:10])
        except ValueError:
            found = date.min
        if FIRST_DAY <= found <= LAST_DAY:
            return found
    raise BadField(say("{field} 应为日期，现为 {value}", field=field, value=repr(value)))


def day_or_none(row: Row, field: str) -> date | None:
    return day(row, field) if row.get(field) else None


def flag(row: Row, field: str) -> bool:
    """Return a yes or no; no, unless said otherwise."""
    return False if row.get(field) is None else _flag(row, field)


def flag_or_yes(row: Row, field: str) -> bool:
    """Return a yes or no; yes, unless said otherwise."""
    return True if row.get(field) is None else _flag(row, field)


def _flag(row: Row, field: str) -> bool:
    value = row.get(field)
    if isinstance(value, bool):
        return value
    raise BadField(say("{field} 应为是或否，现为 {value}", field=field, value=repr(value)))


def said_so(row: Row, field: str) -> bool:
    """Say whether a document, or a plain yes, stands in `field`."""
    return bool(row.get(field))


def rows(row: Row, field: str) -> Sequence[object]:
    """Return a list that may be missing, then empty; a single entry counts as a list of one."""
    value = row.get(field)
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, str | int | Mapping) and not isinstance(value, bool):
        return (value,)
    raise BadField(say("{field} 应为列表，现为 {value}", field=field, value=repr(value)))


def entries(row: Row, field: str) -> list[Row]:
    """Return the nested rows of `field`."""
    found = rows(row, field)
    for entry in found:
        if not isinstance(entry, Mapping):
            raise BadField(say("{field} 的每一项应为对象", field=field))
    return cast(list[Row], found)


def name_set(row: Row, field: str) -> frozenset[str]:
    return frozenset(names(row, field))


def names(row: Row, field: str) -> tuple[str, ...]:
    """Return a list of names; entries may be names or rows with an id."""
    found = []
    for entry in rows(row, field):
        if isinstance(entry, Mapping):
            found.append(text(entry, "id"))
        elif isinstance(entry, str):
            found.append(entry)
        else:
            raise BadField(say("{field} 应为文字列表", field=field))
    return tuple(found)
