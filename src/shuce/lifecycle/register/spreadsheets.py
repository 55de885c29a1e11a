"""Cards in Excel: a template with pick-lists, filled sheets, files read back, and error files."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, Refused
from shuce.kernel.words import say
from shuce.lifecycle.register.catalogue import (
    Field,
    FieldKind,
    named,
    names_of_key,
    options,
    typed_fields,
)
from shuce.lifecycle.register.values import as_text

# The two columns that say which card a row is about; the rest are the fields people fill in.
KEY, NUMBER = "key", "number"
MOST_LINES = 20_000
_MOST_BYTES = 30 * 1024 * 1024
_MOST_COLUMNS = 400
# Rows of the template that have pick-lists.
_LISTED_ROWS = 5_000
_LISTED = (
    FieldKind.CHOICE,
    FieldKind.INDUSTRY,
    FieldKind.FLAG,
    FieldKind.CLASS_CODE,
    FieldKind.DIVISION,
    FieldKind.LEVEL,
)


_FLAG = Field("", "", FieldKind.FLAG, "", "")


def headings(added: Iterable[Field] = ()) -> list[tuple[str, str]]:
    """Return (key, heading) of every column of the template, in the reader's language."""
    own = [(KEY, say("原编号")), (NUMBER, say("资产编号"))]
    return own + [(field.key, named(field, whole=True)) for field in typed_fields(added)]


def workbook(
    rows: Iterable[tuple[str, str, dict[str, Any]]] = (), added: Sequence[Field] = ()
) -> IO[bytes]:
    """Return a file of cards: (key, number, facts); without rows it is the template to fill in."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  the answer streams it and closes it
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(say("卡片"))
    fields = typed_fields(added)
    looks = {
        True: book.add_format({"bold": True, "bg_color": "#F6E3B4", "bottom": 1}),
        False: book.add_format({"bold": True, "bg_color": "#E6EFF3", "bottom": 1}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "text": book.add_format({"num_format": "@"}),
    }
    _write_headings(page, fields, added, looks)
    _write_lists(book, page, fields)
    for line, (key, number, facts) in enumerate(rows, start=1):
        page.write_string(line, 0, key)
        page.write_string(line, 1, number)
        for place, field in enumerate(fields, start=2):
            value = facts.get(field.key)
            if value is None:
                continue
            if field.kind is FieldKind.MONEY:
                page.write_number(line, place, Money(int(value)).yuan, looks["money"])
            else:
                page.write_string(line, place, as_text(field, value), looks["text"])
    book.close()
    file.seek(0)
    return file


def read(name: str, content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet of an Excel file as texts; refuse what is none."""
    if len(content) > _MOST_BYTES:
        raise Refused(Obstacle("文件超过 {most} MB", Clause.N_8, field="file", most=30))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grid = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError):
        raise Refused(
            Obstacle("“{name}”读不出 Excel 表格", Clause.N_8, field="file", name=name)
        ) from None
    rows = [[_text_of(cell) for cell in row] for row in grid]
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) < 2:
        raise Refused(Obstacle("文件里没有数据行", Clause.N_8, field="file"))
    if len(rows) - 1 > MOST_LINES or len(rows[0]) > _MOST_COLUMNS:
        raise Refused(
            Obstacle(
                "一个文件最多{lines}行、{columns}列", Clause.N_8, field="file",
                lines=MOST_LINES, columns=_MOST_COLUMNS,
            )
        )  # fmt: skip
    return rows


def matched(titles: Sequence[str], added: Iterable[Field] = ()) -> dict[int, str]:
    """Return which column of a file holds which field: by heading, key, or a known other name."""
    known: dict[str, str] = {}
    for field in typed_fields(added):
        own = (field.key, field.label, named(field), named(field, whole=True), field.heading)
        for name in (*own, *field.also):
            known.setdefault(_plain(name), field.key)
    known |= {_plain(name): KEY for name in names_of_key()}
    known |= {_plain(heading): key for key, heading in headings(added)[:2]}
    found: dict[int, str] = {}
    for place, title in enumerate(titles):
        key = known.get(_plain(title))
        if key and key not in found.values():
            found[place] = key
    return found


def errors(
    titles: Sequence[str], lines: Iterable[tuple[int, Sequence[str], Sequence[str]]]
) -> IO[bytes]:
    """Return the rows that were not taken as they were, with what is wrong before them."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  the answer streams it and closes it
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(say("未导入的行"))
    bold = book.add_format({"bold": True, "bg_color": "#F8D7D4", "bottom": 1})
    red = book.add_format({"font_color": "#A3211A", "text_wrap": True})
    page.set_column(0, 0, 8)
    page.set_column(1, 1, 60)
    for place, title in enumerate((say("原行号"), say("原因"), *titles)):
        page.write_string(0, place, title, bold)
    for row, (number, cells, reasons) in enumerate(lines, start=1):
        page.write_number(row, 0, number)
        page.write_string(row, 1, "\n".join(reasons), red)
        for place, cell in enumerate(cells, start=2):
            page.write_string(row, place, cell)
    book.close()
    file.seek(0)
    return file


def _write_headings(
    page: Any, fields: Sequence[Field], added: Sequence[Field], looks: dict[Any, Any]
) -> None:
    titles = headings(added)
    needed = {field.key: field.required for field in fields} | {KEY: True}
    notes = {field.key: _note(field) for field in fields} | {
        KEY: say("本单位原有编号，同一编号再次导入视为同一张卡片"),
        NUMBER: say("已登记的卡片填写，用于更新；新卡片留空"),
    }
    for place, (key, title) in enumerate(titles):
        page.set_column(place, place, max(12, min(36, len(title) * 2 + 4)))
        page.write_string(0, place, title, looks[needed.get(key, False)])
        page.write_comment(0, place, notes[key], {"x_scale": 1.6})
    page.freeze_panes(1, 2)


def _note(field: Field) -> str:
    told = [say(field.kind.chinese), say("必填") if field.required else say("可以不填")]
    if field.kind is FieldKind.ROWS:
        told.append("｜".join(say(part) for part in field.parts))
    if field.hint:
        told.append(say(field.hint))
    return "\n".join(told)


def _write_lists(book: Any, page: Any, fields: Sequence[Field]) -> None:
    """Put every closed list on a hidden sheet, and let its column choose from it."""
    lists = book.add_worksheet(say("代码"))
    lists.hide()
    column = 0
    for place, field in enumerate(fields, start=2):
        if field.kind not in _LISTED:
            continue
        coded = field.kind in (FieldKind.CLASS_CODE, FieldKind.DIVISION)
        choices = [f"{code} {name}" if coded else name for code, name in options(field)]
        lists.write_string(0, column, field.key)
        for line, choice in enumerate(choices, start=1):
            lists.write_string(line, column, choice)
        letters = xlsxwriter.utility.xl_col_to_name(column, col_abs=True)
        page.data_validation(
            1, place, _LISTED_ROWS, place,
            {
                "validate": "list",
                "source": f"='{say('代码')}'!{letters}$2:{letters}${len(choices) + 1}",
                "error_title": say("不在选项中"),
                "error_message": say("请从列表中选择"),
            },
        )  # fmt: skip
        column += 1


def _text_of(cell: object) -> str:
    match cell:
        case bool():
            return as_text(_FLAG, cell)
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if not (cell.hour or cell.minute) else str(cell)
        case date():
            return cell.isoformat()
    return str(cell).strip()


def _plain(title: str) -> str:
    return "".join(c for c in title.casefold() if c.isalnum())
