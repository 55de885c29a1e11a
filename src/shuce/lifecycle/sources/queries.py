from datetime import datetime

from django.db.models import QuerySet

from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.foundation.organizations.rules import HOLDERS
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.sources import node_rules, rules
from shuce.lifecycle.sources.models import DataNode, NodeGrant, NodeOrder, NodePulse, Source
from shuce.lifecycle.sources.node_rules import NodeState, OrderState, Presence
from shuce.lifecycle.sources.rules import SourceState


def sources_seen_by(member: Member) -> QuerySet[Source]:
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return Source.objects.filter(reach).select_related("organization", "node")


def source_seen(source_id: str, by: Member) -> Source:
    found = sources_seen_by(by).filter(id=source_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个数据源，或您无权查看"))
    return found


def places_for(member: Member, permission: Permission) -> QuerySet[Organization]:
    """The bodies that may hold data and where `member` has `permission`: what forms offer."""
    reach = within_reach(member, permission)
    return Organization.objects.filter(reach, kind__in=HOLDERS, closed_on=None).order_by("path")


def obstacles_to_revoke(node: DataNode) -> list[Obstacle]:
    return list(node_rules.obstacles_to_revoke(NodeState(node.state)))


def obstacles_to_close(source: Source) -> list[Obstacle]:
    return list(rules.obstacles_to_close(SourceState(source.state)))


def nodes_seen_by(member: Member) -> QuerySet[DataNode]:
    reach = within_reach(
        member, Permission.NODE_MANAGE, Permission.CARD_VIEW, path="organization__path"
    )
    return DataNode.objects.filter(reach).select_related("organization", "pulse")


def node_seen(node_id: str, by: Member) -> DataNode:
    found = nodes_seen_by(by).filter(id=node_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个节点，或您无权查看"))
    return found


def nodes_for(member: Member) -> QuerySet[DataNode]:
    """The nodes at which `member` may enter a source."""
    reach = within_reach(member, Permission.SOURCE_MANAGE, path="organization__path")
    living = DataNode.objects.filter(reach).exclude(state=NodeState.REVOKED)
    return living.select_related("organization").order_by("organization__path", "name")


def node_in_use(node_id: str) -> DataNode | None:
    """Return the node that calls itself so, if its key is believed."""
    return DataNode.objects.filter(id=node_id[:26], state=NodeState.ACTIVE).first()


def node_for(node_id: str, by: Member) -> DataNode:
    """Return a node at which `by` may enter a source."""
    found = nodes_for(by).filter(id=node_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个节点，或您无权查看"))
    return found


def pulse_of(node: DataNode) -> NodePulse | None:
    """When a node was last heard of and what it told of itself; None if it never came."""
    return getattr(node, "pulse", None)


def presence_of(node: DataNode, now: datetime) -> Presence:
    pulse = pulse_of(node)
    return node_rules.presence_of(pulse.seen_at if pulse else None, now)


def grants_at(node: DataNode) -> QuerySet[NodeGrant]:
    return NodeGrant.objects.filter(node=node)


def orders_of(node: DataNode) -> QuerySet[NodeOrder]:
    """What was asked of a node, newest first."""
    return NodeOrder.objects.filter(node=node).order_by("-id")


def waiting_orders(node: DataNode) -> int:
    return orders_of(node).filter(state__in=(OrderState.WAITING, OrderState.TAKEN)).count()


def sources_at(node: DataNode) -> QuerySet[Source]:
    return Source.objects.filter(node=node).select_related("organization", "node")
