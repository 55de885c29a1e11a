"""Fusion for programs: asking over two grants, what it costs, what came of it."""

from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import refuse_if
from shuce.lifecycle.cleanroom import blend_queries, blend_showing, blending, queries
from shuce.lifecycle.cleanroom.blend_rules import BlendSpec, SideSpec, obstacles_to_blend

router = Router()


class BlendSideIn(Schema):
    """Columns of one side: to group by, and to add up as whole numbers."""

    grant_id: str
    groups: list[str] = Field(default_factory=list, max_length=10)
    measures: list[str] = Field(default_factory=list, max_length=10)

    @property
    def spec(self) -> SideSpec:
        return SideSpec(tuple(self.groups), tuple(self.measures))


class BlendIn(Schema):
    left: BlendSideIn
    right: BlendSideIn

    @property
    def spec(self) -> BlendSpec:
        return BlendSpec(self.left.spec, self.right.spec)


class BlendOut(Schema):
    """A fusion. Until both nodes are done `verdict` is empty; `job_state` tells of the work."""

    id: str
    left_grant_id: str
    right_grant_id: str
    spec: dict[str, Any]
    verdict: str
    rule: str
    reason: str
    columns: list[str]
    rows: list[list[Any]]
    suppressed: int
    question_id: str | None
    receipts: dict[str, Any]
    job_id: str | None
    job_state: str
    job_message: str
    asked_at: datetime


class BlendCostOut(Schema):
    """What a fusion would cost; each error is the distance held in 95 % of cases, 0 if exact."""

    minimum: int
    epsilon: float
    passes: int
    points: int
    bytes: int
    seconds: int
    errors: dict[str, float]


@router.post("/blends", response={202: BlendOut})
def ask_blend(request: SignedRequest, body: BlendIn) -> object:
    """Have both nodes count together what two grants of the signer's own body let them."""
    left = queries.studio_seen(body.left.grant_id, request.user)
    right = queries.studio_seen(body.right.grant_id, request.user)
    return 202, _out(blending.ask_blend(left, right, body.spec, by=request.signature))


@router.post("/blends/foresee", response=BlendCostOut)
def foresee_blend(request: SignedRequest, body: BlendIn) -> object:
    """Learn what a fusion would cost; nothing is asked or spent."""
    left, right = (
        blend_showing.side_of(queries.studio_seen(one.grant_id, request.user))
        for one in (body.left, body.right)
    )
    refuse_if(obstacles_to_blend(left, right, body.spec))
    told = blend_showing.foresight_of(left, right, body.spec)
    return {
        "minimum": told.minimum,
        "epsilon": told.epsilon,
        "passes": told.cost.passes,
        "points": told.cost.points,
        "bytes": told.cost.size,
        "seconds": told.seconds,
        "errors": dict(told.errors),
    }


@router.get("/blends", response=list[BlendOut])
def blends(request: SignedRequest, window: Query[Window]) -> object:
    """The fusions the signer may see, newest first."""
    return [_out(one) for one in window.of(blend_queries.blends_seen_by(request.user))]


@router.get("/blends/{blend_id}", response=BlendOut)
def blend(request: SignedRequest, blend_id: str) -> object:
    """One fusion with what came of it."""
    return _out(blend_queries.blend_seen(blend_id, request.user))


def _out(found: Any) -> dict[str, Any]:
    question, job = found.question, blend_queries.job_of(found)
    return {
        "id": found.id,
        "left_grant_id": found.left_id,
        "right_grant_id": found.right_id,
        "spec": found.spec,
        "verdict": question.verdict if question else "",
        "rule": question.rule if question else "",
        "reason": question.reason if question else "",
        "columns": question.columns if question else [],
        "rows": question.rows if question else [],
        "suppressed": question.suppressed if question else 0,
        "question_id": found.question_id,
        "receipts": found.receipts,
        "job_id": job.id if job else None,
        "job_state": job.state if job else "",
        "job_message": job.message if job else "",
        "asked_at": found.asked_at,
    }
