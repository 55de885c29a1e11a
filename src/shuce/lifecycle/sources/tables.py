"""The list of the sources room."""

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import SourceKind, SourceState


class SourceTable(OfficeTable):
    name = LinkColumn("名称", to="sources:source", by=["id"])
    kind = Column("类型", of="kind__label", sort=["kind"])
    organization = Column("单位", narrow=False)
    tables = NumberColumn("表数")
    connected_at = MomentColumn("接入时间", narrow=False)
    state = ChoiceColumn("状态")


class SourceFilters(OfficeFilters):
    search = SearchFilter("name", "description", "organization__name", hint="名称、说明、单位")
    kind = ChoiceFilter(SourceKind, "类型")
    state = ChoiceFilter(SourceState, "状态")

    class Meta:
        model = Source
        fields: tuple[str, ...] = ()
