"""What a figure is: rows that are counted, a measure over them, and the cards behind them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.timezone import make_aware

from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.lifecycle.register.models import Card
from shuce.supervision.reporting.words import Unit


@dataclass(frozen=True)
class Scope:
    """The bodies at and below `path`, in one calendar year, as far as the day `until`."""

    path: str
    year: int
    # The last day that counts, where the year is not over.
    until: date | None = None

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def after(self) -> date:
        """The first day that no longer counts."""
        next_year = date(self.year + 1, 1, 1)
        return min(next_year, self.until + timedelta(days=1)) if self.until else next_year

    @cached_property
    def begins_at(self) -> datetime:
        return make_aware(datetime.combine(self.first, time.min))

    @cached_property
    def ends_at(self) -> datetime:
        """The moment from which nothing counts any more."""
        return make_aware(datetime.combine(self.after, time.min))

    def below(self, path: str) -> Q:
        """Return the condition that the organization path at `path` lies in this scope."""
        return Q(**{f"{path}__startswith": self.path})

    def in_year(self, field: str) -> Q:
        """Return the condition that the day, or the moment, in `field` lies in the year."""
        moments = field.endswith("_at")
        start, end = (self.begins_at, self.ends_at) if moments else (self.first, self.after)
        return Q(**{f"{field}__gte": start, f"{field}__lt": end})


Rows = Callable[[Scope], "QuerySet[Any]"]


@dataclass(frozen=True)
class Column:
    """A heading of a table, and what its figures count."""

    key: str
    title: str
    unit: Unit


@dataclass(frozen=True)
class Measure:
    """How rows become one number: their count, or the sum of `field`; of all, or some of them."""

    field: str = ""
    where: Callable[[Scope], Q] | None = None
    distinct: bool = False

    def narrowed(self, scope: Scope) -> Q:
        return self.where(scope) if self.where else Q()

    def expression(self, scope: Scope) -> Any:
        only = self.narrowed(scope) or None
        if self.field and not self.distinct:
            return Sum(self.field, filter=only)
        return Count(self.field or "pk", filter=only, distinct=self.distinct)


@dataclass(frozen=True)
class Line:
    """A line of a table: its rows, the way from a row to its card, and a measure by column."""

    key: str
    title: str
    rows: Rows
    measures: dict[str, Measure]
    card: str = "pk"

    def computed(self, scope: Scope) -> dict[str, int]:
        """Return the line's figures by column, in one query."""
        wanted = {f"m_{key}": one.expression(scope) for key, one in self.measures.items()}
        found = self.rows(scope).aggregate(**wanted)
        return {key: _whole(found[f"m_{key}"]) for key in self.measures}


@dataclass(frozen=True)
class Table:
    """One table of the report."""

    code: str
    title: str
    short_title: str
    note: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    # What is counted, where it is not cards: then there are no cards behind the figures.
    of_cards: bool = True

    def figures(self) -> Iterator["Figure"]:
        """Yield every figure of the table, line by line."""
        for line in self.lines:
            for column in self.columns:
                if column.key in line.measures:
                    yield Figure(self, line, column)


@dataclass(frozen=True)
class Figure:
    """One number of the report: where it stands, what it counts, and what lies behind it."""

    table: Table
    line: Line
    column: Column

    @property
    def code(self) -> str:
        return f"{self.table.code}.{self.line.key}.{self.column.key}"

    @property
    def unit(self) -> Unit:
        return self.column.unit

    @property
    def _measure(self) -> Measure:
        return self.line.measures[self.column.key]

    def rows(self, scope: Scope) -> "QuerySet[Any]":
        """Return the very rows that the figure counts."""
        return self.line.rows(scope).filter(self._measure.narrowed(scope))

    def compute(self, scope: Scope) -> int:
        """Count the figure: a whole number, money in fen."""
        return self.line.computed(scope)[self.column.key]

    def cards(self, scope: Scope) -> QuerySet[Card]:
        """Return the cards behind the figure, each once."""
        if not self.table.of_cards:
            return Card.objects.none()
        behind = self.rows(scope).order_by().values(self.line.card)
        return Card.objects.filter(pk__in=behind).select_related("holder")


def shown(value: int, unit: Unit) -> int | Money:
    """Return a figure as people read it: money as money."""
    return Money(value) if unit is Unit.MONEY else value


def lines_by(
    choices: "type[Choice] | tuple[Choice, ...]",
    field: str,
    rows: Rows,
    measures: dict[str, Measure],
    *,
    card: str = "pk",
    prefix: str = "",
) -> tuple[Line, ...]:
    """Return one line for each value that `field` of the rows may have."""

    def only(code: str) -> Rows:
        return lambda scope: rows(scope).filter(**{field: code})

    return tuple(
        Line(f"{prefix}{one.value}", one.chinese, only(one.value), measures, card)
        for one in choices
    )


def _whole(value: Any) -> int:
    return value.fen if isinstance(value, Money) else int(value or 0)
