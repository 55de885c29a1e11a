"""Sources for programs. An address goes in and never comes out."""

from datetime import datetime

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.sources import commands, queries
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
    organization_id: str
    name: str
    kind: SourceKind
    url: str
    description: str = ""


@router.get("", response=list[SourceOut])
def sources(request: SignedRequest, window: Query[Window]) -> object:
    """The sources the signer may see, newest first."""
    return window.of(queries.sources_seen_by(request.user))


@router.post("", response={201: SourceOut})
def connect(request: SignedRequest, body: SourceIn) -> object:
    """Connect a source at its node. The register keeps no address."""
    organization = organization_seen(body.organization_id, request.user)
    address = Address(body.name, body.kind, body.url, body.description)
    return 201, commands.connect_source(organization, address, by=request.signature)


@router.get("/{source_id}", response=SourceOut)
def source(request: SignedRequest, source_id: str) -> object:
    return queries.source_seen(source_id, request.user)


@router.post("/{source_id}/close", response=SourceOut)
def close(request: SignedRequest, source_id: str) -> object:
    """Close a source; its node forgets the address."""
    return commands.close_source(queries.source_seen(source_id, request.user), by=request.signature)
