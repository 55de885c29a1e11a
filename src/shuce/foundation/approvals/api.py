"""Cases for programs: what waits, and every act at a step."""

from datetime import date, datetime

from ninja import Query, Router, Schema

from shuce.engines.procedure import Ballot, Verdict
from shuce.foundation.approvals import bulk, changing, commands, queries
from shuce.foundation.approvals.procedures import set_procedure
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import person_seen
from shuce.foundation.organizations.requests import SignedRequest

router = Router(tags=["approvals"])


class CaseOut(Schema):
    id: str
    number: str
    matter: str
    title: str
    organization_id: str
    subject_id: str
    outcome: str
    opened_at: datetime


class TaskOut(Schema):
    case_id: str
    step: str
    title: str
    kind: str
    round: int
    due_at: datetime | None


class DecisionIn(Schema):
    verdict: Verdict
    opinion: str = ""
    return_to: str | None = None


class BallotIn(Schema):
    ballot: Ballot
    opinion: str = ""


class MinutesIn(Schema):
    number: str
    held_on: date
    text: str


class DelegationIn(Schema):
    to_id: str


class PickIn(Schema):
    case_id: str
    step: str


class BulkIn(Schema):
    picks: list[PickIn]
    verdict: Verdict
    opinion: str = ""


class RefusedOut(Schema):
    case_id: str
    reasons: list[str]


class BulkOut(Schema):
    done: list[str]
    refused: list[RefusedOut]
    gone: int


class ProcedureOut(Schema):
    id: str
    key: str
    is_table: bool
    version: int
    title: str
    set_at: datetime


class ProcedureTextOut(ProcedureOut):
    text: str


class ChangeIn(Schema):
    text: str


class RemarkIn(Schema):
    remark: str


@router.get("/tasks", response=list[TaskOut])
def tasks(request: SignedRequest) -> object:
    """What waits for the signer."""
    return queries.tasks_for(request.user)


@router.get("/cases", response=list[CaseOut])
def cases(request: SignedRequest, window: Query[Window]) -> object:
    """The cases the signer may see, newest first."""
    return window.of(queries.cases_seen_by(request.user))


@router.get("/cases/{case_id}", response=CaseOut)
def case(request: SignedRequest, case_id: str) -> object:
    return queries.case_seen(case_id, request.user)


@router.post("/cases/{case_id}/steps/{step}/decision", response=CaseOut)
def decide(request: SignedRequest, case_id: str, step: str, body: DecisionIn) -> object:
    """Approve, reject or return a step that waits for the signer."""
    return commands.decide(
        queries.case_seen(case_id, request.user),
        step,
        body.verdict,
        opinion=body.opinion,
        return_to=body.return_to,
        by=request.signature,
    )


@router.post("/cases/{case_id}/steps/{step}/ballot", response=CaseOut)
def vote(request: SignedRequest, case_id: str, step: str, body: BallotIn) -> object:
    """Cast the signer's ballot in a collective decision."""
    return commands.vote(
        queries.case_seen(case_id, request.user),
        step,
        body.ballot,
        opinion=body.opinion,
        by=request.signature,
    )


@router.post("/cases/{case_id}/steps/{step}/minutes", response=CaseOut)
def minutes(request: SignedRequest, case_id: str, step: str, body: MinutesIn) -> object:
    """Record the minutes of a collective decision."""
    return commands.record_minutes(
        queries.case_seen(case_id, request.user), step, **body.dict(), by=request.signature
    )


@router.post("/cases/{case_id}/steps/{step}/delegation", response=CaseOut)
def delegate(request: SignedRequest, case_id: str, step: str, body: DelegationIn) -> object:
    """Hand a step that waits for the signer to a colleague of the same body."""
    found = queries.case_seen(case_id, request.user)
    to = person_seen(body.to_id, request.user)
    return commands.delegate(found, step, to, by=request.signature)


@router.post("/cases/{case_id}/resubmit", response=CaseOut)
def resubmit(request: SignedRequest, case_id: str, body: RemarkIn) -> object:
    """Answer a return."""
    return commands.resubmit(
        queries.case_seen(case_id, request.user), remark=body.remark, by=request.signature
    )


@router.post("/cases/{case_id}/withdraw", response=CaseOut)
def withdraw(request: SignedRequest, case_id: str) -> object:
    """Take one's own matter back."""
    return commands.withdraw(queries.case_seen(case_id, request.user), by=request.signature)


@router.post("/tasks/decisions", response=BulkOut)
def decide_several(request: SignedRequest, body: BulkIn) -> object:
    """Decide several steps of one kind, each on its own; tell what came of each."""
    picks = [f"{one.case_id}/{one.step}" for one in body.picks]
    tasks = bulk.picked(picks, request.user)
    results = bulk.decide_each(tasks, picks, body.verdict, body.opinion, by=request.signature)
    return {
        "done": [case.id for case in results.done],
        "refused": [
            {"case_id": case.id, "reasons": [one.reason for one in obstacles]}
            for case, obstacles in results.refused
        ],
        "gone": results.gone,
    }


@router.get("/procedures", response=list[ProcedureOut])
def procedures(request: SignedRequest) -> object:
    """The procedures and decision tables in force."""
    return queries.current_procedures()


@router.get("/procedures/{version_id}", response=ProcedureTextOut)
def procedure(request: SignedRequest, version_id: str) -> object:
    return queries.procedure_version(version_id)


@router.post("/procedures/{version_id}", response=ProcedureTextOut)
def change_procedure(request: SignedRequest, version_id: str, body: ChangeIn) -> object:
    """Set a new version in place of this one, which must be in force."""
    found = changing.version_to_change(version_id, request.signature)
    return set_procedure(
        found.key, body.text, found.is_table, instead_of=found, by=request.signature
    )
