"""CSV whose quotes carry the mark: a field means the same with them and without."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shuce.engines.watermark.marks import Cell, Sheet, bit_of, identity

_BOM = "\ufeff"
# What must stand in quotes whatever the bit, and so tells none.
_FORCED = frozenset(',"\r\n')
# A text that starts so would be run as a formula by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def marked_csv(
    columns: Sequence[str], rows: Iterable[Sequence[object]], mark: bytes, note: str
) -> Iterator[bytes]:
    """Yield the file line by line: UTF-8 with its mark for Excel, the note as the last line."""
    yield (_BOM + _line([_quoted_if_needed(_safe(name)) for name in columns])).encode()
    for row in rows:
        yield _line([_field(value, mark) for value in row]).encode()
    yield _line([_in_quotes(f"# {note}")]).encode()


def read_csv(text: str) -> Sheet:
    """Read a CSV, or what was copied out of a spreadsheet, with the bits that its quotes tell."""
    text = text.removeprefix(_BOM)
    first = text.split("\n", 1)[0]
    if "\t" in first and "," not in first:
        copied = csv.reader(io.StringIO(text), delimiter="\t")
        return Sheet(tuple(tuple(row) for row in copied), (), text)
    lines = list(_lines(text))
    cells = [
        Cell(identity(field.text), field.in_quotes)
        for line in lines[1:]
        for field in line
        if len(line) > 1 and field.text.strip() and _FORCED.isdisjoint(field.text)
    ]
    if len(lines) > 1 and all(len(line) == 1 for line in lines):
        cells = [
            Cell(identity(line[0].text), line[0].in_quotes)
            for line in lines[1:]
            if line[0].text.strip() and _FORCED.isdisjoint(line[0].text)
        ]
    return Sheet(tuple(tuple(f.text for f in line) for line in lines), tuple(cells), text)


@dataclass(frozen=True)
class _Field:
    text: str
    in_quotes: bool


def _field(value: object, mark: bytes) -> str:
    if value is None or value == "":
        return ""
    text = _safe(value)
    if not _FORCED.isdisjoint(text) or bit_of(mark, identity(text)):
        return _in_quotes(text)
    return text


def _safe(value: object) -> str:
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS) and identity(text) == text:
        return f"'{text}"
    return text


def _quoted_if_needed(text: str) -> str:
    return text if _FORCED.isdisjoint(text) else _in_quotes(text)


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _line(fields: Sequence[str]) -> str:
    return ",".join(fields) + "\r\n"


def _lines(text: str) -> Iterator[list[_Field]]:
    """Read as RFC 4180 has it, keeping what the standard reader forgets: which field was quoted."""
    line: list[_Field] = []
    place, end = 0, len(text)
    while place < end:
        in_quotes = text[place] == '"'
        if in_quotes:
            found, place = _quoted_at(text, place + 1)
        else:
            stop = place
            while stop < end and text[stop] not in ",\r\n":
                stop += 1
            found, place = text[place:stop], stop
        line.append(_Field(found, in_quotes))
        if place < end and text[place] == ",":
            place += 1
            if place == end or text[place] in "\r\n":
                line.append(_Field("", False))
        if place >= end or text[place] in "\r\n":
            yield line
            line = []
            while place < end and text[place] in "\r\n":
                place += 1


def _quoted_at(text: str, place: int) -> tuple[str, int]:
    parts: list[str] = []
    while True:
        stop = text.find('"', place)
        if stop < 0:
            return "".join([*parts, text[place:]]), len(text)
        parts.append(text[place:stop])
        if text[stop + 1 : stop + 2] != '"':
            # Whatever stands between the closing quote and the next comma is not ours.
            place = stop + 1
            while place < len(text) and text[place] not in ",\r\n":
                place += 1
            return "".join(parts), place
        parts.append('"')
        place = stop + 2
