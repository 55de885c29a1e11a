"""A product as an interface: published, keyed, and called; each call stops with what it rests on.

A call is let in, answered at the node outside any transaction, and kept, everything judged again.
`revenue.serving` joins the three and meters what was released.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from django.utils.timezone import localtime

from shuce.engines.guard.binding import bind
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused, refuse_if
from shuce.lifecycle.cleanroom.commands import Origin, keep_answer
from shuce.lifecycle.cleanroom.models import Question, SavedQuery
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.market import events, queries
from shuce.lifecycle.market import serving_rules as rules
from shuce.lifecycle.market.commands import about
from shuce.lifecycle.market.models import Call, Contract, Product, ProductKey, Service
from shuce.lifecycle.market.rules import ContractState, ProductKind, ProductState
from shuce.lifecycle.market.serving_rules import CallState, KeyStanding, Limits, ServiceState
from shuce.lifecycle.register.commands import note_use
from shuce.lifecycle.rights.queries import require_in_force
from shuce.node import Receipt


class TooMany(Refused):
    """The key called more often than it may."""

    http_status: ClassVar[int] = 429


@dataclass(frozen=True)
class Admitted:
    """A call that was let in, with the question it comes to."""

    call: Call
    sql: str
    values: Mapping[str, str]


@command
def publish_service(
    product: Product, query: SavedQuery, limits: Limits, *, by: Signature
) -> Service:
    """Publish a product's data interface; one before it stops, and its keys go on with this."""
    product = _locked(product)
    by.require(Permission.PRODUCT_REGISTER, within=product.operator)
    fits = queries.queries_for_service(product).filter(id=query.id).exists()
    kind, state = ProductKind(product.kind), ProductState(product.state)
    refuse_if(rules.obstacles_to_publish(kind, state, fits, limits))
    for one in product.inputs.select_related("grant"):
        require_in_force(one.grant, by.today)
    product.services.filter(state=ServiceState.ACTIVE).update(state=ServiceState.STOPPED)
    service = Service.objects.create(
        product=product,
        query=query,
        version=query.latest,
        per_minute=limits.per_minute,
        per_day=limits.per_day,
        member=by.member,
        published_at=by.at,
    )
    record(
        events.ServicePublished(
            service.id,
            product.id,
            query.id,
            service.version.number,
            limits.per_minute,
            limits.per_day,
            **about(product),
        ),
        by,
    )
    return service


@command
def stop_service(product: Product, reason: str, *, by: Signature) -> Service:
    """Stop a product's data interface for every key at once."""
    product = _locked(product)
    by.require(Permission.PRODUCT_REGISTER, within=product.operator)
    service = queries.service_of(product)
    if service is None:
        raise Conflict(Obstacle("产品没有在服务的接口"))
    if not reason.strip():
        raise Refused(Obstacle("请写明原因", field="reason"))
    service.state = ServiceState.STOPPED
    service.save(update_fields=["state"])
    record(events.ServiceStopped(service.id, product.id, reason, **about(product)), by)
    return service


@command
def make_key(
    contract: Contract, name: str, expires_on: date, *, by: Signature
) -> tuple[ProductKey, str]:
    """Make a key for the buyer's programs; return it with its secret, which is shown this once."""
    by.require(Permission.CONTRACT_SIGN, within=contract.buyer)
    contract = Contract.objects.select_related("product", "buyer").get(id=contract.id)
    refuse_if(
        rules.obstacles_to_make_key(
            name,
            expires_on,
            by.today,
            ContractState(contract.state),
            Period(contract.starts_on, contract.ends_on),
            queries.service_of(contract.product) is not None,
        )
    )
    secret = f"shucep_{secrets.token_urlsafe(32)}"
    key = ProductKey.objects.create(
        contract=contract,
        member=by.member,
        name=name.strip(),
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        made_at=by.at,
        expires_on=expires_on,
    )
    record(
        events.KeyMade(key.id, contract.id, expires_on.isoformat(), **about(contract.product)), by
    )
    return key, secret


@command
def revoke_key(key: ProductKey, *, by: Signature) -> ProductKey:
    """Revoke a key at once: either party of its contract may."""
    key = (
        ProductKey.objects.select_for_update(of=("self",))
        .select_related("contract__seller", "contract__buyer", "contract__product")
        .get(id=key.id)
    )
    contract = key.contract
    parties = (contract.buyer, contract.seller)
    if not any(by.member.may(Permission.CONTRACT_SIGN, party) for party in parties):
        raise NotPermitted(Obstacle("只有合同双方的经办人可以吊销密钥"))
    if key.revoked_at:
        raise Conflict(Obstacle("密钥已吊销"))
    key.revoked_at = by.at
    key.save(update_fields=["revoked_at"])
    record(events.KeyRevoked(key.id, contract.id, **about(contract.product)), by)
    return key


@command
def admit_call(
    key: ProductKey, number: str, values: Mapping[str, str], *, by: Signature
) -> Admitted:
    """Let a call in and count it, or say every reason why not. Nothing is asked yet."""
    # Locked, so that calls at once are counted one after another.
    key = ProductKey.objects.select_for_update(of=("self",)).get(id=key.id)
    service = _require_service(key, number, by)
    calls = Call.objects.filter(key=key)
    midnight = localtime(by.at).replace(hour=0, minute=0, second=0, microsecond=0)
    over = list(
        rules.obstacles_in_rate(
            service.limits,
            calls.filter(admitted_at__gt=by.at - timedelta(minutes=1)).count(),
            calls.filter(admitted_at__gte=midnight).count(),
        )
    )
    if over:
        raise TooMany(*over)
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    sql = bind(service.version.sql, service.version.declared, given)
    call = Call.objects.create(key=key, service=service, admitted_at=by.at)
    record(
        events.CallAdmitted(
            call.id, key.id, key.contract_id, service.product_id, **about(service.product)
        ),
        by,
    )
    return Admitted(call, sql, given)


@command
def keep_call(admitted: Admitted, receipt: Receipt, *, by: Signature) -> Question:
    """Keep what the node answered to a call, unless anything it rests on stopped meanwhile."""
    call = admitted.call
    service = _require_service(call.key, call.service.product.number, by)
    if service.id != call.service_id:
        raise Refused(Obstacle("产品的接口已停止服务", Clause.G_8))
    question = keep_answer(
        service.query.grant,
        admitted.sql,
        receipt,
        origin=Origin(service.version, admitted.values, call.id),
        by=by,
    )
    released = question.verdict == Verdict.RELEASED
    call.state = CallState.RELEASED if released else CallState.REFUSED
    call.question = question
    call.save(update_fields=["state", "question"])
    if released:
        # The card of the query's own grant has been told by the clean room.
        for one in service.product.inputs.exclude(grant=service.query.grant).select_related("card"):
            note_use(one.card, call.id, by=by)
    record(
        events.CallServed(
            call.id,
            call.key.contract_id,
            call.state,
            question.id,
            question.digest,
            **about(service.product),
        ),
        by,
    )
    return question


def _require_service(key: ProductKey, number: str, by: Signature) -> Service:
    """Return the service a key may call this moment, every grant in force, or refuse by name."""
    key = ProductKey.objects.select_related("member", "contract__product__operator").get(id=key.id)
    contract = key.contract
    service = queries.service_of(contract.product)
    standing = KeyStanding(
        revoked=key.revoked_at is not None,
        expires_on=key.expires_on,
        holder_active=key.member.is_active,
        right_product=contract.product.number == number,
        service_active=service is not None,
        contract=ContractState(contract.state),
        term=Period(contract.starts_on, contract.ends_on),
        product=ProductState(contract.product.state),
    )
    found = tuple(rules.obstacles_to_call(standing, by.today))
    if found:
        raise NotPermitted(*found)
    assert service is not None, "a service that is missing is an obstacle"
    for one in contract.product.inputs.select_related("grant"):
        require_in_force(one.grant, by.today)
    return service


def _locked(product: Product) -> Product:
    return (
        Product.objects.select_for_update(of=("self",))
        .select_related("operator")
        .get(id=product.id)
    )
