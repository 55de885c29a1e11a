"""One card for programs: read, changed, compared, restored. Amounts are whole fen."""

from datetime import date, datetime
from typing import Any

from ninja import Field, Router, Schema

from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.lifecycle.register import printing, queries, revising
from shuce.lifecycle.register.outcomes import CardOut
from shuce.lifecycle.register.words import (
    Acquisition,
    Booking,
    Industry,
    Opening,
    ProposalState,
    Sharing,
    UseState,
)

router = Router(tags=["register"])


class ChangesIn(Schema):
    """The facts to change, and why; what is left out stays as it is.

    In `more` a null takes a fact away.
    """

    reason: str
    name: str | None = None
    industry: Industry | None = None
    region_code: str | None = None
    acquisition: Acquisition | None = None
    source_note: str | None = None
    lawful_basis: str | None = None
    obtained_on: date | None = None
    summary: str | None = None
    subject_area: str | None = None
    class_code: str | None = None
    budget_item: str | None = None
    procurement_number: str | None = None
    personal_data: bool | None = None
    personal_basis: str | None = None
    sharing: Sharing | None = None
    opening: Opening | None = None
    scene: str | None = None
    mlps_level: int | None = None
    update_cycle_days: int | None = None
    retain_until: date | None = None
    cost_fen: int | None = None
    use_state: UseState | None = None
    booking: Booking | None = None
    account_code: str | None = None
    voucher_number: str | None = None
    booked_on: date | None = None
    more: dict[str, Any] = Field(default_factory=dict)

    def changes(self) -> dict[str, Any]:
        """What was said, under the names of the facts. Only a day can be changed to nothing."""
        said = self.dict(exclude_unset=True, exclude={"reason", "cost_fen", "more"})
        given = {
            name: value
            for name, value in said.items()
            if value is not None or name in ("retain_until", "booked_on")
        }
        cost = {} if self.cost_fen is None else {"cost": Money(self.cost_fen)}
        return self.more | given | cost


class RestoreIn(Schema):
    reason: str


class ChangeOut(Schema):
    label: str
    before: str
    after: str


class RevisionOut(Schema):
    version: int
    reason: str
    by: str
    at: datetime
    changes: list[ChangeOut]


class ProposalOut(Schema):
    """A change that was put to approval: what the facts are to become, by key."""

    id: str
    base_version: int
    reason: str
    state: ProposalState
    facts: dict[str, Any]
    proposed_at: datetime
    ended_at: datetime | None


@router.get("/cards/{card_id}", response=dict[str, Any])
def card(request: SignedRequest, card_id: str) -> object:
    """The whole card as data: every fact, its marks and its columns."""
    found = queries.card_seen(card_id, request.user)
    return printing.as_data(found, queries.added_to(found.holder))


@router.patch("/cards/{card_id}", response={200: CardOut, 202: ProposalOut})
def revise(request: SignedRequest, card_id: str, body: ChangesIn) -> object:
    """Change some facts, with the reason: at once, or as a proposal where approval is asked for."""
    found = queries.card_seen(card_id, request.user)
    return _told(revising.revise_card(found, body.changes(), body.reason, by=request.signature))


@router.get("/cards/{card_id}/versions/{version}", response=dict[str, Any])
def version(request: SignedRequest, card_id: str, version: int) -> object:
    """The facts of a card as they stood in one version."""
    return queries.version_seen(card_id, version, request.user)


@router.get("/cards/{card_id}/differences", response=list[ChangeOut])
def differences(request: SignedRequest, card_id: str, older: int, newer: int) -> object:
    """What differs between two versions of a card."""
    return queries.differences_seen(card_id, older, newer, request.user)


@router.post(
    "/cards/{card_id}/versions/{version}/restore", response={200: CardOut, 202: ProposalOut}
)
def restore(request: SignedRequest, card_id: str, version: int, body: RestoreIn) -> object:
    """Make the card read again as in an earlier version, as a new version."""
    found = queries.card_seen(card_id, request.user)
    return _told(revising.restore_version(found, version, body.reason, by=request.signature))


@router.get("/cards/{card_id}/proposals", response=list[ProposalOut])
def proposals(request: SignedRequest, card_id: str) -> object:
    """The changes that were put to approval, newest first."""
    return queries.proposals_of(queries.card_seen_inside(card_id, request.user))[:100]


@router.get("/cards/{card_id}/revisions", response=list[RevisionOut])
def revisions(request: SignedRequest, card_id: str) -> object:
    """Every revision with what it changed, newest first."""
    return queries.revisions_seen(card_id, request.user)


def _told(revised: revising.Revised) -> tuple[int, object]:
    """Answer with the changed card, or with the proposal that now waits for its approval."""
    return (202, revised.proposal) if revised.proposal else (200, revised.card)
