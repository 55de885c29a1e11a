"""The quality of data for programs: everything the pages do."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Field, Query, Router, Schema

from shuce.engines.quality import QualityRule, RuleKind
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused
from shuce.lifecycle.quality import commands, measuring, queries
from shuce.lifecycle.quality.words import (
    Gravity,
    IssueKind,
    IssueOrigin,
    IssueState,
    RuleOrigin,
)

router = Router(tags=["quality"])


class LibraryRuleOut(Schema):
    code: str
    name: str
    kind: str
    indicator: str
    basis: str


class QualityRuleIn(Schema):
    """A rule as the engine reads it; `least` (per cent) stands for the usual one if left out."""

    kind: RuleKind
    column: str = ""
    params: dict[str, Any] = Field(default_factory=dict)
    weight: int = 1
    indicator: str = ""
    least: float | None = None

    def rule(self) -> QualityRule:
        try:
            return QualityRule.from_data(self.dict())
        except ValueError as fault:
            raise Refused(Obstacle(str(fault), Clause.G_7)) from fault


class QualityRuleOut(QualityRuleIn):
    id: str
    origin: RuleOrigin
    taken_at: datetime
    dropped_at: datetime | None

    @staticmethod
    def resolve_least(rule: Any) -> float:
        return float(rule.least)


class SuggestedRuleOut(QualityRuleIn):
    """A rule that the last scan speaks for, neither taken nor dropped."""


class RulesIn(Schema):
    rules: list[QualityRuleIn] = Field(min_length=1, max_length=500)


class WeighIn(Schema):
    weight: int
    least: Decimal


class QualityReasonIn(Schema):
    reason: str


class DimensionWeights(Schema):
    standard: int
    complete: int
    accurate: int
    consistent: int
    timely: int
    accessible: int


class QualityJobOut(Schema):
    id: str
    title: str
    state: str


class QualityOut(Schema):
    """`indicators`: X of DB31/T 1523 by code; `results`: every rule and what became of it."""

    id: str
    card_id: str
    score: float
    dimensions: list[dict[str, Any]]
    indicators: dict[str, float]
    weights: dict[str, int]
    chosen: bool
    failing: int
    results: list[dict[str, Any]]
    issues: list[dict[str, Any]]
    measured_at: datetime


class QualityIssueIn(Schema):
    column: str = ""
    kind: IssueKind = IssueKind.OTHER
    severity: Gravity
    sentence: str
    owner_id: str = ""
    due_on: date | None = None


class QualityOwnerIn(Schema):
    owner_id: str


class QualityNoteIn(Schema):
    text: str


class QualityClosureIn(Schema):
    cause: str
    measure: str


class QualityIssueOut(Schema):
    id: str
    number: str
    card_id: str
    column: str
    kind: IssueKind
    severity: Gravity
    origin: IssueOrigin
    sentence: str
    owner: str | None
    state: IssueState
    opened_at: datetime
    due_on: date
    reopened: int
    passed_at: datetime | None
    cause: str
    measure: str
    closed_at: datetime | None

    @staticmethod
    def resolve_owner(issue: Any) -> str | None:
        return str(issue.owner) if issue.owner else None


@router.get("/library", response=list[LibraryRuleOut])
def library(request: SignedRequest) -> object:
    """The rules that a holder chooses from."""
    return queries.library_shown()


@router.get("/assessments", response=list[QualityOut])
def assessments(request: SignedRequest, window: Query[Window]) -> object:
    """The assessments of places in reach, newest first."""
    return window.of(queries.assessments_seen_by(request.user))


@router.get("/assessments/{assessment_id}", response=QualityOut)
def assessment(request: SignedRequest, assessment_id: str) -> object:
    return queries.assessment_seen(assessment_id, request.user)


@router.get("/cards/{card_id}/assessments", response=list[QualityOut])
def assessments_of(request: SignedRequest, card_id: str, window: Query[Window]) -> object:
    """The assessments of one asset, newest first."""
    return window.of(queries.qualities_seen(card_id, request.user))


@router.post("/cards/{card_id}/assessments", response={202: QualityJobOut})
def measure(request: SignedRequest, card_id: str) -> object:
    """Ask for a measurement of quality; follow it under /jobs."""
    found = queries.card_to_manage(card_id, request.user)
    return 202, measuring.ask_quality(found, by=request.signature)


@router.get("/cards/{card_id}/rules", response=list[QualityRuleOut])
def rules(request: SignedRequest, card_id: str) -> object:
    """The rules that the holder took."""
    return queries.rules_taken_of(queries.card_to_manage(card_id, request.user))


@router.get("/cards/{card_id}/suggestions", response=list[SuggestedRuleOut])
def suggestions(request: SignedRequest, card_id: str) -> object:
    """What the last scan speaks for and the holder has neither taken nor dropped."""
    found = queries.suggestions_for(queries.card_to_manage(card_id, request.user))
    return [rule.as_data() | {"least": rule.passes_from} for rule in found]


@router.post("/cards/{card_id}/rules", response={201: list[QualityRuleOut]})
def take_rules(request: SignedRequest, card_id: str, body: RulesIn) -> object:
    """Take rules; from the first on, only what was taken is measured."""
    found = queries.card_to_manage(card_id, request.user)
    wanted = [one.rule() for one in body.rules]
    return 201, commands.take_rules(found, wanted, RuleOrigin.LIBRARY, by=request.signature)


@router.post("/rules/{rule_id}/weigh", response=QualityRuleOut)
def weigh_rule(request: SignedRequest, rule_id: str, body: WeighIn) -> object:
    """Change a rule's weight, and the share from which it is passed."""
    found = queries.rule_seen(rule_id, request.user)
    return commands.weigh_rule(found, body.weight, body.least, by=request.signature)


@router.post("/rules/{rule_id}/drop", response=QualityRuleOut)
def drop_rule(request: SignedRequest, rule_id: str, body: QualityReasonIn) -> object:
    found = queries.rule_seen(rule_id, request.user)
    return commands.drop_rule(found, body.reason, by=request.signature)


@router.get("/cards/{card_id}/weights", response=DimensionWeights)
def weights(request: SignedRequest, card_id: str) -> object:
    return queries.weights_of(queries.card_to_manage(card_id, request.user))


@router.put("/cards/{card_id}/weights", response=DimensionWeights)
def weigh_dimensions(request: SignedRequest, card_id: str, body: DimensionWeights) -> object:
    """Set how much each of the six dimensions counts."""
    found = queries.card_to_manage(card_id, request.user)
    return commands.weigh_dimensions(found, body.dict(), by=request.signature).weights


@router.get("/issues", response=list[QualityIssueOut])
def issues(
    request: SignedRequest,
    window: Query[Window],
    state: IssueState | None = None,
    severity: Gravity | None = None,
    card_id: str = "",
) -> object:
    """The issues of places in reach: the open ones first, due soonest at the top."""
    rows = queries.issues_standing(request.user, request.signature.today)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(severity=severity) if severity else rows
    rows = rows.filter(card_id=card_id) if card_id else rows
    return window.of(rows)


@router.get("/issues/{issue_id}", response=QualityIssueOut)
def issue(request: SignedRequest, issue_id: str) -> object:
    return queries.issue_seen(issue_id, request.user)


@router.post("/cards/{card_id}/issues", response={201: QualityIssueOut})
def open_issue(request: SignedRequest, card_id: str, body: QualityIssueIn) -> object:
    """Open an issue that a person saw."""
    found = queries.card_to_manage(card_id, request.user)
    owner = queries.owner_seen(found, body.owner_id) if body.owner_id else None
    given = body.dict(exclude={"owner_id"})
    return 201, commands.open_issue(found, owner=owner, **given, by=request.signature)


@router.post("/issues/{issue_id}/assign", response=QualityIssueOut)
def assign(request: SignedRequest, issue_id: str, body: QualityOwnerIn) -> object:
    found = queries.issue_seen(issue_id, request.user)
    owner = queries.owner_seen(found.card, body.owner_id)
    return commands.assign_issue(found, owner, by=request.signature)


@router.post("/issues/{issue_id}/notes", response=QualityIssueOut)
def note(request: SignedRequest, issue_id: str, body: QualityNoteIn) -> object:
    found = queries.issue_seen(issue_id, request.user)
    return commands.note_progress(found, body.text, by=request.signature)


@router.post("/issues/{issue_id}/close", response=QualityIssueOut)
def close(request: SignedRequest, issue_id: str, body: QualityClosureIn) -> object:
    """Close an issue with its cause and the measure taken."""
    found = queries.issue_seen(issue_id, request.user)
    return commands.close_issue(found, cause=body.cause, measure=body.measure, by=request.signature)
