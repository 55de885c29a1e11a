"""Disposals for programs: everything the pages do."""

from datetime import datetime

from ninja import Query, Router, Schema

from shuce.engines.erasure import Medium
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.disposal import commands, queries
from shuce.lifecycle.disposal.rules import (
    CopyKind,
    DisposalKind,
    DisposalState,
    Treatment,
    Worthlessness,
)
from shuce.lifecycle.register.queries import card_seen

router = Router(tags=["disposal"])


class DisposalOut(Schema):
    id: str
    number: str
    card_id: str
    kind: DisposalKind
    reason: str
    recipient: str
    book_value_fen: int
    state: DisposalState
    proposed_at: datetime
    reply_number: str | None
    replied_at: datetime | None
    done_at: datetime | None

    @staticmethod
    def resolve_book_value_fen(row: object) -> int:
        value = getattr(row, "book_value", 0)
        return int(getattr(value, "fen", value))


class WorthlessIn(Schema):
    no_value: bool
    no_retention_duty: bool
    grounds: str


class DisposalIn(Schema):
    card_id: str
    kind: DisposalKind
    reason: str
    recipient: str = ""
    worthless: WorthlessIn | None = None


class CopyOut(Schema):
    id: str
    kind: CopyKind
    what: str
    where: str
    cause_id: str
    how: Treatment | None
    note: str
    dealt_with_at: datetime | None


class CopyIn(Schema):
    what: str
    where: str
    kind: CopyKind = CopyKind.OTHER


class TreatmentIn(Schema):
    how: Treatment
    note: str


class CountOut(Schema):
    listed: int


class OutcomeIn(Schema):
    outcome: str = ""


class AbandonmentIn(Schema):
    reason: str


class DestructionIn(Schema):
    witness_id: str
    medium: Medium = Medium.SSD
    contractor: str = ""
    confidentiality_contract: str = ""


class ErasureStepOut(Schema):
    what: str
    outcome: str


class DestructionOut(Schema):
    certificate_number: str | None
    holds: bool | None
    executor_id: str
    witness_id: str
    contractor: str
    confidentiality_contract: str
    medium: Medium
    method: str
    began_at: datetime
    ended_at: datetime | None
    steps: list[ErasureStepOut]
    proof: dict[str, object]


@router.get("", response=list[DisposalOut])
def disposals(request: SignedRequest, window: Query[Window]) -> object:
    """The disposals the signer may see, newest first."""
    return window.of(queries.disposals_seen_by(request.user))


@router.post("", response={201: DisposalOut})
def propose(request: SignedRequest, body: DisposalIn) -> object:
    """Propose the end of an asset; its approval begins with a collective decision."""
    return 201, commands.propose_disposal(
        card_seen(body.card_id, request.user),
        body.kind,
        body.reason,
        worthless=Worthlessness(**body.worthless.dict()) if body.worthless else None,
        recipient=body.recipient,
        by=request.signature,
    )


@router.get("/{disposal_id}", response=DisposalOut)
def disposal(request: SignedRequest, disposal_id: str) -> object:
    return queries.disposal_seen(disposal_id, request.user)


@router.get("/{disposal_id}/copies", response=list[CopyOut])
def copies(request: SignedRequest, disposal_id: str) -> object:
    """The copies, grants and products that must be dealt with."""
    return queries.copies_of(queries.disposal_seen(disposal_id, request.user))


@router.post("/{disposal_id}/copies", response={201: CopyOut})
def list_copy(request: SignedRequest, disposal_id: str, body: CopyIn) -> object:
    """Add a copy that only people know of."""
    found = queries.disposal_seen(disposal_id, request.user)
    return 201, commands.list_copy(found, body.what, body.where, body.kind, by=request.signature)


@router.post("/{disposal_id}/copies/count", response=CountOut)
def count_copies(request: SignedRequest, disposal_id: str) -> object:
    """Look for copies again; those newly found are listed."""
    found = queries.disposal_seen(disposal_id, request.user)
    return {"listed": commands.count_copies(found, by=request.signature)}


@router.post("/copies/{copy_id}/dealt-with", response=CopyOut)
def deal_with_copy(request: SignedRequest, copy_id: str, body: TreatmentIn) -> object:
    """Deal with one copy. A grant is withdrawn at once."""
    copy = queries.copy_seen(copy_id, request.user)
    return commands.deal_with_copy(copy, body.how, body.note, by=request.signature)


@router.post("/{disposal_id}/carry-out", response=DisposalOut)
def carry_out(request: SignedRequest, disposal_id: str, body: OutcomeIn) -> object:
    """Carry out a disposal other than destruction; the card is closed."""
    found = queries.disposal_seen(disposal_id, request.user)
    return commands.carry_out(found, body.outcome, by=request.signature)


@router.post("/{disposal_id}/abandon", response=DisposalOut)
def abandon(request: SignedRequest, disposal_id: str, body: AbandonmentIn) -> object:
    """Give up an approved disposal; the card is in force again."""
    found = queries.disposal_seen(disposal_id, request.user)
    return commands.abandon_disposal(found, body.reason, by=request.signature)


@router.post("/{disposal_id}/attend", response=DisposalOut)
def attend(request: SignedRequest, disposal_id: str) -> object:
    """Sign as the one who watches the destruction."""
    found = queries.disposal_seen(disposal_id, request.user)
    return commands.attend_destruction(found, by=request.signature)


@router.post("/{disposal_id}/destroy", response=DestructionOut)
def destroy(request: SignedRequest, disposal_id: str, body: DestructionIn) -> object:
    """Destroy the data at its node and certify it, if nothing can be read back."""
    found = queries.disposal_seen(disposal_id, request.user)
    return commands.destroy(
        found,
        witness=queries.witness_named(found, body.witness_id),
        contractor=body.contractor,
        confidentiality_contract=body.confidentiality_contract,
        medium=body.medium,
        by=request.signature,
    )


@router.get("/{disposal_id}/certificate", response=DestructionOut)
def certificate(request: SignedRequest, disposal_id: str) -> object:
    """The proof behind a certificate, step by step."""
    return queries.certificate_seen(disposal_id, request.user)
