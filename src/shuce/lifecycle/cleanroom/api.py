"""The clean room for programs: where one may ask, asking, and what was asked."""

from datetime import date, datetime
from typing import Any

from django.http import FileResponse
from ninja import Field, Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.cleanroom import commands, queries, showing
from shuce.lifecycle.cleanroom.rules import LONGEST_QUESTION

router = Router(tags=["cleanroom"])


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
def export(request: SignedRequest, question_id: str) -> FileResponse:
    """Take released figures out as an Excel file; that they were taken is kept as evidence."""
    found = queries.question_seen(question_id, request.user)
    return showing.as_file(commands.export_result(found, by=request.signature))
