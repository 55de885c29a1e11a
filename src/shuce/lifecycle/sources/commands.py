"""Connect a body's source at its node, and close it."""

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.commands import require_duty
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Link
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.lifecycle.sources import events, rules
from shuce.lifecycle.sources.models import DataNode, Source
from shuce.lifecycle.sources.node_rules import NodeState
from shuce.lifecycle.sources.nodes import node_here, node_of
from shuce.lifecycle.sources.remote import RemoteNode
from shuce.lifecycle.sources.rules import Address, SourceState


@command
def connect_source(
    organization: Organization, address: Address, *, node: DataNode | None = None, by: Signature
) -> Source:
    """Connect a source: its node tries it and keeps the address; the register keeps neither.

    At the body's own `node` its owner does so: the source is entered by name, and waits.
    """
    by.require(Permission.SOURCE_MANAGE, within=organization)
    require_duty(organization, Link.ACQUISITION)
    living = Source.objects.filter(organization=organization).exclude(state=SourceState.CLOSED)
    taken = living.filter(name=address.name).exists()
    refuse_if(rules.obstacles_to_connect(address, taken, elsewhere=node is not None))
    source = Source.objects.create(
        name=address.name,
        kind=address.kind,
        organization=organization,
        description=address.description,
        connected_at=by.at,
        node=node,
        state=SourceState.WAITING if node else SourceState.CONNECTED,
    )
    return _announced(source, node, by) if node else _tried(source, address, by)


def _announced(source: Source, node: DataNode, by: Signature) -> Source:
    if node.organization_id != source.organization_id or node.state == NodeState.REVOKED:
        raise Refused(Obstacle("请选择本单位在用的节点", Clause.G_8, field="node"))
    RemoteNode(node).announce(source.id, source.name, source.kind)
    record(
        events.SourceAnnounced(
            source.id, source.name, source.kind, node.id, organization_id=source.organization_id
        ),
        by,
    )
    return source


def _tried(source: Source, address: Address, by: Signature) -> Source:
    node = node_here()
    node.connect(source.id, address.url)
    try:
        source.tables = len(node.discover(source.id))
    except (OSError, ValueError) as fault:
        # The engine's own words may hold the address, so the reason stays ours.
        node.forget(source.id)
        raise Refused(
            Obstacle("节点连接不上这个数据源，请核对地址、账号和网络", Clause.N_8, field="url")
        ) from fault
    source.save(update_fields=["tables"])
    record(
        events.SourceConnected(
            source.id,
            source.name,
            source.kind,
            source.tables,
            organization_id=source.organization_id,
        ),
        by,
    )
    return source


@command
def close_source(source: Source, *, by: Signature) -> Source:
    """Close a source; the node forgets its address at once."""
    source = (
        Source.objects.select_for_update(of=("self",))
        .select_related("organization", "node")
        .get(id=source.id)
    )
    by.require(Permission.SOURCE_MANAGE, within=source.organization)
    if source.state == SourceState.CLOSED:
        raise Conflict(Obstacle("该数据源已经停用"))
    source.state = SourceState.CLOSED
    source.save(update_fields=["state"])
    node_of(source).forget(source.id)
    record(events.SourceClosed(source.id, source.name, organization_id=source.organization_id), by)
    return source
