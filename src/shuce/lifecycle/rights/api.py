"""Rights for programs: what is offered, assessments, grants and every act on them."""

from datetime import date
from typing import Any

from ninja import Query, Router

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.register.queries import card_seen, card_seen_inside
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights import commands, impact_commands, queries
from shuce.lifecycle.rights.api_shapes import (
    AssessmentIn,
    AssessmentOut,
    GrantOut,
    GrantReasonIn,
    HeldOut,
    ImpactIn,
    ImpactOut,
    OfferOut,
    QuestionOut,
    TermsIn,
)
from shuce.lifecycle.rights.going_api import router as going
from shuce.lifecycle.rights.history import rights_of, rights_on
from shuce.lifecycle.rights.impact import Impact
from shuce.lifecycle.rights.odrl import odrl_of
from shuce.lifecycle.rights.questionnaire import questions_for
from shuce.lifecycle.rights.rules import Answer, GrantState

router = Router(tags=["rights"])
router.add_router("", going)


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


@router.get("/cards/{card_id}/questions", response=list[QuestionOut])
def questions(request: SignedRequest, card_id: str) -> object:
    """What the security assessment of a card asks, by its grade."""
    card = card_seen(card_id, request.user)
    return questions_for(Grade(card.grade) if card.grade else None, request.signature.today)


@router.get("/cards/{card_id}/impacts", response=list[ImpactOut])
def impacts(request: SignedRequest, card_id: str) -> object:
    """The assessments of a card's personal data, newest first."""
    return queries.impacts_of(card_seen_inside(card_id, request.user))


@router.post("/cards/{card_id}/impacts", response={201: ImpactOut})
def assess_impact(request: SignedRequest, card_id: str, body: ImpactIn) -> object:
    """Assess what handling a card's personal data does to people; kept three years."""
    card = card_seen(card_id, request.user)
    return 201, impact_commands.assess_impact(card, Impact(**body.dict()), by=request.signature)


@router.post("/impacts/{impact_id}/discard", response={204: None})
def discard_impact(request: SignedRequest, impact_id: str, body: GrantReasonIn) -> object:
    """Remove an assessment that has been kept as long as it must be."""
    found = queries.impact_seen(impact_id, request.user)
    impact_commands.discard_impact(found, body.reason, by=request.signature)
    return 204, None


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
