"""Tables of the house: columns that know how their kind of value looks, sorts and exports.

The first argument of a column is its heading in Chinese.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import is_aware, localtime
from django_tables2.utils import Accessor

from shuce.foundation.fields import say_later
from shuce.foundation.office.showing import badge, moment, plain, show
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money


class Column(django_tables2.Column):  # type: ignore[misc]
    """A column of plain values. `of` is the path to the value where it is not the column's name.

    `sort=False` for a value that the database cannot sort by; `narrow=False` leaves the column
    out on a phone; `hint` explains the heading.
    """

    css = ""

    def __init__(
        self,
        heading: str = "",
        *,
        of: str | None = None,
        sort: bool | Sequence[str] = True,
        narrow: bool = True,
        hint: str = "",
        attrs: Mapping[str, Mapping[str, str]] | None = None,
        **options: Any,
    ) -> None:
        css = f"{self.css}{'' if narrow else ' d-none d-md-table-cell'}".strip()
        cells: dict[str, dict[str, str]] = {"th": {"class": css}, "td": {"class": css}}
        if hint:
            cells["th"]["title"] = say_later(hint)
        for cell, more in (attrs or {}).items():
            cells.setdefault(cell, {}).update(more)
        if sort is not True:
            options["orderable"] = bool(sort)
            if sort:
                options["order_by"] = sort
        super().__init__(
            say_later(heading) if heading else None,
            accessor=of.replace(".", "__") if of else None,
            attrs=cells,
            **options,
        )

    def render(self, value: Any) -> str:
        return show(value)

    def value(self, **facts: Any) -> object:
        """Return the value as a spreadsheet should hold it."""
        return cell_value(facts["value"])


class LinkColumn(Column):
    """A value that links to a page: `LinkColumn("编号", to="register:card", by=["number"])`.

    `by` names what of the row fills the address, in order.
    """

    def __init__(
        self, heading: str = "", *, to: str, by: Sequence[str] = ("pk",), **options: Any
    ) -> None:
        super().__init__(heading, **options)
        self._to = to
        self._by = [by] if isinstance(by, str) else list(by)

    def render(self, value: Any, record: Any) -> str:  # type: ignore[override]
        address = reverse(self._to, args=[Accessor(path).resolve(record) for path in self._by])
        return format_html('<a href="{}">{}</a>', address, plain(value))


class MoneyColumn(Column):
    """An amount of money, to the right. A plain number is taken as fen."""

    css = "text-end money"

    def render(self, value: Any) -> str:
        return str(value if isinstance(value, Money) else Money(int(value)))

    def value(self, **facts: Any) -> object:
        value = facts["value"]
        return value if value is None or isinstance(value, Money) else Money(int(value))


class NumberColumn(Column):
    """A count or measure, to the right."""

    css = "text-end"


class ChoiceColumn(Column):
    """A state or kind, as a coloured badge. `choice` reads the code where the row holds a text."""

    def __init__(
        self, heading: str = "", *, choice: type[Choice] | None = None, **options: Any
    ) -> None:
        super().__init__(heading, **options)
        self._choice = choice

    def render(self, value: Any, record: Any, bound_column: Any) -> str:  # type: ignore[override]
        if self._choice:
            return badge(self._choice(value))
        # Of a field with choices the library hands over the label, which has no colour.
        held = bound_column.accessor.resolve(record, quiet=True)
        return badge(held if isinstance(held, Choice) else value)

    def value(self, **facts: Any) -> object:
        value = facts["value"]
        return plain(self._choice(value) if self._choice and value else value)


class DayColumn(Column):
    """A day, short enough for a dense table: 2026-03-05."""

    css = "text-nowrap"

    def render(self, value: Any) -> str:
        if isinstance(value, datetime):
            value = localtime(value) if is_aware(value) else value
        return f"{value:%Y-%m-%d}"


class MomentColumn(DayColumn):
    """A day and minute: 2026-03-05 14:30; the long form on hovering."""

    def render(self, value: Any) -> str:
        local = localtime(value) if is_aware(value) else value
        return format_html('<time title="{}">{}</time>', moment(value), f"{local:%Y-%m-%d %H:%M}")


class PersonColumn(Column):
    """A person, with where they work beneath the name."""

    def render(self, value: Any) -> str:
        place = getattr(value, "organization", None)
        if not place:
            return str(value)
        return format_html('{}<div class="text-secondary small">{}</div>', value, place)

    def value(self, **facts: Any) -> object:
        return str(facts["value"])


class FlagColumn(Column):
    """Yes or no."""

    def render(self, value: Any) -> str:
        return show(bool(value))


class MadeColumn(Column):
    """A value made from the whole row by `make(row)`; it cannot be sorted by."""

    def __init__(self, heading: str, make: Callable[[Any], object], **options: Any) -> None:
        super().__init__(heading, sort=False, empty_values=(), **options)
        self._make = make

    def render(self, record: Any) -> str:
        return show(self._make(record))

    def value(self, **facts: Any) -> object:
        return cell_value(self._make(facts["record"]))


class OfficeTable(django_tables2.Table):  # type: ignore[misc]
    """The base of every list's table: our template, our heading row, no default columns."""

    # Whether this is the list of a whole page, and may be swapped alone; set by `list_page`.
    in_list = False
    page_sizes: Sequence[int] = ()

    class Meta:
        template_name = "office/table.html"
        attrs = {"class": "table table-vcenter card-table table-stacked"}  # noqa: RUF012  read by the library
        default = "—"
        empty_text = ""


def cell_value(value: object) -> object:
    """Return what a spreadsheet cell should hold for `value`: its type kept, labels in words."""
    match value:
        case Choice():
            return value.label
        case bool() | None | Money() | int() | float() | Decimal() | datetime() | date():
            return value
        case _:
            return plain(value)
