"""Deadlines by the clock: a reminder, then a warning, then the head; each once, with its event."""

import json
from datetime import timedelta

import pytest

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import commands
from shuce.foundation.approvals.deadlines import ESCALATE_AFTER, REMIND_BEFORE, watch_deadlines
from shuce.foundation.approvals.models import Matter, Reminder
from shuce.foundation.evidence.models import Entry
from shuce.foundation.notices.models import Notice
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.identifiers import new_id

SOON, LATE, ABOVE = NoticeKind.DUE_SOON, NoticeKind.OVERDUE, NoticeKind.ESCALATED
SECOND = timedelta(seconds=1)


@pytest.fixture
def case(city, monkeypatch):
    for matter in Matter:
        monkeypatch.setitem(commands._conclusions, matter, lambda case, *, by: None)
    for role in (Role.FINANCE_OFFICER, Role.SECURITY_OFFICER, Role.UNIT_HEAD):
        city.sign(role, city.unit)
    return commands.open_case(
        Matter.CARD_ENTRY,
        subject_id=new_id(),
        title="门诊数据",
        organization=city.unit,
        facts={},
        by=city.sign(Role.ASSET_KEEPER, city.unit),
    )


def told(member):
    return [
        NoticeKind(kind) for kind in member.notices.order_by("id").values_list("kind", flat=True)
    ]


@pytest.mark.clause("N-1")
def test_a_step_is_announced_before_its_deadline_and_warned_of_after_it_once_each(city, case):
    finance = city.sign(Role.FINANCE_OFFICER, city.unit).member
    head = city.sign(Role.UNIT_HEAD, city.unit).member
    due = case.tasks.get(step="finance").due_at
    assert watch_deadlines(due - REMIND_BEFORE - SECOND) == 0
    assert watch_deadlines(due - REMIND_BEFORE) == 2  # finance and security
    assert watch_deadlines(due) == 0
    assert told(finance) == [NoticeKind.TASK, SOON]
    assert watch_deadlines(due + SECOND) == 2
    assert told(finance) == [NoticeKind.TASK, SOON, LATE]
    assert told(head) == []
    assert watch_deadlines(due + ESCALATE_AFTER + SECOND) == 2
    assert watch_deadlines(due + ESCALATE_AFTER + 2 * SECOND) == 0
    assert told(head) == [ABOVE, ABOVE]
    assert told(finance) == [NoticeKind.TASK, SOON, LATE]
    entries = Entry.objects.filter(kind="approvals.deadline_told", subject_id=case.id)
    bodies = [json.loads(bytes(body)) for body in entries.values_list("body", flat=True)]
    assert [one["what"] for one in bodies if one["step"] == "finance"] == [SOON, LATE, ABOVE]
    assert {tuple(one["told_ids"]) for one in bodies if one["what"] == ABOVE} == {(head.pk,)}


def test_what_has_been_decided_is_not_warned_of_and_a_clock_that_stood_still_tells_the_latest(
    city, case
):
    due = case.tasks.get(step="finance").due_at
    by = city.sign(Role.FINANCE_OFFICER, city.unit)
    case = commands.decide(case, "finance", Verdict.APPROVE, by=by)
    # Never announced, for nobody watched: now only that it is late, and to the head.
    assert watch_deadlines(due + ESCALATE_AFTER + SECOND) == 2
    assert set(Reminder.objects.values_list("step", "kind")) == {
        ("security", LATE),
        ("security", ABOVE),
    }


def test_a_late_head_is_told_of_to_the_head_of_the_body_above(city, case):
    above = city.sign(Role.UNIT_HEAD, city.department).member
    for role in (Role.FINANCE_OFFICER, Role.SECURITY_OFFICER):
        step = case.tasks.get(role=role).step
        case = commands.decide(case, step, Verdict.APPROVE, by=city.sign(role, city.unit))
    due = case.tasks.get(step="head").due_at
    watch_deadlines(due + ESCALATE_AFTER + SECOND)
    assert told(above) == [ABOVE]


def test_a_new_round_has_its_own_reminders(city, case):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    watch_deadlines(case.tasks.get(step="finance").due_at)
    case = commands.decide(
        case,
        "finance",
        Verdict.RETURN,
        opinion="补充",
        return_to="start",
        by=city.sign(Role.FINANCE_OFFICER, city.unit),
    )
    assert told(keeper.member) == [NoticeKind.RETURNED]
    case = commands.resubmit(case, remark="已补充", by=keeper)
    assert watch_deadlines(case.tasks.get(step="finance").due_at) == 2
    assert set(Reminder.objects.filter(step="finance").values_list("round", "kind")) == {
        (1, SOON),
        (2, SOON),
    }


def test_who_waits_is_told_and_the_maker_hears_the_end(city, case):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    head = city.sign(Role.UNIT_HEAD, city.unit).member
    for role in (Role.FINANCE_OFFICER, Role.SECURITY_OFFICER, Role.UNIT_HEAD):
        step = case.tasks.get(role=role).step
        case = commands.decide(case, step, Verdict.APPROVE, by=city.sign(role, city.unit))
    assert told(head) == [NoticeKind.TASK]
    assert told(keeper) == [NoticeKind.CLOSED]
    # What waited has been done: only the end is still to be read.
    assert Notice.objects.filter(read_at=None).get().member == keeper


def test_the_page_of_the_case_says_what_is_late_and_who_was_told_when(city, case, client):
    due = case.tasks.get(step="finance").due_at
    watch_deadlines(due + SECOND)
    client.force_login(city.sign(Role.UNIT_HEAD, city.unit).member)
    page = client.get(f"/approvals/cases/{case.id}/").content.decode()
    assert "已超时限" in page  # the clock of the page is today's, long after
    assert "办理已超时限" in page
