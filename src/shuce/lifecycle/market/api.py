"""Products, prices, auctions and contracts for programs. Amounts are whole fen."""

from datetime import date, datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from shuce.engines.apportionment import Basis
from shuce.engines.auction import Form
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.lifecycle.market import auctions, commands, queries
from shuce.lifecycle.market.rules import (
    AuctionState,
    Coalition,
    Deal,
    GuidedCosts,
    ProductKind,
    Share,
)
from shuce.lifecycle.market.serving_api import router as serving
from shuce.lifecycle.rights.rules import PurposeKind

router = Router(tags=["market"])
router.add_router("", serving)


class ProductOut(Schema):
    id: str
    number: str
    name: str
    operator_id: str
    kind: str
    unit: str
    description: str
    state: str
    registered_at: datetime


class InputOut(Schema):
    """One asset that a product is made from, and the grant that allows it."""

    card_id: str
    grant_id: str


class ProductIn(Schema):
    name: str
    kind: ProductKind
    grant_ids: list[str]
    unit: str = "次"
    description: str = ""


class EndingReasonIn(Schema):
    reason: str


class PriceOut(Schema):
    id: str
    product_id: str
    method: str
    unit_price_fen: int
    cap_fen: int | None
    basis: dict[str, Any]
    state: str
    in_force_on: date | None

    @staticmethod
    def resolve_unit_price_fen(row: Any) -> int:
        return int(row.unit_price.fen)

    @staticmethod
    def resolve_cap_fen(row: Any) -> int | None:
        return None if row.cap is None else int(row.cap.fen)


class PriceIn(Schema):
    """A year's costs, and the price asked under the cap they give."""

    cost_fen: int
    subsidy_fen: int = 0
    tax_fen: int = 0
    profit_basis_points: int
    expected_quantity: int
    unit_price_fen: int


class AuctionOut(Schema):
    id: str
    number: str
    product_id: str
    rules: dict[str, Any]
    rules_digest: str
    reserve_fen: int
    opens_at: datetime
    closes_at: datetime
    needed: int
    state: str

    @staticmethod
    def resolve_reserve_fen(row: Any) -> int:
        return int(row.reserve.fen)

    @staticmethod
    def resolve_rules_digest(row: Any) -> str:
        return queries.rules_digest_of(row)


class AuctionIn(Schema):
    form: Form
    reserve_fen: int
    closes_at: datetime
    custodian_ids: list[str]
    needed: int = 2


class BidIn(Schema):
    amount_fen: int


class BidOut(Schema):
    """A sealed bid: its commitment alone; bidder and amount only after the close."""

    id: str
    commitment: str
    placed_at: datetime
    bidder_id: str | None
    amount_fen: int | None

    @staticmethod
    def resolve_bidder_id(row: Any) -> str | None:
        return None if row.auction.state == AuctionState.OPEN else str(row.bidder_id)

    @staticmethod
    def resolve_amount_fen(row: Any) -> int | None:
        return None if row.amount is None else int(row.amount.fen)


class ReleasedOut(Schema):
    bids: int


class ShareIn(Schema):
    organization_id: str
    weight: int


class WorthIn(Schema):
    """What the product is worth when only these bodies' data go into it, in whole units."""

    organization_ids: list[str]
    worth: int


class ContractIn(Schema):
    """A deal. With `worths`, one for each coalition, the shares are measured from them."""

    buyer_id: str
    purpose: str
    purpose_kind: PurposeKind
    unit_price_fen: int
    starts_on: date
    ends_on: date
    shares: list[ShareIn] = Field(default_factory=list)
    share_basis: Basis = Basis.RATIO
    share_evidence: str = ""
    worths: list[WorthIn] = Field(default_factory=list)


class ContractOut(Schema):
    id: str
    number: str
    product_id: str
    seller_id: str
    buyer_id: str
    purpose: str
    purpose_kind: str
    unit_price_fen: int
    starts_on: date
    ends_on: date
    shares: list[ShareIn]
    share_basis: str
    share_evidence: str
    share_worths: list[int]
    state: str

    @staticmethod
    def resolve_unit_price_fen(row: Any) -> int:
        return int(row.unit_price.fen)


@router.get("/products", response=list[ProductOut])
def products(request: SignedRequest, window: Query[Window]) -> object:
    """The products the signer may see, newest first."""
    return window.of(queries.products_seen_by(request.user))


@router.post("/products", response=ProductOut)
def register_product(request: SignedRequest, body: ProductIn) -> object:
    """Register a product of the signer's body, with the grants it is made from."""
    return commands.register_product(
        body.name,
        body.kind,
        queries.grants_numbered(body.grant_ids, request.user),
        unit=body.unit,
        description=body.description,
        by=request.signature,
    )


@router.get("/products/{product_id}", response=ProductOut)
def product(request: SignedRequest, product_id: str) -> object:
    return queries.product_seen(product_id, request.user)


@router.get("/products/{product_id}/inputs", response=list[InputOut])
def inputs(request: SignedRequest, product_id: str) -> object:
    """What the product is made from."""
    return queries.inputs_of(queries.product_seen(product_id, request.user))


@router.post("/products/{product_id}/withdraw", response=ProductOut)
def withdraw_product(request: SignedRequest, product_id: str, body: EndingReasonIn) -> object:
    """Take a product off the list."""
    found = queries.product_seen(product_id, request.user)
    return commands.withdraw_product(found, body.reason, by=request.signature)


@router.get("/products/{product_id}/prices", response=list[PriceOut])
def prices(request: SignedRequest, product_id: str) -> object:
    """Every price of a product, with the basis it rests on."""
    return queries.prices_of(queries.product_seen(product_id, request.user))


@router.post("/products/{product_id}/prices", response=PriceOut)
def propose_price(request: SignedRequest, product_id: str, body: PriceIn) -> object:
    """Propose a guided price under its cap."""
    return commands.propose_guided_price(
        queries.product_seen(product_id, request.user),
        GuidedCosts(
            cost=Money(body.cost_fen),
            subsidy=Money(body.subsidy_fen),
            tax=Money(body.tax_fen),
            profit_basis_points=body.profit_basis_points,
            expected_quantity=body.expected_quantity,
        ),
        Money(body.unit_price_fen),
        by=request.signature,
    )


@router.post("/products/{product_id}/auctions", response=AuctionOut)
def open_auction(request: SignedRequest, product_id: str, body: AuctionIn) -> object:
    """Open a sealed auction under rules that can no longer change."""
    found = queries.product_seen(product_id, request.user)
    return auctions.open_auction(
        found,
        form=body.form,
        reserve=Money(body.reserve_fen),
        closes_at=body.closes_at,
        custodians=[queries.custodian_with_id(found, one) for one in body.custodian_ids],
        needed=body.needed,
        by=request.signature,
    )


@router.get("/auctions", response=list[AuctionOut])
def auction_list(request: SignedRequest, window: Query[Window]) -> object:
    """Every auction, for those who may look at the market."""
    return window.of(queries.auctions_seen_by(request.user))


@router.get("/auctions/{auction_id}", response=AuctionOut)
def auction(request: SignedRequest, auction_id: str) -> object:
    return queries.auction_seen(auction_id, request.user)


@router.get("/auctions/{auction_id}/bids", response=list[BidOut])
def bids(request: SignedRequest, auction_id: str) -> object:
    """The sealed bids by commitment; bidders and amounts after the close."""
    return queries.bids_of(queries.auction_seen(auction_id, request.user))


@router.post("/auctions/{auction_id}/bids", response=BidOut)
def place_bid(request: SignedRequest, auction_id: str, body: BidIn) -> object:
    """Seal a bid of the signer's body."""
    found = queries.auction_seen(auction_id, request.user)
    return auctions.place_bid(found, Money(body.amount_fen), by=request.signature)


@router.post("/auctions/{auction_id}/release", response=ReleasedOut)
def release_shares(request: SignedRequest, auction_id: str) -> object:
    """Release, as custodian, one's shares of the bids' keys, after the close."""
    found = queries.auction_seen(auction_id, request.user)
    return {"bids": auctions.release_shares(found, by=request.signature)}


@router.post("/auctions/{auction_id}/conclude", response=AuctionOut)
def conclude_auction(request: SignedRequest, auction_id: str) -> object:
    """Open the bids and let the rules decide."""
    found = queries.auction_seen(auction_id, request.user)
    return auctions.conclude_auction(found, by=request.signature)


@router.get("/auctions/{auction_id}/record", response=dict[str, Any])
def auction_record(request: SignedRequest, auction_id: str) -> object:
    """The published record, from which anyone finds the outcome again."""
    return queries.record_published(queries.auction_seen(auction_id, request.user))


@router.get("/contracts", response=list[ContractOut])
def contracts(request: SignedRequest, window: Query[Window]) -> object:
    """The contracts the signer may see, newest first."""
    return window.of(queries.contracts_seen_by(request.user))


@router.get("/contracts/{contract_id}", response=ContractOut)
def contract(request: SignedRequest, contract_id: str) -> object:
    return queries.contract_seen(contract_id, request.user)


@router.post("/products/{product_id}/contracts", response=ContractOut)
def sign_contract(request: SignedRequest, product_id: str, body: ContractIn) -> object:
    """Sign a contract over a product."""
    found = queries.product_seen(product_id, request.user)
    return commands.sign_contract(
        found,
        queries.buyer_with_id(found, body.buyer_id),
        Deal(
            purpose=body.purpose,
            purpose_kind=body.purpose_kind,
            starts_on=body.starts_on,
            ends_on=body.ends_on,
            unit_price=Money(body.unit_price_fen),
            shares=tuple(Share(one.organization_id, one.weight) for one in body.shares),
            share_basis=body.share_basis,
            share_evidence=body.share_evidence,
            coalitions=tuple(
                Coalition(frozenset(one.organization_ids), one.worth) for one in body.worths
            ),
        ),
        by=request.signature,
    )


@router.post("/contracts/{contract_id}/end", response=ContractOut)
def end_contract(request: SignedRequest, contract_id: str, body: EndingReasonIn) -> object:
    """End a contract before its time."""
    found = queries.contract_seen(contract_id, request.user)
    return commands.end_contract(found, body.reason, by=request.signature)
