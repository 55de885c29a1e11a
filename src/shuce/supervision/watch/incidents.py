"""Handle incidents from discovery to lessons (G-13)."""

from collections.abc import Iterator
from datetime import datetime

from shuce.foundation.approvals.commands import concludes, open_case
from shuce.foundation.approvals.models import Case, Matter, Outcome
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights.commands import resume_grant, suspend_grant, withdraw_grant
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import GrantState
from shuce.supervision.watch import events, queries, rules
from shuce.supervision.watch.models import FrozenGrant, Incident, IncidentNote, IncidentReport
from shuce.supervision.watch.rules import Extent
from shuce.supervision.watch.telling import tell_of_incident
from shuce.supervision.watch.words import (
    IncidentKind,
    IncidentState,
    NoteKind,
    Settlement,
    Severity,
)

_NOTHING = Money(0)


@command
def open_incident(
    card: Card,
    kind: IncidentKind,
    description: str,
    *,
    persons_affected: int = 0,
    loss: Money = _NOTHING,
    is_drill: bool = False,
    critical: bool = False,
    by: Signature,
) -> Incident:
    """Open an incident: its severity is computed, its clock starts, its plan is picked (G-13)."""
    by.require(Permission.INCIDENT_HANDLE, within=card.holder)
    refuse_if(rules.obstacles_to_open(CardState(card.state), description, persons_affected, loss))
    incident = Incident(
        number=next_number(f"SJ-{by.today.year}-"),
        card=card,
        kind=kind,
        is_drill=is_drill,
        critical=critical,
        description=description,
        opened_by=by.member,
        opened_at=by.at,
    )
    _assess(incident, persons_affected, loss)
    incident.save()
    _note(incident, NoteKind.OPENED, description, by)
    record(
        events.IncidentOpened(
            incident.id,
            incident.number,
            kind,
            incident.severity,
            is_drill,
            persons_affected,
            loss.fen,
            _due_text(incident),
            **_about(incident),
        ),
        by,
    )
    tell_of_incident(incident, by)
    return incident


@command
def reassess(incident: Incident, persons_affected: int, loss: Money, *, by: Signature) -> Incident:
    """Find severity, clock and plan again, as more becomes known."""
    incident = _handled(incident, by)
    refuse_if(rules.obstacles_to_extent(persons_affected, loss))
    _assess(incident, persons_affected, loss)
    incident.save()
    _note(incident, NoteKind.REASSESSED, Severity(incident.severity).label, by)
    record(
        events.IncidentReassessed(
            incident.id,
            incident.severity,
            persons_affected,
            loss.fen,
            _due_text(incident),
            **_about(incident),
        ),
        by,
    )
    return incident


@command
def contain(incident: Incident, *, by: Signature) -> Incident:
    """Freeze everything that goes on over the card, in one act. A drill freezes nothing.

    A suspended grant's running questions are killed at the node.
    """
    incident = _handled(incident, by)
    by.require(Permission.GRANT_SUSPEND, within=incident.card.holder)
    refuse_if(rules.obstacles_to_contain(IncidentState(incident.state)))
    frozen = [] if incident.is_drill else list(_grants_to_freeze(incident))
    for grant in frozen:
        suspend_grant(grant, incident.number, by=by)
        FrozenGrant.objects.create(incident=incident, grant=grant)
    incident.state = IncidentState.CONTAINED
    incident.contained_at = by.at
    incident.save(update_fields=["state", "contained_at"])
    _note(incident, NoteKind.CONTAINED, "、".join(grant.number or "" for grant in frozen), by)
    record(
        events.IncidentContained(
            incident.id,
            incident.number,
            tuple(grant.id for grant in frozen),
            incident.is_drill,
            **_about(incident),
        ),
        by,
    )
    return incident


@command
def add_note(incident: Incident, text: str, *, by: Signature) -> IncidentNote:
    """Note in the timeline what was found or done."""
    incident = _handled(incident, by)
    refuse_if([] if text.strip() else [Obstacle("请写明内容", Clause.G_13, field="text")])
    note = _note(incident, NoteKind.NOTE, text, by)
    record(events.IncidentNoted(incident.id, note.id, **_about(incident)), by)
    return note


@command
def report_incident(
    incident: Incident,
    recipient: str,
    *,
    reported_at: datetime | None = None,
    reference: str = "",
    by: Signature,
) -> IncidentReport:
    """Note that an incident was reported: to whom, and when; after the clock it shows as late."""
    incident = _handled(incident, by)
    when = reported_at or by.at
    refuse_if(
        rules.obstacles_to_report(
            IncidentState(incident.state), recipient, when, incident.opened_at, by.at
        )
    )
    late = incident.report_due_at is not None and when > incident.report_due_at
    report = IncidentReport.objects.create(
        incident=incident,
        recipient=recipient,
        reference=reference,
        reported_at=when,
        late=late,
        member=by.member,
    )
    _note(incident, NoteKind.REPORTED, recipient, by)
    record(
        events.IncidentReported(incident.id, recipient, when.isoformat(), late, **_about(incident)),
        by,
    )
    return report


@command
def close_incident(incident: Incident, lessons: str, resume: bool, *, by: Signature) -> Case:
    """Draw the lessons, say what becomes of the frozen grants, and put the closing to approval."""
    incident = _handled(incident, by)
    refuse_if(rules.obstacles_to_close(queries.progress_of(incident), lessons))
    incident.state = IncidentState.CLOSING
    incident.lessons, incident.resume = lessons, resume
    incident.save(update_fields=["state", "lessons", "resume"])
    _note(incident, NoteKind.CLOSING, lessons, by)
    case = open_case(
        Matter.INCIDENT_CLOSURE,
        subject_id=incident.id,
        asset_id=incident.card_id,
        title=f"{incident.number} {incident.card.name}",
        organization=incident.card.holder,
        facts={"severity": str(incident.severity)},
        subject_url=f"/watch/incidents/{incident.id}/",
        summary=[
            ("事件编号", incident.number),
            ("数据资产", str(incident.card)),
            ("类别", IncidentKind(incident.kind).chinese),
            ("等级", Severity(incident.severity).chinese),
            ("演练", "是" if incident.is_drill else "否"),
            ("原因分析和改进措施", lessons),
            ("暂停的授权", "恢复" if resume else "收回"),
        ],
        by=by,
    )
    record(
        events.IncidentClosureAsked(incident.id, incident.number, resume, **_about(incident)), by
    )
    return case


@concludes(Matter.INCIDENT_CLOSURE)
@command
def conclude_closure(case: Case, *, by: Signature) -> None:
    """Close an incident whose closing was approved; otherwise its handling goes on."""
    incident = _locked(case.subject_id)
    approved = case.outcome == Outcome.APPROVED
    incident.state = IncidentState.CLOSED if approved else IncidentState.CONTAINED
    incident.closed_at = by.at if approved else None
    incident.save(update_fields=["state", "closed_at"])
    _note(incident, NoteKind.CLOSED if approved else NoteKind.RETURNED, "", by)
    record(
        events.IncidentConcluded(incident.id, incident.number, incident.state, **_about(incident)),
        by,
    )
    if approved:
        _settle(incident, [by, Signature(case.maker, by.at)])


@command
def settle_grants(incident: Incident, *, by: Signature) -> Incident:
    """Carry out what was decided for the grants still suspended, by somebody who may."""
    incident = _locked(incident.id)
    needed = Permission.GRANT_SUSPEND if incident.resume else Permission.GRANT_MANAGE
    by.require(needed, within=incident.card.holder)
    refuse_if(
        rules.obstacles_to_settle(
            IncidentState(incident.state),
            queries.waiting_settlements(incident),
            bool(incident.resume) and queries.contained_elsewhere(incident),
        )
    )
    _settle(incident, [by])
    return incident


def _assess(incident: Incident, persons_affected: int, loss: Money) -> None:
    """Set what is known of the harm, and what follows from it."""
    card: Card = incident.card
    holder: Organization = card.holder
    extent = Extent(
        IncidentKind(incident.kind),
        persons_affected,
        loss,
        Grade(card.grade) if card.grade else None,
    )
    severity = rules.severity_of(extent, queries.thresholds())
    clock = queries.clock_row(holder, severity, critical=incident.critical)
    plan = queries.plan_for(holder, IncidentKind(incident.kind), severity)
    incident.persons_affected = persons_affected
    incident.loss = loss
    incident.severity = severity
    incident.plan = plan
    incident.plan_steps = list(plan.steps) if plan else []
    incident.report_to = clock.recipient if clock else ""
    incident.report_basis = clock.basis if clock else ""
    # The clock runs from discovery, not from when the severity became known.
    incident.report_due_at = rules.report_due(incident.opened_at, clock.minutes if clock else None)


def _grants_to_freeze(incident: Incident) -> Iterator[Grant]:
    return (
        Grant.objects.filter(card_id=incident.card_id, state=GrantState.IN_FORCE)
        .select_related("card__holder")
        .order_by("id")
        .iterator()
    )


def _settle(incident: Incident, signers: list[Signature]) -> None:
    """Resume or withdraw what the incident froze, signed by the first who has the right to.

    The approval decides; whoever put it forward may carry it out. What neither may do waits for
    `settle_grants`.
    """
    needed = Permission.GRANT_SUSPEND if incident.resume else Permission.GRANT_MANAGE
    holder = incident.card.holder
    by = next((one for one in signers if one.member.may(needed, holder)), None)
    held_back = bool(incident.resume) and queries.contained_elsewhere(incident)
    counts = {Settlement.RESUMED: 0, Settlement.WITHDRAWN: 0}
    for frozen in queries.frozen_of(incident).filter(settlement=Settlement.SUSPENDED):
        if Grant.objects.get(id=frozen.grant_id).state != GrantState.SUSPENDED:
            frozen.settlement = Settlement.LAPSED
        elif by is None or held_back:
            continue
        elif incident.resume:
            resume_grant(frozen.grant, incident.number, by=by)
            frozen.settlement = Settlement.RESUMED
        else:
            withdraw_grant(frozen.grant, incident.number, by=by)
            frozen.settlement = Settlement.WITHDRAWN
        frozen.save(update_fields=["settlement"])
        if frozen.settlement in counts:
            counts[frozen.settlement] += 1
    _note(incident, NoteKind.SETTLED, "", by or signers[0])
    record(
        events.FrozenGrantsSettled(
            incident.id,
            counts[Settlement.RESUMED],
            counts[Settlement.WITHDRAWN],
            queries.waiting_settlements(incident),
            **_about(incident),
        ),
        by or signers[0],
    )


def _note(incident: Incident, kind: NoteKind, text: str, by: Signature) -> IncidentNote:
    return IncidentNote.objects.create(
        incident=incident, kind=kind, text=text, member=by.member, at=by.at
    )


def _due_text(incident: Incident) -> str:
    return incident.report_due_at.isoformat() if incident.report_due_at else ""


def _about(incident: Incident) -> dict[str, str]:
    return {"asset_id": incident.card_id, "organization_id": incident.card.holder_id}


def _handled(incident: Incident, by: Signature) -> Incident:
    """Lock an incident for one who handles it and while it may still change."""
    incident = _locked(incident.id)
    by.require(Permission.INCIDENT_HANDLE, within=incident.card.holder)
    refuse_if(rules.obstacles_to_change(IncidentState(incident.state)))
    return incident


def _locked(incident_id: str) -> Incident:
    return (
        Incident.objects.select_for_update(of=("self",))
        .select_related("card__holder")
        .get(id=incident_id)
    )
