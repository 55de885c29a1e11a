"""The lists of asset schedules."""

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
    PersonColumn,
)
from shuce.lifecycle.directory.models import AssetSchedule, ScheduleChange, ScheduleLine
from shuce.lifecycle.directory.showing import told_of
from shuce.lifecycle.directory.words import ChangeKind, ScheduleState
from shuce.lifecycle.register.words import Grade, Industry, Opening, Sharing


class ScheduleTable(OfficeTable):
    organization = LinkColumn("单位", to="directory:schedule", by=["id"])
    version = NumberColumn("版本")
    as_of = DayColumn("清单日期")
    count = NumberColumn("资产数")
    rows_listed = NumberColumn("数据规模（条）", of="rows", sort=["rows"], narrow=False)
    state = ChoiceColumn("状态")
    submitted_at = MomentColumn("报送时间", narrow=False)
    member = PersonColumn("编制人", narrow=False)


class ScheduleFilters(OfficeFilters):
    search = SearchFilter("organization__name", hint="单位")
    state = ChoiceFilter(ScheduleState, "状态")

    class Meta:
        model = AssetSchedule
        fields: tuple[str, ...] = ()


class LineTable(OfficeTable):
    name = LinkColumn("资产名称", to="register:card", by=["card_id"])
    number = Column("资产编号", narrow=False)
    class_code = Column("国标分类代码", narrow=False)
    industry = Column("行业", of="industry__label", sort=["industry"], narrow=False)
    holder = Column("持有单位")
    system = Column("所属系统", narrow=False)
    grade = ChoiceColumn("数据级别")
    sharing = ChoiceColumn("共享属性")
    opening = ChoiceColumn("开放属性")
    rows_held = NumberColumn("数据规模（条）", of="rows", sort=["rows"])
    update_cycle_days = NumberColumn("更新周期（天）", narrow=False)
    value_basis = ChoiceColumn("计价方式", narrow=False)


class LineFilters(OfficeFilters):
    search = SearchFilter("name", "number", "holder", hint="名称、编号、持有单位")
    industry = ChoiceFilter(Industry, "行业")
    grade = ChoiceFilter(Grade, "数据级别")
    sharing = ChoiceFilter(Sharing, "共享属性")
    opening = ChoiceFilter(Opening, "开放属性")

    class Meta:
        model = ScheduleLine
        fields: tuple[str, ...] = ()


class ChangeTable(OfficeTable):
    kind = ChoiceColumn("变化")
    number = Column("资产编号")
    name = Column("资产名称")
    holder = Column("持有单位", narrow=False)
    facts = MadeColumn("内容", told_of)


class ChangeFilters(OfficeFilters):
    search = SearchFilter("name", "number", hint="名称、编号")
    kind = ChoiceFilter(ChangeKind, "变化")

    class Meta:
        model = ScheduleChange
        fields: tuple[str, ...] = ()


class StandingTable(OfficeTable):
    name = Column("单位")
    version = NumberColumn("最新版本")
    count = NumberColumn("资产数", narrow=False)
    state = ChoiceColumn("状态", choice=ScheduleState)
    submitted_at = MomentColumn("报送时间")
