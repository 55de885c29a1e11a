"""Count together what two holders granted: asked of both nodes, done by both, kept once both sign.

The register carries sealed messages from node to node and keeps none of them. Either grant that is
stopped stops the work at its next step, and at the node at once.
"""

from datetime import datetime

from django.utils.timezone import localtime

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs import commands as jobs
from shuce.foundation.jobs.commands import OnProgress, Stopped, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import NotPermitted, Obstacle, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import blend_rules, blend_showing, events
from shuce.lifecycle.cleanroom.blend_rules import BlendSpec
from shuce.lifecycle.cleanroom.models import Blend, Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.register.commands import note_use
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import require_in_force
from shuce.lifecycle.sources.nodes import node_here, node_of, register_key
from shuce.node import (
    AnyNode,
    FusionSide,
    NodeRefused,
    Part,
    Receipt,
    SignedFusion,
    is_receipt_genuine,
    sign_fusion,
)
from shuce.node.fusions import STEPS
from shuce.node.receipts import with_figures_of

KIND = "cleanroom.blend"


@command
def ask_blend(left: Grant, right: Grant, spec: BlendSpec, *, by: Signature) -> Blend:
    """Ask a question over two grants of the signer's own body; both nodes work on it meanwhile."""
    blend = open_blend(left, right, spec, by=by)
    assert by.member.organization is not None, "judged when it was opened"
    title = f"{blend.left.card.name}、{blend.right.card.name}"
    jobs.ask(KIND, title, blend.id, by.member.organization, by=by)
    return blend


@command
def open_blend(left: Grant, right: Grant, spec: BlendSpec, *, by: Signature) -> Blend:
    """Judge a question over two grants and note it; whoever calls has the nodes do it."""
    if by.member.organization is None:
        raise NotPermitted(Obstacle("您没有所属单位"))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)
    refuse_if(_obstacles(left, right, spec, by))
    blend = Blend.objects.create(
        left=require_in_force(left, by.today),
        right=require_in_force(right, by.today),
        spec=spec.as_json(),
        member=by.member,
        asked_at=by.at,
    )
    for grant, other in ((blend.left, blend.right), (blend.right, blend.left)):
        record(
            events.BlendAsked(
                blend.id,
                grant.id,
                other.id,
                asset_id=grant.card_id,
                organization_id=grant.card.holder_id,
            ),
            by,
        )
    return blend


@does(KIND)
def _blend(job: Job, by: Signature, on_progress: OnProgress) -> str:
    blend = Blend.objects.select_related("left", "right").get(id=job.subject_id)
    if blend.question_id is None:
        receipts = put_to_nodes(blend, on_progress, by=by)
        blend = keep_blend(blend, receipts, by=by)
    assert blend.question is not None
    if blend.question.verdict == Verdict.REFUSED:
        return say("已拒绝：{reason}", reason=blend.question.reason)
    return say("已放行 {rows} 行", rows=len(blend.question.rows))


def put_to_nodes(
    blend: Blend, on_progress: OnProgress, *, by: Signature
) -> dict[FusionSide, Receipt]:
    """Have both nodes do their steps in turn; return their receipts, or the one that refuses."""
    grants = {FusionSide.LEFT: blend.left, FusionSide.RIGHT: blend.right}
    nodes = {side: _node_of(require_in_force(one, by.today)) for side, one in grants.items()}
    now = localtime(by.at)
    job = _job(blend, nodes, now, by)
    here = node_here()
    for node in nodes.values():
        # The node in this process belongs to the register, which vouches for nodes it enrolled.
        here.trust(node.public_key, now=now)
    message, found = b"", {}
    for step in range(STEPS):
        if not on_progress(step, STEPS):
            raise Stopped
        for one in grants.values():
            require_in_force(one, by.today)
        side = FusionSide.of_step(step)
        done = nodes[side].fuse(job, side, step, message, now=now)
        message = done.message
        if done.receipt is None:
            continue
        found[side] = done.receipt
        if done.receipt.verdict == Verdict.REFUSED or len(found) == len(nodes):
            break
    _refuse_if_not_genuine(job, found, nodes)
    return found


@command
def keep_blend(blend: Blend, receipts: dict[FusionSide, Receipt], *, by: Signature) -> Blend:
    """Keep what both nodes answered, unless a grant was stopped meanwhile."""
    blend = Blend.objects.select_for_update(of=("self",)).get(id=blend.id)
    refuse_if([Obstacle("这次融合已经有结果")] if blend.question_id else [])
    grants = {
        FusionSide.LEFT: require_in_force(blend.left, by.today),
        FusionSide.RIGHT: require_in_force(blend.right, by.today),
    }
    refused = next((one for one in receipts.values() if one.verdict == Verdict.REFUSED), None)
    told = refused or receipts[FusionSide.LEFT]
    blend.question = Question.objects.create(
        grant=grants[FusionSide.LEFT],
        member=blend.member,
        sql=blend_showing.sentence_of(blend),
        verdict=Verdict(told.verdict),
        rule=told.rule,
        reason=told.reason[:500],
        columns=list(told.columns),
        rows=[list(row) for row in told.rows],
        suppressed=told.suppressed,
        receipt=told.as_json(),
        cause_id=blend.id,
        asked_at=by.at,
    )
    blend.receipts = {side.value: one.as_json() for side, one in receipts.items()}
    blend.save(update_fields=["question", "receipts"])
    for side, grant in grants.items():
        about = {"asset_id": grant.card_id, "organization_id": grant.card.holder_id}
        if refused:
            record(events.BlendRefused(blend.id, grant.id, refused.rule, **about), by)
            continue
        digest = receipts[side].digest
        record(
            events.BlendAnswered(
                blend.id, grant.id, len(told.rows), told.suppressed, digest, **about
            ),
            by,
        )
        note_use(grant.card, blend.question.id, by=by)
    return blend


def _obstacles(left: Grant, right: Grant, spec: BlendSpec, by: Signature) -> list[Obstacle]:
    own = by.organization_id
    return [
        *blend_rules.obstacles_to_pair(
            own_grants=left.operator_id == right.operator_id == own,
            same_asset=left.card_id == right.card_id,
        ),
        *blend_rules.obstacles_to_blend(
            blend_showing.side_of(left), blend_showing.side_of(right), spec
        ),
    ]


def _job(
    blend: Blend, nodes: dict[FusionSide, AnyNode], now: datetime, by: Signature
) -> SignedFusion:
    spec = BlendSpec.from_json(blend.spec)

    def part(side: FusionSide, grant: Grant) -> Part:
        seen, asked = blend_showing.side_of(grant), spec.side(side)
        return Part(
            grant.id,
            nodes[side].public_key.hex(),
            seen.table.lower(),
            seen.key,
            asked.groups,
            asked.measures,
        )

    return sign_fusion(
        register_key(),
        job_id=new_id(),
        actor=by.member_id,
        left=part(FusionSide.LEFT, blend.left),
        right=part(FusionSide.RIGHT, blend.right),
        issued_at=now,
    )


def _refuse_if_not_genuine(
    job: SignedFusion, found: dict[FusionSide, Receipt], nodes: dict[FusionSide, AnyNode]
) -> None:
    """Take no figures but those that both nodes signed for this very job and these very grants."""
    figures = found.get(FusionSide.LEFT)
    for side, receipt in found.items():
        whole = with_figures_of(receipt, figures) if figures else receipt
        if receipt.verdict == Verdict.REFUSED:
            whole = receipt
        same = (receipt.job_id, receipt.grant_id) == (job.job_id, job.part(side).grant_id)
        if not same or not is_receipt_genuine(whole, nodes[side].public_key):
            raise NodeRefused(Obstacle("节点的回执没有通过验证，结果不予采用", Clause.G_8))
    refused = any(one.verdict == Verdict.REFUSED for one in found.values())
    if not refused and len({one.digest for one in found.values()}) + len(found) != 3:
        raise NodeRefused(Obstacle("双方节点的回执不一致，结果不予采用", Clause.G_8))


def _node_of(grant: Grant) -> AnyNode:
    resource = grant.card.resource
    assert resource is not None, "only an asset with data can be granted"
    return node_of(resource.source)
