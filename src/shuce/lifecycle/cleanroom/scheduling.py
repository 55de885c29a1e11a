"""Ask saved queries by the calendar: under the grant and budget of the day, once for each time."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localtime

from shuce.engines.guard.binding import obstacles_to_bind
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs import commands as jobs
from shuce.foundation.jobs.commands import OnProgress, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.notices.commands import tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import events, rules
from shuce.lifecycle.cleanroom.models import Question, Run, SavedQuery, Schedule
from shuce.lifecycle.cleanroom.rules import Every, RepeatState, RunState, SavedState, Verdict
from shuce.lifecycle.cleanroom.saving import about, ask_saved
from shuce.lifecycle.rights.queries import require_in_force

_KIND = "cleanroom.report"
# What a schedule may become, and from what.
_CHANGES = {
    RepeatState.PAUSED: {RepeatState.ACTIVE},
    RepeatState.ACTIVE: {RepeatState.PAUSED},
    RepeatState.STOPPED: {RepeatState.ACTIVE, RepeatState.PAUSED},
}


@command
def schedule_report(
    query: SavedQuery,
    values: Mapping[str, str],
    every: Every,
    day: int,
    hour: int,
    *,
    by: Signature,
) -> Schedule:
    """Put a saved query on the calendar, to be asked as the signer would ask it."""
    if by.member.organization is None or query.grant.operator_id != by.organization_id:
        raise NotPermitted(Obstacle("只能使用本单位获得的授权"))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)
    require_in_force(query.grant, by.today)
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    refuse_if(
        [
            *rules.obstacles_to_save(query.name, SavedState(query.state), True),
            *rules.obstacles_to_schedule(every, day, hour),
            *obstacles_to_bind(query.latest.declared, given),
        ]
    )
    schedule = Schedule.objects.create(
        query=query,
        values=given,
        every=every,
        day=0 if every is Every.DAY else day,
        hour=hour,
        member=by.member,
        next_at=rules.next_due(every, day, hour, localtime(by.at)),
        made_at=by.at,
    )
    record(
        events.ReportScheduled(
            schedule.id, query.id, every, schedule.day, hour, **about(query.grant)
        ),
        by,
    )
    return schedule


@command
def change_schedule(schedule: Schedule, state: RepeatState, *, by: Signature) -> Schedule:
    """Pause, resume or stop a schedule: whoever set it up, or saved its query."""
    schedule = _locked(schedule.id)
    if by.member_id not in (schedule.member_id, schedule.query.member_id):
        raise NotPermitted(Obstacle("只有设立人或查询的保存人可以变更定期报告"))
    if schedule.state not in _CHANGES[state]:
        raise Conflict(Obstacle("这项定期报告的状态已经变更"))
    schedule.state = state
    if state is RepeatState.ACTIVE:
        # What came due while it was paused is not made up for.
        every = Every(schedule.every)
        schedule.next_at = rules.next_due(every, schedule.day, schedule.hour, localtime(by.at))
    schedule.save(update_fields=["state", "next_at"])
    record(events.ScheduleChanged(schedule.id, state, **about(schedule.query.grant)), by)
    return schedule


def run_due_reports(at: datetime) -> int:
    """Queue every report that is due. After a standstill each runs once, not once for each miss."""
    due = Schedule.objects.filter(state=RepeatState.ACTIVE, next_at__lte=at)
    ids = list(due.values_list("id", flat=True))
    for schedule_id in ids:
        schedule = Schedule.objects.select_related("member").get(id=schedule_id)
        queue_run(schedule_id, by=Signature(schedule.member, at))
    return len(ids)


@command
def queue_run(schedule_id: str, *, by: Signature) -> Run:
    """Queue the run of a schedule that is due: the row of its time is what makes it once."""
    schedule = _locked(schedule_id)
    if schedule.state != RepeatState.ACTIVE or schedule.next_at > by.at:
        raise Conflict(Obstacle("这项定期报告尚未到期"))
    run = Run.objects.create(schedule=schedule, due_at=schedule.next_at)
    every = Every(schedule.every)
    schedule.next_at = rules.next_due(every, schedule.day, schedule.hour, localtime(by.at))
    schedule.save(update_fields=["next_at"])
    grant = schedule.query.grant
    record(events.ReportDue(run.id, schedule.id, run.due_at.isoformat(), **about(grant)), by)
    title = say("定期报告：{name}", name=schedule.query.name)
    jobs.ask(_KIND, title, run.id, grant.operator, by=by)
    return run


@does(_KIND)
def run_report(job: Job, by: Signature, on_progress: OnProgress) -> str:
    """Ask the query of a run, unless that was done before a crash; tell whoever set it up."""
    run = _run(job.subject_id)
    if run.state != RunState.WAITING:
        return run.told
    on_progress(0, 1)
    try:
        if run.schedule.state != RepeatState.ACTIVE:
            raise Refused(Obstacle("定期报告已暂停或停止"))
        question = Question.objects.filter(cause_id=run.id).first() or ask_saved(
            run.schedule.query, run.schedule.values, cause_id=run.id, by=by
        )
    except Refused as refusal:
        return end_run(run.id, None, str(refusal), by=by).told
    on_progress(1, 1)
    told = (
        say("放行 {rows} 行", rows=len(question.rows))
        if question.verdict == Verdict.RELEASED
        else question.reason
    )
    return end_run(run.id, question, told, by=by).told


@command
def end_run(run_id: str, question: Question | None, told: str, *, by: Signature) -> Run:
    """Keep what came of a run, and tell it. A run ends once: a second worker finds it ended."""
    run = _run(run_id, locked=True)
    if run.state != RunState.WAITING:
        raise Conflict(Obstacle("这次报告已经结束"))
    released = question is not None and question.verdict == Verdict.RELEASED
    run.state = RunState.DONE if released else RunState.REFUSED
    run.question, run.told, run.ended_at = question, told[:500], by.at
    run.save(update_fields=["state", "question", "told", "ended_at"])
    query = run.schedule.query
    record(
        events.ReportEnded(
            run.id,
            run.schedule_id,
            run.state,
            question.id if question else "",
            **about(query.grant),
        ),
        by,
    )
    tell(
        NoticeKind.REPORT,
        [run.schedule.member],
        title=say(
            "定期报告“{name}”已完成" if released else "定期报告“{name}”未能运行", name=query.name
        ),
        url=reverse("cleanroom:question", args=[question.id])
        if question
        else reverse("cleanroom:saved", args=[query.id]),
        subject_id=run.id,
        by=by,
    )
    return run


def _locked(schedule_id: str) -> Schedule:
    return (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("query__grant__card__holder", "query__grant__operator", "member")
        .get(id=schedule_id)
    )


def _run(run_id: str, *, locked: bool = False) -> Run:
    found = Run.objects.select_for_update(of=("self",)) if locked else Run.objects
    return found.select_related(
        "schedule__query__grant__card__holder",
        "schedule__query__grant__operator",
        "schedule__member",
    ).get(id=run_id)
