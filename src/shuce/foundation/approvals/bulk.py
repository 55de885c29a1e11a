"""Several steps of one kind decided in one go: each by the command on its own, with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shuce.engines.procedure import TaskKind, Verdict
from shuce.foundation.approvals import commands
from shuce.foundation.approvals.models import Case, Task
from shuce.foundation.approvals.queries import tasks_for
from shuce.foundation.organizations.models import Member, Signature
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused, refuse_if

MOST_AT_ONCE = 100
# A return names a step and asks for something of its own: each is written by itself.
VERDICTS = (Verdict.APPROVE, Verdict.REJECT)


@dataclass
class Results:
    """What was decided, and what was refused and why; `gone` counts what no longer waited."""

    done: list[Case] = field(default_factory=list)
    refused: list[tuple[Case, tuple[Obstacle, ...]]] = field(default_factory=list)
    gone: int = 0


def pick_of(task: Task) -> str:
    """Return how a page names a waiting step; rows of tasks are made anew with every decision."""
    return f"{task.case_id}/{task.step}" if task.kind == TaskKind.REVIEW else ""


def picked(picks: Sequence[str], member: Member) -> list[Task]:
    """Return the picked steps that wait for `member`, each once; refuse a mixed lot.

    One opinion can stand only for one step of one matter.
    """
    asked = set(picks)
    found: dict[str, Task] = {}
    if asked:
        cases = {pick.partition("/")[0] for pick in asked}
        for task in tasks_for(member).filter(kind=TaskKind.REVIEW, case_id__in=cases):
            if pick_of(task) in asked:
                found.setdefault(pick_of(task), task)
    tasks = list(found.values())
    refuse_if(_obstacles(asked, tasks))
    return tasks


def decide_each(
    tasks: Sequence[Task], picks: Sequence[str], verdict: Verdict, opinion: str, *, by: Signature
) -> Results:
    """Decide each of `tasks` on its own; one that is refused keeps none of the others back."""
    results = Results(gone=len(set(picks) - {pick_of(task) for task in tasks}))
    for task in tasks:
        try:
            done = commands.decide(task.case, task.step, verdict, opinion=opinion, by=by)
        except Refused as refusal:
            results.refused.append((task.case, refusal.obstacles))
        else:
            results.done.append(done)
    return results


def _obstacles(picks: set[str], tasks: Sequence[Task]) -> list[Obstacle]:
    if len(picks) > MOST_AT_ONCE:
        return [Obstacle("一次最多办理 {n} 件", n=MOST_AT_ONCE)]
    if not tasks:
        return [Obstacle("请先选择要办理的事项；所选事项也可能已由他人办结")]
    if len({(task.case.matter, task.step) for task in tasks}) > 1:
        return [Obstacle("只能一起办理同一类事项的同一环节", Clause.N_4)]
    return []
