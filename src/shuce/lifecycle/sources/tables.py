"""The list of the sources room."""

from shuce.foundation.fields import say_later
from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.showing import badge
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    FlagColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.sources.models import DataNode, Source
from shuce.lifecycle.sources.node_rules import NodeState
from shuce.lifecycle.sources.queries import presence_of
from shuce.lifecycle.sources.rules import SourceKind, SourceState
from shuce.node.executing import Outcome


class SourceTable(OfficeTable):
    name = LinkColumn("名称", to="sources:source", by=["id"])
    kind = Column("类型", of="kind__label", sort=["kind"])
    organization = Column("单位", narrow=False)
    node = Column("节点", narrow=False, default=say_later("内置"))
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


class NodeTable(OfficeTable):
    request: SignedRequest

    name = LinkColumn("名称", to="sources:node", by=["id"])
    organization = Column("单位")
    state = ChoiceColumn("状态")
    presence = MadeColumn("联系", lambda node: None)
    seen_at = MomentColumn("最近联系", of="pulse__seen_at", narrow=False)
    version = Column("版本", of="pulse__version", narrow=False)
    enrolled_at = MomentColumn("接入时间", narrow=False)

    def render_presence(self, record: DataNode) -> object:
        return badge(self.value_presence(record)) if record.state == NodeState.ACTIVE else "—"

    def value_presence(self, record: DataNode) -> object:
        return presence_of(record, self.request.signature.at)


class NodeFilters(OfficeFilters):
    search = SearchFilter("name", "organization__name", hint="名称、单位")
    state = ChoiceFilter(NodeState, "状态")

    class Meta:
        model = DataNode
        fields: tuple[str, ...] = ()


class NodeGrantTable(OfficeTable):
    grant_id = LinkColumn("授权", to="rights:grant", by=["grant_id"])
    state = ChoiceColumn("状态")
    suspended = FlagColumn("已停止")
    offered_at = MomentColumn("送交时间", narrow=False)
    decided_at = MomentColumn("节点答复时间", narrow=False)
    pin = MadeColumn("策略指纹", lambda grant: grant.pin[:16], narrow=False)


class NodeOrderTable(OfficeTable):
    kind = Column("任务", of="kind__label", sort=False)
    state = ChoiceColumn("状态")
    outcome = ChoiceColumn("结果", choice=Outcome)
    written_at = MomentColumn("提交时间")
    ended_at = MomentColumn("回复时间", narrow=False)
