"""Asset schedules for programs."""

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.directory import commands, queries
from shuce.lifecycle.directory.words import ChangeKind, Ruling, ScheduleState
from shuce.lifecycle.register.words import Grade, Industry, Opening, Sharing, ValueBasis

router = Router(tags=["directory"])


class AssetScheduleOut(Schema):
    id: str
    organization_id: str
    as_of: date
    version: int
    count: int
    rows: int
    digest: str
    missing: list[str]
    state: ScheduleState
    compiled_at: datetime
    submitted_at: datetime | None
    answered_at: datetime | None
    answer: str


class ScheduleLineOut(Schema):
    card_id: str
    number: str
    name: str
    class_code: str
    industry: Industry
    holder: str
    system: str
    grade: Grade | None
    sharing: Sharing
    opening: Opening
    rows: int
    update_cycle_days: int
    value_basis: ValueBasis


class ScheduleChangeOut(Schema):
    kind: ChangeKind
    number: str
    name: str
    holder: str
    facts: list[tuple[str, str | int | None, str | int | None]]


class TotalOut(Schema):
    label: str
    count: int
    rows: int


class TotalsOut(Schema):
    by_system: list[TotalOut]
    by_industry: list[TotalOut]


class StandingOut(Schema):
    organization_id: str
    name: str
    schedule_id: str | None
    version: int | None
    state: ScheduleState | None
    submitted_at: datetime | None

    @staticmethod
    def resolve_organization_id(body: Any) -> str:
        return str(body.id)


class CompileIn(Schema):
    organization_id: str


class RulingIn(Schema):
    verdict: Ruling
    reason: str = ""


@router.get("", response=list[AssetScheduleOut])
def schedules(request: SignedRequest, window: Query[Window]) -> object:
    """The schedules that the signer may see, newest first."""
    return window.of(queries.schedules_seen_by(request.user))


@router.post("", response={201: AssetScheduleOut})
def compile_one(request: SignedRequest, body: CompileIn) -> object:
    """Freeze a body's cards on the register today, with the accepted schedules below it."""
    organization = queries.body_to_read(body.organization_id, request.user)
    return 201, commands.compile_schedule(organization, by=request.signature)


@router.get("/below/{organization_id}", response=list[StandingOut])
def standing(request: SignedRequest, organization_id: str, window: Query[Window]) -> object:
    """Who directly below a body has sent its schedule, and who has not."""
    body = queries.body_to_read(organization_id, request.user)
    return window.of(queries.standing_of(body))


@router.get("/{directory_id}", response=AssetScheduleOut)
def schedule(request: SignedRequest, directory_id: str) -> object:
    return queries.schedule_seen(directory_id, request.user)


@router.get("/{directory_id}/lines", response=list[ScheduleLineOut])
def lines(request: SignedRequest, directory_id: str, window: Query[Window]) -> object:
    """Every asset on a schedule, those of its parts included."""
    return window.of(queries.lines_of(queries.schedule_seen(directory_id, request.user)))


@router.get("/{directory_id}/totals", response=TotalsOut)
def totals(request: SignedRequest, directory_id: str) -> object:
    """A schedule's totals by system and by industry."""
    found = queries.schedule_seen(directory_id, request.user)
    return {"by_system": queries.by_system(found), "by_industry": queries.by_industry(found)}


@router.get("/{directory_id}/changes", response=list[ScheduleChangeOut])
def changes(request: SignedRequest, directory_id: str, window: Query[Window]) -> object:
    """How a version differs from the one before."""
    return window.of(queries.changes_of(queries.schedule_seen(directory_id, request.user)))


@router.post("/{directory_id}/submit", response=AssetScheduleOut)
def submit(request: SignedRequest, directory_id: str) -> object:
    """Submit a schedule to the body above."""
    found = queries.schedule_seen(directory_id, request.user)
    return commands.submit_schedule(found, by=request.signature)


@router.post("/{directory_id}/answer", response=AssetScheduleOut)
def answer(request: SignedRequest, directory_id: str, body: RulingIn) -> object:
    """Accept a schedule that was submitted, or return it with the reason."""
    found = queries.schedule_seen(directory_id, request.user)
    return commands.answer_schedule(found, body.verdict, body.reason, by=request.signature)
