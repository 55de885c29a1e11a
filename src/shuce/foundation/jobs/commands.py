"""Ask for long work, stop it, run it.

A room registers the function that does its work with `@does("kind")`; the function gets the job,
the signature it was asked with, and `on_progress(done, total)`, which answers False once the
job should stop. The work itself ends in a command of the room, so its effect happens once.
"""

import logging
from collections.abc import Callable

from django.db import transaction
from django.utils.timezone import now  # noqa: TID251  work that runs later is signed when it runs
from django_tasks import task

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs import events
from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.kernel.refusals import NotPermitted, Obstacle, Refused, refuse_if
from shuce.kernel.words import say

OnProgress = Callable[[int, int], bool]
Work = Callable[[Job, Signature, OnProgress], str]
# What the reader of a finished job finds: (what the button says, where it leads).
Result = Callable[[Job, Member], tuple[str, str]]

log = logging.getLogger(__name__)
_works: dict[str, Work] = {}
_results: dict[str, Result] = {}


def does(kind: str, *, result: Result | None = None) -> Callable[[Work], Work]:
    """Register the one function that does the work of jobs of `kind`; it returns what to tell.

    `result` says where what was made is found; who asked for the job is shown the way there.
    """

    def register(work: Work) -> Work:
        assert kind not in _works, f"two functions do {kind}"
        _works[kind] = work
        if result:
            _results[kind] = result
        return work

    return register


@command
def ask(
    kind: str, title: str, subject_id: str, organization: Organization, *, by: Signature
) -> Job:
    """Queue work of `kind` about one subject, unless the same work is already under way."""
    assert kind in _works, f"nobody does {kind}"
    under_way = Job.objects.filter(
        kind=kind, subject_id=subject_id, state__in=(JobState.WAITING, JobState.RUNNING)
    )
    refuse_if([Obstacle("同样的工作正在进行，请等待其结束")] if under_way.exists() else [])
    job = Job.objects.create(
        kind=kind,
        title=title,
        subject_id=subject_id,
        organization=organization,
        member=by.member,
        asked_at=by.at,
    )
    record(events.JobAsked(job.id, kind, subject_id, organization_id=organization.id), by)
    transaction.on_commit(lambda: run_job.enqueue(job.id))
    return job


@command
def ask_to_stop(job: Job, *, by: Signature) -> Job:
    """Ask a job to stop at its next step. Only who asked for it may."""
    if job.member_id != by.member_id:
        raise NotPermitted(Obstacle("只有提交人可以停止这项工作"))
    job = Job.objects.select_for_update().get(id=job.id)
    refuse_if([] if is_open(job) else [Obstacle("这项工作已经结束")])
    job.stop_asked = True
    job.save(update_fields=["stop_asked"])
    record(events.JobStopAsked(job.id, organization_id=job.organization_id), by)
    return job


def result_of(job: Job, reader: Member) -> tuple[str, str] | None:
    """Return where the reader finds what a finished job made, if it is theirs."""
    made = _results.get(job.kind)
    if made is None or job.state != JobState.DONE or job.member_id != reader.pk:
        return None
    return made(job, reader)


def is_open(job: Job) -> bool:
    return job.state in (JobState.WAITING, JobState.RUNNING)


@task()
def run_job(job_id: str) -> None:
    """Do a job's work. Run again after a crash, it starts over; a finished one is left alone."""
    job = Job.objects.select_related("member__organization", "organization").get(id=job_id)
    if not is_open(job):
        return
    by = Signature(job.member, at=now())
    if job.stop_asked:
        _end(job, JobState.STOPPED, say("在开始前停止"), by=by)
        return
    Job.objects.filter(id=job.id).update(state=JobState.RUNNING)

    def on_progress(done: int, total: int) -> bool:
        Job.objects.filter(id=job.id).update(done=done, total=total)
        return not Job.objects.filter(id=job.id, stop_asked=True).exists()

    try:
        told = _works[job.kind](job, by, on_progress)
    except Refused as refusal:
        _end(job, JobState.FAILED, str(refusal), by=by)
        return
    except Stopped:
        _end(job, JobState.STOPPED, say("已按要求停止"), by=by)
        return
    except Exception:
        # The reason may hold values of the data, so it goes to the log and not to the page.
        log.exception("job %s failed", job.id)
        _end(job, JobState.FAILED, say("运行出错，编号 {job}，请联系系统管理员", job=job.id), by=by)
        raise
    _end(job, JobState.DONE, told, by=by)


class Stopped(Exception):
    """Raised by work that found out it should stop."""


@command
def _end(job: Job, state: JobState, message: str, *, by: Signature) -> None:
    Job.objects.filter(id=job.id).update(state=state, message=message[:500], ended_at=by.at)
    record(events.JobEnded(job.id, state, organization_id=job.organization_id), by)
