"""Product interfaces and their keys for programs. The data itself is at `/products/{number}`."""

from datetime import date, datetime

from ninja import Field, Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.market import editions, publishing, queries, serving
from shuce.lifecycle.market.publishing import Listing
from shuce.lifecycle.market.serving_rules import Limits, Platform
from shuce.lifecycle.rights.rules import PurposeKind

router = Router(tags=["market"])


class ServiceIn(Schema):
    query_id: str
    per_minute: int = 60
    per_day: int = 1_000


class ServiceOut(Schema):
    id: str
    product_id: str
    query_id: str
    per_minute: int
    per_day: int
    state: str
    published_at: datetime


class StopIn(Schema):
    reason: str = Field(max_length=500)


class KeyIn(Schema):
    name: str = Field(max_length=100)
    expires_on: date


class KeyOut(Schema):
    """A key without its secret."""

    id: str
    contract_id: str
    name: str
    made_at: datetime
    expires_on: date
    revoked_at: datetime | None


class KeyMadeOut(Schema):
    """A key with its secret, which is told this once."""

    key: KeyOut
    secret: str


class CallOut(Schema):
    id: str
    key_id: str
    state: str
    admitted_at: datetime


class EditionIn(Schema):
    title: str = Field(max_length=200)
    question_id: str


class EditionOut(Schema):
    id: str
    number: str
    product_id: str
    title: str
    issued_at: datetime
    withdrawn_at: datetime | None


@router.get("/products/{product_id}/editions", response=list[EditionOut])
def editions_of(request: SignedRequest, product_id: str, window: Query[Window]) -> object:
    """A report's editions, for its operator and its buyers."""
    product = queries.product_seen(product_id, request.user)
    return window.of(queries.editions_of(product, request.user))


@router.post("/products/{product_id}/editions", response={201: EditionOut})
def issue(request: SignedRequest, product_id: str, body: EditionIn) -> object:
    """Issue a released result as an edition of a report."""
    product = queries.product_seen(product_id, request.user)
    question = queries.results_for_editions(product).filter(id=body.question_id).first()
    if question is None:
        raise NotFound(Obstacle("没有这次查询，或它不属于产品所列的授权"))
    return 201, editions.issue_edition(product, question, body.title, by=request.signature)


@router.post("/editions/{edition_id}/withdraw", response=EditionOut)
def withdraw(request: SignedRequest, edition_id: str, body: StopIn) -> object:
    """Withdraw an edition: nobody takes it from then on."""
    found = queries.edition_seen(edition_id, request.user)
    return editions.withdraw_edition(found, body.reason, by=request.signature)


class PublicationIn(Schema):
    """Where a product is published, and for which use it is offered there."""

    platform: Platform
    platform_name: str = Field(max_length=100)
    reference: str = Field("", max_length=100)
    region_code: str = Field(max_length=6)
    purpose_kind: PurposeKind


class PublicationOut(Schema):
    id: str
    product_id: str
    platform: str
    platform_name: str
    reference: str
    region_code: str
    purpose_kind: str
    published_at: datetime
    recalled_at: datetime | None


@router.get("/products/{product_id}/publications", response=list[PublicationOut])
def publications(request: SignedRequest, product_id: str) -> object:
    """The platforms on which a product is, or was, published."""
    return queries.publications_of(queries.product_seen(product_id, request.user))


@router.post("/products/{product_id}/publications", response={201: PublicationOut})
def publish_on(request: SignedRequest, product_id: str, body: PublicationIn) -> object:
    """Record that a product is published on a platform."""
    product = queries.product_seen(product_id, request.user)
    listing = Listing(**body.dict())
    return 201, publishing.publish_product(product, listing, by=request.signature)


@router.post("/publications/{publication_id}/recall", response=PublicationOut)
def recall(request: SignedRequest, publication_id: str) -> object:
    """Record that a product was taken off a platform."""
    found = queries.publication_seen(publication_id, request.user)
    return publishing.recall_publication(found, by=request.signature)


@router.post("/products/{product_id}/service", response={201: ServiceOut})
def publish(request: SignedRequest, product_id: str, body: ServiceIn) -> object:
    """Publish a product's data interface out of a shared saved query."""
    product = queries.product_seen(product_id, request.user)
    query = queries.queries_for_service(product).filter(id=body.query_id).first()
    if query is None:
        raise NotFound(Obstacle("没有这个查询，或它不能用于这个产品"))
    limits = Limits(body.per_minute, body.per_day)
    return 201, serving.publish_service(product, query, limits, by=request.signature)


@router.post("/products/{product_id}/service/stop", response=ServiceOut)
def stop(request: SignedRequest, product_id: str, body: StopIn) -> object:
    """Stop a product's data interface for every key at once."""
    product = queries.product_seen(product_id, request.user)
    return serving.stop_service(product, body.reason, by=request.signature)


@router.get("/contracts/{contract_id}/keys", response=list[KeyOut])
def keys(request: SignedRequest, contract_id: str) -> object:
    """The keys of a contract, for its two parties."""
    contract = queries.contract_seen(contract_id, request.user)
    return queries.keys_of(contract, request.user)


@router.post("/contracts/{contract_id}/keys", response={201: KeyMadeOut})
def make_key(request: SignedRequest, contract_id: str, body: KeyIn) -> object:
    """Make a key for the buyer's programs."""
    contract = queries.contract_seen(contract_id, request.user)
    key, secret = serving.make_key(contract, body.name, body.expires_on, by=request.signature)
    return 201, {"key": key, "secret": secret}


@router.post("/keys/{key_id}/revoke", response=KeyOut)
def revoke(request: SignedRequest, key_id: str) -> object:
    """Revoke a key at once."""
    return serving.revoke_key(queries.key_seen(key_id, request.user), by=request.signature)


@router.get("/contracts/{contract_id}/calls", response=list[CallOut])
def calls(request: SignedRequest, contract_id: str, window: Query[Window]) -> object:
    """Every call under a contract, newest first, for its two parties."""
    contract = queries.contract_seen(contract_id, request.user)
    if request.user.organization_id not in (contract.seller_id, contract.buyer_id):
        raise NotFound(Obstacle("没有这份合同，或您无权查看"))
    return window.of(queries.calls_of(contract))
