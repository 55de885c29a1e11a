"""De-identified sets for programs: made, reviewed, taken, withdrawn."""

from datetime import date, datetime
from typing import Any

from django.http import FileResponse
from ninja import Field, Query, Router, Schema

from shuce.engines.deidentify import (
    LEAST_DIVERSITY,
    LEAST_GROUP,
    Part,
    PartRole,
    Recipe,
    Technique,
)
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.cleanroom import queries, sets, showing
from shuce.lifecycle.cleanroom.rules import FileForm
from shuce.lifecycle.cleanroom.set_rules import Making

router = Router(tags=["cleanroom"])


class SetPartIn(Schema):
    """One column that is to leave, and how it is treated; others are left out.

    A band has a `width`, and may have a `low` and a `high` end; CLIP has one or both of these; a
    mask has `keep`, the characters it leaves.
    """

    column: str = Field(max_length=200)
    way: Technique
    role: PartRole = PartRole.QUASI
    width: float | None = Field(None, gt=0, le=1e12)
    low: float | None = Field(None, ge=-1e12, le=1e12)
    high: float | None = Field(None, ge=-1e12, le=1e12)
    keep: int | None = Field(None, ge=1, le=50)


class DatasetIn(Schema):
    title: str = Field(max_length=100)
    purpose: str = Field(max_length=500)
    valid_until: date
    parts: list[SetPartIn] = Field(max_length=100)
    k: int = Field(LEAST_GROUP, ge=1, le=10_000)
    diversity: int = Field(LEAST_DIVERSITY, ge=1, le=10_000)


class SetOut(Schema):
    """A de-identified set: its recipe, and the report of the node that made it. Never its rows."""

    id: str
    number: str
    title: str
    purpose: str
    grant_id: str
    state: str
    valid_until: date
    recipe: dict[str, Any]
    report: dict[str, Any]
    digest: str
    made_at: datetime
    decided_at: datetime | None
    withdrawn_at: datetime | None


class SetCaseOut(Schema):
    """The egress review that was opened."""

    id: str
    number: str
    outcome: str


class SetReasonIn(Schema):
    reason: str = Field(max_length=500)


@router.post("/grants/{grant_id}/sets", response={201: SetOut})
def make_set(request: SignedRequest, grant_id: str, body: DatasetIn) -> object:
    """Have the node make a set; nothing leaves, the report says what would."""
    grant = queries.studio_seen(grant_id, request.user)
    recipe = Recipe(tuple(Part(**part.dict()) for part in body.parts), body.k, body.diversity)
    making = Making(body.title, body.purpose, body.valid_until)
    return 201, sets.make_dataset(grant, making, recipe, by=request.signature)


@router.get("/sets", response=list[SetOut])
def datasets(request: SignedRequest, window: Query[Window], grant_id: str = "") -> object:
    """The sets the signer may see, newest first."""
    return window.of(queries.datasets_seen_by(request.user, grant_id=grant_id))


@router.get("/sets/{set_id}", response=SetOut)
def dataset(request: SignedRequest, set_id: str) -> object:
    """One set."""
    return queries.dataset_seen(set_id, request.user)


@router.post("/sets/{set_id}/submit", response={201: SetCaseOut})
def submit_set(request: SignedRequest, set_id: str) -> object:
    """Put a set to the holder's egress review by two people."""
    found = queries.dataset_seen(set_id, request.user)
    return 201, sets.submit_dataset(found, by=request.signature)


@router.post("/sets/{set_id}/withdraw", response=SetOut)
def withdraw_set(request: SignedRequest, set_id: str, body: SetReasonIn) -> object:
    """Withdraw a set; nobody takes it from then on."""
    found = queries.dataset_seen(set_id, request.user)
    return sets.withdraw_dataset(found, body.reason, by=request.signature)


@router.post("/sets/{set_id}/export")
def export_set(request: SignedRequest, set_id: str, form: FileForm = FileForm.CSV) -> FileResponse:
    """Take a passed set as a file; it bears the delivery's number and hidden mark."""
    found = queries.dataset_seen(set_id, request.user)
    return showing.as_file(sets.take_dataset(found, form, by=request.signature))
