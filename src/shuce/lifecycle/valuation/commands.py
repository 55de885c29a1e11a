"""Order an appraisal fairly, give opinions, report one value, adopt it with care (G-9, G-15)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.queries import entries, last_checkpoint
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.lifecycle.register.commands import admit_reader, dismiss_reader, record_value
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import ValueBasis
from shuce.lifecycle.valuation import events, queries, rules
from shuce.lifecycle.valuation.methods import work_out
from shuce.lifecycle.valuation.models import Appraisal, Opinion
from shuce.lifecycle.valuation.queries import last_value_of
from shuce.lifecycle.valuation.rules import AppraisalState, Method


@command
def order_appraisal(
    card: Card, *, purpose: str, scene: str, base_date: date, by: Signature
) -> Appraisal:
    """Order an appraisal from an appraiser drawn by lot, in a draw that anyone can repeat."""
    by.require(Permission.APPRAISAL_ORDER, within=card.holder)
    refuse_if(queries.obstacles_to_order(card, scene))
    candidates = queries.candidates()
    number = next_number(f"PG-{by.today.year}-")
    seed = f"{number}:{_newest_hash()}"
    chosen = rules.draw(candidates, seed)
    appraisal = Appraisal.objects.create(
        number=number,
        card=card,
        appraiser_id=chosen,
        purpose=purpose,
        scene=scene,
        base_date=base_date,
        draw={"seed": seed, "candidates": candidates, "chosen": chosen},
        ordered_at=by.at,
    )
    record(
        events.AppraisalOrdered(
            appraisal.id, number, chosen, tuple(candidates), seed, **_about(appraisal)
        ),
        by,
    )
    admit_reader(card, appraisal.appraiser, appraisal.id, by=by)
    return appraisal


@command
def give_opinion(
    appraisal: Appraisal, method: Method, inputs: Mapping[str, Any], *, by: Signature
) -> Opinion:
    """Give the value of one method; giving it again before the report replaces it."""
    appraisal = _locked(appraisal.id)
    by.require(Permission.APPRAISAL_MAKE, within=appraisal.appraiser)
    if appraisal.state != AppraisalState.ORDERED:
        raise Conflict(Obstacle("评估报告已经出具，不能再改", Clause.G_9))
    worked = work_out(method, inputs, last_value_of(appraisal.card))
    given: dict[str, Any] = {
        "inputs": dict(inputs),
        "steps": worked.steps,
        "flags": worked.flags,
        "value": worked.value,
        "member": by.member,
        "given_at": by.at,
    }
    opinion, _ = Opinion.objects.update_or_create(
        appraisal=appraisal, method=method, defaults=given
    )
    record(
        events.OpinionGiven(
            appraisal.id,
            opinion.id,
            method,
            worked.value.fen,
            len(worked.flags),
            **_about(appraisal),
        ),
        by,
    )
    return opinion


@command
def report(
    appraisal: Appraisal,
    weights: Mapping[Method, int],
    reconciliation: str,
    single_reason: str = "",
    *,
    by: Signature,
) -> Appraisal:
    """Report one value: the methods' values by the appraiser's weights, with the reasons."""
    appraisal = _locked(appraisal.id)
    by.require(Permission.APPRAISAL_MAKE, within=appraisal.appraiser)
    if appraisal.state != AppraisalState.ORDERED:
        raise Conflict(Obstacle("评估报告已经出具", Clause.G_9))
    opinions = {Method(o.method): o for o in appraisal.opinions.all()}
    refuse_if(rules.obstacles_to_report(opinions, single_reason))
    used = {method: weights.get(method, 0) for method in opinions}
    if min(used.values()) < 0 or sum(used.values()) <= 0:
        raise Refused(Obstacle("各方法的权重不能为负，且合计须大于零", Clause.G_9, field="weights"))
    if not reconciliation.strip():
        raise Refused(Obstacle("请写明结论如何得出", Clause.G_9, field="reconciliation"))
    total = sum(opinions[method].value.fen * weight for method, weight in used.items())
    whole = sum(used.values())
    # Half up to the fen: the figure an appraiser would write.
    appraisal.value = Money((2 * total + whole) // (2 * whole))
    appraisal.flags = [flag for opinion in opinions.values() for flag in opinion.flags]
    appraisal.reconciliation = reconciliation
    appraisal.state, appraisal.reported_at = AppraisalState.REPORTED, by.at
    appraisal.save()
    record(
        events.AppraisalReported(
            appraisal.id, appraisal.value.fen, len(appraisal.flags), **_about(appraisal)
        ),
        by,
    )
    return appraisal


@command
def adopt(appraisal: Appraisal, *, by: Signature) -> Appraisal:
    """Adopt a reported value. A value that bears flags goes through its own approval (G-15)."""
    appraisal = _locked(appraisal.id)
    by.require(Permission.APPRAISAL_ORDER, within=appraisal.card.holder)
    refuse_if(rules.obstacles_to_adopt(AppraisalState(appraisal.state)))
    assert appraisal.value is not None
    if not appraisal.flags:
        return _take(appraisal, by)
    appraisal.state = AppraisalState.IN_APPROVAL
    appraisal.save(update_fields=["state"])
    case = open_case(
        Matter.VALUE_ADJUSTMENT,
        subject_id=appraisal.id,
        asset_id=appraisal.card_id,
        title=appraisal.card.name,
        organization=appraisal.card.holder,
        facts={"value_fen": appraisal.value.fen},
        subject_url=f"/valuation/appraisals/{appraisal.id}/",
        summary=[
            ("数据资产", str(appraisal.card)),
            ("评估值", str(appraisal.value)),
            ("风险提示", "；".join(flag["reason"] for flag in appraisal.flags)),
        ],
        by=by,
    )
    record(events.AdoptionAsked(appraisal.id, case.id, **_about(appraisal)), by)
    return appraisal


@concludes(Matter.VALUE_ADJUSTMENT)
@command
def conclude_adoption(case: Case, *, by: Signature) -> None:
    """Adopt the value that was approved, or note that it was not."""
    appraisal = _locked(case.subject_id)
    if case.outcome == Outcome.APPROVED:
        _take(appraisal, by)
        return
    appraisal.state = AppraisalState.REFUSED
    appraisal.save(update_fields=["state"])
    record(events.AppraisalRefused(appraisal.id, case.outcome, **_about(appraisal)), by)
    dismiss_reader(appraisal.id, by=by)


def _newest_hash() -> str:
    """The root of the evidence log, or before its first checkpoint the hash of its last entry."""
    head = last_checkpoint()
    if head is not None:
        return bytes(head.root).hex()
    last = entries().first()
    return bytes(last.leaf_hash).hex() if last else ""


def _take(appraisal: Appraisal, by: Signature) -> Appraisal:
    assert appraisal.value is not None
    appraisal.state, appraisal.adopted_on = AppraisalState.ADOPTED, by.today
    appraisal.save(update_fields=["state", "adopted_on"])
    record(events.AppraisalAdopted(appraisal.id, appraisal.value.fen, **_about(appraisal)), by)
    record_value(appraisal.card, appraisal.value, ValueBasis.APPRAISAL, appraisal.id, by=by)
    dismiss_reader(appraisal.id, by=by)
    return appraisal


def _locked(appraisal_id: str) -> Appraisal:
    return (
        Appraisal.objects.select_for_update(of=("self",))
        .select_related("card__holder", "appraiser")
        .get(id=appraisal_id)
    )


def _about(appraisal: Appraisal) -> dict[str, str]:
    return {"asset_id": appraisal.card_id, "organization_id": appraisal.card.holder_id}
