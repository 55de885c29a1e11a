"""Cards for programs: everything the pages do. Amounts are whole fen."""

from datetime import date, datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.lifecycle.inventory.api import AnswersIn
from shuce.lifecycle.inventory.queries import recognition_seen
from shuce.lifecycle.register import bulk, commands, queries
from shuce.lifecycle.register.designing_api import router as designing
from shuce.lifecycle.register.intake_api import router as intakes
from shuce.lifecycle.register.outcomes import CardOut
from shuce.lifecycle.register.revising_api import router as revising
from shuce.lifecycle.register.rules import MOST_CARDS_OF_A_BATCH, CardFacts
from shuce.lifecycle.register.words import (
    Acquisition,
    Booking,
    CardState,
    Grade,
    Industry,
    Opening,
    Sharing,
    UseState,
)

router = Router(tags=["register"])
router.add_router("", designing)
router.add_router("", revising)
router.add_router("", intakes)


class FactsIn(Schema):
    """The facts of a new card."""

    name: str
    industry: Industry
    region_code: str
    acquisition: Acquisition
    source_note: str
    lawful_basis: str
    obtained_on: date
    summary: str = ""
    subject_area: str = ""
    class_code: str = "A08060200"
    budget_item: str = ""
    procurement_number: str = ""
    personal_data: bool = False
    personal_basis: str = ""
    sharing: Sharing = Sharing.CONDITIONAL
    opening: Opening = Opening.NONE
    scene: str = ""
    mlps_level: int = 2
    update_cycle_days: int = 365
    retain_until: date | None = None
    cost_fen: int = 0
    use_state: UseState = UseState.IN_USE
    booking: Booking = Booking.UNBOOKED
    account_code: str = ""
    voucher_number: str = ""
    booked_on: date | None = None
    # Every further fact by its key, as `GET /register/fields` lists them.
    more: dict[str, Any] = Field(default_factory=dict)

    def facts(self) -> CardFacts:
        given = self.dict(exclude={"cost_fen", "recognition_id"})
        return CardFacts(**given, cost=Money(self.cost_fen))


class DraftIn(FactsIn):
    recognition_id: str


class BulkRowIn(FactsIn):
    """The facts of one card; `key` names it in its source, so that sent again it is known."""

    key: str

    def row(self) -> bulk.BulkRow:
        given = self.dict(exclude={"cost_fen", "key"})
        return bulk.BulkRow(self.key, CardFacts(**given, cost=Money(self.cost_fen)))


class BatchIn(Schema):
    holder_id: str
    title: str
    answers: AnswersIn
    rows: list[BulkRowIn] = Field(max_length=MOST_CARDS_OF_A_BATCH)


class BatchOut(Schema):
    id: str
    title: str
    holder_id: str
    count: int
    state: CardState
    drafted_at: datetime


class RowRefused(Schema):
    """A row (by its place, from 0) that made no card, and why."""

    row: int
    reasons: list[str]


class BatchOutcome(Schema):
    """`drafted` and `known` name cards by the row's place; no batch where nothing was new."""

    batch: BatchOut | None
    drafted: dict[int, str]
    known: dict[int, str]
    refused: list[RowRefused]


class GradesIn(Schema):
    """Grades by the card's id, and the reason for any that is lower than proposed."""

    grades: dict[str, Grade]
    reason: str = ""


class CardRefused(Schema):
    card_id: str
    reasons: list[str]


class GradeIn(Schema):
    grade: Grade
    reason: str = ""


class UpdateIn(Schema):
    updated_on: date


class CaseOpened(Schema):
    id: str
    number: str
    outcome: str


@router.get("/cards", response=list[CardOut])
def cards(
    request: SignedRequest,
    window: Query[Window],
    state: CardState | None = None,
    grade: Grade | None = None,
    number: str = "",
) -> object:
    """The cards the signer may see, newest first."""
    rows = queries.cards_seen_by(request.user)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(grade=grade) if grade else rows
    rows = rows.filter(number=number) if number else rows
    return window.of(rows)


@router.post("/cards", response={201: CardOut})
def draft(request: SignedRequest, body: DraftIn) -> object:
    """Draft the card of a resource that was recognised as an asset."""
    recognition = recognition_seen(body.recognition_id, request.user)
    return 201, commands.draft_card(recognition, body.facts(), by=request.signature)


@router.post("/cards/{card_id}/submit", response=CaseOpened)
def submit(request: SignedRequest, card_id: str) -> object:
    """Put a draft to approval."""
    found = queries.card_seen(card_id, request.user)
    return commands.submit_card(found, by=request.signature)


@router.post("/cards/{card_id}/update", response=CardOut)
def note_update(request: SignedRequest, card_id: str, body: UpdateIn) -> object:
    """Note that the data was brought up to date."""
    found = queries.card_seen(card_id, request.user)
    return commands.note_update(found, body.updated_on, by=request.signature)


@router.post("/cards/{card_id}/grade", response=CardOut)
def confirm_grade(request: SignedRequest, card_id: str, body: GradeIn) -> object:
    """Confirm the grade of a card's data."""
    found = queries.card_seen(card_id, request.user)
    return commands.confirm_grade(found, body.grade, body.reason, by=request.signature)


@router.get("/batches", response=list[BatchOut])
def batches(request: SignedRequest, window: Query[Window]) -> object:
    """What was drafted together, newest first."""
    return window.of(queries.batches_seen_by(request.user))


@router.post("/batches", response={201: BatchOutcome})
def draft_batch(request: SignedRequest, body: BatchIn) -> object:
    """Draft many cards of one body; good rows are kept, the others come back with reasons."""
    made = bulk.enter_cards_in_bulk(
        organization_seen(body.holder_id, request.user),
        [row.row() for row in body.rows],
        body.answers.answers(),
        title=body.title,
        by=request.signature,
    )
    return 201, {
        "batch": made.batch,
        "drafted": {place: card.id for place, card in made.drafted.items()},
        "known": made.known,
        "refused": [
            {"row": place, "reasons": [o.reason for o in obstacles]}
            for place, obstacles in made.refused.items()
        ],
    }


@router.get("/batches/{batch_id}", response=BatchOut)
def batch(request: SignedRequest, batch_id: str) -> object:
    return queries.batch_seen(batch_id, request.user)


@router.post("/batches/{batch_id}/grades", response=list[CardRefused])
def grade_batch(request: SignedRequest, batch_id: str, body: GradesIn) -> object:
    """Confirm the grades of a batch's cards; return those refused, with reasons."""
    refused = bulk.confirm_grades_in_bulk(
        queries.batch_seen(batch_id, request.user), body.grades, body.reason, by=request.signature
    )
    return [
        {"card_id": one, "reasons": [o.reason for o in obstacles]}
        for one, obstacles in refused.items()
    ]


@router.post("/batches/{batch_id}/submit", response=CaseOpened)
def submit_batch(request: SignedRequest, batch_id: str) -> object:
    """Put the drafts of a batch to one approval."""
    return bulk.submit_batch(queries.batch_seen(batch_id, request.user), by=request.signature)
