"""Products, prices, auctions and contracts, seen from where the reader stands."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from shuce.engines.auction import Rules
from shuce.engines.auction.verifier import Difference, verify
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import bodies_of, within_reach
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.cleanroom.models import Question, SavedQuery
from shuce.lifecycle.cleanroom.rules import SavedState, Verdict
from shuce.lifecycle.market import rules
from shuce.lifecycle.market.models import (
    Auction,
    Call,
    Contract,
    Edition,
    KeyShare,
    Price,
    Product,
    ProductInput,
    ProductKey,
    Publication,
    SealedBid,
    Service,
)
from shuce.lifecycle.market.rules import AuctionState, ContractState, PriceState
from shuce.lifecycle.market.serving_rules import ServiceState
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import GrantState


def products_seen_by(member: Member) -> QuerySet[Product]:
    """Products made from cards in reach, the reader's own body's, and those it buys."""
    reach = within_reach(member, Permission.CARD_VIEW, path="inputs__card__holder__path")
    own = Q(operator_id=member.organization_id)
    bought = Q(contracts__buyer_id=member.organization_id)
    found = Product.objects.filter(reach | own | bought).values("id")
    return Product.objects.filter(id__in=found).select_related("operator")


def product_seen(product_id: str, by: Member) -> Product:
    found = products_seen_by(by).filter(id=product_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个数据产品，或您无权查看"))
    return found


def products_of_card(card: Card) -> QuerySet[Product]:
    return Product.objects.filter(inputs__card=card).select_related("operator").distinct()


def inputs_of(product: Product) -> QuerySet[ProductInput]:
    return product.inputs.select_related("card__holder", "grant").order_by("id")


def price_in_force(product: Product) -> Price | None:
    return Price.objects.filter(product=product, state=PriceState.IN_FORCE).first()


def prices_of(product: Product) -> QuerySet[Price]:
    return Price.objects.filter(product=product)


def auctions_seen_by(member: Member) -> QuerySet[Auction]:
    """Every auction is public to who may see the market: rules before, record after."""
    if Permission.MARKET_VIEW not in member.permissions:
        return Auction.objects.none()
    return Auction.objects.select_related("product__operator")


def auction_seen(auction_id: str, by: Member) -> Auction:
    found = auctions_seen_by(by).filter(id=auction_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这场竞价，或您无权查看"))
    return found


def bids_of(auction: Auction) -> QuerySet[SealedBid]:
    return auction.bids.select_related("bidder").order_by("id")


def contracts_seen_by(member: Member) -> QuerySet[Contract]:
    """Contracts over products in sight of which the reader is a party, or supervises the holder."""
    reach = within_reach(member, Permission.CARD_VIEW, path="product__inputs__card__holder__path")
    own = Q(seller_id=member.organization_id) | Q(buyer_id=member.organization_id)
    found = Contract.objects.filter(reach | own).values("id")
    return Contract.objects.filter(id__in=found).select_related("product", "seller", "buyer")


def contract_seen(contract_id: str, by: Member) -> Contract:
    found = contracts_seen_by(by).filter(id=contract_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这份合同，或您无权查看"))
    return found


def contracts_of(product: Product, member: Member) -> QuerySet[Contract]:
    return contracts_seen_by(member).filter(product=product)


def service_of(product: Product) -> Service | None:
    """The product's data interface, if it is published."""
    return (
        product.services.filter(state=ServiceState.ACTIVE)
        .select_related("query__grant", "version")
        .first()
    )


def queries_for_service(product: Product) -> QuerySet[SavedQuery]:
    """What a product's interface may answer: shared queries under the product's own grants."""
    grants = product.inputs.values("grant_id")
    return SavedQuery.objects.filter(
        grant_id__in=grants,
        grant__operator_id=product.operator_id,
        shared=True,
        state=SavedState.ACTIVE,
    )


def keys_of(contract: Contract, member: Member) -> QuerySet[ProductKey]:
    """The keys of a contract, for its two parties."""
    parties = (contract.seller_id, contract.buyer_id)
    keys = contract.keys.select_related("member").annotate(called=Count("calls"))
    return keys if member.organization_id in parties else keys.none()


def key_seen(key_id: str, by: Member) -> ProductKey:
    own = Q(contract__seller_id=by.organization_id) | Q(contract__buyer_id=by.organization_id)
    found = (
        ProductKey.objects.filter(own, id=key_id)
        .select_related("contract__seller", "contract__buyer", "member")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这个密钥，或您无权查看"))
    return found


def key_with_secret(secret: str) -> ProductKey | None:
    """The key of this secret, good or not: the command says what is wrong with it."""
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
    return ProductKey.objects.filter(digest=digest).select_related("member__organization").first()


def calls_of(contract: Contract) -> QuerySet[Call]:
    return Call.objects.filter(key__contract=contract).select_related("key", "question")


def publications_of(product: Product) -> QuerySet[Publication]:
    return product.publications.select_related("member")


def publication_seen(publication_id: str, by: Member) -> Publication:
    found = (
        Publication.objects.filter(id=publication_id, product__in=products_seen_by(by))
        .select_related("product__operator")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这次发布，或您无权查看"))
    return found


def contracts_running(product: Product, day: date) -> QuerySet[Contract]:
    return product.contracts.filter(
        state=ContractState.IN_FORCE, starts_on__lte=day, ends_on__gt=day
    )


def contract_of_buyer(product: Product, member: Member) -> Contract | None:
    """The contract of the reader's own body over a product: one in force before all others."""
    own = product.contracts.filter(buyer_id=member.organization_id).select_related("buyer")
    in_force = own.filter(state=ContractState.IN_FORCE).order_by("-ends_on").first()
    return in_force or own.order_by("-id").first()


def results_for_editions(product: Product) -> QuerySet[Question]:
    """Released results under a product's own grants, newest first."""
    return Question.objects.filter(
        grant__in=product.inputs.values("grant_id"), verdict=Verdict.RELEASED
    ).order_by("-id")


def editions_of(product: Product, member: Member) -> QuerySet[Edition]:
    """A report's editions, for its operator and its buyers."""
    return _editions_seen_by(member).filter(product=product)


def edition_seen(edition_id: str, by: Member) -> Edition:
    found = _editions_seen_by(by).filter(id=edition_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这份报告，或您无权查看"))
    return found


def _editions_seen_by(member: Member) -> QuerySet[Edition]:
    own = Q(product__operator_id=member.organization_id)
    bought = Q(
        product__in=Contract.objects.filter(buyer_id=member.organization_id).values("product")
    )
    return Edition.objects.filter(own | bought).select_related(
        "product__operator", "question__grant", "member"
    )


def lineage_of(card: Card) -> QuerySet[ProductInput]:
    """What was made from a card, and under which grant (G-12)."""
    return (
        ProductInput.objects.filter(card=card)
        .select_related("product__operator", "grant")
        .order_by("-id")
    )


def grants_for_products(member: Member, day: date) -> QuerySet[Grant]:
    """The grants in force of the reader's own body, out of which it may make products."""
    return (
        Grant.objects.filter(
            operator_id=member.organization_id,
            state=GrantState.IN_FORCE,
            starts_on__lte=day,
            ends_on__gt=day,
        )
        .select_related("card", "operator")
        .order_by("number")
    )


def grants_numbered(ids: Sequence[str], member: Member) -> list[Grant]:
    """The grants of the reader's own body by id, or none at all if one is not its own."""
    found = {
        grant.id: grant
        for grant in Grant.objects.filter(
            id__in=ids, operator_id=member.organization_id
        ).select_related("card__holder", "operator")
    }
    if missing := set(ids) - set(found):
        raise NotFound(Obstacle("没有授权{ids}，或不属于本单位", ids="、".join(sorted(missing))))
    return [found[one] for one in ids]


def buyers_for(product: Product) -> QuerySet[Organization]:
    """Who may be the other party of a contract: anybody but the seller."""
    return (
        Organization.objects.filter(closed_on=None)
        .exclude(id=product.operator_id)
        .exclude(kind__in=[Kind.AUDIT, Kind.CONGRESS])
        .order_by("kind", "name")
    )


def buyer_with_id(product: Product, organization_id: str) -> Organization:
    return _one_of(buyers_for(product), organization_id)


def custodian_with_id(product: Product, organization_id: str) -> Organization:
    return _one_of(custodians_for(product), organization_id)


def custodians_for(product: Product) -> QuerySet[Organization]:
    """Bodies that may keep the keys of sealed bids: supervisors and exchanges, never the seller."""
    return bodies_of(Kind.EXCHANGE, Kind.FINANCE, Kind.AUDIT, Kind.DEPARTMENT).exclude(
        id=product.operator_id
    )


def sharers_of(product: Product) -> list[Organization]:
    """Who shares in a product's revenue: the holders of what it is made from, then its operator."""
    holders = {one.card.holder_id: one.card.holder for one in inputs_of(product)}
    holders.pop(product.operator_id, None)
    return [*holders.values(), product.operator]


def custodians_of(auction: Auction) -> list[tuple[Organization, bool]]:
    """The custodians, and whether each has released its shares."""
    bodies = Organization.objects.in_bulk([one for one, _ in auction.custodians])
    released = set(
        KeyShare.objects.filter(bid__auction=auction).values_list("place", flat=True).distinct()
    )
    return [
        (bodies[one], place in released) for place, (one, _) in enumerate(auction.custodians, 1)
    ]


def rules_digest_of(auction: Auction) -> str:
    """The digest of the rules, as it was told before the first bid."""
    return Rules.from_json(auction.rules).digest


def may_bid(auction: Auction, member: Member) -> bool:
    body = member.organization
    return (
        body is not None
        and body.id != auction.product.operator_id
        and member.may(Permission.BID_PLACE, body)
    )


def obstacles_to_bid(auction: Auction, by: Signature) -> tuple[Obstacle, ...]:
    already = auction.bids.filter(bidder_id=by.organization_id).exists()
    return tuple(
        rules.obstacles_to_bid(AuctionState(auction.state), auction.closes_at, by.at, already)
    )


def obstacles_to_open_bids(auction: Auction) -> tuple[Obstacle, ...]:
    """Too few custodians yet; an auction without bids needs none."""
    if not auction.bids.exists():
        return ()
    released = sum(done for _, done in custodians_of(auction))
    return tuple(rules.obstacles_to_open_bids(released, auction.needed))


def record_published(auction: Auction) -> dict[str, Any]:
    """The record that is published when an auction is over."""
    if auction.state == AuctionState.OPEN:
        raise NotFound(Obstacle("竞价尚未开标，还没有记录"))
    record: dict[str, Any] = auction.record
    return record


def differences_in(auction: Auction) -> list[Difference]:
    """Replay the record by the independent verifier: what does not agree, or nothing."""
    return verify(record_published(auction))


def winner_of(auction: Auction) -> Organization | None:
    return Organization.objects.filter(id=auction.record.get("winner_id", "")).first()


def shares_of(contract: Contract) -> list[tuple[Organization, int, str]]:
    """Each party of a contract's revenue: its weight, and that as a percentage."""
    bodies = Organization.objects.in_bulk([one["organization_id"] for one in contract.shares])
    whole = sum(one["weight"] for one in contract.shares)
    return [
        (
            bodies[one["organization_id"]],
            one["weight"],
            f"{round(one['weight'] * 100 / whole, 2):g}%",
        )
        for one in contract.shares
    ]


def combinations_of(contract: Contract) -> list[tuple[list[Organization], int]]:
    """What each combination of the sharers was said to be worth, where shares were measured."""
    ids = [one["organization_id"] for one in contract.shares]
    bodies = Organization.objects.in_bulk(ids)
    return [
        ([bodies[one] for i, one in enumerate(ids) if number >> i & 1], worth)
        for number, worth in enumerate(contract.share_worths, start=1)
    ]


def _one_of(bodies: QuerySet[Organization], organization_id: str) -> Organization:
    found = bodies.filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位，或它不能担任此角色"))
    return found
