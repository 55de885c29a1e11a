"""Saved queries and scheduled reports for programs."""

from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from shuce.engines.guard.binding import Parameter, ParameterKind
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.cleanroom import queries, saving, scheduling
from shuce.lifecycle.cleanroom.models import SavedQuery
from shuce.lifecycle.cleanroom.rules import LONGEST_QUESTION, Every, RepeatState
from shuce.lifecycle.cleanroom.saving import Kept

router = Router(tags=["cleanroom"])


class ParameterIn(Schema):
    """A parameter that stands in the SQL as `$name`."""

    name: str = Field(max_length=40)
    label: str = Field("", max_length=40)
    kind: ParameterKind = ParameterKind.TEXT
    default: str = Field("", max_length=200)
    choices: list[str] = Field(default_factory=list, max_length=200)


class SavedIn(Schema):
    name: str = Field(max_length=100)
    sql: str = Field(max_length=LONGEST_QUESTION)
    parameters: list[ParameterIn] = Field(default_factory=list, max_length=20)
    description: str = Field("", max_length=500)
    shared: bool = False

    def kept(self) -> Kept:
        parameters = tuple(
            Parameter(one.name, one.label, one.kind, one.default, tuple(one.choices))
            for one in self.parameters
        )
        return Kept(self.name, self.sql, parameters, self.description, self.shared)


class SavedOut(Schema):
    id: str
    number: str
    name: str
    description: str
    grant_id: str
    member_id: str
    shared: bool
    state: str
    version: int
    sql: str
    parameters: list[ParameterIn]

    @staticmethod
    def resolve_version(row: SavedQuery) -> int:
        return row.latest.number

    @staticmethod
    def resolve_sql(row: SavedQuery) -> str:
        return row.latest.sql

    @staticmethod
    def resolve_parameters(row: SavedQuery) -> list[dict[str, Any]]:
        return list(row.latest.parameters)


class VersionOut(Schema):
    number: int
    sql: str
    parameters: list[ParameterIn]
    member_id: str
    saved_at: datetime


class ValuesIn(Schema):
    """Values by parameter, as they would be typed."""

    values: dict[str, str] = Field(default_factory=dict, max_length=20)


class ScheduleIn(ValuesIn):
    every: Every
    day: int = Field(1, ge=0, le=31)
    hour: int = Field(8, ge=0, le=23)


class ScheduleOut(Schema):
    id: str
    query_id: str
    values: dict[str, str]
    every: str
    day: int
    hour: int
    member_id: str
    state: str
    next_at: datetime


class RunOut(Schema):
    id: str
    schedule_id: str
    due_at: datetime
    state: str
    question_id: str | None
    told: str


class AskedOut(Schema):
    """The question that was asked; its figures are at `/cleanroom/questions/{id}`."""

    id: str
    verdict: str
    rule: str
    reason: str
    columns: list[str]
    rows: list[list[Any]]
    suppressed: int


@router.post("/grants/{grant_id}/saved", response={201: SavedOut})
def save(request: SignedRequest, grant_id: str, body: SavedIn) -> object:
    """Keep a question for use again."""
    grant = queries.studio_seen(grant_id, request.user)
    return 201, saving.save_query(grant, body.kept(), by=request.signature)


@router.get("/saved", response=list[SavedOut])
def saved_queries(request: SignedRequest, window: Query[Window]) -> object:
    """The signer's own saved queries, and those its body shares."""
    return window.of(queries.saved_seen_by(request.user))


@router.get("/saved/{query_id}", response=SavedOut)
def saved(request: SignedRequest, query_id: str) -> object:
    return queries.saved_seen(query_id, request.user)


@router.put("/saved/{query_id}", response=SavedOut)
def change(request: SignedRequest, query_id: str, body: SavedIn) -> object:
    """Change a saved query; its text as it was stays as a version."""
    found = queries.saved_seen(query_id, request.user)
    return saving.change_query(found, body.kept(), by=request.signature)


@router.post("/saved/{query_id}/retire", response=SavedOut)
def retire(request: SignedRequest, query_id: str) -> object:
    """Take a saved query out of use, and stop what is scheduled of it."""
    return saving.retire_query(queries.saved_seen(query_id, request.user), by=request.signature)


@router.get("/saved/{query_id}/versions", response=list[VersionOut])
def versions(request: SignedRequest, query_id: str) -> object:
    return queries.saved_seen(query_id, request.user).versions.all()


@router.post("/saved/{query_id}/ask", response={201: AskedOut})
def ask(request: SignedRequest, query_id: str, body: ValuesIn) -> object:
    """Ask a saved query with values for its parameters."""
    found = queries.saved_seen(query_id, request.user)
    return 201, saving.ask_saved(found, body.values, by=request.signature)


@router.post("/saved/{query_id}/schedules", response={201: ScheduleOut})
def schedule(request: SignedRequest, query_id: str, body: ScheduleIn) -> object:
    """Put a saved query on the calendar."""
    found = queries.saved_seen(query_id, request.user)
    return 201, scheduling.schedule_report(
        found, body.values, body.every, body.day, body.hour, by=request.signature
    )


@router.get("/saved/{query_id}/schedules", response=list[ScheduleOut])
def schedules(request: SignedRequest, query_id: str) -> object:
    return queries.schedules_of(queries.saved_seen(query_id, request.user))


@router.get("/saved/{query_id}/runs", response=list[RunOut])
def runs(request: SignedRequest, query_id: str, window: Query[Window]) -> object:
    """What came of each time a schedule of the query was due, newest first."""
    return window.of(queries.runs_of(queries.saved_seen(query_id, request.user)))


@router.post("/schedules/{schedule_id}/{state}", response=ScheduleOut)
def move(request: SignedRequest, schedule_id: str, state: RepeatState) -> object:
    """Pause, resume or stop a schedule."""
    found = queries.schedule_seen(schedule_id, request.user)
    return scheduling.change_schedule(found, state, by=request.signature)
