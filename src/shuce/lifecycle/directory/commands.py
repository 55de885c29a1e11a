"""Every change to asset schedules: compiling, submitting upward, accepting and returning."""

import dataclasses

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.refusals import refuse_if
from shuce.lifecycle.directory import events, queries, rules
from shuce.lifecycle.directory.models import AssetSchedule, ScheduleChange, ScheduleLine
from shuce.lifecycle.directory.words import Ruling, ScheduleState

_AT_A_TIME = 2_000


@command
def compile_schedule(organization: Organization, *, by: Signature) -> AssetSchedule:
    """Freeze a body's cards on the register today, with the accepted schedules below it.

    A schedule is of the day on which it is compiled; earlier days are what earlier versions say.
    """
    organization = Organization.objects.select_for_update(of=("self",)).get(id=organization.id)
    by.require(Permission.STOCKTAKE_RUN, within=organization)
    refuse_if(
        rules.obstacles_to_compile_at_all(
            Kind(organization.kind), organization.closed_on is not None
        )
    )
    lines = list(queries.lines_from(organization))
    taken = queries.accepted_below(organization)
    parts = {part.id: part for one in taken for part in (one, *one.parts.all())}
    last = queries.latest_of(organization)
    digest = rules.digest_of(lines, [part.digest for part in taken])
    if last:
        refuse_if(rules.obstacles_to_freeze(digest, last.digest, last.version))
    sent = {one.organization_id for one in taken}
    schedule = AssetSchedule.objects.create(
        organization=organization,
        as_of=by.today,
        version=last.version + 1 if last else 1,
        count=0,
        rows=0,
        digest=digest,
        missing=[body.name for body in queries.below(organization) if body.id not in sent],
        member=by.member,
        compiled_at=by.at,
    )
    schedule.parts.add(*parts.values())
    ScheduleLine.objects.bulk_create(
        (ScheduleLine(schedule=schedule, **dataclasses.asdict(line)) for line in lines),
        batch_size=_AT_A_TIME,
    )
    # Counted when the lines are there: an asset in the lists of two bodies is one asset.
    schedule.count, schedule.rows = queries.totals_of(schedule)
    schedule.save(update_fields=["count", "rows"])
    if last:
        _keep_changes(schedule, last)
    record(
        events.ScheduleCompiled(
            schedule.id,
            schedule.as_of.isoformat(),
            schedule.version,
            schedule.count,
            len(parts),
            len(schedule.missing),
            digest,
            organization_id=organization.id,
        ),
        by,
    )
    return schedule


@command
def submit_schedule(schedule: AssetSchedule, *, by: Signature) -> AssetSchedule:
    """Submit the latest version upward, dated."""
    schedule = _locked(schedule)
    organization = schedule.organization
    by.require(Permission.STOCKTAKE_RUN, within=organization)
    refuse_if(queries.obstacles_to_submit(schedule))
    schedule.state, schedule.submitted_at = ScheduleState.SUBMITTED, by.at
    schedule.save(update_fields=["state", "submitted_at"])
    record(
        events.ScheduleSubmitted(
            schedule.id,
            schedule.version,
            schedule.digest,
            organization.parent_id or "",
            organization_id=organization.id,
        ),
        by,
    )
    return schedule


@command
def answer_schedule(
    schedule: AssetSchedule, verdict: Ruling, reason: str = "", *, by: Signature
) -> AssetSchedule:
    """Accept a schedule that was submitted, or return it with the reason; the body above does."""
    schedule = _locked(schedule)
    above = schedule.organization.parent or schedule.organization
    by.require(Permission.STOCKTAKE_RUN, within=above)
    refuse_if(rules.obstacles_to_answer(ScheduleState(schedule.state), verdict, reason))
    schedule.state = ScheduleState(verdict.value)
    schedule.answer, schedule.answered_at = reason, by.at
    schedule.save(update_fields=["state", "answer", "answered_at"])
    record(
        events.ScheduleAnswered(
            schedule.id,
            schedule.version,
            verdict,
            reason,
            organization_id=schedule.organization_id,
        ),
        by,
    )
    return schedule


def _keep_changes(schedule: AssetSchedule, last: AssetSchedule) -> None:
    """Keep how a version differs from the one before, so that nobody need compare again."""
    after, before = queries.unlike_lines(schedule, last)
    ScheduleChange.objects.bulk_create(
        (
            ScheduleChange(
                schedule=schedule,
                kind=one.kind,
                number=one.line.number,
                name=one.line.name,
                holder=one.line.holder,
                facts=[list(fact) for fact in one.facts],
            )
            for one in rules.differences(before, after)
        ),
        batch_size=_AT_A_TIME,
    )


def _locked(schedule: AssetSchedule) -> AssetSchedule:
    return (
        AssetSchedule.objects.select_for_update(of=("self",))
        .select_related("organization__parent")
        .get(id=schedule.id)
    )
