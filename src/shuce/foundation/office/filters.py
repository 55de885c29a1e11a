"""Filters of lists: kept in the address, named in the reader's language."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from shuce.foundation.fields import say_later
from shuce.kernel.choices import Choice
from shuce.kernel.words import say

_LOOKUPS = {
    "gte": "{name}（起）",
    "lte": "{name}（止）",
    "gt": "{name}（高于）",
    "lt": "{name}（低于）",
}


class SearchFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A search box: every word must occur in one of `fields`."""

    def __init__(self, *fields: str, label: str = "搜索", hint: str = "", **options: Any) -> None:
        options.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "type": "search",
                    "placeholder": say_later(hint or label),
                    "data-search": "",
                    "autocomplete": "off",
                }
            ),
        )
        super().__init__(label=say_later(label), **options)
        self._fields = fields

    def filter(self, rows: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        words = value.replace("\x00", "").split()[:10] if value else []
        if not words:
            return rows
        hits = (
            reduce(or_, (Q(**{f"{field}__icontains": word}) for field in self._fields))
            for word in words
        )
        return rows.filter(reduce(and_, hits))


class ChoiceFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """One of a `Choice`'s values, or all of them."""

    def __init__(self, choice: type[Choice], label: str, **options: Any) -> None:
        pairs = [(one.value, say_later(one.chinese)) for one in choice]
        super().__init__(choices=pairs, label=say_later(label), **options)


class DayRangeFilter(django_filters.DateFromToRangeFilter):  # type: ignore[misc]
    """From a day to a day, both included."""

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("widget", django_filters.widgets.DateRangeWidget(attrs={"type": "date"}))
        super().__init__(label=say_later(label), **options)


class OfficeFilters(django_filters.FilterSet):  # type: ignore[misc]
    """The base of every list's filters: Chinese names from the model, "all" as the empty choice.

    `Meta.model` and `Meta.fields` give exact filters; declare `search = SearchFilter("name")`
    for the search box.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The search box comes first, wherever it was declared.
        in_order = sorted(self.filters.items(), key=lambda f: not isinstance(f[1], SearchFilter))
        self.filters: dict[str, Any] = dict(in_order)
        for name, filter_ in self.filters.items():
            if self.base_filters[name].label is None:
                filter_.label = self._name(filter_)
            if isinstance(filter_, django_filters.ChoiceFilter | django_filters.ModelChoiceFilter):
                filter_.extra["empty_label"] = say("全部")
            if isinstance(filter_, django_filters.BooleanFilter):
                pairs = [("", say("全部")), ("true", say("是")), ("false", say("否"))]
                filter_.extra["widget"] = forms.Select(choices=pairs)

    def _name(self, filter_: Any) -> str:
        field = django_filters.utils.get_model_field(filter_.model, filter_.field_name)
        name = say(str(getattr(field, "verbose_name", filter_.field_name)))
        return say(_LOOKUPS.get(filter_.lookup_expr, "{name}"), name=name)

    @property
    def chosen(self) -> Sequence[tuple[str, str]]:
        """What the reader has narrowed the list by: (name of the filter, what was chosen)."""
        return [
            (str(bound.label), ", ".join(v for v in _values(bound) if v))
            for bound in self.form
            if any(_values(bound))
        ]


def _values(bound: forms.BoundField) -> list[str]:
    value = bound.value()
    many = value if isinstance(value, list | tuple) else [value]
    return [one.isoformat() if isinstance(one, date) else str(one) for one in many if one]
