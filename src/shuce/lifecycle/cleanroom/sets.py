"""De-identified sets: made at the node, passed by two people of the holder, taken as a file.

The node works outside any transaction. What it made stays there until a file of it leaves; every
file is judged at that moment, by the register and by the node.
"""

import json
import logging
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime

from shuce.engines.deidentify import PartRole, Recipe, Report
from shuce.engines.guard.verdicts import Rule
from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.approvals.words import Act
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import events, queries
from shuce.lifecycle.cleanroom import set_rules as rules
from shuce.lifecycle.cleanroom.deliveries import Content, Taken, hand_over
from shuce.lifecycle.cleanroom.models import Dataset
from shuce.lifecycle.cleanroom.rules import FileForm, What
from shuce.lifecycle.cleanroom.set_rules import Making, SetState
from shuce.lifecycle.register.commands import note_use
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import require_in_force
from shuce.lifecycle.sources.nodes import node_of, register_key
from shuce.node import Receipt, sign_job
from shuce.node.sets import SetOrder, SetWork

log = logging.getLogger(__name__)


def make_dataset(grant: Grant, making: Making, recipe: Recipe, *, by: Signature) -> Dataset:
    """Have the node make a set under `grant`; only its report comes back. Raises Refused."""
    if by.member.organization is None or grant.operator_id != by.organization_id:
        raise NotPermitted(Obstacle("只能使用本单位获得的授权", Clause.N_4))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)
    grant = require_in_force(grant, by.today)
    refuse_if(_obstacles_to_make(grant, making, recipe, by))
    dataset_id = new_id()
    receipt = _order(grant, SetOrder(SetWork.MAKE, dataset_id, recipe.as_json()), by)
    return _keep(grant, dataset_id, making, recipe, receipt, by=by)


@command
def _keep(
    grant: Grant,
    dataset_id: str,
    making: Making,
    recipe: Recipe,
    receipt: Receipt,
    *,
    by: Signature,
) -> Dataset:
    grant = require_in_force(grant, by.today)
    [[told]] = receipt.rows
    found: Mapping[str, Any] = json.loads(told)
    dataset = Dataset.objects.create(
        id=dataset_id,
        number=next_number(f"QB-{by.today.year}-"),
        title=making.title.strip(),
        purpose=making.purpose.strip(),
        grant=grant,
        member=by.member,
        recipe=recipe.as_json(),
        report=Report.from_json(found["report"]).as_json(),
        digest=str(found["digest"])[:64],
        receipt=receipt.as_json(),
        valid_until=making.valid_until,
        made_at=by.at,
    )
    record(
        events.SetMade(
            dataset.id,
            dataset.number,
            grant.id,
            tuple(f"{part.column}: {part.way}" for part in recipe.parts),
            recipe.k,
            recipe.diversity,
            dataset.digest,
            receipt.digest,
            **_about(dataset),
        ),
        by,
    )
    return dataset


@command
def submit_dataset(dataset: Dataset, *, by: Signature) -> Case:
    """Put a set to the egress review of the holder: two people, neither of them its maker."""
    dataset = _locked(dataset.id)
    _require_own(dataset, by)
    refuse_if(rules.obstacles_to_submit(SetState(dataset.state)))
    grant = require_in_force(dataset.grant, by.today)
    dataset.state = SetState.IN_REVIEW
    dataset.save(update_fields=["state"])
    report = Report.from_json(dataset.report)
    return open_case(
        Matter.DATASET_EGRESS,
        subject_id=dataset.id,
        asset_id=grant.card_id,
        title=f"{grant.card.name}：{dataset.title}",
        organization=grant.card.holder,
        facts={"grade": str(grant.card.grade), "people": report.people},
        subject_url=reverse("cleanroom:dataset", args=[dataset.id]),
        summary=[
            ("数据资产", str(grant.card)),
            ("接收单位", grant.operator.name),
            ("授权编号", grant.number or ""),
            ("用途", dataset.purpose),
            ("每组最少人数", str(report.smallest_group)),
            ("最高识别风险", f"{report.prosecutor:.2%}"),
            ("隐去的行", f"{report.rows_lost}%"),
            ("交付截止日", dataset.valid_until.isoformat()),
        ],
        by=by,
    )


@concludes(Matter.DATASET_EGRESS)
@command
def conclude_egress(case: Case, *, by: Signature) -> None:
    """Let a set be taken that two people of the holder passed; whatever the procedure says."""
    dataset = _locked(case.subject_id)
    passed = _reviewers(case, dataset)
    approved = case.outcome == Outcome.APPROVED
    if approved:
        found = list(rules.obstacles_to_pass(len(passed)))
        if found:
            raise Conflict(*found)
        require_in_force(dataset.grant, by.today)
    dataset.state = SetState.PASSED if approved else SetState.REFUSED
    if case.outcome == Outcome.WITHDRAWN:
        dataset.state = SetState.WITHDRAWN
    dataset.decided_at = by.at
    dataset.save(update_fields=["state", "decided_at"])
    record(
        events.SetDecided(
            dataset.id,
            dataset.number,
            dataset.state,
            dataset.digest,
            passed if approved else (),
            **_about(dataset),
        ),
        by,
    )


def withdraw_dataset(dataset: Dataset, reason: str, *, by: Signature) -> Dataset:
    """Withdraw a set: from then on nobody takes it; the node removes it when it is told."""
    dataset = _withdraw(dataset, reason, by=by)
    try:
        _order(dataset.grant, SetOrder(SetWork.DISCARD, dataset.id), by)
    except Refused:
        # The register hands it over no more; it goes with its grant at the latest.
        log.warning("the node did not remove the withdrawn set %s yet", dataset.number)
    return dataset


@command
def _withdraw(dataset: Dataset, reason: str, *, by: Signature) -> Dataset:
    dataset = _locked(dataset.id)
    if not queries.may_withdraw_dataset(dataset, by.member):
        raise NotPermitted(Obstacle("数据集由制作单位或持有单位撤回", Clause.N_4))
    refuse_if(rules.obstacles_to_withdraw(SetState(dataset.state), reason))
    dataset.state, dataset.withdrawn_at = SetState.WITHDRAWN, by.at
    dataset.save(update_fields=["state", "withdrawn_at"])
    record(events.SetWithdrawn(dataset.id, dataset.number, reason, **_about(dataset)), by)
    return dataset


def take_dataset(dataset: Dataset, form: FileForm, *, by: Signature) -> Taken:
    """Take a passed set out as a file for the operator that made it."""
    _require_own(dataset, by)
    return hand_over_dataset(dataset, fetch_rows(dataset, by=by), form, by=by)


def fetch_rows(dataset: Dataset, *, by: Signature) -> Content:
    """Have the node hand over a set that may leave; what comes must be what was reviewed."""
    dataset = _whole(dataset.id)
    refuse_if(queries.obstacles_to_take_dataset(dataset, by.today))
    order = SetOrder(SetWork.HAND_OVER, dataset.id, digest=dataset.digest)
    receipt = _order(dataset.grant, order, by)
    if receipt.digest != dataset.digest:
        raise Conflict(Obstacle("节点交出的数据与审查时不一致，没有交付", Clause.G_8))
    return Content(receipt.columns, receipt.rows, receipt.digest)


@command
def hand_over_dataset(
    dataset: Dataset, content: Content, form: FileForm, *, by: Signature
) -> Taken:
    """Write the file of a set for its operator, unless something stopped meanwhile."""
    dataset = _locked(dataset.id)
    _require_own(dataset, by)
    refuse_if(queries.obstacles_to_take_dataset(dataset, by.today))
    taken = hand_over(
        What.DATASET,
        dataset.grant,
        _traceable(dataset, content),
        form,
        receiver=dataset.grant.operator,
        dataset=dataset,
        by=by,
    )
    note_use(dataset.grant.card, taken.delivery.id, by=by)
    return taken


def _traceable(dataset: Dataset, content: Content) -> Content:
    """Give each row a mark of its own where nothing else tells rows apart.

    A hidden mark lies in cells that differ; a well treated set has few of them. The row marks are
    drawn anew for each file and mean nothing, so that two files do not match by them.
    """
    if Recipe.from_json(dataset.recipe).of_role(PartRole.SUBJECT):
        return content
    return Content(
        (*content.columns, say("行标记")),
        ((*row, f"R{token_hex(5)}") for row in content.rows),
        content.digest,
    )


def _order(grant: Grant, order: SetOrder, by: Signature) -> Receipt:
    resource = grant.card.resource
    assert resource is not None, "only an asset with data can be granted"
    now = localtime(by.at)
    job = sign_job(
        register_key(),
        job_id=new_id(),
        grant_id=grant.id,
        actor=by.member_id,
        sql=order.text,
        issued_at=now,
        of_set=True,
    )
    receipt = node_of(resource.source).answer(job, now=now)
    if receipt.verdict != "released":
        raise Refused(
            Obstacle(
                "节点拒绝（{rule}）：{reason}",
                Clause.G_8,
                rule=Rule(receipt.rule).label,
                reason=receipt.reason,
            )
        )
    return receipt


def _obstacles_to_make(
    grant: Grant, making: Making, recipe: Recipe, by: Signature
) -> list[Obstacle]:
    return list(
        rules.obstacles_to_make(
            making,
            recipe,
            queries.columns_for_sets(grant),
            Grade(grant.card.grade),
            grant.ends_on,
            by.today,
        )
    )


def _reviewers(case: Case, dataset: Dataset) -> tuple[str, ...]:
    """Those of the holder who passed a case: each counted once, the set's maker never."""
    holder = dataset.grant.card.holder
    decisions = case.decisions.filter(act=Act.APPROVE).select_related("member")
    return tuple(
        dict.fromkeys(
            one.member_id
            for one in decisions
            if one.member_id not in (dataset.member_id, case.maker_id)
            and any(post.organization_id == holder.id for post in one.member.posts_held)
        )
    )


def _require_own(dataset: Dataset, by: Signature) -> None:
    if by.member.organization is None or dataset.grant.operator_id != by.organization_id:
        raise NotPermitted(Obstacle("只能使用本单位制作的数据集", Clause.N_4))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)


def _locked(dataset_id: str) -> Dataset:
    return _with_grant(Dataset.objects.select_for_update(of=("self",))).get(id=dataset_id)


def _whole(dataset_id: str) -> Dataset:
    return _with_grant(Dataset.objects.all()).get(id=dataset_id)


def _with_grant(found: QuerySet[Dataset]) -> QuerySet[Dataset]:
    return found.select_related(
        "grant__card__holder", "grant__card__resource__source__node", "grant__operator", "member"
    )


def _about(dataset: Dataset) -> dict[str, str]:
    return {"asset_id": dataset.grant.card_id, "organization_id": dataset.grant.card.holder_id}
