"""A list: searched, filtered, sorted, paged, and exported exactly as it stands.

What the reader chose is in the address, so a list can be bookmarked and sent to a colleague.
"""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from shuce.foundation.office import exporting
from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.parts import Action
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
# A list counts and turns pages this far: a longer one is narrowed, sorted or exported.
MOST_COUNTED = 10_000


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
    """Answer with the list as a page; as the table alone to htmx; as a file to `?export=xlsx`.

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
    _settle_ties(shown)
    if request.GET.get("export"):
        return exporting.answer(request, shown, title)
    shown.paginate(
        page=_number(request, "page", 1),
        per_page=_page_size(request, page_size),
        paginator_class=_CappedPaginator,
    )
    everything = {
        "title": title,
        "table": shown,
        "filters": filtered,
        "narrowed": bool(filtered and filtered.chosen),
        "count": shown.paginator.count,
        "capped": shown.paginator.capped,
        "empty": empty or say("这里还没有记录。"),
        "actions": actions,
        **(context or {}),
    }
    fragment = _wants_fragment(request)
    response = render(request, "office/_list.html" if fragment else template, everything)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


class _CappedPaginator(Paginator[Any]):
    """Counts no further than `MOST_COUNTED`, so that a page of a million rows is as fast as one.

    A page past the end is the last one: rows may have gone since the link was made.
    """

    @cached_property
    def _counted(self) -> int:
        rows = getattr(self.object_list, "data", self.object_list)
        query = getattr(rows, "data", rows)
        if isinstance(query, QuerySet):
            return query.order_by()[: MOST_COUNTED + 1].count()
        return len(query)

    @property
    def capped(self) -> bool:
        return self._counted > MOST_COUNTED and self._is_query

    @property
    def _is_query(self) -> bool:
        rows = getattr(self.object_list, "data", self.object_list)
        return isinstance(getattr(rows, "data", rows), QuerySet)

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED) if self._is_query else self._counted

    def page(self, number: int | str) -> Any:
        return super().page(min(max(1, int(number)), self.num_pages))


def _settle_ties(table: OfficeTable) -> None:
    """Let rows that are alike in what they are sorted by keep one order from page to page."""
    rows = table.data.data
    if not isinstance(rows, QuerySet) or rows.query.distinct or not table.order_by:
        return
    keys = [str(key) for key in rows.query.order_by]
    if keys and not {"pk", "-pk", "id", "-id"} & set(keys):
        table.data.data = rows.order_by(*keys, "-pk" if keys[-1].startswith("-") else "pk")


def _wants_fragment(request: HttpRequest) -> bool:
    headers = request.headers
    return headers.get("HX-Target") == "list" and "HX-History-Restore-Request" not in headers


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _page_size(request: HttpRequest, default: int) -> int:
    asked = _number(request, "per_page", default)
    return asked if asked in PAGE_SIZES else default
