"""A list: searched, filtered, sorted, paged, and exported exactly as it stands.

What the reader chose is in the address, so a list can be bookmarked and sent to a colleague.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_tables2.rows import BoundRow

from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.parts import Action
from shuce.foundation.office.sheets import MEDIA_TYPE, workbook
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    FlagColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    OfficeTable,
    PersonColumn,
)
from shuce.kernel.words import say

__all__ = [
    "Action",
    "ChoiceColumn",
    "ChoiceFilter",
    "Column",
    "DayColumn",
    "DayRangeFilter",
    "FlagColumn",
    "LinkColumn",
    "MadeColumn",
    "MomentColumn",
    "MoneyColumn",
    "NumberColumn",
    "OfficeFilters",
    "OfficeTable",
    "PersonColumn",
    "SearchFilter",
    "list_page",
]

PAGE_SIZES = (20, 50, 100, 200)
_ROWS_AT_A_TIME = 2_000


def list_page(
    request: HttpRequest,
    *,
    rows: "QuerySet[Any] | Sequence[Any]",
    table: type[OfficeTable],
    filters: type[OfficeFilters] | None = None,
    title: str,
    template: str = "office/list.html",
    empty: str = "",
    actions: Sequence[Action] = (),
    context: dict[str, Any] | None = None,
    page_size: int = PAGE_SIZES[0],
) -> HttpResponse:
    """Answer with the list as a page; as the table alone to htmx; as Excel to `?export=xlsx`.

    `empty` says what to do where there is nothing yet. Filters need `rows` to be a query.
    """
    filtered = None
    if filters:
        assert isinstance(rows, QuerySet), "filters work on a query"
        filtered = filters(request.GET, queryset=rows, request=request)
        rows = filtered.qs
    shown = table(rows, request=request)
    shown.in_list, shown.page_sizes = True, PAGE_SIZES
    shown.order_by = request.GET.getlist("sort")
    if request.GET.get("export") == "xlsx":
        return _export(shown, title)
    shown.paginate(
        page=_number(request, "page", 1),
        per_page=_page_size(request, page_size),
        paginator_class=_ForgivingPaginator,
    )
    everything = {
        "title": title,
        "table": shown,
        "filters": filtered,
        "narrowed": bool(filtered and filtered.chosen),
        "count": shown.paginator.count,
        "empty": empty or say("这里还没有记录。"),
        "actions": actions,
        **(context or {}),
    }
    fragment = _wants_fragment(request)
    response = render(request, "office/_list.html" if fragment else template, everything)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


class _ForgivingPaginator(Paginator[Any]):
    """A page past the end is the last one: rows may have gone since the link was made."""

    def page(self, number: int | str) -> Any:
        return super().page(min(max(1, int(number)), self.num_pages))


def _wants_fragment(request: HttpRequest) -> bool:
    headers = request.headers
    return headers.get("HX-Target") == "list" and "HX-History-Restore-Request" not in headers


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _page_size(request: HttpRequest, default: int) -> int:
    asked = _number(request, "per_page", default)
    return asked if asked in PAGE_SIZES else default


def _export(table: OfficeTable, title: str) -> HttpResponse:
    columns = [c for c in table.columns.iterall() if c.visible and c.header]
    file = workbook(
        ([row.get_cell_value(column.name) for column in columns] for row in _all_rows(table)),
        [str(column.header) for column in columns],
        sheet=title,
    )
    answer = FileResponse(
        file, as_attachment=True, filename=f"{title}.xlsx", content_type=MEDIA_TYPE
    )
    # Django sends either kind of answer; pages promise the common one.
    return cast(HttpResponse, answer)


def _all_rows(table: OfficeTable) -> Iterator[BoundRow]:
    """Yield every row of the table without holding them all."""
    data = table.data.data
    records = data.iterator(_ROWS_AT_A_TIME) if isinstance(data, QuerySet) else iter(data)
    return (BoundRow(record, table=table) for record in records)
