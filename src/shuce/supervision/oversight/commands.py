"""Inspect, find, have put right, look again, close (N-10)."""

from datetime import date

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotPermitted, Obstacle, refuse_if
from shuce.supervision.oversight import events, rules
from shuce.supervision.oversight.models import Finding, Inspection
from shuce.supervision.oversight.rules import (
    FindingState,
    InspectionKind,
    InspectionState,
    Phase,
)


@command
def open_inspection(
    organization: Organization,
    title: str,
    kind: InspectionKind,
    phase: Phase,
    due_on: date,
    *,
    by: Signature,
) -> Inspection:
    """Open an inspection of a body that the signer supervises; nobody inspects their own body."""
    by.require(Permission.INSPECTION_RUN, within=organization)
    if by.organization_id == organization.id:
        raise NotPermitted(Obstacle("不能检查本单位", Clause.N_10))
    refuse_if(rules.obstacles_to_open(title, due_on, by.today))
    inspection = Inspection.objects.create(
        number=next_number(f"JC-{by.today.year}-"),
        title=title,
        organization=organization,
        kind=kind,
        phase=phase,
        due_on=due_on,
        inspector=by.member,
        opened_at=by.at,
    )
    record(
        events.InspectionOpened(
            inspection.id, inspection.number, kind, phase, organization_id=organization.id
        ),
        by,
    )
    return inspection


@command
def find_problem(
    inspection: Inspection, text: str, clause: Clause, rectify_by: date, *, by: Signature
) -> Finding:
    """Note a problem, the clause it breaks, and the day by which it must be put right."""
    inspection = _locked(inspection)
    by.require(Permission.INSPECTION_RUN, within=inspection.organization)
    refuse_if(rules.obstacles_to_find(InspectionState(inspection.state), text))
    finding = Finding.objects.create(
        inspection=inspection, text=text, clause=clause, rectify_by=rectify_by
    )
    record(
        events.ProblemFound(
            inspection.id, finding.id, clause, rectify_by.isoformat(), **_about(inspection)
        ),
        by,
    )
    return finding


@command
def rectify(finding: Finding, rectification: str, *, by: Signature) -> Finding:
    """Tell, for the inspected body, how a problem was put right."""
    finding = _locked_finding(finding)
    by.require(Permission.FINDING_RECTIFY, within=finding.inspection.organization)
    refuse_if(rules.obstacles_to_rectify(FindingState(finding.state), rectification))
    finding.state, finding.rectification = FindingState.RECTIFIED, rectification
    finding.rectified_at, finding.rectified_by = by.at, by.member
    finding.save()
    record(
        events.ProblemRectified(finding.inspection_id, finding.id, **_about(finding.inspection)),
        by,
    )
    return finding


@command
def recheck(finding: Finding, passed: bool, *, by: Signature) -> Finding:
    """Look again: pass the rectification, or send it back."""
    finding = _locked_finding(finding)
    by.require(Permission.INSPECTION_RUN, within=finding.inspection.organization)
    if finding.rectified_by_id == by.member_id:
        raise NotPermitted(Obstacle("整改人不能复核自己的整改", Clause.N_10))
    refuse_if(rules.obstacles_to_recheck(FindingState(finding.state)))
    finding.state = FindingState.CLOSED if passed else FindingState.OPEN
    finding.save(update_fields=["state"])
    record(
        events.ProblemRechecked(
            finding.inspection_id, finding.id, passed, **_about(finding.inspection)
        ),
        by,
    )
    return finding


@command
def close_inspection(inspection: Inspection, *, by: Signature) -> Inspection:
    """Close an inspection whose problems have all been rechecked."""
    inspection = _locked(inspection)
    by.require(Permission.INSPECTION_RUN, within=inspection.organization)
    waiting = inspection.findings.exclude(state=FindingState.CLOSED).count()
    refuse_if(rules.obstacles_to_close(InspectionState(inspection.state), waiting))
    inspection.state, inspection.closed_at = InspectionState.CLOSED, by.at
    inspection.save(update_fields=["state", "closed_at"])
    record(
        events.InspectionClosed(inspection.id, inspection.findings.count(), **_about(inspection)),
        by,
    )
    return inspection


def _locked(inspection: Inspection) -> Inspection:
    return (
        Inspection.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(id=inspection.id)
    )


def _locked_finding(finding: Finding) -> Finding:
    return (
        Finding.objects.select_for_update(of=("self",))
        .select_related("inspection__organization")
        .get(id=finding.id)
    )


def _about(inspection: Inspection) -> dict[str, str]:
    return {"organization_id": inspection.organization_id}
