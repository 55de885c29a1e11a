"""Appraisals for programs."""

from datetime import date
from typing import Any

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.register.queries import card_seen
from shuce.lifecycle.valuation import commands, queries
from shuce.lifecycle.valuation.rules import Method

router = Router(tags=["valuation"])


class OpinionOut(Schema):
    id: str
    method: str
    value_fen: int
    inputs: dict[str, Any]
    steps: list[dict[str, str]]
    flags: list[dict[str, str]]

    @staticmethod
    def resolve_value_fen(row: Any) -> int:
        return int(row.value.fen)


class AppraisalOut(Schema):
    id: str
    number: str
    card_id: str
    appraiser_id: str
    purpose: str
    scene: str
    base_date: date
    state: str
    value_fen: int | None
    flags: list[dict[str, str]]
    draw: dict[str, Any]

    @staticmethod
    def resolve_value_fen(row: Any) -> int | None:
        return None if row.value is None else int(row.value.fen)


class OrderIn(Schema):
    purpose: str
    scene: str
    base_date: date


class OpinionIn(Schema):
    """Inputs in yuan, as the method asks for them; figures may be texts such as "12.5%"."""

    method: Method
    inputs: dict[str, Any]


class AppraisalReportIn(Schema):
    weights: dict[Method, int]
    reconciliation: str
    single_reason: str = ""


@router.get("/appraisals", response=list[AppraisalOut])
def appraisals(request: SignedRequest, window: Query[Window]) -> object:
    """The appraisals the signer may see, newest first."""
    return window.of(queries.appraisals_seen_by(request.user))


@router.post("/cards/{card_id}/appraisals", response=AppraisalOut)
def order(request: SignedRequest, card_id: str, body: OrderIn) -> object:
    """Order an appraisal; the appraiser is drawn by lot."""
    card = card_seen(card_id, request.user)
    return commands.order_appraisal(card, **body.dict(), by=request.signature)


@router.get("/appraisals/{appraisal_id}", response=AppraisalOut)
def appraisal(request: SignedRequest, appraisal_id: str) -> object:
    return queries.appraisal_seen(appraisal_id, request.user)


@router.get("/appraisals/{appraisal_id}/opinions", response=list[OpinionOut])
def opinions(request: SignedRequest, appraisal_id: str) -> object:
    """What each method says, with every input and step."""
    return queries.opinions_of(queries.appraisal_seen(appraisal_id, request.user))


@router.post("/appraisals/{appraisal_id}/opinions", response=OpinionOut)
def give_opinion(request: SignedRequest, appraisal_id: str, body: OpinionIn) -> object:
    """Give or replace one method's value."""
    found = queries.appraisal_seen(appraisal_id, request.user)
    return commands.give_opinion(found, body.method, body.inputs, by=request.signature)


@router.post("/appraisals/{appraisal_id}/report", response=AppraisalOut)
def report(request: SignedRequest, appraisal_id: str, body: AppraisalReportIn) -> object:
    """Report one value out of the opinions given."""
    found = queries.appraisal_seen(appraisal_id, request.user)
    return commands.report(found, **body.dict(), by=request.signature)


@router.post("/appraisals/{appraisal_id}/adopt", response=AppraisalOut)
def adopt(request: SignedRequest, appraisal_id: str) -> object:
    """Adopt the reported value; one that bears flags is put to approval."""
    found = queries.appraisal_seen(appraisal_id, request.user)
    return commands.adopt(found, by=request.signature)
