"""The lists of the inventory room."""

import django_filters
from django.db.models import QuerySet

from shuce.foundation.fields import say_later
from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
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
)
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.inventory.models import MemoEntry, Resource, Stocktake
from shuce.lifecycle.inventory.rules import (
    MemoStanding,
    ProposedGrade,
    ResourceState,
    StocktakeState,
)
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.queries import places_for, sources_seen_by


class ResourceTable(OfficeTable):
    table_name = LinkColumn("表名", to="inventory:resource", by=["id"])
    comment = Column("说明", narrow=False)
    source = Column("数据源", narrow=False)
    organization = Column("单位", narrow=False)
    columns = NumberColumn("字段数", of="column_count", sort=False)
    rows = NumberColumn("行数")
    proposed_grade = ChoiceColumn("建议级别", choice=ProposedGrade)
    last_seen_at = MomentColumn("最近发现", narrow=False)
    state = ChoiceColumn("状态")


def _organizations(request: SignedRequest) -> QuerySet[Organization]:
    return places_for(request.user, Permission.CARD_VIEW)


def _sources(request: SignedRequest) -> QuerySet[Source]:
    return sources_seen_by(request.user)


class ResourceFilters(OfficeFilters):
    search = SearchFilter("table_name", "comment", "source__name", hint="表名、说明、数据源")
    state = ChoiceFilter(ResourceState, "状态")
    proposed_grade = ChoiceFilter(ProposedGrade, "建议级别")
    source = django_filters.ModelChoiceFilter(queryset=_sources, label=say_later("数据源"))
    organization = django_filters.ModelChoiceFilter(
        queryset=_organizations, label=say_later("单位")
    )

    class Meta:
        model = Resource
        fields: tuple[str, ...] = ()


class MemoTable(OfficeTable):
    resource = LinkColumn("数据资源", to="inventory:resource", by=["resource_id"])
    organization = Column("单位", narrow=False)
    reasons = Column("未确认原因", sort=False)
    expert_value = MoneyColumn("专家估价", narrow=False)
    entered_on = DayColumn("列入日期", narrow=False)
    next_review_on = DayColumn("下次复核日")
    standing = ChoiceColumn("状态", choice=MemoStanding)


class MemoFilters(OfficeFilters):
    search = SearchFilter("resource__table_name", "resource__comment", "organization__name")
    standing = ChoiceFilter(MemoStanding, "状态")

    class Meta:
        model = MemoEntry
        fields: tuple[str, ...] = ()


class StocktakeTable(OfficeTable):
    name = LinkColumn("名称", to="inventory:stocktake", by=["id"])
    organization = Column("单位", narrow=False)
    due_on = DayColumn("截止日期")
    differences = NumberColumn("差异")
    waiting = NumberColumn("待处理")
    opened_at = MomentColumn("开始时间", narrow=False)
    state = ChoiceColumn("状态")


class StocktakeFilters(OfficeFilters):
    search = SearchFilter("name", "organization__name", hint="名称、单位")
    state = ChoiceFilter(StocktakeState, "状态")

    class Meta:
        model = Stocktake
        fields: tuple[str, ...] = ()


class ScanTable(OfficeTable):
    scanned_at = MomentColumn("扫描时间", sort=False)
    member = Column("扫描人", sort=False, narrow=False)
    tables = NumberColumn("表数", sort=False)
    rows = NumberColumn("行数", sort=False)
    sampled = FlagColumn("抽样", sort=False, narrow=False)
    unread = Column("未能读取的表", sort=False)


class SnapshotTable(OfficeTable):
    taken_at = MomentColumn("扫描时间")
    rows = NumberColumn("行数")
    sampled = FlagColumn("抽样", sort=False, narrow=False)
    newest_on = DayColumn("最新日期")
    newest_in = Column("所在字段", sort=False, narrow=False)
    rows_percent = NumberColumn("行数变化（%）", narrow=False)
    nulls_points = NumberColumn("空值比例变化（百分点）", narrow=False)
    distinct_percent = NumberColumn("不同值个数变化（%）", narrow=False)
    psi_hundredths = MadeColumn("分布变化（PSI）", lambda row: f"{row.psi_hundredths / 100:.2f}")
    restructured = FlagColumn("字段有变", sort=False)


class ColumnTable(OfficeTable):
    """The columns of one table, as `queries.columns_shown` gives them."""

    name = Column("字段", sort=False)
    comment = Column("说明", sort=False, narrow=False)
    sql_type = Column("类型", sort=False, narrow=False)
    type = Column("识别内容", sort=False)
    confidence = Column("可信度", sort=False)
    grade = ChoiceColumn("建议级别", sort=False)
    filled = Column("填充率", sort=False, narrow=False)
    profile = Column("概况（已脱敏）", sort=False, narrow=False)
    evidence = MadeColumn("依据", lambda row: "；".join(row["evidence"]), narrow=False)
