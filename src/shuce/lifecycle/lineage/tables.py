"""The lists of lineage."""

from shuce.engines.lineage import Dialect, RunState
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
)
from shuce.lifecycle.lineage.models import Dataset, Link, Process, Script
from shuce.lifecycle.lineage.rules import Binding, Origin


class LinkTable(OfficeTable):
    upstream = MadeColumn("上游", lambda row: str(row.upstream))
    downstream = LinkColumn("下游", to="lineage:link", by=["id"], sort=False)
    origin = Column("依据", of="origin__label", sort=["origin"])
    ground = Column("任务、脚本或说明", sort=False, narrow=False)
    column_count = NumberColumn("字段关系")
    organization = Column("单位", sort=["organization__name"], narrow=False)
    recorded_at = MomentColumn("登记时间", narrow=False)
    ended_at = DayColumn("终止时间", narrow=False)


class LinkFilters(OfficeFilters):
    search = SearchFilter(
        "upstream__name",
        "upstream__card__name",
        "upstream__resource__table_name",
        "downstream__name",
        "downstream__card__name",
        "downstream__resource__table_name",
        "process__name",
        "note",
        hint="上下游名称、任务、说明",
    )
    origin = ChoiceFilter(Origin, "依据")

    class Meta:
        model = Link
        fields: tuple[str, ...] = ()


class DatasetTable(OfficeTable):
    name = LinkColumn("名称", to="lineage:dataset", by=["id"])
    namespace = Column("命名空间", narrow=False)
    bound = Column("对应的资产或资源", of="bound_to", sort=False)
    organization = Column("单位", sort=["organization__name"], narrow=False)
    seen_at = MomentColumn("最近出现", narrow=False)
    binding = ChoiceColumn("状态", choice=Binding)


class DatasetFilters(OfficeFilters):
    search = SearchFilter("name", "namespace", "organization__name", hint="名称、命名空间、单位")
    binding = ChoiceFilter(Binding, "状态")

    class Meta:
        model = Dataset
        fields: tuple[str, ...] = ()


class ProcessTable(OfficeTable):
    name = LinkColumn("任务", to="lineage:process", by=["id"])
    namespace = Column("命名空间", narrow=False)
    organization = Column("单位", sort=["organization__name"], narrow=False)
    run_count = NumberColumn("运行次数")
    seen_at = MomentColumn("最近上报")
    state = ChoiceColumn("最近运行")


class ProcessFilters(OfficeFilters):
    search = SearchFilter("name", "namespace", "organization__name", hint="任务、命名空间、单位")
    state = ChoiceFilter(RunState, "最近运行")

    class Meta:
        model = Process
        fields: tuple[str, ...] = ()


class ScriptTable(OfficeTable):
    title = LinkColumn("名称", to="lineage:script", by=["id"])
    dialect = Column("SQL 方言", of="dialect__label", sort=["dialect"])
    source = Column("数据源", sort=["source__name"], narrow=False)
    organization = Column("单位", sort=["organization__name"], narrow=False)
    member = Column("识别人", sort=False, narrow=False)
    read_at = MomentColumn("识别时间")


class ScriptFilters(OfficeFilters):
    search = SearchFilter("title", "text", "organization__name", hint="名称、SQL、单位")
    dialect = ChoiceFilter(Dialect, "SQL 方言")

    class Meta:
        model = Script
        fields: tuple[str, ...] = ()


class RunTable(OfficeTable):
    run_id = Column("运行编号", sort=False)
    began_at = MomentColumn("开始时间", sort=False)
    ended_at = MomentColumn("结束时间", sort=False, narrow=False)
    state = ChoiceColumn("状态", sort=False)
    fault = Column("失败原因", sort=False, narrow=False)
