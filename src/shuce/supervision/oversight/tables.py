from shuce.foundation.evidence.models import Entry
from shuce.foundation.evidence.recording import EVENTS
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
    LinkColumn,
    MadeColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.kernel.words import say
from shuce.supervision.oversight.models import Inspection
from shuce.supervision.oversight.rules import InspectionKind, InspectionState


class InspectionTable(OfficeTable):
    number = LinkColumn("检查编号", to="oversight:inspection", by=["id"])
    title = Column("检查名称")
    organization = Column("被检查单位", narrow=False)
    kind = ChoiceColumn("类型", narrow=False)
    due_on = DayColumn("截止日期", narrow=False)
    problems = NumberColumn("问题", sort=False)
    waiting = NumberColumn("未办结", sort=False)
    state = ChoiceColumn("状态")


class InspectionFilters(OfficeFilters):
    search = SearchFilter("number", "title", "organization__name", hint="编号、名称、单位")
    kind = ChoiceFilter(InspectionKind, "类型")
    state = ChoiceFilter(InspectionState, "状态")

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = ()


def _label(entry: Entry) -> str:
    return say(EVENTS[entry.kind].label)


def _clause(entry: Entry) -> str:
    return str(EVENTS[entry.kind].clause)


class EntryTable(OfficeTable):
    index = NumberColumn("序号")
    label = MadeColumn("事项", make=_label)
    kind = LinkColumn("代码", to="oversight:entry", by=["id"])
    clause = MadeColumn("条款", make=_clause)
    at = MomentColumn("时间")


class EntryFilters(OfficeFilters):
    search = SearchFilter("kind", "subject_id", "asset_id", hint="代码、对象编号")
    at = DayRangeFilter("时间")

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()
