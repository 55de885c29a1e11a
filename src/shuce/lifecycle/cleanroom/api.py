"""The clean room for programs: where one may ask, asking, and what was asked."""

from datetime import date, datetime
from typing import Any

from django.http import FileResponse
from ninja import Field, File, Query, Router, Schema
from ninja.files import UploadedFile

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.cleanroom import commands, deliveries, queries, showing, tracing
from shuce.lifecycle.cleanroom.blend_api import router as blends
from shuce.lifecycle.cleanroom.rules import LONGEST_QUESTION, FileForm
from shuce.lifecycle.cleanroom.saved_api import router as saved
from shuce.lifecycle.cleanroom.set_api import router as datasets

router = Router(tags=["cleanroom"])
router.add_router("", saved)
router.add_router("", datasets)
router.add_router("", blends)


class StudioOut(Schema):
    id: str
    number: str
    card_id: str
    purpose: str
    ends_on: date
    questions_asked: int


class ColumnOut(Schema):
    name: str
    use: list[str]
    bounds: list[float] | None = None
    cut_points: list[float] = Field(default_factory=list)


class TableOut(Schema):
    table: str
    minimum_group: int
    columns: list[ColumnOut]


class QuestionIn(Schema):
    sql: str = Field(max_length=LONGEST_QUESTION)


class QuestionOut(Schema):
    """A question and the node's answer; `rows` are released figures, empty for a refusal."""

    id: str
    grant_id: str
    sql: str
    verdict: str
    rule: str
    reason: str
    columns: list[str]
    rows: list[list[Any]]
    suppressed: int
    digest: str
    receipt: dict[str, Any]
    asked_at: datetime


class DeliveryOut(Schema):
    """A file that left: to whom, under which grant, and its digest."""

    id: str
    number: str
    what: str
    grant_id: str
    question_id: str | None
    dataset_id: str | None
    receiver_id: str
    member_id: str
    form: str
    digest: str
    file_digest: str
    delivered_at: datetime


class TraceIn(Schema):
    text: str = Field(max_length=1_000_000)


class TracedOut(Schema):
    """A delivery that a file was found to be.

    Of `cells` that tell a bit, `agreeing` tell its mark's; a file that has nothing to do with it
    would agree so well with probability `chance`.
    """

    delivery: DeliveryOut
    grounds: list[str]
    cells: int
    agreeing: int
    chance: float


class ErrorOut(Schema):
    """How far a column's figures will be off in 95 % of cases: `fixed`, and `shared` by people."""

    column: str
    fixed: float
    shared: float


class ForesightOut(Schema):
    """What would happen to a question, as far as can be told without the data."""

    may_be_asked: bool
    rule: str | None
    reason: str
    columns: list[str]
    is_noisy: bool
    is_known: bool
    epsilon: float
    epsilon_left: float
    minimum: int
    errors: list[ErrorOut]


@router.get("/grants", response=list[StudioOut])
def studios(request: SignedRequest) -> object:
    """The grants under which the signer's own body may ask."""
    return queries.studios_of(request.user)


@router.get("/grants/{grant_id}/tables", response=list[TableOut])
def tables(request: SignedRequest, grant_id: str) -> object:
    """The tables of a grant, and what each column may do."""
    return queries.what_may_be_asked(queries.studio_seen(grant_id, request.user))


@router.post("/grants/{grant_id}/questions", response={201: QuestionOut})
def ask(request: SignedRequest, grant_id: str, body: QuestionIn) -> object:
    """Put one question to the node. A refusal by a rule is an answer too: see `verdict`."""
    grant = queries.studio_seen(grant_id, request.user)
    return 201, commands.ask_question(grant, body.sql, by=request.signature)


@router.post("/grants/{grant_id}/foresee", response=ForesightOut)
def foresee(request: SignedRequest, grant_id: str, body: QuestionIn) -> object:
    """Learn what a question would cost and how exact it would be; nothing is asked or spent."""
    grant = queries.studio_seen(grant_id, request.user)
    return commands.foresee_question(grant, body.sql, by=request.signature)


@router.get("/questions", response=list[QuestionOut])
def questions(request: SignedRequest, window: Query[Window], grant_id: str = "") -> object:
    """The questions the signer may see, newest first."""
    found = queries.questions_seen_by(request.user, grant_id=grant_id)
    return window.of(found)


@router.get("/questions/{question_id}", response=QuestionOut)
def question(request: SignedRequest, question_id: str) -> object:
    """One question with its verdict and what was released."""
    return queries.question_seen(question_id, request.user)


@router.post("/questions/{question_id}/export")
def export(
    request: SignedRequest, question_id: str, form: FileForm = FileForm.EXCEL
) -> FileResponse:
    """Take released figures out as a file; it bears the delivery's number and hidden mark."""
    found = queries.question_seen(question_id, request.user)
    return showing.as_file(deliveries.deliver_result(found, form, by=request.signature))


@router.get("/deliveries", response=list[DeliveryOut])
def delivered(request: SignedRequest, window: Query[Window]) -> object:
    """Every file that left, so far as the signer may know of it, newest first."""
    return window.of(queries.deliveries_seen_by(request.user))


@router.post("/trace", response=list[TracedOut])
def trace_text(request: SignedRequest, body: TraceIn) -> object:
    """Learn whose delivery a text copied out of a file was. CSV with its quotes, best."""
    return tracing.trace(body.text.encode(), request.user)


@router.post("/trace/file", response=list[TracedOut])
def trace_file(request: SignedRequest, file: File[UploadedFile]) -> object:
    """Learn whose delivery an Excel or CSV file was, or a part of it."""
    return tracing.trace(file.read(), request.user)
