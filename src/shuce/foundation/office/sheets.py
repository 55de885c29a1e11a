"""Excel files: rows written one by one to disk, whatever their number; texts stay texts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils.timezone import is_aware, localtime

from shuce.foundation.office.showing import plain
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.kernel.words import say

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What one sheet holds, and one cell: limits of the file format.
ROWS_OF_A_SHEET = 1_048_576
_CHARACTERS_OF_A_CELL = 32_767
# Excel keeps fifteen digits; a longer number is written as text, whole.
_EXACT = 10**15
# A text that starts so would be taken for a formula once the file is saved as CSV.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def workbook(
    rows: Iterable[Sequence[object]],
    columns: Sequence[str],
    *,
    sheet: str = "",
    rows_of_a_sheet: int = ROWS_OF_A_SHEET,
    file: IO[bytes] | None = None,
) -> IO[bytes]:
    """Write `rows` under the headings `columns` and return the file, at its start.

    Money is written in yuan, days as days; a list longer than a sheet goes on in the next. The file
    is a temporary one unless it is given.
    """
    if file is None:
        file = TemporaryFile()  # noqa: SIM115  the answer streams it and closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    looks = _Looks(book)
    page, line = None, rows_of_a_sheet
    name = _sheet_name(sheet or say("清单"))
    for row in rows:
        if line >= rows_of_a_sheet:
            page, line = _start_sheet(book, name, columns, looks), 1
        for place, value in enumerate(row):
            _write(page, line, place, value, looks)
        line += 1
    if page is None:
        _start_sheet(book, name, columns, looks)
    book.close()
    file.seek(0)
    return file


class _Looks:
    def __init__(self, book: Any) -> None:
        self.heading = book.add_format({"bold": True, "bg_color": "#E6EFF3", "bottom": 1})
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.quoted = book.add_format({"quote_prefix": True})


def _start_sheet(book: Any, name: str, columns: Sequence[str], looks: _Looks) -> Any:
    number = len(book.worksheets()) + 1
    page = book.add_worksheet(name if number == 1 else f"{name[:26]} {number}")
    for place, heading in enumerate(columns):
        page.set_column(place, place, max(12, min(40, len(heading) * 2 + 6)))
    for place, heading in enumerate(columns):
        page.write_string(0, place, heading, looks.heading)
    page.freeze_panes(1, 0)
    return page


def _write(page: Any, line: int, place: int, value: object, looks: _Looks) -> None:
    match value:
        case None | "":
            return
        case Choice():
            page.write_string(line, place, value.label)
        case bool():
            page.write_string(line, place, plain(value))
        case Money():
            page.write_number(line, place, value.yuan, looks.money)
        case int() | Decimal() | float() if -_EXACT < value < _EXACT:
            page.write_number(line, place, value)
        case datetime():
            local = localtime(value).replace(tzinfo=None) if is_aware(value) else value
            page.write_datetime(line, place, local, looks.moment)
        case date():
            page.write_datetime(line, place, value, looks.day)
        case _:
            text = str(value)[:_CHARACTERS_OF_A_CELL]
            page.write_string(
                line, place, text, looks.quoted if text.startswith(FORMULA_STARTS) else None
            )


def text_of(value: object) -> str:
    """Return what a file without types, such as CSV, holds for a value."""
    match value:
        case None:
            return ""
        case Choice() | bool():
            return plain(value)
        case Money():
            return str(value.yuan)
        case datetime():
            local = localtime(value) if is_aware(value) else value
            return f"{local:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    return str(value)


def _sheet_name(name: str) -> str:
    """Excel allows 31 characters, and none of these."""
    return "".join("_" if c in "[]:*?/\\'" else c for c in name)[:31] or "1"
