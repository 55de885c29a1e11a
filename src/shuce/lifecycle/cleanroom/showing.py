"""What the pages of the clean room show: results, charts, and what each column may do."""

from dataclasses import dataclass
from typing import Any

from django.http import FileResponse

from shuce.engines.guard.foresight import Foresight
from shuce.foundation.office.sheets import MEDIA_TYPE
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import queries
from shuce.lifecycle.cleanroom.deliveries import Taken
from shuce.lifecycle.cleanroom.examples import examples_for
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import FileForm, What
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.rights.models import Grant

_BARS = 40
_MEDIA_TYPES = {FileForm.EXCEL: MEDIA_TYPE, FileForm.CSV: "text/csv; charset=utf-8"}
_USES = {
    "group": "分组",
    "filter": "筛选",
    "aggregate": "汇总",
    "join": "关联",
    "count_distinct": "计人数",
    "show": "显示",
    "cut_points": "按分界值比较",
}


def tables_of(grant: Grant) -> list[dict[str, Any]]:
    """The tables of a grant; each column with its comment and what it may do, in words."""
    comments = {c["name"]: c.get("comment") or "" for c in columns_of(grant.card)}
    return [
        {
            **table,
            "columns": [
                {
                    "name": column["name"],
                    "comment": comments.get(column["name"], ""),
                    "uses": [say(_USES[use]) for use in column["use"]],
                    "bounds": [f"{end:g}" for end in column.get("bounds") or ()],
                    "cut_points": [f"{cut:g}" for cut in column.get("cut_points") or ()],
                }
                for column in table["columns"]
            ],
        }
        for table in queries.what_may_be_asked(grant)
    ]


def examples_of(grant: Grant) -> list[tuple[str, str]]:
    """(What is asked, the SQL) of a few lawful questions under a grant."""
    distinct = {
        c["name"]: (c.get("profile") or {}).get("distinct") or 0 for c in columns_of(grant.card)
    }
    found = examples_for(queries.what_may_be_asked(grant), distinct)
    return [(say(one.title, **one.facts), one.sql) for one in found]


def chart_of(question: Question) -> dict[str, Any] | None:
    """A bar chart where the first column is a name and another a number; otherwise nothing."""
    rows = question.rows[:_BARS]
    if len(rows) < 2 or not all(isinstance(row[0], str) for row in rows):
        return None
    measures = [
        place
        for place in range(1, len(question.columns))
        if all(_is_number(row[place]) for row in rows)
    ]
    if not measures:
        return None
    names = [row[0] for row in rows]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "data": [question.columns[place] for place in measures]},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"rotate": 30}},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "name": question.columns[place],
                "data": [row[place] for row in rows],
                "barMaxWidth": 32,
            }
            for place in measures
        ],
    }


@dataclass(frozen=True)
class Foreseen:
    """A foresight as the desk tells it: (column, its error in the smallest group shown) each."""

    foresight: Foresight
    errors: list[tuple[str, str]]

    @property
    def left_after(self) -> float:
        return max(0.0, self.foresight.epsilon_left - self.foresight.epsilon)


def foresight_of(foresight: Foresight) -> Foreseen:
    """Tell how far each figure may be off, for a group of the smallest size that is shown."""
    people = max(1, foresight.minimum)
    return Foreseen(
        foresight,
        [(error.column, f"{error.at(people):.4g}") for error in foresight.errors],
    )


def values_of(question: Question) -> list[tuple[str, str]]:
    """(The name of a parameter, its value) of a question asked from a saved query."""
    if question.version is None:
        return []
    return [
        (parameter.label or parameter.name, parameter.typed(question.values))
        for parameter in question.version.declared
    ]


def as_file(taken: Taken) -> FileResponse:
    """A delivery's file as the answer to a download."""
    delivery = taken.delivery
    what = What(delivery.what).label
    return FileResponse(
        taken.file,
        as_attachment=True,
        filename=f"{what} {delivery.number}.{delivery.form}",
        content_type=_MEDIA_TYPES[FileForm(delivery.form)],
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
