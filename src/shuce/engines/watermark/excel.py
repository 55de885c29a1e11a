"""Excel files whose fonts carry the mark: two shades of ink, one step of blue apart."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from lxml import etree

from shuce.engines.watermark.marks import Cell, Sheet, bit_of, identity

_INK = {False: "#1D273A", True: "#1D273B"}
_BIT_OF_INK = {ink[1:]: bit for bit, ink in _INK.items()}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PROPERTY = "shuce-delivery"
_MOST_BYTES = 200 * 1024 * 1024
_MOST_CELLS = 200_000
_EXACT = 10**15
_CHARACTERS_OF_A_CELL = 32_767


class NotAWorkbook(ValueError):
    """The file is no Excel workbook that can be read."""


def marked_workbook(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    mark: bytes,
    note: str,
    *,
    sheet: str,
    number: str,
) -> IO[bytes]:
    """Write the file and return it at its start; the note stands last, and under printed pages."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  the answer streams it and closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    book.set_custom_property(_PROPERTY, number)
    heading = book.add_format({"bold": True, "bg_color": "#E6EFF3", "bottom": 1})
    inks = {bit: book.add_format({"font_color": ink}) for bit, ink in _INK.items()}
    page = book.add_worksheet(sheet[:31])
    page.freeze_panes(1, 0)
    page.set_footer(f"&L{note.replace('&', '&&')}"[:255])
    for place, name in enumerate(columns):
        page.set_column(place, place, max(12, min(40, len(name) * 2 + 6)))
        page.write_string(0, place, name, heading)
    line = 0
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _write(page, line, place, value, inks, mark)
    page.write_string(line + 2, 0, note)
    book.close()
    file.seek(0)
    return file


def read_workbook(content: bytes) -> Sheet:
    """Read every sheet's cells and their inks; raise NotAWorkbook for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_BYTES:
                raise NotAWorkbook
            names = set(parts.namelist())
            strings = _strings(parts) if "xl/sharedStrings.xml" in names else []
            inks = _inks(parts) if "xl/styles.xml" in names else []
            pages = sorted(name for name in names if name.startswith("xl/worksheets/sheet"))
            if not pages:
                raise NotAWorkbook
            rows: list[tuple[str, ...]] = []
            cells: list[Cell] = []
            for page in pages:
                for row in _rows(parts, page, strings, inks, cells):
                    rows.append(row)
            told = _property(parts) if "docProps/custom.xml" in names else ""
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, IndexError, EOFError) as fault:
        raise NotAWorkbook from fault
    words = "\n".join("\t".join(row) for row in rows)
    return Sheet(tuple(rows), tuple(cells), f"{told}\n{words}")


def _write(
    page: Any, line: int, place: int, value: object, inks: dict[bool, Any], mark: bytes
) -> None:
    if value is None or value == "":
        return
    ink = inks[bit_of(mark, identity(value))]
    if isinstance(value, bool):
        page.write_boolean(line, place, value, ink)
    elif isinstance(value, int | float) and -_EXACT < value < _EXACT:
        page.write_number(line, place, value, ink)
    else:
        page.write_string(line, place, str(value)[:_CHARACTERS_OF_A_CELL], ink)


def _parsed(parts: zipfile.ZipFile, name: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    return etree.fromstring(parts.read(name), parser)


def _strings(parts: zipfile.ZipFile) -> list[str]:
    return ["".join(one.itertext()) for one in _parsed(parts, "xl/sharedStrings.xml")]


def _inks(parts: zipfile.ZipFile) -> list[bool | None]:
    """Return the bit that each cell style's font tells, if it is one of our two inks."""
    root = _parsed(parts, "xl/styles.xml")
    fonts: list[bool | None] = []
    for font in root.iterfind(f"{_MAIN}fonts/{_MAIN}font"):
        colour = font.find(f"{_MAIN}color")
        told = colour.get("rgb", "")[-6:].upper() if colour is not None else ""
        fonts.append(_BIT_OF_INK.get(told))
    return [
        fonts[int(style.get("fontId", "0"))] for style in root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")
    ]


def _rows(
    parts: zipfile.ZipFile,
    page: str,
    strings: list[str],
    inks: list[bool | None],
    cells: list[Cell],
) -> Iterator[tuple[str, ...]]:
    options = {"resolve_entities": False, "no_network": True, "huge_tree": False}
    with parts.open(page) as part:
        for _, row in etree.iterparse(part, tag=f"{_MAIN}row", **options):
            texts = []
            for cell in row.iterfind(f"{_MAIN}c"):
                text = _text(cell, strings)
                texts.append(text)
                style = int(cell.get("s", "0"))
                bit = inks[style] if style < len(inks) else None
                if bit is not None and text.strip() and len(cells) < _MOST_CELLS:
                    cells.append(Cell(identity(text), bit))
            row.clear()
            yield tuple(texts)


def _text(cell: Any, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(cell.itertext())
    value = cell.findtext(f"{_MAIN}v", "") or ""
    if kind == "s":
        return strings[int(value)]
    if kind == "b":
        return str(value == "1")
    return str(value)


def _property(parts: zipfile.ZipFile) -> str:
    for one in _parsed(parts, "docProps/custom.xml"):
        if one.get("name") == _PROPERTY:
            return "".join(one.itertext())
    return ""
