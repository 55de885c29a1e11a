"""The lists of quality management."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.timezone import localdate

from shuce.foundation.fields import say_later
from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    FlagColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.kernel.words import say
from shuce.lifecycle.quality.models import Assessment, Issue
from shuce.lifecycle.quality.words import Gravity, IssueKind, IssueOrigin, IssueState


class AssessmentTable(OfficeTable):
    card = LinkColumn(
        "数据资产", of="card__name", to="quality:assessment", by=["id"], sort=["card__name"]
    )
    number = Column("资产编号", of="card__number", sort=False, narrow=False)
    holder = Column("持有单位", of="card__holder", sort=["card__holder__name"], narrow=False)
    score = NumberColumn("得分")
    failing = NumberColumn("未达标规则")
    chosen = FlagColumn("按选定规则", narrow=False)
    member = Column("评价人", sort=False, narrow=False)
    measured_at = MomentColumn("评价时间")


class AssessmentFilters(OfficeFilters):
    search = SearchFilter(
        "card__name", "card__number", "card__holder__name", hint="资产名称、编号、持有单位"
    )
    score = django_filters.NumberFilter(
        field_name="score", lookup_expr="lt", label=say_later("得分低于")
    )
    measured_at = DayRangeFilter("评价时间")

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ()


class IssueTable(OfficeTable):
    number = LinkColumn("编号", to="quality:issue", by=["id"])
    sentence = Column("情况", sort=False)
    card = Column("数据资产", sort=["card__name"], narrow=False)
    kind = Column("类别", of="kind__label", sort=["kind"], narrow=False)
    severity = ChoiceColumn("严重程度")
    owner = Column("责任人", sort=False, narrow=False)
    due_on = DayColumn("整改期限")
    reopened = NumberColumn("重新打开次数", narrow=False)
    state = ChoiceColumn("状态")


class LateFilter(django_filters.BooleanFilter):  # type: ignore[misc]
    """Open issues whose day has passed."""

    def filter(self, rows: "QuerySet[Issue]", value: bool | None) -> "QuerySet[Issue]":
        if value is None:
            return rows
        late = {"state": IssueState.OPEN, "due_on__lt": localdate(self.parent.request.signature.at)}
        return rows.filter(**late) if value else rows.exclude(**late)


class IssueFilters(OfficeFilters):
    search = SearchFilter(
        "number", "sentence", "column", "card__name", "card__number", hint="编号、情况、字段、资产"
    )
    state = ChoiceFilter(IssueState, "状态")
    severity = ChoiceFilter(Gravity, "严重程度")
    kind = ChoiceFilter(IssueKind, "类别")
    origin = ChoiceFilter(IssueOrigin, "来源")
    late = LateFilter(label=say_later("已超期"))

    class Meta:
        model = Issue
        fields: tuple[str, ...] = ()


class _ShareColumn(MadeColumn):
    """The share that meets a rule, red where it is too little."""

    def render(self, record: Any) -> str:
        text = record.share_shown
        return format_html('<b class="text-danger">{}</b>', text) if record.fails else text


class RuleTable(OfficeTable):
    """The rules of one asset or one assessment, as `queries.RuleShown`."""

    column = Column("字段", sort=False)
    kind = Column("规则", of="kind__label", sort=False)
    asked = Column("要求", sort=False, narrow=False)
    indicator = Column("指标", sort=False, narrow=False)
    weight = NumberColumn("权重", sort=False, narrow=False)
    least = MadeColumn("合格比例", lambda row: row.least_shown)
    share = _ShareColumn("达标比例", lambda row: row.share_shown)


class LibraryTable(OfficeTable):
    name = Column("规则", sort=False)
    kind = Column("类别", sort=False, narrow=False)
    indicator = Column("指标", sort=False, narrow=False)
    basis = Column("依据", sort=False, narrow=False)
    choose = Column("", of="code", sort=False)

    def render_choose(self, value: str) -> str:
        return format_html('<a class="btn btn-sm" href="?rule={}">{}</a>', value, say("选用"))
