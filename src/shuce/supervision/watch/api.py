"""Alerts, rules, plans and incidents for programs: everything the pages do."""

from datetime import datetime

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.lifecycle.register.queries import card_seen
from shuce.supervision.watch import commands, queries
from shuce.supervision.watch.words import (
    AlertGrade,
    AlertState,
    Confidence,
    IncidentKind,
    IncidentState,
    NoteKind,
    RuleCode,
    Settlement,
    Severity,
)

router = Router(tags=["watch"])


class AlertOut(Schema):
    id: str
    code: RuleCode
    grade: AlertGrade
    text: str
    organization_id: str
    card_id: str | None
    state: AlertState
    raised_at: datetime
    due_at: datetime
    conclusion: str
    handled_at: datetime | None

    @staticmethod
    def resolve_code(row: object) -> object:
        return getattr(getattr(row, "rule", None), "code", None)


class AlertConclusionIn(Schema):
    conclusion: str


class RuleOut(Schema):
    id: str
    code: RuleCode
    grade: AlertGrade
    thresholds: dict[str, int]
    due_hours: int
    basis: str
    confidence: Confidence
    enabled: bool
    last_run_at: datetime | None
    last_raised: int


class RuleIn(Schema):
    grade: AlertGrade
    thresholds: dict[str, int]
    due_hours: int
    enabled: bool = True


class PlanOut(Schema):
    id: str
    organization_id: str | None
    kind: IncidentKind
    severity: Severity
    title: str
    steps: list[str]
    version: int


class PlanIn(Schema):
    organization_id: str
    kind: IncidentKind
    severity: Severity
    title: str
    steps: list[str]


class IncidentOut(Schema):
    id: str
    number: str
    card_id: str
    kind: IncidentKind
    severity: Severity
    is_drill: bool
    description: str
    persons_affected: int
    loss_fen: int
    state: IncidentState
    plan_steps: list[str]
    report_to: str
    report_due_at: datetime | None
    opened_at: datetime
    contained_at: datetime | None
    closed_at: datetime | None
    lessons: str
    resume: bool | None

    @staticmethod
    def resolve_loss_fen(row: object) -> int:
        return int(getattr(row, "loss", Money(0)).fen)


class IncidentIn(Schema):
    card_id: str
    kind: IncidentKind
    description: str
    persons_affected: int = 0
    loss_fen: int = 0
    is_drill: bool = False
    critical: bool = False


class ExtentIn(Schema):
    persons_affected: int
    loss_fen: int


class NoteIn(Schema):
    text: str


class NoteOut(Schema):
    kind: NoteKind
    text: str
    at: datetime
    member_id: str


class IncidentReportIn(Schema):
    recipient: str
    reported_at: datetime | None = None
    reference: str = ""


class IncidentReportOut(Schema):
    recipient: str
    reference: str
    reported_at: datetime
    late: bool


class FrozenOut(Schema):
    grant_id: str
    settlement: Settlement


class ClosureIn(Schema):
    lessons: str
    resume: bool


class ClosureCaseOut(Schema):
    id: str
    number: str


@router.get("/alerts", response=list[AlertOut])
def alerts(request: SignedRequest, window: Query[Window]) -> object:
    """The alerts the signer may see, newest first."""
    return window.of(queries.alerts_seen_by(request.user))


@router.get("/alerts/{alert_id}", response=AlertOut)
def alert(request: SignedRequest, alert_id: str) -> object:
    return queries.alert_seen(alert_id, request.user)


@router.post("/alerts/{alert_id}/handle", response=AlertOut)
def handle(request: SignedRequest, alert_id: str, body: AlertConclusionIn) -> object:
    """Handle an alert: say what it was and what was done."""
    found = queries.alert_seen(alert_id, request.user)
    return commands.handle_alert(found, body.conclusion, by=request.signature)


@router.get("/rules", response=list[RuleOut])
def rules(request: SignedRequest) -> object:
    """The rules, and when each last ran."""
    return queries.rules_seen_by(request.user)


@router.post("/rules/install", response=list[RuleOut])
def install(request: SignedRequest) -> object:
    """Install the shipped rules, tables and plans that are missing; return the new rules."""
    return commands.install_rules(by=request.signature)


@router.put("/rules/{rule_id}", response=RuleOut)
def tune(request: SignedRequest, rule_id: str, body: RuleIn) -> object:
    """Change how a rule watches."""
    found = queries.rule_seen(rule_id, request.user)
    return commands.tune_rule(
        found,
        grade=body.grade,
        due_hours=body.due_hours,
        thresholds=body.thresholds,
        enabled=body.enabled,
        by=request.signature,
    )


@router.get("/plans", response=list[PlanOut])
def plans(request: SignedRequest) -> object:
    """The response plans, common and own."""
    return queries.plans_seen_by(request.user)


@router.post("/plans", response={201: PlanOut})
def set_plan(request: SignedRequest, body: PlanIn) -> object:
    """Set a body's own plan."""
    organization = organization_seen(body.organization_id, request.user)
    return 201, commands.set_plan(
        organization, body.kind, body.severity, body.title, body.steps, by=request.signature
    )


@router.get("/incidents", response=list[IncidentOut])
def incidents(request: SignedRequest, window: Query[Window]) -> object:
    """The incidents the signer may see, newest first."""
    return window.of(queries.incidents_seen_by(request.user))


@router.post("/incidents", response={201: IncidentOut})
def open_incident(request: SignedRequest, body: IncidentIn) -> object:
    """Open an incident or a drill."""
    return 201, commands.open_incident(
        card_seen(body.card_id, request.user),
        body.kind,
        body.description,
        persons_affected=body.persons_affected,
        loss=Money(body.loss_fen),
        is_drill=body.is_drill,
        critical=body.critical,
        by=request.signature,
    )


@router.get("/incidents/{incident_id}", response=IncidentOut)
def incident(request: SignedRequest, incident_id: str) -> object:
    return queries.incident_seen(incident_id, request.user)


@router.get("/incidents/{incident_id}/notes", response=list[NoteOut])
def notes(request: SignedRequest, incident_id: str) -> object:
    """The timeline, oldest first."""
    return queries.notes_of(queries.incident_seen(incident_id, request.user))


@router.post("/incidents/{incident_id}/notes", response={201: NoteOut})
def add_note(request: SignedRequest, incident_id: str, body: NoteIn) -> object:
    """Add to the timeline."""
    found = queries.incident_seen(incident_id, request.user)
    return 201, commands.add_note(found, body.text, by=request.signature)


@router.get("/incidents/{incident_id}/grants", response=list[FrozenOut])
def frozen(request: SignedRequest, incident_id: str) -> object:
    """The grants that the incident suspended, and what became of them."""
    return queries.frozen_of(queries.incident_seen(incident_id, request.user))


@router.post("/incidents/{incident_id}/contain", response=IncidentOut)
def contain(request: SignedRequest, incident_id: str) -> object:
    """Suspend every grant in force over the card, at once."""
    found = queries.incident_seen(incident_id, request.user)
    return commands.contain(found, by=request.signature)


@router.post("/incidents/{incident_id}/reports", response={201: IncidentReportOut})
def report(request: SignedRequest, incident_id: str, body: IncidentReportIn) -> object:
    """Note that the incident was reported outside."""
    found = queries.incident_seen(incident_id, request.user)
    return 201, commands.report_incident(
        found,
        body.recipient,
        reported_at=body.reported_at,
        reference=body.reference,
        by=request.signature,
    )


@router.post("/incidents/{incident_id}/reassess", response=IncidentOut)
def reassess(request: SignedRequest, incident_id: str, body: ExtentIn) -> object:
    """Find severity, clock and plan again."""
    found = queries.incident_seen(incident_id, request.user)
    return commands.reassess(
        found, body.persons_affected, Money(body.loss_fen), by=request.signature
    )


@router.post("/incidents/{incident_id}/close", response={201: ClosureCaseOut})
def close(request: SignedRequest, incident_id: str, body: ClosureIn) -> object:
    """Put the closing to approval."""
    found = queries.incident_seen(incident_id, request.user)
    return 201, commands.close_incident(found, body.lessons, body.resume, by=request.signature)


@router.post("/incidents/{incident_id}/settle", response=IncidentOut)
def settle(request: SignedRequest, incident_id: str) -> object:
    """Resume or withdraw what is still suspended, as was decided."""
    found = queries.incident_seen(incident_id, request.user)
    return commands.settle_grants(found, by=request.signature)
