"""Files of cards for programs: template, preview, import, undo, and the exchange layout."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from ninja import File, Form, Query, Router, Schema, UploadedFile

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.inventory.api import AnswersIn
from shuce.lifecycle.register import exchanging, importing, sending, spreadsheets
from shuce.lifecycle.register import intake_queries as queries
from shuce.lifecycle.register.queries import added_to
from shuce.lifecycle.register.words import IntakeState, RowVerdict

router = Router(tags=["register"])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class IntakeOut(Schema):
    """A file of cards. `taken` is the receipt: what it held, what was taken, what was rejected."""

    id: str
    title: str
    holder_id: str
    file_name: str
    digest: str
    headings: list[str]
    mapping: list[tuple[int, str]]
    state: IntakeState
    claimed: dict[str, Any]
    taken: dict[str, Any]
    read_at: datetime
    ended_at: datetime | None


class IntakeLineOut(Schema):
    place: int
    key: str
    facts: dict[str, Any]
    verdict: RowVerdict | None
    reasons: list[str]
    card_id: str
    done: bool
    undone: bool


class MappingIn(Schema):
    """Which column (by place, from 0) holds which field."""

    mapping: dict[int, str]


class CardReasonIn(Schema):
    reason: str


class IntakeJobOut(Schema):
    id: str
    title: str
    state: str


class UndoneOut(Schema):
    removed: int
    restored: int
    kept: int


@router.get("/template")
def template(request: SignedRequest, organization_id: str) -> FileResponse:
    """The Excel template of a body's cards, with pick-lists."""
    body = organization_seen(organization_id, request.user)
    made = spreadsheets.workbook(added=added_to(body))
    return FileResponse(made, as_attachment=True, filename="cards.xlsx", content_type=_XLSX)


@router.get("/intakes", response=list[IntakeOut])
def intakes(request: SignedRequest, window: Query[Window]) -> object:
    return window.of(queries.intakes_seen_by(request.user))


@router.post("/intakes", response={201: IntakeOut})
def read_file(
    request: SignedRequest,
    file: File[UploadedFile],
    holder_id: Form[str],
    title: Form[str],
) -> object:
    """Read a file of cards; a job judges its rows, and nothing else is written."""
    holder = organization_seen(holder_id, request.user)
    return 201, importing.read_file(
        holder, title, file.name or "", file.read(), by=request.signature
    )


@router.get("/intakes/{intake_id}", response=IntakeOut)
def intake(request: SignedRequest, intake_id: str) -> object:
    return queries.intake_seen(intake_id, request.user)


@router.get("/intakes/{intake_id}/lines", response=list[IntakeLineOut])
def lines(
    request: SignedRequest,
    intake_id: str,
    window: Query[Window],
    verdict: RowVerdict | None = None,
) -> object:
    """What each row would do, or did, and why."""
    rows = queries.lines_of(queries.intake_seen(intake_id, request.user))
    return window.of(rows.filter(verdict=verdict) if verdict else rows)


@router.get("/intakes/{intake_id}/errors")
def errors(request: SignedRequest, intake_id: str) -> FileResponse:
    """The rows that were not taken, in Excel, each with its reasons."""
    found = queries.intake_seen(intake_id, request.user)
    made = spreadsheets.errors(queries.titles_of(found), queries.bad_lines(found))
    return FileResponse(made, as_attachment=True, filename="errors.xlsx", content_type=_XLSX)


@router.post("/intakes/{intake_id}/mapping", response=IntakeOut)
def map_columns(request: SignedRequest, intake_id: str, body: MappingIn) -> object:
    """Say which column holds which field, and let the file be judged again."""
    found = queries.intake_seen(intake_id, request.user)
    return importing.map_columns(found, body.mapping, by=request.signature)


@router.post("/intakes/{intake_id}/take", response={202: IntakeJobOut})
def take_in(request: SignedRequest, intake_id: str, body: AnswersIn) -> object:
    """Take the good rows in, in the background."""
    found = queries.intake_seen(intake_id, request.user)
    return 202, importing.take_in(found, body.answers(), by=request.signature)


@router.post("/intakes/{intake_id}/resume", response={202: IntakeJobOut})
def resume(request: SignedRequest, intake_id: str) -> object:
    """Go on with an import that was stopped or broke off."""
    return 202, importing.resume(queries.intake_seen(intake_id, request.user), by=request.signature)


@router.post("/intakes/{intake_id}/discard", response=IntakeOut)
def discard(request: SignedRequest, intake_id: str) -> object:
    return importing.discard(queries.intake_seen(intake_id, request.user), by=request.signature)


@router.post("/intakes/{intake_id}/undo", response=UndoneOut)
def undo(request: SignedRequest, intake_id: str, body: CardReasonIn) -> object:
    """Undo an import, as far as nobody went on working on its cards."""
    found = queries.intake_seen(intake_id, request.user)
    return importing.undo(found, body.reason, by=request.signature)


@router.get("/exchange/schema", auth=None)
def schema(request: SignedRequest) -> HttpResponse:
    """The XML schema of the exchange layout."""
    return HttpResponse(exchanging.schema(), content_type="application/xml")


@router.post("/exchange/{layout}")
def send(request: SignedRequest, layout: sending.Layout, organization_id: str) -> HttpResponse:
    """The cards of a body in the exchange layout; what was sent is kept in the evidence."""
    made = sending.send_cards(
        organization_seen(organization_id, request.user), layout, by=request.signature
    )
    answer = HttpResponse(made.content, content_type=made.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer
