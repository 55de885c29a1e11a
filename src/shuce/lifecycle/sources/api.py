"""Sources for programs. An address goes in and never comes out."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.sources import commands, node_commands, queries
from shuce.lifecycle.sources.node_rules import GrantAtNode, NodeState, OrderState, Presence
from shuce.lifecycle.sources.rules import Address, SourceKind, SourceState

router = Router(tags=["sources"])


class SourceOut(Schema):
    id: str
    name: str
    kind: SourceKind
    organization_id: str
    description: str
    tables: int
    state: SourceState
    connected_at: datetime


class SourceIn(Schema):
    """`url` for the register's own node; `node_id` for a body's, where its owner connects it."""

    organization_id: str
    name: str
    kind: SourceKind
    url: str = ""
    node_id: str = ""
    description: str = ""


class NodeOut(Schema):
    id: str
    name: str
    organization_id: str
    state: NodeState
    presence: Presence
    seen_at: datetime | None
    version: str
    enrolled_at: datetime | None
    waiting_orders: int


class NodeIn(Schema):
    organization_id: str
    name: str


class CodeOut(Schema):
    """A node with the code that lets it in once, shown only here."""

    id: str
    code: str
    expires_at: datetime


class RevocationIn(Schema):
    reason: str


class NodeGrantOut(Schema):
    grant_id: str
    state: GrantAtNode
    suspended: bool
    pin: str
    offered_at: datetime
    decided_at: datetime | None


class NodeOrderOut(Schema):
    id: str
    kind: str
    about_id: str
    state: OrderState
    outcome: str
    done: int
    total: int
    written_at: datetime
    ended_at: datetime | None


@router.get("", response=list[SourceOut])
def sources(request: SignedRequest, window: Query[Window]) -> object:
    """The sources the signer may see, newest first."""
    return window.of(queries.sources_seen_by(request.user))


@router.post("", response={201: SourceOut})
def connect(request: SignedRequest, body: SourceIn) -> object:
    """Connect a source at its node. The register keeps no address."""
    organization = organization_seen(body.organization_id, request.user)
    address = Address(body.name, body.kind, body.url, body.description)
    node = queries.node_for(body.node_id, request.user) if body.node_id else None
    return 201, commands.connect_source(organization, address, node=node, by=request.signature)


@router.get("/nodes", response=list[NodeOut])
def nodes(request: SignedRequest, window: Query[Window]) -> object:
    """The nodes the signer may see, newest first."""
    return [_told(one, request) for one in window.of(queries.nodes_seen_by(request.user))]


@router.post("/nodes", response={201: CodeOut})
def invite(request: SignedRequest, body: NodeIn) -> object:
    """Enter a body's node; the code that lets it in is answered this once."""
    organization = organization_seen(body.organization_id, request.user)
    return 201, _code(node_commands.invite_node(organization, body.name, by=request.signature))


@router.get("/nodes/{node_id}", response=NodeOut)
def node(request: SignedRequest, node_id: str) -> object:
    return _told(queries.node_seen(node_id, request.user), request)


@router.post("/nodes/{node_id}/replace", response=CodeOut)
def replace(request: SignedRequest, node_id: str) -> object:
    """Shut a node out and get a fresh code for the one that takes its place."""
    found = queries.node_seen(node_id, request.user)
    return _code(node_commands.replace_node(found, by=request.signature))


@router.post("/nodes/{node_id}/revoke", response=NodeOut)
def revoke(request: SignedRequest, node_id: str, body: RevocationIn) -> object:
    """Believe a node no more, from this second."""
    found = queries.node_seen(node_id, request.user)
    return _told(node_commands.revoke_node(found, body.reason, by=request.signature), request)


@router.get("/nodes/{node_id}/grants", response=list[NodeGrantOut])
def node_grants(request: SignedRequest, node_id: str, window: Query[Window]) -> object:
    """The grants sent to a node, and what its owner said."""
    return window.of(queries.grants_at(queries.node_seen(node_id, request.user)))


@router.get("/nodes/{node_id}/orders", response=list[NodeOrderOut])
def node_orders(request: SignedRequest, node_id: str, window: Query[Window]) -> object:
    """What was asked of a node, newest first: neither questions nor results."""
    return window.of(queries.orders_of(queries.node_seen(node_id, request.user)))


@router.get("/{source_id}", response=SourceOut)
def source(request: SignedRequest, source_id: str) -> object:
    return queries.source_seen(source_id, request.user)


@router.post("/{source_id}/close", response=SourceOut)
def close(request: SignedRequest, source_id: str) -> object:
    """Close a source; its node forgets the address."""
    return commands.close_source(queries.source_seen(source_id, request.user), by=request.signature)


def _told(node: Any, request: SignedRequest) -> dict[str, Any]:
    pulse = queries.pulse_of(node)
    return {
        **{name: getattr(node, name) for name in ("id", "name", "organization_id", "state")},
        "presence": queries.presence_of(node, request.signature.at),
        "seen_at": pulse.seen_at if pulse else None,
        "version": pulse.version if pulse else "",
        "enrolled_at": node.enrolled_at,
        "waiting_orders": queries.waiting_orders(node),
    }


def _code(made: tuple[Any, str]) -> dict[str, Any]:
    node, code = made
    return {"id": node.id, "code": code, "expires_at": node.code_expires_at}
