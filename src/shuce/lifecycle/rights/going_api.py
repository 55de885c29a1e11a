"""How rights go on, end and burden, for programs: renewals, exits, pledges and contributions."""

from datetime import date, datetime

from ninja import Field, Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.lifecycle.register.queries import card_seen_inside
from shuce.lifecycle.rights import commands, encumbrances, exits, queries
from shuce.lifecycle.rights.api_shapes import GrantOut, GrantReasonIn
from shuce.lifecycle.rights.encumbrance_rules import Burden, EncumbranceKind
from shuce.lifecycle.rights.exit_rules import ExitStepKind
from shuce.lifecycle.rights.models import Exit

router = Router(tags=["rights"])


class RenewIn(Schema):
    """Until when a right is to go on; `fee_fen` in whole fen for the renewed term."""

    ends_on: date
    fee_fen: int = 0


class ExitStepIn(Schema):
    note: str = Field(max_length=1000)
    evidence: str = Field("", max_length=200)


class ExitStepOut(Schema):
    kind: str
    note: str
    evidence: str
    done_at: datetime | None
    confirmed_at: datetime | None


class ExitOut(Schema):
    id: str
    number: str
    grant_id: str
    reason: str
    due_on: date
    closed_at: datetime | None
    steps: list[ExitStepOut]

    @staticmethod
    def resolve_steps(leaving: Exit) -> object:
        return leaving.steps.all()


class BurdenIn(Schema):
    """A pledge or share contribution; a guarantee is refused to public bodies."""

    kind: EncumbranceKind
    party: str = Field(max_length=200)
    amount_fen: int
    purpose: str = Field(max_length=500)
    decision: str = Field(max_length=100)


class EncumbranceOut(Schema):
    id: str
    card_id: str
    kind: str
    party: str
    amount_fen: int = Field(alias="amount.fen")
    pilot: str
    since: date
    ended_on: date | None


@router.post("/grants/{grant_id}/renew", response={201: GrantOut})
def renew(request: SignedRequest, grant_id: str, body: RenewIn) -> object:
    """Ask to go on with a right from the day it ends."""
    found = queries.grant_seen(grant_id, request.user)
    fee = Money(body.fee_fen)
    return 201, commands.request_renewal(found, body.ends_on, fee, by=request.signature)


@router.post("/grants/{grant_id}/relinquish", response=GrantOut)
def relinquish(request: SignedRequest, grant_id: str, body: GrantReasonIn) -> object:
    """Give a right up; its exit opens at once."""
    found = queries.grant_seen(grant_id, request.user)
    return commands.relinquish_grant(found, body.reason, by=request.signature)


@router.get("/exits", response=list[ExitOut])
def exit_list(request: SignedRequest, window: Query[Window]) -> object:
    """The exits the signer may see, newest first."""
    return window.of(queries.exits_seen_by(request.user).prefetch_related("steps"))


@router.get("/exits/{exit_id}", response=ExitOut)
def exit_seen(request: SignedRequest, exit_id: str) -> object:
    """One exit with its steps."""
    return queries.exit_seen(exit_id, request.user)


@router.post("/exits/{exit_id}/steps/{kind}", response=ExitStepOut)
def do_exit_step(
    request: SignedRequest, exit_id: str, kind: ExitStepKind, body: ExitStepIn
) -> object:
    """Report one thing of an exit as done, for the operator."""
    found = queries.exit_seen(exit_id, request.user)
    return exits.do_step(found, kind, body.note, body.evidence, by=request.signature)


@router.post("/exits/{exit_id}/steps/{kind}/confirm", response=ExitStepOut)
def confirm_exit_step(request: SignedRequest, exit_id: str, kind: ExitStepKind) -> object:
    """Confirm one thing of an exit, for the holder."""
    found = queries.exit_seen(exit_id, request.user)
    return exits.confirm_step(found, kind, by=request.signature)


@router.post("/exits/{exit_id}/close", response=ExitOut)
def close_exit(request: SignedRequest, exit_id: str) -> object:
    """Close an exit in which everything is done, confirmed and paid."""
    return exits.close_exit(queries.exit_seen(exit_id, request.user), by=request.signature)


@router.post("/cards/{card_id}/encumbrances", response={201: EncumbranceOut})
def encumber(request: SignedRequest, card_id: str, body: BurdenIn) -> object:
    """Register a pledge or share contribution where a pilot allows it."""
    card = card_seen_inside(card_id, request.user)
    given = body.dict(exclude={"amount_fen"})
    burden = Burden(**given, amount=Money(body.amount_fen))
    return 201, encumbrances.encumber(card, burden, by=request.signature)


@router.get("/cards/{card_id}/encumbrances", response=list[EncumbranceOut])
def encumbrances_of(request: SignedRequest, card_id: str) -> object:
    """The pledges and share contributions over an asset, newest first."""
    return card_seen_inside(card_id, request.user).encumbrances.all()


@router.post("/encumbrances/{encumbrance_id}/release", response=EncumbranceOut)
def release(request: SignedRequest, encumbrance_id: str, body: GrantReasonIn) -> object:
    """End a pledge or share contribution."""
    found = queries.encumbrance_seen(encumbrance_id, request.user)
    return encumbrances.release(found, body.reason, by=request.signature)
