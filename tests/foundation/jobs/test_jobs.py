"""Long work: asked for, watched, stopped, and never done twice."""

import pytest

from shuce.foundation.evidence.models import Entry
from shuce.foundation.jobs import commands, queries
from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import NotFound, NotPermitted, Obstacle, Refused


@pytest.fixture
def work(monkeypatch):
    """Let a test say what jobs of kind "test.work" do; the test runs them by hand."""
    done = {}

    def doing(function):
        monkeypatch.setitem(commands._works, "test.work", function)
        return done

    return doing


def ask(city, subject_id="") -> Job:
    by = city.sign(Role.DATA_STEWARD, city.unit)
    return commands.ask("test.work", "数一数", subject_id or new_id(), city.unit, by=by)


def run(job: Job) -> Job:
    commands.run_job.func(job.id)
    return Job.objects.get(id=job.id)


def test_a_job_tells_how_far_it_is_and_what_came_of_it(city, work):
    def count(job, by, on_progress):
        assert on_progress(1, 4)
        halfway = Job.objects.get(id=job.id)
        assert (halfway.state, halfway.percent) == (JobState.RUNNING, 25)
        on_progress(4, 4)
        return "数到4"

    work(count)
    job = run(ask(city))
    assert (job.state, job.message, job.percent) == (JobState.DONE, "数到4", 100)
    kinds = Entry.objects.filter(subject_id=job.id).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["jobs.asked", "jobs.ended"]


def test_a_job_that_is_asked_to_stop_stops_at_its_next_step(city, work):
    steps = []

    def count(job, by, on_progress):
        for step in range(5):
            if step == 2:
                commands.ask_to_stop(job, by=city.sign(Role.DATA_STEWARD, city.unit))
            if not on_progress(step, 5):
                raise commands.Stopped
            steps.append(step)
        return "数完了"

    work(count)
    job = run(ask(city))
    assert job.state == JobState.STOPPED
    assert steps == [0, 1]


def test_a_job_stopped_before_it_begins_does_nothing(city, work):
    work(lambda job, by, on_progress: pytest.fail("it began"))
    job = ask(city)
    commands.ask_to_stop(job, by=city.sign(Role.DATA_STEWARD, city.unit))
    assert run(job).state == JobState.STOPPED


def test_only_who_asked_may_stop_a_job_and_only_while_it_runs(city, work):
    work(lambda job, by, on_progress: "好了")
    job = ask(city)
    with pytest.raises(NotPermitted):
        commands.ask_to_stop(job, by=city.sign(Role.UNIT_HEAD, city.unit))
    run(job)
    with pytest.raises(Refused, match="已经结束"):
        commands.ask_to_stop(job, by=city.sign(Role.DATA_STEWARD, city.unit))


def test_a_finished_job_is_not_done_again_when_the_queue_repeats_it(city, work):
    times = []
    work(lambda job, by, on_progress: times.append(1) or "好了")
    job = ask(city)
    run(job)
    run(job)
    assert times == [1]


def test_a_job_that_a_crash_cut_off_starts_over(city, work):
    times = []
    work(lambda job, by, on_progress: times.append(1) or "好了")
    job = ask(city)
    Job.objects.filter(id=job.id).update(state=JobState.RUNNING, done=3, total=9)
    assert run(job).state == JobState.DONE
    assert times == [1]


def test_the_same_work_is_not_asked_for_twice_at_once(city, work):
    work(lambda job, by, on_progress: "好了")
    job = ask(city)
    with pytest.raises(Refused, match="正在进行"):
        ask(city, job.subject_id)
    run(job)
    assert ask(city, job.subject_id) != job


def test_a_refusal_in_the_work_is_told_and_a_bug_is_told_by_number_only(city, work):
    def refused(job, by, on_progress):
        raise Refused(Obstacle("数据源读不出来"))

    work(refused)
    assert run(ask(city)).message == "数据源读不出来"

    def broken(job, by, on_progress):
        raise ZeroDivisionError("310101199001010012")

    work(broken)
    job = ask(city)
    with pytest.raises(ZeroDivisionError):
        run(job)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.id in job.message
    assert "310101199001010012" not in job.message


def test_a_job_is_seen_by_its_place_and_not_by_another_unit(city, work, client):
    work(lambda job, by, on_progress: "好了")
    job = ask(city)
    assert queries.job_seen(job.id, city.sign(Role.UNIT_HEAD, city.unit).member) == job
    stranger = city.sign(Role.DATA_STEWARD, city.other_unit).member
    with pytest.raises(NotFound):
        queries.job_seen(job.id, stranger)
    client.force_login(stranger)
    for address in (f"/jobs/{job.id}/", f"/jobs/{job.id}/stop/"):
        assert client.post(address).status_code == 404


def test_the_page_shows_progress_and_its_button_stops_the_job(city, work, client):
    work(lambda job, by, on_progress: "好了")
    job = ask(city)
    client.force_login(city.sign(Role.DATA_STEWARD, city.unit).member)
    part = client.get(f"/jobs/{job.id}/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" in part
    assert "<html" not in part
    client.post(f"/jobs/{job.id}/stop/")
    assert Job.objects.get(id=job.id).stop_asked
    run(job)
    part = client.get(f"/jobs/{job.id}/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
