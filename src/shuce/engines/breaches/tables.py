"""Tables of plain rows, read whole where they are clean, and row by row where they are not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

from shuce.engines.breaches.columns import Fields, read_column
from shuce.engines.breaches.reading import BadField, Row, names
from shuce.kernel.words import say


class RowProblem(NamedTuple):
    """A row that was left out: which one, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        return say("{place}：{reason}", place=self.place, reason=self.reason)


class WithId(Protocol):
    @property
    def id(self) -> str: ...


BLOCK = 2_000
"""Rows read at a time, column by column: as many as stay in the processor's cache."""

R = TypeVar("R")
W = TypeVar("W", bound=WithId)


@dataclass(frozen=True)
class Shape(Generic[R]):
    """How a table's rows are made: a named tuple of their fields in order, each with its reader."""

    kind: type[R]
    fields: Fields

    def __post_init__(self) -> None:
        assert len(self.fields) == len(self.kind._fields)  # type: ignore[attr-defined]

    @property
    def make(self) -> Callable[[Iterable[object]], R]:
        """Make a row of its cells, as `_make` of a named tuple does, without a call in Python."""
        return partial(tuple.__new__, self.kind)  # type: ignore[type-var]

    def rows(self, given: Sequence[Row]) -> list[R]:
        """Read all rows at once. Raise `BadField` if one of them is bad."""
        found: list[R] = []
        for start in range(0, len(given), BLOCK):
            block = given[start : start + BLOCK]
            columns = [read_column(block, field, read) for field, read in self.fields]
            found += map(self.make, zip(*columns, strict=True))
        return found

    def row(self, given: Row) -> R:
        return self.make([read(given, field) for field, read in self.fields])


class Reader:
    """Reads tables of plain data, and keeps what could not be read in `problems`."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.problems: list[RowProblem] = []

    def all(self, table: str, shape: Shape[R]) -> tuple[R, ...]:
        return tuple(self._good(table, shape)[1])

    def by_id(self, table: str, shape: Shape[W]) -> dict[str, W]:
        """Return rows by id. An id given twice counts once; if the rows differ, the first."""
        places, good = self._good(table, shape)
        found = dict(zip(map(attrgetter("id"), good), good, strict=True))
        if len(found) == len(good):
            return found
        found.clear()
        for number, row in zip(places, good, strict=True):
            first = found.setdefault(row.id, row)
            if first is not row and first != row:
                self.problems.append(
                    RowProblem(f"{table}[{number}] {row.id}", say("编号重复而内容不同，只用第一行"))
                )
        return found

    def names(self, table: str) -> frozenset[str]:
        try:
            return frozenset(names(self.data, table))
        except BadField as error:
            self.problems.append(RowProblem(table, str(error)))
            return frozenset()

    def _good(self, table: str, shape: Shape[R]) -> tuple[Sequence[int], list[R]]:
        """Return the places in the table of the rows that can be read, and those rows."""
        given = self._table(table)
        if set(map(type, given)) <= {dict}:
            try:
                return range(len(given)), shape.rows(cast(list[Row], given))
            except BadField:
                pass  # some row is bad: find out which
        places: list[int] = []
        found: list[R] = []
        for number, row in enumerate(given):
            try:
                if not isinstance(row, Mapping):
                    raise BadField(say("应为对象"))
                found.append(shape.row(row))
                places.append(number)
            except BadField as error:
                named = row.get("id") if isinstance(row, Mapping) else None
                place = f"{table}[{number}] {named or ''}".rstrip()
                self.problems.append(RowProblem(place, str(error)))
        return places, found

    def _table(self, table: str) -> list[object]:
        value = self.data.get(table)
        if isinstance(value, list | tuple):
            return cast(list[object], value)
        if value is not None:
            self.problems.append(RowProblem(table, say("应为列表")))
        return []
