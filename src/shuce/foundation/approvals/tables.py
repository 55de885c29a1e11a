"""The lists of the approvals room."""

from django.utils.html import format_html

from shuce.foundation.approvals.bulk import pick_of
from shuce.foundation.approvals.models import Case, Matter, Outcome, Task
from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    OfficeTable,
)
from shuce.kernel.words import say


class PickColumn(Column):
    """A box to pick a step for deciding several at once; a vote or an answer has none."""

    css = "pick"

    def __init__(self) -> None:
        super().__init__("选择", sort=False, empty_values=())

    def render(self, record: Task) -> str:
        pick = pick_of(record)
        if not pick:
            return ""
        return format_html(
            '<input class="form-check-input" type="checkbox" name="pick" form="bulk" value="{}"'
            ' data-group="{}/{}" aria-label="{}">',
            pick,
            record.case.matter.value,
            record.step,
            say("选择 {number}", number=record.case.number),
        )

    def value(self, **facts: object) -> object:
        return ""


class TaskTable(OfficeTable):
    pick = PickColumn()
    case__number = LinkColumn("文号", to="approvals:case", by=["case_id"])
    case__title = Column("标题")
    case__matter = ChoiceColumn("事项")
    title = Column("当前步骤")
    case__organization = Column("单位", narrow=False)
    case__maker = Column("申请人", narrow=False)
    opened_at = MomentColumn("到达时间", narrow=False)
    due_at = MomentColumn("办理时限")


class CaseTable(OfficeTable):
    number = LinkColumn("文号", to="approvals:case", by=["id"])
    title = Column("标题")
    matter = ChoiceColumn("事项")
    organization = Column("单位", narrow=False)
    maker = Column("申请人", narrow=False)
    opened_at = MomentColumn("提交时间", narrow=False)
    outcome = ChoiceColumn("结果")


class TaskFilters(OfficeFilters):
    search = SearchFilter(
        "case__number", "case__title", "case__organization__name", hint="文号、标题、单位"
    )
    matter = ChoiceFilter(Matter, "事项", field_name="case__matter")

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()


class CaseFilters(OfficeFilters):
    search = SearchFilter("number", "title", "organization__name", hint="文号、标题、单位")
    matter = ChoiceFilter(Matter, "事项")
    outcome = ChoiceFilter(Outcome, "结果")
    opened_at = DayRangeFilter("提交时间")

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()


class ProcedureTable(OfficeTable):
    title = LinkColumn("名称", to="approvals:procedure", by=["id"], sort=False)
    key = Column("代码", narrow=False)
    is_table = MadeColumn("种类", lambda one: say("决策表") if one.is_table else say("审批流程"))
    version = Column("版本")
    set_at = MomentColumn("设定时间")
