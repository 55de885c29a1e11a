"""The lists of the organizations room."""

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    LinkColumn,
    OfficeTable,
)
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.rules import Kind, Level


class OrganizationTable(OfficeTable):
    name = LinkColumn("名称", to="organizations:organization", by=["id"])
    kind = ChoiceColumn("类别")
    level = ChoiceColumn("层级", narrow=False)
    parent = Column("上级单位", narrow=False)
    uscc = Column("统一社会信用代码", narrow=False)
    region_code = Column("行政区划代码", narrow=False)
    closed_on = DayColumn("撤销日期", narrow=False)


class OrganizationFilters(OfficeFilters):
    search = SearchFilter("name", "uscc", hint="名称、信用代码")
    kind = ChoiceFilter(Kind, "类别")
    level = ChoiceFilter(Level, "层级")

    class Meta:
        model = Organization
        fields: tuple[str, ...] = ()
