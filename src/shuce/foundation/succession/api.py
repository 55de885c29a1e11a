"""Successions for programs."""

from datetime import datetime

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.foundation.succession import commands, queries
from shuce.foundation.succession.rules import Manner, SuccessionState

router = Router(tags=["succession"])


class SuccessionIn(Schema):
    manner: Manner
    former_ids: list[str]
    heir_ids: list[str]
    ground: str
    note: str = ""
    continues: bool = False


class SuccessionOut(Schema):
    id: str
    number: str
    manner: Manner
    former_ids: list[str]
    heir_ids: list[str]
    ground: str
    note: str
    continues: bool
    state: SuccessionState
    drafted_at: datetime
    done_at: datetime | None


class AssignIn(Schema):
    estate: str
    thing_ids: list[str]
    heir_id: str = ""


class ThingOut(Schema):
    estate: str
    id: str
    text: str
    former_id: str
    heir_id: str | None


class CaseRef(Schema):
    id: str
    number: str


@router.get("", response=list[SuccessionOut])
def plans(request: SignedRequest, window: Query[Window]) -> object:
    """The plans of succession that the signer may see, newest first."""
    return window.of(queries.successions_seen_by(request.user))


@router.post("", response={201: SuccessionOut})
def draft(request: SignedRequest, body: SuccessionIn) -> object:
    """Plan who succeeds whom; the first heir gets what nobody is assigned. Nothing passes yet."""
    facts = body.dict()
    formers, heirs = (
        [organization_seen(one, request.user) for one in facts.pop("former_ids")],
        [queries.heir_chosen(one, request.user) for one in facts.pop("heir_ids")],
    )
    manner = facts.pop("manner")
    return 201, commands.draft_succession(manner, formers, heirs, **facts, by=request.signature)


@router.get("/{succession_id}", response=SuccessionOut)
def plan(request: SignedRequest, succession_id: str) -> object:
    return queries.succession_seen(succession_id, request.user)


@router.get("/{succession_id}/things", response=list[ThingOut])
def things(request: SignedRequest, succession_id: str) -> object:
    """Everything the former bodies have now, and to whom it goes; null: it stays."""
    found = queries.succession_seen(succession_id, request.user)
    return [
        {
            "estate": thing.estate.key,
            "id": thing.id,
            "text": thing.text,
            "former_id": thing.former.id,
            "heir_id": heir.id if heir else None,
        }
        for thing, heir in queries.things_and_heirs(found)
    ]


@router.post("/{succession_id}/assign", response=SuccessionOut)
def assign(request: SignedRequest, succession_id: str, body: AssignIn) -> object:
    """In a division, say which heir gets which things; an empty heir takes that back."""
    found = queries.succession_seen(succession_id, request.user)
    return commands.assign_things(
        found, body.estate, body.thing_ids, body.heir_id, by=request.signature
    )


@router.post("/{succession_id}/submit", response=CaseRef)
def submit(request: SignedRequest, succession_id: str) -> object:
    """Put a plan to approval."""
    found = queries.succession_seen(succession_id, request.user)
    return commands.submit_succession(found, by=request.signature)


@router.post("/{succession_id}/abandon", response=SuccessionOut)
def abandon(request: SignedRequest, succession_id: str) -> object:
    """Give a plan up before anything passed."""
    found = queries.succession_seen(succession_id, request.user)
    return commands.abandon_succession(found, by=request.signature)
