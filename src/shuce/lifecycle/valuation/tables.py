from shuce.foundation.office.lists import (
    ChoiceColumn,
    ChoiceFilter,
    Column,
    DayColumn,
    DayRangeFilter,
    LinkColumn,
    MoneyColumn,
    OfficeFilters,
    OfficeTable,
    SearchFilter,
)
from shuce.lifecycle.valuation.models import Appraisal
from shuce.lifecycle.valuation.rules import AppraisalState


class AppraisalTable(OfficeTable):
    number = LinkColumn("评估编号", to="valuation:appraisal", by=["id"])
    card__name = Column("数据资产")
    card__holder = Column("持有单位", narrow=False, sort=["card__holder__name"])
    appraiser = Column("评估机构", sort=["appraiser__name"])
    purpose = Column("评估目的", narrow=False)
    base_date = DayColumn("基准日", narrow=False)
    value = MoneyColumn("评估值")
    state = ChoiceColumn("状态")


class AppraisalFilters(OfficeFilters):
    search = SearchFilter("number", "card__name", "appraiser__name", hint="编号、资产、评估机构")
    state = ChoiceFilter(AppraisalState, "状态")
    base_date = DayRangeFilter("基准日")

    class Meta:
        model = Appraisal
        fields: tuple[str, ...] = ()
