"""Reports that run by the calendar: once for each time, and not a second longer than the grant."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.notices.models import Notice
from shuce.foundation.organizations.commands import dismiss
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.cleanroom import saving, scheduling
from shuce.lifecycle.cleanroom.models import Question, Run, Schedule
from shuce.lifecycle.cleanroom.rules import (
    Every,
    RepeatState,
    RunState,
    next_due,
    obstacles_to_schedule,
)
from shuce.lifecycle.rights import commands as rights
from tests.lifecycle.cleanroom.test_saved import KEPT
from tests.make import NOON

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def daily(world, grant):
    query = saving.save_query(grant, KEPT, by=world.analyst)
    return scheduling.schedule_report(query, {}, Every.DAY, 0, 8, by=world.analyst)


def do_queued(run=None):
    """Do the work of the queued runs, as a worker would."""
    for job in Job.objects.filter(kind="cleanroom.report", state=JobState.WAITING):
        by = Signature(job.member, job.asked_at)
        scheduling.run_report(job, by, lambda done, total: True)
        Job.objects.filter(id=job.id).update(state=JobState.DONE)


@pytest.mark.parametrize(
    ("every", "day", "after", "due"),
    [
        (Every.DAY, 0, "2026-03-20 07:59", "2026-03-20 08:00"),
        (Every.DAY, 0, "2026-03-20 08:00", "2026-03-21 08:00"),
        (Every.WEEK, 5, "2026-03-20 07:00", "2026-03-20 08:00"),
        (Every.WEEK, 5, "2026-03-20 08:00", "2026-03-27 08:00"),
        (Every.WEEK, 1, "2026-03-20 08:00", "2026-03-23 08:00"),
        (Every.MONTH, 31, "2026-02-01 08:00", "2026-02-28 08:00"),
        (Every.MONTH, 31, "2026-02-28 08:00", "2026-03-31 08:00"),
        (Every.MONTH, 1, "2026-12-05 00:00", "2027-01-01 08:00"),
    ],
)
def test_the_next_time_is_the_first_after_now(every, day, after, due):
    moment = datetime.fromisoformat(after).replace(tzinfo=SHANGHAI)
    assert next_due(every, day, 8, moment) == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


def test_a_time_that_is_none_is_refused():
    assert not list(obstacles_to_schedule(Every.DAY, 0, 0))
    assert [o.field for o in obstacles_to_schedule(Every.WEEK, 8, 24)] == ["day", "hour"]
    assert [o.field for o in obstacles_to_schedule(Every.MONTH, 0, 8)] == ["day"]


@pytest.mark.clause("G-8")
def test_a_report_runs_when_due_is_told_and_can_be_read(daily, world, client):
    assert scheduling.run_due_reports(NOON) == 0
    due = daily.next_at
    assert scheduling.run_due_reports(due) == 1
    do_queued()
    [run] = Run.objects.all()
    assert run.state == RunState.DONE
    assert run.question.cause_id == run.id
    notice = Notice.objects.get(subject_id=run.id)
    client.force_login(world.analyst.member)
    assert client.get(notice.url).status_code == 200
    assert (
        run.told in client.get(reverse("cleanroom:saved", args=[daily.query_id])).content.decode()
    )


@pytest.mark.clause("G-8")
def test_nothing_runs_twice_for_one_time_whatever_crashed(daily, monkeypatch):
    due = daily.next_at
    scheduling.run_due_reports(due)
    scheduling.run_due_reports(due)
    [run] = Run.objects.all()
    job = Job.objects.get(subject_id=run.id)
    by = Signature(job.member, due)

    # The worker dies after the answer was kept and before the run ended; another takes over.
    with monkeypatch.context() as patch:
        patch.setattr(scheduling, "end_run", _die)
        with pytest.raises(Died):
            scheduling.run_report(job, by, lambda done, total: True)
    scheduling.run_report(job, by, lambda done, total: True)
    scheduling.run_report(job, by, lambda done, total: True)
    assert Question.objects.count() == 1
    with pytest.raises(Conflict):
        scheduling.end_run(run.id, None, "", by=by)
    assert Notice.objects.filter(subject_id=run.id).count() == 1


class Died(BaseException):
    pass


def _die(*args, **options):
    raise Died


def test_after_a_standstill_a_report_runs_once(daily):
    late = daily.next_at + timedelta(days=9)
    assert scheduling.run_due_reports(late) == 1
    assert scheduling.run_due_reports(late) == 0
    assert Schedule.objects.get().next_at > late


@pytest.mark.clause("N-4", "G-13")
@pytest.mark.parametrize("queued_before", [True, False])
def test_a_suspended_or_withdrawn_grant_stops_a_report_even_when_queued(
    daily, world, grant, queued_before
):
    if queued_before:
        scheduling.run_due_reports(daily.next_at)
    stop = rights.suspend_grant if queued_before else rights.withdraw_grant
    stop(grant, "核查", by=world.officer if queued_before else world.keeper)
    if not queued_before:
        scheduling.run_due_reports(daily.next_at)
    do_queued()
    [run] = Run.objects.all()
    assert run.state == RunState.REFUSED
    assert "授权已" in run.told
    assert not Question.objects.exists()
    assert "未能运行" in Notice.objects.get(subject_id=run.id).title


def test_a_report_of_someone_who_left_their_post_no_longer_runs(daily, world):
    post = daily.member.posts.get()
    dismiss(post, by=world.city.security_admin)
    scheduling.run_due_reports(daily.next_at)
    do_queued()
    assert Run.objects.get().state == RunState.REFUSED


def test_a_schedule_is_paused_resumed_and_stopped_by_its_own(daily, world, client):
    stranger = Signature(world.city.add(Role.OPERATOR_ANALYST, world.city.operator), NOON)
    with pytest.raises(NotPermitted):
        scheduling.change_schedule(daily, RepeatState.PAUSED, by=stranger)
    client.force_login(world.analyst.member)

    def press(word):
        return client.post(reverse("cleanroom:move", args=[daily.id, word])).status_code

    assert press("pause") == 302
    assert scheduling.run_due_reports(daily.next_at) == 0
    assert press("resume") == 302
    assert press("stop") == 302
    assert press("nothing") == 404
    with pytest.raises(Conflict):
        scheduling.change_schedule(daily, RepeatState.ACTIVE, by=world.analyst)


def test_a_report_needs_values_and_a_grant_in_force(daily, world, grant, client):
    client.force_login(world.analyst.member)
    page = reverse("cleanroom:schedule", args=[daily.query_id])
    assert client.get(page).status_code == 200
    sent = {"every": "WEEK", "day": "9", "hour": "8", "value-districts": "黄浦"}
    assert client.post(page, sent).status_code == 422
    assert client.post(page, sent | {"day": "3"}).status_code == 302
    made = client.post(
        f"/api/v1/cleanroom/saved/{daily.query_id}/schedules",
        {"every": "MONTH", "day": 31, "hour": 7},
        "application/json",
    )
    assert made.status_code == 201
    assert len(client.get(f"/api/v1/cleanroom/saved/{daily.query_id}/schedules").json()) == 3
    paused = client.post(f"/api/v1/cleanroom/schedules/{made.json()['id']}/PAUSED")
    assert paused.json()["state"] == "PAUSED"
    assert client.get(f"/api/v1/cleanroom/saved/{daily.query_id}/runs").json() == []
    rights.suspend_grant(grant, "核查", by=world.officer)
    with pytest.raises(Refused, match="已暂停"):
        scheduling.schedule_report(daily.query, {}, Every.DAY, 0, 8, by=world.analyst)
