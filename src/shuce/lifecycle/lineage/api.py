"""Lineage for programs: the OpenLineage endpoint, and everything that the pages do."""

from datetime import datetime
from typing import Any

from ninja import Body, Field, Query, Router, Schema

from shuce.engines.lineage import Dialect, How
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import Obstacle, Refused
from shuce.lifecycle.inventory.queries import resource_seen
from shuce.lifecycle.lineage import commands, queries, receiving, showing
from shuce.lifecycle.lineage.graphs import graph_of
from shuce.lifecycle.lineage.rules import Binding, Origin
from shuce.lifecycle.register.queries import card_seen_inside
from shuce.lifecycle.sources.queries import source_seen

router = Router(tags=["lineage"])


class Taken(Schema):
    """Whether the event was new; one that was taken before changes nothing."""

    new: bool


class FlowIn(Schema):
    from_column: str
    to_column: str
    how: How = How.DIRECT


class LinkIn(Schema):
    """`card_id` is made from `upstream_id`, or from a source outside the register."""

    card_id: str
    upstream_id: str = ""
    outside: str = ""
    note: str
    columns: list[FlowIn] = Field(default_factory=list)


class LinkOut(Schema):
    id: str
    upstream: str
    downstream: str
    origin: Origin
    ground: str
    recorded_at: datetime
    ended_at: datetime | None

    @staticmethod
    def resolve_upstream(link: Any) -> str:
        return str(link.upstream)

    @staticmethod
    def resolve_downstream(link: Any) -> str:
        return str(link.downstream)


class ReasonIn(Schema):
    reason: str


class DatasetOut(Schema):
    id: str
    namespace: str
    name: str
    columns: list[str]
    card_id: str | None
    resource_id: str | None
    bound_by_hand: bool


class BindIn(Schema):
    """Exactly one of the two."""

    card_id: str = ""
    resource_id: str = ""


class ScriptIn(Schema):
    """A SQL text of the signer's own body; `source_id` says where its tables lie."""

    title: str
    text: str
    dialect: Dialect = Dialect.POSTGRESQL
    source_id: str = ""


class ScriptOut(Schema):
    id: str
    title: str
    dialect: Dialect
    read_at: datetime
    statements: list[dict[str, Any]]


class ImpactOut(Schema):
    """Something downstream; an empty column is the whole of it."""

    name: str
    kind: str
    column: str
    certainty: str
    steps: int


@router.post("", response={201: Taken})
def take(request: SignedRequest, body: Body[dict[str, Any]]) -> object:
    """Take an OpenLineage RunEvent, JobEvent or DatasetEvent (openlineage.io/spec)."""
    return 201, {"new": receiving.receive(body, by=request.signature)}


@router.get("/links", response=list[LinkOut])
def links(request: SignedRequest, window: Query[Window], origin: Origin | None = None) -> object:
    """The links the signer may see, newest first."""
    rows = queries.links_seen_by(request.user)
    return window.of(rows.filter(origin=origin) if origin else rows)


@router.post("/links", response={201: LinkOut})
def enter(request: SignedRequest, body: LinkIn) -> object:
    """Enter where an asset's data came from."""
    card = card_seen_inside(body.card_id, request.user)
    above = queries.card_to_name(body.upstream_id, request.user) if body.upstream_id else None
    return 201, commands.enter_link(
        card,
        above,
        outside=body.outside,
        note=body.note,
        flows=[(one.from_column, one.to_column, one.how) for one in body.columns],
        by=request.signature,
    )


@router.post("/links/{link_id}/end", response=LinkOut)
def end(request: SignedRequest, link_id: str, body: ReasonIn) -> object:
    """End a link that is no longer so."""
    found = queries.link_seen(link_id, request.user)
    return commands.end_link(found, body.reason, by=request.signature)


@router.get("/datasets", response=list[DatasetOut])
def datasets(
    request: SignedRequest, window: Query[Window], binding: Binding | None = None
) -> object:
    """The reported names the signer may see; those nobody knows yet come first."""
    return window.of(queries.datasets_that_are(binding, request.user))


@router.post("/datasets/{dataset_id}/bind", response=DatasetOut)
def bind(request: SignedRequest, dataset_id: str, body: BindIn) -> object:
    """Say which card or resource a reported name stands for."""
    found = queries.dataset_seen(dataset_id, request.user)
    if bool(body.card_id) == bool(body.resource_id):
        raise Refused(Obstacle("请选择一张资产卡片或一项数据资源"))
    if body.card_id:
        card = queries.card_to_name(body.card_id, request.user)
        return commands.bind_dataset(found, card, by=request.signature)
    resource = resource_seen(body.resource_id, request.user)
    return commands.bind_dataset(found, resource, by=request.signature)


@router.post("/datasets/{dataset_id}/unbind", response=DatasetOut)
def unbind(request: SignedRequest, dataset_id: str, body: ReasonIn) -> object:
    """Take a binding back."""
    found = queries.dataset_seen(dataset_id, request.user)
    return commands.unbind_dataset(found, body.reason, by=request.signature)


@router.post("/scripts", response={201: ScriptOut})
def read(request: SignedRequest, body: ScriptIn) -> object:
    """Read lineage from a SQL text; what could not be told is named statement by statement."""
    own = request.user.organization
    if own is None:
        raise Refused(Obstacle("该密钥的持有人不属于任何单位"))
    source = source_seen(body.source_id, request.user) if body.source_id else None
    return 201, commands.read_script(
        own, body.title, body.text, body.dialect, source, by=request.signature
    )


@router.get("/scripts/{script_id}", response=ScriptOut)
def script(request: SignedRequest, script_id: str) -> object:
    """One SQL text with what was read from it."""
    return queries.script_seen(script_id, request.user)


@router.get("/cards/{card_id}", response=dict[str, Any])
def graph(request: SignedRequest, card_id: str) -> object:
    """The picture around an asset; what may not be seen has no name."""
    return showing.as_data(graph_of(card_seen_inside(card_id, request.user), request.user))


@router.get("/cards/{card_id}/impact", response=list[ImpactOut])
def impact(request: SignedRequest, card_id: str, column: str = "") -> object:
    """What is downstream of a column of an asset, or of any of it."""
    found = graph_of(card_seen_inside(card_id, request.user), request.user)
    return [
        {
            "name": node.name,
            "kind": node.kind.value,
            "column": "" if node.is_hidden else one.column,
            "certainty": one.certainty.value,
            "steps": one.steps,
        }
        for node, one in found.impact(column)
    ]
