"""Register products, price them by guidance, and sign contracts. Auctions: `auctions.py`."""

from collections.abc import Sequence

from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused, refuse_if
from shuce.lifecycle.market import events, queries, rules
from shuce.lifecycle.market.models import Contract, Price, Product, ProductInput
from shuce.lifecycle.market.pricing import cap_of
from shuce.lifecycle.market.rules import (
    ContractState,
    Deal,
    GuidedCosts,
    PriceMethod,
    PriceState,
    ProductKind,
    ProductState,
)
from shuce.lifecycle.market.serving_rules import ServiceState
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import obstacles_in_chain, require_in_force
from shuce.lifecycle.rights.rules import PurposeKind


@command
def register_product(
    name: str,
    kind: ProductKind,
    grants: Sequence[Grant],
    *,
    unit: str = "次",
    description: str = "",
    by: Signature,
) -> Product:
    """Register a product with the grants it is made from; each input is part of its lineage."""
    operator = _own_body(by)
    by.require(Permission.PRODUCT_REGISTER, within=operator)
    refuse_if(rules.obstacles_to_register(name, [_as_input(grant, by) for grant in grants]))
    product = Product.objects.create(
        number=next_number(f"CP-{by.today.year}-"),
        name=name,
        operator=operator,
        kind=kind,
        unit=unit,
        description=description,
        state=ProductState.LISTED,
        registered_at=by.at,
    )
    for grant in grants:
        ProductInput.objects.create(product=product, grant=grant, card=grant.card)
    record(
        events.ProductRegistered(
            product.id,
            product.number,
            tuple(grant.id for grant in grants),
            tuple(grant.card_id for grant in grants),
            **about(product),
        ),
        by,
    )
    return product


@command
def withdraw_product(product: Product, reason: str, *, by: Signature) -> Product:
    """Take a product off the list: its interface and its reports stop at once, for every contract.

    Contracts run on to their end, for what was used before and is still to be billed.
    """
    product = (
        Product.objects.select_for_update(of=("self",))
        .select_related("operator")
        .get(id=product.id)
    )
    by.require(Permission.PRODUCT_REGISTER, within=product.operator)
    if product.state == ProductState.WITHDRAWN:
        raise Conflict(Obstacle("产品已经下架"))
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", field="reason"))
    product.state = ProductState.WITHDRAWN
    product.save(update_fields=["state"])
    record(events.ProductWithdrawn(product.id, reason, **about(product)), by)
    for service in product.services.filter(state=ServiceState.ACTIVE):
        service.state = ServiceState.STOPPED
        service.save(update_fields=["state"])
        record(events.ServiceStopped(service.id, product.id, reason, **about(product)), by)
    return product


@command
def propose_guided_price(
    product: Product, costs: GuidedCosts, unit_price: Money, *, by: Signature
) -> Price:
    """Propose a price under the cap that the maximum allowed revenue gives (`pricing`)."""
    by.require(Permission.PRODUCT_REGISTER, within=product.operator)
    holder = _main_card(product).holder
    if product.prices.filter(state=PriceState.PROPOSED).exists():
        raise Conflict(Obstacle("该产品已有价格在审批中", Clause.G_8))
    cap = cap_of(costs)
    refuse_if(rules.obstacles_to_price(costs, unit_price, cap.unit_cap if cap else None))
    assert cap is not None, "costs without a cap are refused by name"
    basis = {
        "cost_fen": costs.cost.fen,
        "subsidy_fen": costs.subsidy.fen,
        "tax_fen": costs.tax.fen,
        "profit_basis_points": costs.profit_basis_points,
        "expected_quantity": costs.expected_quantity,
        "net_cost_fen": cap.net_cost.fen,
        "profit_fen": cap.profit.fen,
        "max_revenue_fen": cap.max_revenue.fen,
    }
    price = Price.objects.create(
        product=product,
        method=PriceMethod.GUIDED,
        unit_price=unit_price,
        cap=cap.unit_cap,
        basis=basis,
        proposed_at=by.at,
    )
    open_case(
        Matter.PRICE,
        subject_id=price.id,
        asset_id=_main_card(product).id,
        title=product.name,
        organization=holder,
        facts={"price_method": str(PriceMethod.GUIDED)},
        subject_url=f"/market/products/{product.id}/",
        summary=[
            ("产品", str(product)),
            ("单价", str(unit_price)),
            ("上限收费标准", str(cap.unit_cap)),
            ("净成本", str(cap.net_cost)),
            ("准许利润", str(cap.profit)),
            ("最高准许收入", str(cap.max_revenue)),
        ],
        by=by,
    )
    record(
        events.PriceProposed(
            price.id,
            product.id,
            price.method,
            unit_price.fen,
            cap.unit_cap.fen,
            **about(product),
        ),
        by,
    )
    return price


@concludes(Matter.PRICE)
@command
def conclude_price(case: Case, *, by: Signature) -> None:
    """Put an approved price in force in place of the one before it."""
    price = (
        Price.objects.select_for_update(of=("self",))
        .select_related("product__operator")
        .get(id=case.subject_id)
    )
    set_price(price, case.outcome == Outcome.APPROVED, by=by)


@command
def set_price(price: Price, approved: bool, *, by: Signature) -> Price:
    """Put a price in force, or refuse it. At most one price of a product is in force."""
    if approved:
        Price.objects.filter(product=price.product, state=PriceState.IN_FORCE).update(
            state=PriceState.REPLACED
        )
        price.in_force_on = by.today
    price.state = PriceState.IN_FORCE if approved else PriceState.REFUSED
    price.save(update_fields=["state", "in_force_on"])
    record(
        events.PriceConcluded(price.id, price.product_id, price.state, **about(price.product)), by
    )
    return price


@command
def sign_contract(product: Product, buyer: Organization, deal: Deal, *, by: Signature) -> Contract:
    """Sign a contract over a product within what its grants allow (N-5), at a lawful price."""
    product = (
        Product.objects.select_for_update(of=("self",))
        .select_related("operator")
        .get(id=product.id)
    )
    by.require(Permission.CONTRACT_SIGN, within=product.operator)
    deal = rules.with_measured_shares(deal)
    inputs = list(product.inputs.select_related("grant__card__holder"))
    for one in inputs:
        require_in_force(one.grant, by.today)
    price = queries.price_in_force(product)
    refuse_if(
        rules.obstacles_to_sign(
            deal,
            product_listed=product.state == ProductState.LISTED,
            price_in_force=price.unit_price if price else None,
            cap=price.cap if price else None,
            grants=[one.grant.period for one in inputs],
            provider_ids=frozenset(one.grant.card.holder_id for one in inputs),
            parties_related=buyer.id == product.operator_id,
            public_only=any(one.grant.purpose_kind == PurposeKind.PUBLIC for one in inputs),
        )
    )
    party_ids = {share.organization_id for share in deal.shares}
    if Organization.objects.filter(id__in=party_ids).count() != len(party_ids):
        raise Refused(Obstacle("分成单位不存在", Clause.G_10, field="shares"))
    parties = tuple(share.organization_id for share in deal.shares)
    worths = rules.table_of(deal.coalitions, parties)
    contract = Contract.objects.create(
        number=next_number(f"HT-{by.today.year}-"),
        product=product,
        seller=product.operator,
        buyer=buyer,
        purpose=deal.purpose,
        purpose_kind=deal.purpose_kind,
        unit_price=deal.unit_price,
        starts_on=deal.starts_on,
        ends_on=deal.ends_on,
        shares=[vars(share) for share in deal.shares],
        share_basis=deal.share_basis,
        share_evidence=deal.share_evidence.strip(),
        share_worths=list(worths),
        signed_at=by.at,
    )
    record(
        events.ContractSigned(
            contract.id,
            contract.number,
            product.id,
            buyer.id,
            deal.purpose_kind,
            deal.unit_price.fen,
            deal.starts_on.isoformat(),
            deal.ends_on.isoformat(),
            deal.share_basis,
            deal.share_evidence.strip(),
            parties,
            tuple(share.weight for share in deal.shares),
            worths,
            **about(product),
        ),
        by,
    )
    return contract


@command
def end_contract(contract: Contract, reason: str, *, by: Signature) -> Contract:
    """End a contract before its time."""
    contract = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("product__operator")
        .get(id=contract.id)
    )
    by.require(Permission.CONTRACT_SIGN, within=contract.product.operator)
    if contract.state != ContractState.IN_FORCE:
        raise Conflict(Obstacle("合同已经终止", Clause.N_4))
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", field="reason"))
    contract.state = ContractState.ENDED
    contract.save(update_fields=["state"])
    record(events.ContractEnded(contract.id, reason, **about(contract.product)), by)
    return contract


def about(product: Product) -> dict[str, str]:
    """The asset and its holder to whose life a product belongs: its first input."""
    card = _main_card(product)
    return {"asset_id": card.id, "organization_id": card.holder_id}


def _main_card(product: Product) -> Card:
    return product.inputs.select_related("card__holder").order_by("id")[0].card


def _own_body(by: Signature) -> Organization:
    if by.member.organization is None:
        raise NotPermitted(Obstacle("您没有所属单位"))
    return by.member.organization


def _as_input(grant: Grant, by: Signature) -> rules.Input:
    return rules.Input(
        number=grant.number or grant.id,
        # As the grant and what it was given out of stand now, not as the caller read them.
        in_force=not obstacles_in_chain(Grant.objects.get(id=grant.id), by.today),
        own=grant.operator_id == by.organization_id,
    )
