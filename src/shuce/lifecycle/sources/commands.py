"""Connect a body's source at its node, and close it."""

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.commands import require_duty
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Link
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.lifecycle.sources import events, rules
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.nodes import node_here
from shuce.lifecycle.sources.rules import Address, SourceState


@command
def connect_source(organization: Organization, address: Address, *, by: Signature) -> Source:
    """Connect a source: its node tries it and keeps the address; the register keeps neither."""
    by.require(Permission.SOURCE_MANAGE, within=organization)
    require_duty(organization, Link.ACQUISITION)
    taken = Source.objects.filter(
        organization=organization, name=address.name, state=SourceState.CONNECTED
    ).exists()
    refuse_if(rules.obstacles_to_connect(address, taken))
    source = Source.objects.create(
        name=address.name,
        kind=address.kind,
        organization=organization,
        description=address.description,
        connected_at=by.at,
    )
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
            source.id, source.name, source.kind, source.tables, organization_id=organization.id
        ),
        by,
    )
    return source


@command
def close_source(source: Source, *, by: Signature) -> Source:
    """Close a source; the node forgets its address at once."""
    source = (
        Source.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(id=source.id)
    )
    by.require(Permission.SOURCE_MANAGE, within=source.organization)
    if source.state != SourceState.CONNECTED:
        raise Conflict(Obstacle("该数据源已经停用"))
    source.state = SourceState.CLOSED
    source.save(update_fields=["state"])
    node_here().forget(source.id)
    record(events.SourceClosed(source.id, source.name, organization_id=source.organization_id), by)
    return source
