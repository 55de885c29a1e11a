"""Inspections and evidence for programs."""

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema

from shuce.foundation.evidence import queries as evidence
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.clauses import Clause
from shuce.supervision.oversight import commands, queries
from shuce.supervision.oversight.rules import InspectionKind, Phase

router = Router(tags=["oversight"])


class InspectionOut(Schema):
    id: str
    number: str
    title: str
    organization_id: str
    kind: str
    phase: str
    state: str
    due_on: date


class InspectionIn(Schema):
    organization_id: str
    title: str
    kind: InspectionKind
    phase: Phase
    due_on: date


class FindingIn(Schema):
    text: str
    clause: Clause
    rectify_by: date


class InspectionFindingOut(Schema):
    id: str
    inspection_id: str
    text: str
    clause: str
    state: str
    rectify_by: date
    rectification: str


class RectificationIn(Schema):
    rectification: str


class RecheckIn(Schema):
    passed: bool


class EvidenceEntryOut(Schema):
    id: int
    index: int | None
    kind: str
    subject_id: str
    asset_id: str
    at: datetime


class ProofOut(Schema):
    index: int
    body: str
    leaf_hash: str
    path: list[str]
    size: int
    root: str
    checkpoint: str
    verifier_key: str


@router.get("/inspections", response=list[InspectionOut])
def inspections(request: SignedRequest) -> object:
    return queries.inspections_seen_by(request.user)


@router.get("/inspections/{inspection_id}", response=InspectionOut)
def inspection(request: SignedRequest, inspection_id: str) -> object:
    return queries.inspection_seen(inspection_id, request.user)


@router.post("/inspections", response={201: InspectionOut})
def open_inspection(request: SignedRequest, body: InspectionIn) -> object:
    """Open an inspection of a body the signer supervises."""
    facts: dict[str, Any] = body.dict()
    organization = organization_seen(facts.pop("organization_id"), request.user)
    return 201, commands.open_inspection(organization, **facts, by=request.signature)


@router.post("/inspections/{inspection_id}/findings", response={201: InspectionFindingOut})
def find_problem(request: SignedRequest, inspection_id: str, body: FindingIn) -> object:
    found = queries.inspection_seen(inspection_id, request.user)
    return 201, commands.find_problem(found, **body.dict(), by=request.signature)


@router.post("/inspections/{inspection_id}/close", response=InspectionOut)
def close_inspection(request: SignedRequest, inspection_id: str) -> object:
    found = queries.inspection_seen(inspection_id, request.user)
    return commands.close_inspection(found, by=request.signature)


@router.post("/findings/{finding_id}/rectify", response=InspectionFindingOut)
def rectify(request: SignedRequest, finding_id: str, body: RectificationIn) -> object:
    finding = queries.finding_seen(finding_id, request.user)
    return commands.rectify(finding, body.rectification, by=request.signature)


@router.post("/findings/{finding_id}/recheck", response=InspectionFindingOut)
def recheck(request: SignedRequest, finding_id: str, body: RecheckIn) -> object:
    finding = queries.finding_seen(finding_id, request.user)
    return commands.recheck(finding, body.passed, by=request.signature)


@router.get("/evidence", response=list[EvidenceEntryOut])
def entries(request: SignedRequest, window: Query[Window]) -> object:
    """The evidence within the signer's sight, newest first."""
    return window.of(queries.entries_seen_by(request.user))


@router.get("/evidence/{entry_id}/proof", response=ProofOut)
def proof(request: SignedRequest, entry_id: int) -> object:
    """The inclusion proof of one entry under the last signed head."""
    return evidence.proof_of(queries.entry_seen(entry_id, request.user))
