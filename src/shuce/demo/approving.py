"""Play an approval through to its end: everybody whose turn it is decides as asked."""

from datetime import datetime, timedelta

from shuce.engines.procedure import Ballot, TaskKind, Verdict
from shuce.foundation.approvals import commands
from shuce.foundation.approvals.models import Case, Task
from shuce.foundation.organizations.models import Member, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.queries import holders_of_role

HALF_A_DAY = timedelta(hours=4)


def approve(case: Case, at: datetime, *, until: str = "") -> datetime:
    """Approve every step that comes up, until the case ends or reaches step `until`.

    Return the moment after the last act; each act takes half a working day.
    """
    case = Case.objects.get(id=case.id)
    while case.is_open:
        task = case.tasks.select_related("organization", "member").order_by("id")[0]
        if task.step == until:
            break
        at += HALF_A_DAY
        case = _act(case, task, at)
    return at


def reject(case: Case, at: datetime, opinion: str) -> datetime:
    """Reject a case at the first step that waits."""
    task = case.tasks.select_related("organization", "member").order_by("id")[0]
    [person, *_] = _people(case, task)
    commands.decide(case, task.step, Verdict.REJECT, opinion=opinion, by=Signature(person, at))
    return at


def _act(case: Case, task: Task, at: datetime) -> Case:
    people = _people(case, task)
    match TaskKind(task.kind):
        case TaskKind.REVIEW:
            by = Signature(people[0], at)
            return commands.decide(
                case, task.step, Verdict.APPROVE, opinion="情况属实，同意。", by=by
            )
        case TaskKind.VOTE | TaskKind.MINUTES:
            for person in people:
                commands.vote(case, task.step, Ballot.FOR, by=Signature(person, at))
            number = f"会纪〔{at.year}〕{case.number[-3:]}号"
            return commands.record_minutes(
                case,
                task.step,
                number=number,
                held_on=at.date(),
                text="会议听取了情况汇报，经集体讨论，一致同意。",
                by=Signature(people[0], at),
            )
    raise AssertionError(f"nobody answers {task.kind} here")


def _people(case: Case, task: Task) -> list[Member]:
    holders = holders_of_role(Role(task.role), task.organization).exclude(pk=case.maker_id)
    people = list(holders.select_related("organization").order_by("username"))
    assert people, f"nobody holds {task.role} at {task.organization}"
    return people
