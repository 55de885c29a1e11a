"""Hand a right back: outputs, keys, copies, proof and bills, each done by one and confirmed by
the other; only then is it over."""

from datetime import timedelta

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import refuse_if
from shuce.lifecycle.rights import events, exit_rules
from shuce.lifecycle.rights.exit_rules import ExitReason, ExitStepKind, StepStanding
from shuce.lifecycle.rights.models import Exit, ExitStep, Grant
from shuce.lifecycle.rights.settling import unsettled


@command
def open_exit(grant: Grant, reason: ExitReason, *, by: Signature) -> Exit:
    """Open the exit of a right that is over, with everything that must be done and until when."""
    leaving = Exit.objects.create(
        number=next_number(f"TC-{by.today.year}-"),
        grant=grant,
        reason=reason,
        opened_at=by.at,
        due_on=by.today + timedelta(days=exit_rules.EXIT_DAYS),
    )
    for kind in ExitStepKind:
        ExitStep.objects.create(exit=leaving, kind=kind)
    record(events.ExitOpened(leaving.id, leaving.number, grant.id, reason, **_about(grant)), by)
    return leaving


@command
def do_step(
    leaving: Exit, kind: ExitStepKind, note: str, evidence: str = "", *, by: Signature
) -> ExitStep:
    """Report one thing as done, for the operator; it may be reported again until confirmed."""
    leaving = _locked(leaving)
    by.require(Permission.GRANT_APPLY, within=leaving.grant.operator)
    step = leaving.steps.get(kind=kind)
    refuse_if(exit_rules.obstacles_to_do(standing(step), note, evidence, closed=_closed(leaving)))
    step.note, step.evidence = note.strip(), evidence.strip()
    step.done_by, step.done_at = by.member, by.at
    step.save(update_fields=["note", "evidence", "done_by", "done_at"])
    record(
        events.ExitStepDone(leaving.id, kind, step.note, step.evidence, **_about(leaving.grant)), by
    )
    return step


@command
def confirm_step(leaving: Exit, kind: ExitStepKind, *, by: Signature) -> ExitStep:
    """Confirm for the holder that one thing was done as reported."""
    leaving = _locked(leaving)
    by.require(Permission.ASSESSMENT_MAKE, within=leaving.grant.card.holder)
    step = leaving.steps.get(kind=kind)
    same = step.done_by_id == by.member_id
    refuse_if(
        exit_rules.obstacles_to_confirm(standing(step), closed=_closed(leaving), same_person=same)
    )
    step.confirmed_by, step.confirmed_at = by.member, by.at
    step.save(update_fields=["confirmed_by", "confirmed_at"])
    record(events.ExitStepConfirmed(leaving.id, kind, **_about(leaving.grant)), by)
    return step


@command
def close_exit(leaving: Exit, *, by: Signature) -> Exit:
    """Close an exit in which everything is done, confirmed and paid."""
    leaving = _locked(leaving)
    by.require(Permission.GRANT_MANAGE, within=leaving.grant.card.holder)
    steps = [standing(step) for step in leaving.steps.all()]
    owed = unsettled(leaving.grant)
    refuse_if(exit_rules.obstacles_to_close(steps, closed=_closed(leaving), unsettled=owed))
    leaving.closed_at = by.at
    leaving.save(update_fields=["closed_at"])
    record(events.ExitClosed(leaving.id, leaving.number, **_about(leaving.grant)), by)
    return leaving


def standing(step: ExitStep) -> StepStanding:
    return StepStanding(
        ExitStepKind(step.kind), step.done_at is not None, step.confirmed_at is not None
    )


def _closed(leaving: Exit) -> bool:
    return leaving.closed_at is not None


def _about(grant: Grant) -> dict[str, str]:
    return {"asset_id": grant.card_id, "organization_id": grant.card.holder_id}


def _locked(leaving: Exit) -> Exit:
    return (
        Exit.objects.select_for_update(of=("self",))
        .select_related("grant__operator", "grant__card__holder")
        .get(id=leaving.id)
    )
