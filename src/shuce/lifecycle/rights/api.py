"""Rights for programs: what is offered, assessments, grants and every act on them."""

from datetime import date, datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.lifecycle.register.queries import card_seen
from shuce.lifecycle.rights import commands, queries
from shuce.lifecycle.rights.history import Held, rights_of, rights_on
from shuce.lifecycle.rights.odrl import odrl_of
from shuce.lifecycle.rights.rules import Answer, FeeBasis, GrantState, PurposeKind, Right, Terms

router = Router(tags=["rights"])


class OfferOut(Schema):
    id: str
    name: str
    summary: str
    holder_id: str
    grade: str
    opening: str
    rows: int
    assessed_until: date | None


class AnswerIn(Schema):
    met: bool
    note: str = Field(max_length=1000)


class AssessmentIn(Schema):
    """An answer to every question, by its key."""

    answers: dict[str, AnswerIn]


class AssessmentOut(Schema):
    id: str
    card_id: str
    passed: bool
    findings: list[str]
    grade_then: str
    assessed_on: date
    valid_until: date


class TermsIn(Schema):
    """What is asked for; `fee_fen` in whole fen, `columns` by their names in the data."""

    right: Right
    purpose: str = Field(max_length=500)
    purpose_kind: PurposeKind
    fee_basis: FeeBasis
    columns: list[str]
    starts_on: date
    ends_on: date
    fee_fen: int = 0
    region_code: str = "310000"
    sub_granting: bool = False
    exclusive: bool = False
    source_number: str = ""

    def terms(self) -> Terms:
        given = self.dict(exclude={"fee_fen", "source_number"})
        return Terms(**{**given, "fee": Money(self.fee_fen), "columns": tuple(self.columns)})


class GrantOut(Schema):
    id: str
    number: str | None
    card_id: str
    source_grant_id: str | None
    right: str
    operator_id: str
    purpose: str
    purpose_kind: str
    fee_basis: str
    fee_fen: int = Field(alias="fee.fen")
    columns: list[str]
    region_code: str
    starts_on: date
    ends_on: date
    sub_granting: bool
    exclusive: bool
    state: str
    requested_at: datetime
    decided_at: datetime | None


class GrantReasonIn(Schema):
    reason: str = Field(max_length=500)


class HeldOut(Schema):
    """One right as it stood on the day; `source` is the key of the right it came out of.

    A right the reader may not see has no right, body or terms: only its place in a chain.
    """

    key: str
    source: str
    card_id: str
    right: str | None
    body: str
    ground: str
    starts_on: date | None
    ends_on: date | None
    columns: list[str]
    region_code: str
    purpose: str
    exclusive: bool
    sub_granting: bool
    usable: bool
    obstacles: list[str]

    @staticmethod
    def of(held: Held) -> "HeldOut":
        return HeldOut(
            **{
                name: getattr(held, name)
                for name in HeldOut.model_fields
                if name in Held.__dataclass_fields__ and name not in ("columns", "obstacles")
            },
            starts_on=held.period.starts_on if held.period else None,
            ends_on=held.period.ends_on if held.period else None,
            columns=list(held.columns),
            usable=held.is_usable and not held.is_hidden,
            obstacles=[str(one) for one in held.obstacles],
        )


@router.get("/cards/{card_id}/map", response=list[HeldOut])
def card_map(request: SignedRequest, card_id: str, on: date | None = None) -> object:
    """Who had, has or will have which right over one asset on a day, today if none is given."""
    day = on or request.signature.today
    held = rights_on([card_seen(card_id, request.user)], day, request.user)
    return [HeldOut.of(one) for one in held]


@router.get("/map/{organization_id}", response=list[HeldOut])
def body_map(request: SignedRequest, organization_id: str, on: date | None = None) -> object:
    """What one body holds, was given and gave on a day."""
    body = organization_seen(organization_id, request.user)
    day = on or request.signature.today
    return [HeldOut.of(one) for one in rights_of(body, day, request.user)]


@router.get("/offers", response=list[OfferOut])
def offers(request: SignedRequest, window: Query[Window]) -> object:
    """The assets over which a right may be asked for."""
    return window.of(queries.offers_for(request.user))


@router.get("/cards/{card_id}/assessments", response=list[AssessmentOut])
def assessments(request: SignedRequest, card_id: str) -> object:
    """The security assessments of a card, newest first."""
    return queries.assessments_of(card_seen(card_id, request.user))


@router.post("/cards/{card_id}/assessments", response={201: AssessmentOut})
def assess(request: SignedRequest, card_id: str, body: AssessmentIn) -> object:
    """Assess the risks of granting a card."""
    answers = {key: Answer(**answer.dict()) for key, answer in body.answers.items()}
    card = card_seen(card_id, request.user)
    return 201, commands.assess_security(card, answers, by=request.signature)


@router.post("/cards/{card_id}/grants", response={201: GrantOut})
def request_right(request: SignedRequest, card_id: str, body: TermsIn) -> object:
    """Ask for a right over a card; its approval opens at once."""
    card = queries.card_to_ask_for(card_id, request.user)
    number = body.source_number
    source = queries.source_grant_numbered(number, card) if number else None
    return 201, commands.request_grant(
        card, body.terms(), source_grant=source, by=request.signature
    )


@router.get("/grants", response=list[GrantOut])
def grants(
    request: SignedRequest,
    window: Query[Window],
    card_id: str = "",
    state: GrantState | None = None,
) -> object:
    """The grants the signer may see, newest first."""
    found = queries.grants_seen_by(request.user)
    if card_id:
        found = found.filter(card_id=card_id)
    if state:
        found = found.filter(state=state)
    return window.of(found)


@router.get("/grants/{grant_id}", response=GrantOut)
def grant(request: SignedRequest, grant_id: str) -> object:
    """One grant."""
    return queries.grant_seen(grant_id, request.user)


@router.get("/grants/{grant_id}/odrl", response=dict[str, Any])
def odrl(request: SignedRequest, grant_id: str) -> object:
    """One grant as an ODRL policy in JSON-LD."""
    return odrl_of(queries.grant_seen(grant_id, request.user))


@router.post("/grants/{grant_id}/suspend", response=GrantOut)
def suspend(request: SignedRequest, grant_id: str, body: GrantReasonIn) -> object:
    """Stop everything under a grant until it is resumed."""
    found = queries.grant_seen(grant_id, request.user)
    return commands.suspend_grant(found, body.reason, by=request.signature)


@router.post("/grants/{grant_id}/resume", response=GrantOut)
def resume(request: SignedRequest, grant_id: str, body: GrantReasonIn) -> object:
    """Put a suspended grant back in force."""
    found = queries.grant_seen(grant_id, request.user)
    return commands.resume_grant(found, body.reason, by=request.signature)


@router.post("/grants/{grant_id}/withdraw", response=GrantOut)
def withdraw(request: SignedRequest, grant_id: str, body: GrantReasonIn) -> object:
    """Take a grant back for good, with every sub-grant given out of it."""
    found = queries.grant_seen(grant_id, request.user)
    return commands.withdraw_grant(found, body.reason, by=request.signature)
