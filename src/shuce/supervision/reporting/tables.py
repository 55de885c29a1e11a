"""The lists of reports, of the cards behind a figure, and of the portal."""

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    LinkColumn,
    MadeColumn,
    MoneyColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.kernel.choices import Choice
from shuce.lifecycle.register.words import Industry, Opening
from shuce.supervision.reporting.models import Disclosure, Report
from shuce.supervision.reporting.words import ReportState


class ReportTable(OfficeTable):
    number = LinkColumn("报告编号", to="reporting:report", by=["id"])
    organization = Column("编报单位", sort=["organization__name"])
    year = Column("年度")
    prepared_by = Column("编制人", sort=False, narrow=False)
    counted_at = DayColumn("取数日期", narrow=False)
    submitted_at = DayColumn("报送日期", narrow=False)
    confirmed_at = DayColumn("审核日期", narrow=False)
    state = ChoiceColumn("状态")


class ReportFilters(OfficeFilters):
    search = SearchFilter("number", "organization__name", hint="编号、单位")
    state = ChoiceFilter(ReportState, "状态")

    class Meta:
        model = Report
        fields = ("year",)


class BehindTable(OfficeTable):
    """The cards behind a figure, with what they cost and when they came and went."""

    name = LinkColumn("资产名称", to="register:card", by=["id"])
    number = Column("资产编号", narrow=False)
    holder = Column("持有单位", sort=["holder__name"], narrow=False)
    grade = ChoiceColumn("数据级别", narrow=False)
    rows = NumberColumn("数据规模（条）", narrow=False)
    cost = MoneyColumn("原值")
    value = MoneyColumn("价值")
    entered_on = DayColumn("登记日期", narrow=False)
    closed_on = DayColumn("注销日期", narrow=False)
    state = ChoiceColumn("状态")


class MemoBehindTable(OfficeTable):
    resource = LinkColumn("数据资源", to="inventory:resource", by=["resource_id"])
    organization = Column("单位", sort=["organization__name"], narrow=False)
    rows = NumberColumn("数据规模（条）", of="resource__rows", sort=["resource__rows"])
    reasons = Column("未确认原因", narrow=False)
    expert_value = MoneyColumn("专家估价")
    entered_on = DayColumn("列入日期")


class DisclosureTable(OfficeTable):
    title = LinkColumn("数据资产", to="reporting:disclosure", by=["id"])
    holder = Column("持有单位", of="card__holder", sort=["card__holder__name"])
    industry = Column("行业", of="card__industry__label", sort=["card__industry"], narrow=False)
    opening = Column("开放属性", of="card__opening__label", sort=["card__opening"])
    updated_on = DayColumn(
        "最近更新", of="card__updated_on", sort=["card__updated_on"], narrow=False
    )
    published_at = DayColumn("披露日期")


class DisclosureFilters(OfficeFilters):
    search = SearchFilter("title", "summary", "card__holder__name", hint="名称、简介、单位")
    industry = ChoiceFilter(Industry, "行业", field_name="card__industry")
    opening = ChoiceFilter(Opening, "开放属性", field_name="card__opening")

    class Meta:
        model = Disclosure
        fields: tuple[str, ...] = ()


class Standing(Choice):
    """How a disclosure stands."""

    PUBLISHED = "PUBLISHED", "已披露"
    WITHDRAWN = "WITHDRAWN", "已撤回"


def _standing(disclosure: Disclosure) -> Standing:
    return Standing.WITHDRAWN if disclosure.withdrawn_at else Standing.PUBLISHED


class ManagedTable(OfficeTable):
    title = LinkColumn("披露标题", to="reporting:withdraw", by=["id"])
    card = LinkColumn("资产", to="register:card", by=["card_id"])
    holder = Column("持有单位", of="card__holder", sort=["card__holder__name"], narrow=False)
    published_at = DayColumn("披露日期")
    withdrawn_at = DayColumn("撤回日期", narrow=False)
    standing = MadeColumn("状态", make=_standing)
