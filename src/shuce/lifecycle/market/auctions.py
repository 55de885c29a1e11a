"""Sealed auctions: rules fixed first, bids sealed to custodians, the outcome found by anyone (G-8).

The engine decides (`engines/auction`); this keeps the sealed bids and the published record. Each
custodian's private key is a file under the home's `keys/`, outside the database; a bid can only be
opened after the close, by as many custodians as the rules need.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from shuce.engines.auction import (
    BadSeal,
    CannotOpen,
    Closing,
    Form,
    Offer,
    OpenedBid,
    Rules,
    open_bid,
    outcome,
    record_of,
    release_share,
    seal,
)
from shuce.engines.auction import SealedBid as Sealed
from shuce.engines.auction.sealing import public_key_of
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused, refuse_if
from shuce.lifecycle.market import events, rules
from shuce.lifecycle.market.commands import about, set_price
from shuce.lifecycle.market.models import Auction, KeyShare, Price, Product, SealedBid
from shuce.lifecycle.market.rules import AuctionState, PriceMethod, ProductState


@command
def open_auction(
    product: Product,
    *,
    form: Form,
    reserve: Money,
    closes_at: datetime,
    custodians: Sequence[Organization],
    needed: int,
    by: Signature,
) -> Auction:
    """Open a sealed auction. Its rules are fixed and told before the first bid."""
    by.require(Permission.PRODUCT_REGISTER, within=product.operator)
    if form not in (Form.FIRST_PRICE, Form.SECOND_PRICE):
        raise Refused(Obstacle("密封竞价只支持最高价成交或第二高价成交", Clause.G_8, field="form"))
    refuse_if(
        rules.obstacles_to_open(
            closes_at=closes_at,
            at=by.at,
            custodian_ids=[body.id for body in custodians],
            needed=needed,
            seller_id=product.operator_id,
            another_open=product.auctions.filter(state=AuctionState.OPEN).exists(),
        )
    )
    if product.state != ProductState.LISTED:
        raise Refused(Obstacle("产品没有登记或已下架", Clause.G_8))
    if reserve < Money(0):
        raise Refused(Obstacle("保留价不能为负数", Clause.G_8, field="reserve"))
    number = next_number(f"JJ-{by.today.year}-")
    fixed = Rules(auction=number, form=form, limit=reserve.fen, closes_at=closes_at)
    auction = Auction.objects.create(
        number=number,
        product=product,
        rules=fixed.to_json(),
        reserve=reserve,
        opens_at=by.at,
        closes_at=closes_at,
        custodians=[[body.id, _public_key(body).hex()] for body in custodians],
        needed=needed,
    )
    record(
        events.AuctionOpened(
            auction.id,
            number,
            product.id,
            fixed.digest,
            closes_at.isoformat(),
            **about(product),
        ),
        by,
    )
    return auction


@command
def place_bid(auction: Auction, amount: Money, *, by: Signature) -> SealedBid:
    """Seal a bid to the custodians before it is stored: nobody can read it until the close."""
    bidder = by.member.organization
    if bidder is None or bidder.id == auction.product.operator_id:
        raise NotPermitted(Obstacle("卖方不能参与竞价", Clause.G_8))
    by.require(Permission.BID_PLACE, within=bidder)
    auction = _locked(auction)
    already = auction.bids.filter(bidder=bidder).exists()
    refuse_if(
        rules.obstacles_to_bid(AuctionState(auction.state), auction.closes_at, by.at, already)
    )
    if amount <= Money(0):
        raise Refused(Obstacle("报价须大于零", Clause.G_8, field="amount"))
    keys = [bytes.fromhex(key) for _, key in auction.custodians]
    sealed = seal(auction.number, bidder.id, [Offer(1, amount.fen)], keys, auction.needed)
    bid = SealedBid.objects.create(
        auction=auction,
        bidder=bidder,
        sealed=sealed.to_json(),
        commitment=sealed.commitment,
        placed_at=by.at,
    )
    record(
        events.BidPlaced(bid.id, auction.id, bidder.id, sealed.digest, **about(auction.product)),
        by,
    )
    return bid


@command
def release_shares(auction: Auction, *, by: Signature) -> int:
    """Release the signer's body's shares of every bid's key, after the close; return how many."""
    auction = _locked(auction)
    custodian_ids = [organization_id for organization_id, _ in auction.custodians]
    if by.organization_id not in custodian_ids:
        raise NotPermitted(Obstacle("只有保管人可以开启报价", Clause.G_8))
    refuse_if(rules.obstacles_to_close(AuctionState(auction.state), auction.closes_at, by.at))
    place = custodian_ids.index(by.organization_id) + 1
    key = _private_key(by.organization_id)
    bids = list(auction.bids.all())
    for bid in bids:
        share = release_share(
            Sealed.from_json(bid.sealed), place, key, closing=_closing(auction, len(bids))
        )
        KeyShare.objects.get_or_create(bid=bid, place=place, defaults={"share": share.hex()})
    record(
        events.SharesReleased(auction.id, by.organization_id, len(bids), **about(auction.product)),
        by,
    )
    return len(bids)


@command
def conclude_auction(auction: Auction, *, by: Signature) -> Auction:
    """Open the bids with the released shares and let the rules decide; publish the record."""
    auction = _locked(auction)
    by.require(Permission.PRODUCT_REGISTER, within=auction.product.operator)
    refuse_if(rules.obstacles_to_close(AuctionState(auction.state), auction.closes_at, by.at))
    opened = _opened(auction)
    closing = _closing(auction, len(opened))
    fixed = Rules.from_json(auction.rules)
    bids = [bid.as_bid(index) for index, bid in enumerate(opened)]
    found = outcome(fixed, bids, closing)
    auction.record = record_of(fixed, bids, closing, None, found)
    auction.state = AuctionState.CLOSED if found.is_sold else AuctionState.FAILED
    winner = found.awards[0] if found.is_sold else None
    if winner:
        auction.record |= {"winner_id": winner.bidder, "price_fen": int(winner.price)}
    auction.save(update_fields=["record", "state"])
    for kept, bid in zip(auction.bids.order_by("id"), opened, strict=True):
        kept.amount = Money(int(bid.offers[0].price))
        kept.save(update_fields=["amount"])
    digest = hashlib.sha256(json.dumps(auction.record, sort_keys=True).encode()).hexdigest()
    record(
        events.AuctionConcluded(
            auction.id,
            auction.state,
            winner.bidder if winner else "",
            int(winner.price) if winner else 0,
            digest,
            **about(auction.product),
        ),
        by,
    )
    if winner:
        _set_auction_price(auction, Money(int(winner.price)), digest, by)
    return auction


def _set_auction_price(auction: Auction, amount: Money, digest: str, by: Signature) -> None:
    """The market found the price under rules fixed before: it comes into force as it stands."""
    price = Price.objects.create(
        product=auction.product,
        method=PriceMethod.AUCTION,
        unit_price=amount,
        basis={"auction_id": auction.id, "record_digest": digest},
        proposed_at=by.at,
    )
    record(
        events.PriceProposed(
            price.id,
            auction.product_id,
            price.method,
            amount.fen,
            0,
            **about(auction.product),
        ),
        by,
    )
    set_price(price, approved=True, by=by)


def _opened(auction: Auction) -> list[OpenedBid]:
    opened = []
    for bid in auction.bids.order_by("id").prefetch_related("key_shares"):
        shares = {share.place: bytes.fromhex(share.share) for share in bid.key_shares.all()}
        if obstacles := tuple(rules.obstacles_to_open_bids(len(shares), auction.needed)):
            raise Conflict(*obstacles)
        try:
            opened.append(open_bid(Sealed.from_json(bid.sealed), shares))
        except (BadSeal, CannotOpen) as fault:
            raise Conflict(Obstacle("有报价无法开启，请核对保管人份额", Clause.G_8)) from fault
    return opened


def _closing(auction: Auction, size: int) -> Closing:
    return Closing(
        auction=auction.number,
        size=size,
        at=auction.closes_at,
        checkpoint=f"{auction.number} {auction.closes_at.isoformat()} {size}",
    )


def _locked(auction: Auction) -> Auction:
    return (
        Auction.objects.select_for_update(of=("self",))
        .select_related("product__operator")
        .get(id=auction.id)
    )


def _public_key(body: Organization) -> bytes:
    return public_key_of(_private_key(body.id))


def _private_key(organization_id: str) -> bytes:
    file = Path(settings.HOME) / "keys" / f"custodian-{organization_id}"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(os.urandom(32))
    return file.read_bytes()
