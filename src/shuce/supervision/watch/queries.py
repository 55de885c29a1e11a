"""Alerts, incidents and plans, seen from where the reader stands."""

from datetime import datetime

from django.db.models import Q, QuerySet

from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.office.parts import Moment
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.foundation.organizations.rules import Kind, Level
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.words import CardState
from shuce.supervision.watch import rules
from shuce.supervision.watch.models import (
    Alert,
    FrozenGrant,
    Incident,
    IncidentNote,
    IncidentReport,
    ReportClock,
    ResponsePlan,
    SeverityThreshold,
    WatchRule,
)
from shuce.supervision.watch.words import (
    AlertState,
    IncidentKind,
    IncidentState,
    Indicator,
    NoteKind,
    Settlement,
    Severity,
    UnitKind,
)

_MAY_LOOK = (
    Permission.ALERT_HANDLE,
    Permission.INCIDENT_HANDLE,
    Permission.EVIDENCE_READ,
    Permission.INSPECTION_RUN,
)


def alerts_seen_by(member: Member) -> QuerySet[Alert]:
    reach = within_reach(member, *_MAY_LOOK, path="organization__path")
    return Alert.objects.filter(reach).select_related("rule", "card", "organization", "handled_by")


def alert_seen(alert_id: str, by: Member) -> Alert:
    found = alerts_seen_by(by).filter(id=alert_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这条预警，或您无权查看"))
    return found


def overdue_alerts(at: datetime) -> QuerySet[Alert]:
    return Alert.objects.filter(state=AlertState.OPEN, due_at__lt=at)


def watch_rules() -> QuerySet[WatchRule]:
    return WatchRule.objects.order_by("id")


def rules_seen_by(member: Member) -> QuerySet[WatchRule]:
    """Rules are the same for everybody; people with no part in watching see none."""
    known = {*_MAY_LOOK, Permission.SETTING_MANAGE}
    return watch_rules() if member.permissions & known else WatchRule.objects.none()


def rule_seen(rule_id: str, by: Member) -> WatchRule:
    found = rules_seen_by(by).filter(id=rule_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这条监测规则，或您无权查看"))
    return found


def thresholds() -> list[rules.Threshold]:
    return [
        rules.Threshold(Indicator(row.indicator), Severity(row.severity), row.at_least)
        for row in SeverityThreshold.objects.all()
    ]


def severity_table() -> QuerySet[SeverityThreshold]:
    return SeverityThreshold.objects.order_by("id")


def clock_table() -> QuerySet[ReportClock]:
    return ReportClock.objects.order_by("id")


def clock_row(
    organization: Organization, severity: Severity, *, critical: bool
) -> ReportClock | None:
    """The line of the table by which an incident of this body is reported."""
    unit_kind = rules.unit_kind_of(
        Kind(organization.kind), Level(organization.level), critical=critical
    )
    rows = {
        rules.Clock(
            UnitKind(row.unit_kind), Severity(row.duty_from), row.minutes, row.recipient
        ): row
        for row in ReportClock.objects.all()
    }
    clock = rules.clock_for(unit_kind, severity, rows)
    return rows[clock] if clock else None


def plan_for(
    organization: Organization, kind: IncidentKind, severity: Severity
) -> ResponsePlan | None:
    """The nearest plan: a body's own, else one of a body above it, else the common one."""
    above = organization.path.strip("/").split("/")
    fitting = ResponsePlan.objects.filter(
        Q(organization_id__in=above) | Q(organization=None), kind=kind, severity=severity
    ).select_related("organization")
    return max(
        fitting,
        key=lambda plan: len(plan.organization.path) if plan.organization else 0,
        default=None,
    )


def plans_seen_by(member: Member) -> QuerySet[ResponsePlan]:
    """The common plans, and those of bodies in reach."""
    if not member.permissions & {*_MAY_LOOK, Permission.PLAN_MANAGE}:
        return ResponsePlan.objects.none()
    reach = within_reach(member, *_MAY_LOOK, Permission.PLAN_MANAGE, path="organization__path")
    return ResponsePlan.objects.filter(reach | Q(organization=None)).select_related("organization")


def plan_seen(plan_id: str, by: Member) -> ResponsePlan:
    found = plans_seen_by(by).filter(id=plan_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这份预案，或您无权查看"))
    return found


def incidents_seen_by(member: Member) -> QuerySet[Incident]:
    # Who manages grants must see why they are suspended, and withdraw them when so decided.
    reach = within_reach(member, *_MAY_LOOK, Permission.GRANT_MANAGE, path="card__holder__path")
    return Incident.objects.filter(reach).select_related(
        "card__holder", "opened_by", "plan__organization"
    )


def incident_seen(incident_id: str, by: Member) -> Incident:
    found = incidents_seen_by(by).filter(id=incident_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个安全事件，或您无权查看"))
    return found


def incidents_of(card: Card) -> QuerySet[Incident]:
    return Incident.objects.filter(card=card).select_related("card__holder")


def notes_of(incident: Incident) -> QuerySet[IncidentNote]:
    return incident.notes.select_related("member").order_by("at", "id")


def reports_of(incident: Incident) -> QuerySet[IncidentReport]:
    return incident.reports.select_related("member")


def frozen_of(incident: Incident) -> QuerySet[FrozenGrant]:
    return incident.frozen.select_related("grant__operator", "grant__card__holder")


def is_reported(incident: Incident) -> bool:
    return incident.reports.exists()


def progress_of(incident: Incident) -> rules.Progress:
    return rules.Progress(
        IncidentState(incident.state),
        Severity(incident.severity),
        incident.is_drill,
        is_reported(incident),
    )


def contained_elsewhere(incident: Incident) -> bool:
    """Whether another real incident still keeps this card's grants suspended."""
    return (
        Incident.objects.filter(card_id=incident.card_id, is_drill=False)
        .exclude(contained_at=None)
        .exclude(id=incident.id)
        .exclude(state=IncidentState.CLOSED)
        .exists()
    )


def waiting_settlements(incident: Incident) -> int:
    return incident.frozen.filter(settlement=Settlement.SUSPENDED).count()


def cards_for_incident(member: Member) -> QuerySet[Card]:
    """Cards about which the reader may open an incident."""
    reach = within_reach(member, Permission.INCIDENT_HANDLE, path="holder__path")
    return (
        cards_seen_by(member)
        .filter(reach)
        .exclude(state__in=[CardState.DRAFT, CardState.IN_APPROVAL])
    )


def places_for_plans(member: Member) -> QuerySet[Organization]:
    """The bodies for which this person may set plans."""
    reach = within_reach(member, Permission.PLAN_MANAGE)
    return Organization.objects.filter(reach, closed_on=None).order_by("path")


def moments_of(incident: Incident) -> list[Moment]:
    """The incident's timeline, with the reports that came too late marked."""
    # Each report made one entry, in the same order.
    late = iter([one.late for one in reports_of(incident).order_by("id")])
    return [
        Moment(
            at=note.at,
            label=say("上报（超时）")
            if note.kind == NoteKind.REPORTED and next(late)
            else NoteKind(note.kind).label,
            text=note.text,
            by=note.member,
            icon=_ICONS.get(NoteKind(note.kind), ""),
        )
        for note in notes_of(incident)
    ]


def case_of(incident: Incident) -> Case | None:
    return last_case_about(Matter.INCIDENT_CLOSURE, incident.id)


def obstacles_to_close(incident: Incident) -> tuple[Obstacle, ...]:
    """Why closing must wait, before any lessons are written."""
    return tuple(rules.obstacles_to_close(progress_of(incident), "-"))


_ICONS = {
    NoteKind.OPENED: "flag",
    NoteKind.CONTAINED: "snowflake",
    NoteKind.REPORTED: "send",
    NoteKind.CLOSED: "check",
}
