"""Deadlines by the clock: a reminder before, one when it has passed, and then to the head.

Each is told once for each round of a step, with its event (N-1: the duty is somebody's).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from shuce.foundation.approvals import events
from shuce.foundation.approvals.models import Outcome, Reminder, Task
from shuce.foundation.approvals.telling import deciders_of, heads_above, tell_about
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.commands import clockwork
from shuce.foundation.organizations.models import Member, Signature

REMIND_BEFORE = timedelta(days=2)
ESCALATE_AFTER = timedelta(days=2)


def watch_deadlines(at: datetime) -> int:
    """Tell of every deadline that is near or past at `at`; return how many were told."""
    near = (
        Task.objects.filter(due_at__lte=at + REMIND_BEFORE, case__outcome=Outcome.OPEN)
        .select_related("case__maker", "organization__parent", "member")
        .order_by("due_at", "id")
    )
    steps: dict[tuple[str, str, int], list[Task]] = defaultdict(list)
    for task in near:
        steps[task.case_id, task.step, task.round].append(task)
    told = set(
        Reminder.objects.filter(case_id__in={case for case, _, _ in steps}).values_list(
            "case_id", "step", "round", "kind"
        )
    )
    by = clockwork(at)
    count = 0
    for turn, tasks in steps.items():
        assert tasks[0].due_at is not None
        already = {kind for *which, kind in told if tuple(which) == turn}
        for kind in _due(tasks[0].due_at, at):
            if kind not in already:
                remind(tasks, kind, by=by)
                count += 1
    return count


@command
def remind(tasks: list[Task], kind: NoticeKind, *, by: Signature) -> Reminder:
    """Tell the people of one waiting step (its tasks, one for each addressee) of its deadline."""
    first = tasks[0]
    made = Reminder.objects.create(
        case=first.case, step=first.step, round=first.round, kind=kind, at=by.at
    )
    people: dict[str, Member] = {}
    for task in tasks:
        found = heads_above(task) if kind is NoticeKind.ESCALATED else deciders_of(task)
        people |= {str(one.pk): one for one in found}
    tell_about(first, kind, list(people.values()), by)
    record(
        events.DeadlineTold(
            first.case_id,
            first.step,
            first.round,
            kind,
            tuple(sorted(people)),
            asset_id=first.case.asset_id,
            organization_id=first.organization_id,
        ),
        by,
    )
    return made


def _due(due_at: datetime, at: datetime) -> Iterator[NoticeKind]:
    """Yield what is to be told at `at`; a deadline that has passed is no longer announced."""
    if at <= due_at:
        yield NoticeKind.DUE_SOON
        return
    yield NoticeKind.OVERDUE
    if at > due_at + ESCALATE_AFTER:
        yield NoticeKind.ESCALATED
