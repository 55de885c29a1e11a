"""Disposals, their copies and proofs, seen from where the reader stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from shuce.engines.erasure import Level, Medium, Method
from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.office.showing import moment
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, Obstacle, Refused
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.disposal import rules
from shuce.lifecycle.disposal.models import Copy, Destruction, Disposal
from shuce.lifecycle.disposal.rules import CopyKind, DisposalKind, DisposalState, Found, Treatment
from shuce.lifecycle.market.models import Contract, Product
from shuce.lifecycle.market.queries import products_of_card
from shuce.lifecycle.market.rules import ContractState, ProductState
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import LIVE, grants_of
from shuce.lifecycle.valuation.queries import last_value_of


@dataclass(frozen=True)
class ProductStanding:
    """Whether a product made from the data still lives."""

    listed: bool
    contracts_running: int


def disposals_seen_by(member: Member) -> QuerySet[Disposal]:
    reach = within_reach(member, Permission.CARD_VIEW, path="card__holder__path")
    return Disposal.objects.filter(reach).select_related(
        "card__holder", "card__resource__source", "proposed_by", "attending__organization"
    )


def disposal_seen(disposal_id: str, by: Member) -> Disposal:
    found = disposals_seen_by(by).filter(id=disposal_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这项处置，或您无权查看"))
    return found


def copies_of(disposal: Disposal) -> QuerySet[Copy]:
    return disposal.copies.select_related("dealt_with_by")


def copy_seen(copy_id: str, by: Member) -> Copy:
    found = (
        Copy.objects.filter(id=copy_id, disposal__in=disposals_seen_by(by))
        .select_related("disposal__card__holder")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这项副本，或您无权查看"))
    return found


def destruction_of(disposal: Disposal) -> Destruction | None:
    return (
        Destruction.objects.filter(disposal=disposal)
        .select_related("disposal__card__holder", "executor__organization", "witness__organization")
        .first()
    )


def certificate_seen(disposal_id: str, by: Member) -> Destruction:
    """The destruction that has a certificate, or nothing: without proof there is none."""
    destruction = destruction_of(disposal_seen(disposal_id, by))
    if destruction is None or destruction.certificate_number is None:
        raise NotFound(Obstacle("没有销毁证明"))
    return destruction


def cards_to_dispose(member: Member) -> QuerySet[Card]:
    """Cards in force at places where the reader may apply for disposal."""
    reach = within_reach(member, Permission.DISPOSAL_APPLY, path="holder__path")
    return cards_seen_by(member).filter(reach, state=CardState.IN_FORCE)


def witnesses_for(disposal: Disposal, executor: Member) -> QuerySet[Member]:
    """Who may watch this destruction: whoever signed that they do, other than who destroys."""
    attending = Q(pk=disposal.attending_id) & ~Q(pk=executor.pk)
    return Member.objects.filter(attending).select_related("organization")


def witness_named(disposal: Disposal, member_id: str) -> Member:
    """The person of this id, if it is the one who signed to watch this destruction."""
    if disposal.attending is None or disposal.attending_id != member_id:
        raise Refused(Obstacle("监销人尚未签到，请监销人先登录确认", Clause.G_11, field="witness"))
    return disposal.attending


def standing_of(card: Card) -> rules.Standing:
    return rules.Standing(CardState(card.state), card.retain_until, last_value_of(card) is not None)


def book_value_of(card: Card) -> Money:
    return card.value if isinstance(card.value, Money) else card.cost


def copies_found(card: Card) -> Iterator[Found]:
    """Yield every copy of a card's data that the register knows of, live today or given out before.

    What it cannot know (a backup's shelf, a file somebody kept) is added by people.
    """
    for grant in grants_of(card).filter(state__in=LIVE).order_by("id"):
        yield Found(
            CopyKind.GRANT,
            say("授权{number}及其节点快照", number=grant.number),
            str(grant.operator),
            grant.id,
        )
    for product in products_of_card(card).exclude(state=ProductState.WITHDRAWN).order_by("id"):
        yield Found(CopyKind.PRODUCT, str(product), str(product.operator), product.id)
    for grant in _grants_with_results(card):
        yield Found(
            CopyKind.EXTRACT,
            say("授权{number}放行的查询结果", number=grant.number),
            str(grant.operator),
            grant.id,
        )
    if card.resource:
        yield Found(
            CopyKind.BACKUP,
            say("数据表{table}的备份、日志和从库", table=card.resource.table_name),
            str(card.resource.source),
            card.resource_id or "",
        )


def unlisted_copies(disposal: Disposal) -> list[Found]:
    """Copies known now that the disposal's list does not have yet."""
    listed = set(disposal.copies.exclude(cause_id="").values_list("kind", "cause_id"))
    return [
        found for found in copies_found(disposal.card) if (found.kind, found.cause_id) not in listed
    ]


def readiness_of(disposal: Disposal) -> rules.Readiness:
    return rules.Readiness(
        DisposalKind(disposal.kind),
        DisposalState(disposal.state),
        disposal.reply_number or "",
        disposal.copies.filter(dealt_with_at=None).count(),
        len(unlisted_copies(disposal)),
    )


def product_standing(product_id: str) -> ProductStanding:
    return ProductStanding(
        Product.objects.filter(id=product_id).exclude(state=ProductState.WITHDRAWN).exists(),
        Contract.objects.filter(product_id=product_id, state=ContractState.IN_FORCE).count(),
    )


def _grants_with_results(card: Card) -> QuerySet[Grant]:
    released = Question.objects.filter(grant__card=card, verdict=Verdict.RELEASED)
    return grants_of(card).filter(id__in=released.values("grant_id")).order_by("id")


def obstacles_to_carry_out(disposal: Disposal) -> tuple[Obstacle, ...]:
    """Why the button is grey: the same words as the command's."""
    return tuple(rules.obstacles_to_carry_out(readiness_of(disposal)))


def obstacles_to_destroy(disposal: Disposal, executor: Member) -> tuple[Obstacle, ...]:
    """Why this person cannot destroy now, before a contractor is named."""
    attending = disposal.attending_id or ""
    hands = rules.Hands(str(executor.pk), attending or "-", attending, "", "")
    return tuple(rules.obstacles_to_destroy(readiness_of(disposal), hands))


def case_of(disposal: Disposal) -> Case | None:
    return last_case_about(Matter.DISPOSAL, disposal.id)


def certificate_words(destruction: Destruction) -> dict[str, Any]:
    """Everything a certificate says: page and PDF print the same."""
    disposal = destruction.disposal
    proof = destruction.proof
    return {
        "number": destruction.certificate_number,
        "facts": [
            (say("资产编号"), disposal.card.number),
            (say("资产名称"), disposal.card.name),
            (say("持有单位"), disposal.card.holder.name),
            (say("数据源"), destruction.source_name),
            (say("数据表"), destruction.table),
            (say("登记行数"), destruction.rows),
            (say("批复文号"), disposal.reply_number),
            (say("处置编号"), disposal.number),
            (say("认定依据"), disposal.recognition.get("grounds", "")),
            (say("处置理由"), disposal.reason),
            (say("执行人"), destruction.executor.name),
            (say("监销人"), destruction.witness.name),
            (say("受托单位"), destruction.contractor or say("自行销毁")),
            (say("安全保密合同编号"), destruction.confidentiality_contract or "—"),
            (say("介质"), Medium(destruction.medium).label),
            (say("销毁方式"), Method(destruction.method).label),
            (say("开始时间"), moment(destruction.began_at)),
            (say("结束时间"), moment(destruction.ended_at)),
        ],
        "level": Level(proof["level"]).label,
        "limits": proof["limits"],
        "steps": [(step["what"], step["outcome"]) for step in destruction.steps],
        "digests": [
            (say("销毁前"), proof["before"]["sm3"], proof["before"]["sha256"]),
            (say("销毁后"), proof["after"]["sm3"], proof["after"]["sha256"]),
        ],
        "sizes": (proof["before"]["size"], proof["after"]["size"]),
        "samples": proof["samples"],
        "found_again": proof["found_again"],
        "copies": [
            (CopyKind(copy.kind).label, copy.what, copy.where, Treatment(copy.how).label, copy.note)
            for copy in copies_of(disposal)
            if copy.how
        ],
        "ended_on": destruction.ended_at,
        "holder": disposal.card.holder.name,
    }
