"""A list as a file: exactly the rows and columns it shows, read one after the other.

A short list is answered at once. A long one would keep the reader and a thread of the server
waiting, so it is written by background work: that opens the same address as the same reader, with a
`Writing` on the request, and the page writes its rows there.
"""

import csv
import io
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.db.models.query import ModelIterable
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, reverse
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow

from shuce.foundation.office import tables
from shuce.foundation.office.sheets import FORMULA_STARTS, MEDIA_TYPE, text_of, workbook
from shuce.kernel.choices import Choice

# A list of more rows is written in the background.
MOST_AT_ONCE = 5_000
_ROWS_AT_A_TIME = 2_000
# Columns that show a field's value as it is, whatever else the row holds.
_PLAIN = (
    tables.Column,
    tables.LinkColumn,
    tables.MoneyColumn,
    tables.NumberColumn,
    tables.ChoiceColumn,
    tables.DayColumn,
    tables.MomentColumn,
    tables.FlagColumn,
    tables.PersonColumn,
)
_ABOUT_THE_PAGE = ("export", "page", "per_page")

Read = Callable[[Any], object]


class Format(Choice):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPE if self is Format.XLSX else "text/csv; charset=utf-8"


@dataclass
class Writing:
    """Where background work wants the list; `tell(done, total)` may raise to make it stop."""

    file: IO[bytes]
    format: Format
    tell: Callable[[int, int], None]
    # Told by the list once it is written.
    title: str = ""
    rows: int = 0


_offered_at = ""


def offer_at(url_name: str) -> None:
    """Send whoever exports a long list to the page of this name, with the list's address."""
    global _offered_at
    _offered_at = url_name


def answer(request: HttpRequest, table: tables.OfficeTable, title: str) -> HttpResponse:
    """Answer with the list as a file, or where that would take long, with the way to one."""
    asked = request.GET.get("export", "")
    kind = Format(asked) if asked in set(Format) else Format.XLSX
    writing = getattr(request, "writing", None)
    if isinstance(writing, Writing):
        writing.title, writing.rows = title, _count(table)
        _write(table, title, writing.format, writing.file, writing.tell)
        return HttpResponse(status=204)
    if _is_long(table) and (later := _offer(request, kind)):
        return HttpResponseRedirect(later)
    file = io.BytesIO()
    _write(table, title, kind, file, lambda done, total: None)
    file.seek(0)
    made = FileResponse(
        file,
        as_attachment=True,
        filename=f"{title}.{kind.value}",
        content_type=kind.media_type,
    )
    # Django sends either kind of answer; pages promise the common one.
    return cast(HttpResponse, made)


def _offer(request: HttpRequest, kind: Format) -> str:
    try:
        page = reverse(_offered_at) if _offered_at else ""
    except NoReverseMatch:
        return ""
    if not page:
        return ""
    about = QueryDict(mutable=True)
    about["of"] = address_of(request)
    about["format"] = kind.value
    return f"{page}?{about.urlencode()}"


def address_of(request: HttpRequest) -> str:
    """Return the list's address with what the reader chose, without which page was open."""
    chosen = request.GET.copy()
    for name in _ABOUT_THE_PAGE:
        chosen.pop(name, None)
    query = chosen.urlencode()
    return f"{request.path}?{query}" if query else request.path


def _write(
    table: tables.OfficeTable,
    title: str,
    kind: Format,
    file: IO[bytes],
    tell: Callable[[int, int], None],
) -> None:
    columns = [c for c in table.columns.iterall() if c.visible and c.header]
    headings = [str(column.header) for column in columns]
    total = _count(table)
    tell(0, total)
    rows = _telling(_read_first(_cells(table, columns)), total, tell)
    if kind is Format.XLSX:
        workbook(rows, headings, sheet=title, file=file)
    else:
        _as_csv(rows, headings, file)


def _as_csv(rows: Iterable[Sequence[object]], headings: Sequence[str], file: IO[bytes]) -> None:
    # With its mark, or Excel takes the Chinese for something else.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    written = csv.writer(text)
    written.writerow(headings)
    written.writerows([_csv_cell(value) for value in row] for row in rows)
    text.flush()
    text.detach()


def _csv_cell(value: object) -> object:
    text = text_of(value)
    # A text that a spreadsheet would run as a formula is quoted, as spreadsheets quote it.
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def _read_first(rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Read every row before the first is yielded, by way of a file, where the database asks it.

    While a query is open SQLite shows its connection the register as it was; once somebody else
    has written, that connection may not: it could not tell how far it is.
    """
    if connection.vendor != "sqlite":
        yield from rows
        return
    with TemporaryFile() as kept:
        while some := list(islice(rows, _ROWS_AT_A_TIME)):
            pickle.dump(some, kept, protocol=pickle.HIGHEST_PROTOCOL)
        end = kept.tell()
        kept.seek(0)
        while kept.tell() < end:
            yield from pickle.load(kept)


def _telling(
    rows: Iterator[Sequence[object]], total: int, tell: Callable[[int, int], None]
) -> Iterator[Sequence[object]]:
    done = 0
    while some := list(islice(rows, _ROWS_AT_A_TIME)):
        tell(done, total)
        yield from some
        done += len(some)
    tell(done, total)


def _count(table: tables.OfficeTable) -> int:
    rows = table.data.data
    return rows.order_by().count() if isinstance(rows, QuerySet) else len(rows)


def _is_long(table: tables.OfficeTable) -> bool:
    rows = table.data.data
    if isinstance(rows, QuerySet):
        return rows.order_by()[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE
    return len(rows) > MOST_AT_ONCE


def _cells(table: tables.OfficeTable, columns: Sequence[BoundColumn]) -> Iterator[Sequence[object]]:
    """Yield the values of every row without holding them all."""
    rows = table.data.data
    if isinstance(rows, QuerySet):
        paths = _paths(rows, columns)
        if paths:
            return _values(rows, paths, columns)
        records: Iterator[Any] = rows.iterator(_ROWS_AT_A_TIME)
    else:
        records = iter(rows)
    readers = [_reader(table, column) for column in columns]
    return ([read(record) for read in readers] for record in records)


@dataclass(frozen=True)
class _Path:
    """Where a column's value lies, and the model it is a row of, if it is one."""

    lookup: str
    row_of: type[Model] | None


def _paths(rows: "QuerySet[Any]", columns: Sequence[BoundColumn]) -> list[_Path]:
    """Return where the database has every column's value; nothing unless it has them all.

    Reading values is several times faster than making an object of every row.
    """
    query = rows.query
    # Other values would change what these rows are.
    if query.distinct or query.combinator or query.annotations or query.is_sliced:
        return []
    if rows._iterable_class is not ModelIterable:
        return []
    found = []
    for bound in columns:
        if type(bound.column) not in _PLAIN:
            return []
        path = _path(rows.model, str(bound.accessor).replace(".", "__"))
        if path is None:
            return []
        found.append(path)
    return found


def _path(model: type[Model], lookup: str) -> _Path | None:
    last: Field[Any, Any] | None = None
    at: Any = model
    for name in lookup.split("__"):
        if at is None:
            return None
        try:
            found = at._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if not isinstance(found, Field) or not found.concrete or found.many_to_many:
            return None
        last = found
        at = found.related_model if isinstance(found, ForeignKey) else None
    return _Path(lookup, at if isinstance(last, ForeignKey) else None)


def _values(
    rows: "QuerySet[Any]", paths: Sequence[_Path], columns: Sequence[BoundColumn]
) -> Iterator[Sequence[object]]:
    plain = rows.select_related(None).prefetch_related(None)
    found = plain.values_list(*[path.lookup for path in paths]).iterator(_ROWS_AT_A_TIME)
    named = [
        _Named(place, _related(rows, path), bound.column.value)
        for place, (path, bound) in enumerate(zip(paths, columns, strict=True))
        if path.row_of
    ]
    readers: list[Read] = [_of_value(bound) for bound in columns]
    for one in named:
        readers[one.place] = one.words.get
    while some := list(islice(found, _ROWS_AT_A_TIME)):
        for one in named:
            one.look_up({row[one.place] for row in some} - {None})
        for row in some:
            yield [read(value) for read, value in zip(readers, row, strict=True)]


@dataclass
class _Named:
    """A column of rows of another table: each is fetched once, and read the same everywhere."""

    place: int
    rows: "QuerySet[Any]"
    value_of: Callable[..., object]
    words: dict[Any, object] = field(default_factory=dict)

    def look_up(self, keys: set[Any]) -> None:
        if len(self.words) > 20 * _ROWS_AT_A_TIME:
            self.words.clear()
        for key, one in self.rows.in_bulk(list(keys - self.words.keys())).items():
            self.words[key] = self.value_of(value=one, record=None)


def _related(rows: "QuerySet[Any]", path: _Path) -> "QuerySet[Any]":
    """Return the rows a column names, with what the list has chosen to fetch beside each."""
    assert path.row_of
    chosen: Any = rows.query.select_related
    for name in path.lookup.split("__"):
        chosen = chosen.get(name) if isinstance(chosen, dict) else None
    found = path.row_of._base_manager.all()
    beside = list(_leaves(chosen)) if isinstance(chosen, dict) else []
    return found.select_related(*beside) if beside else found


def _leaves(chosen: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, deeper in chosen.items():
        yield f"{before}{name}"
        yield from _leaves(deeper, f"{before}{name}__")


def _of_value(bound: BoundColumn) -> Read:
    """Return what makes a cell of a value; a choice reads alike in every row: it is made once."""
    value_of, empty = bound.column.value, tuple(bound.column.empty_values)
    words: dict[Choice, object] = {}

    def read(value: Any) -> object:
        if value in empty:
            return None
        if not isinstance(value, Choice):
            return value_of(value=value, record=None)
        if value not in words:
            words[value] = value_of(value=value, record=None)
        return words[value]

    return read


def _reader(table: tables.OfficeTable, bound: BoundColumn) -> Read:
    """Return what reads one column of a record as a file should hold it.

    The library inspects the signature of every column for every cell, which is two thirds of the
    time of a long export; ours all take the value and the record.
    """
    column = bound.column
    if not isinstance(column, tables.Column):
        return lambda record: BoundRow(record, table=table).get_cell_value(bound.name)
    accessor, value_of, empty = bound.accessor, column.value, tuple(column.empty_values)
    words: dict[Choice, object] = {}

    def read(record: Any) -> object:
        value = accessor.resolve(record, quiet=True)
        if value in empty:
            return None
        if not isinstance(value, Choice):
            return value_of(value=value, record=record)
        if value not in words:
            words[value] = value_of(value=value, record=record)
        return words[value]

    return read
