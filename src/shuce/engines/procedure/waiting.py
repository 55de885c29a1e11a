"""Whom a case waits for, since when, and until when."""

from dataclasses import dataclass
from datetime import datetime

from shuce.engines.procedure.days import Deadline
from shuce.engines.procedure.model import Collective, Manned, Mode, Procedure, Review
from shuce.engines.procedure.state import Outcome, Record, State, Status
from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class TaskKind(Choice):
    REVIEW = "review", "审查"
    VOTE = "vote", "表决"
    MINUTES = "minutes", "登记会议纪要"
    ANSWER = "answer", "补正后重新提交"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing the case waits for.

    `persons` is named only where nobody else may do it: the maker, for an answer, which then bears
    the role and place of the procedure's first makers. `delegates` may decide beside those who hold
    the role. While kind is MINUTES enough have voted to record the meeting; others may still vote.
    """

    step: str
    title: str
    round: int
    role: str
    place: str
    kind: TaskKind
    opened_at: datetime
    due_at: datetime | None
    mode: Mode
    quorum: int
    decided_by: tuple[str, ...] = ()
    may_return_to: tuple[str, ...] = ()
    delegates: tuple[tuple[str, str], ...] = ()
    persons: tuple[str, ...] = ()

    def delegate_of(self, actor: str) -> str | None:
        """Return whose work `actor` does here by delegation."""
        return dict(self.delegates).get(actor)


def waiting(procedure: Procedure, state: State) -> tuple[Task, ...]:
    """Return everything an open case waits for; nothing once it has ended."""
    if state.outcome is not Outcome.OPEN:
        return ()
    if state.returned:
        return (_answer(procedure, state),)
    return tuple(
        _task(procedure, state, step, record)
        for key, record in state.records.items()
        if record.status is Status.OPEN and isinstance(step := procedure.step(key), Manned)
    )


def overdue(procedure: Procedure, state: State, *, at: datetime) -> tuple[Task, ...]:
    """Return what should have been done before `at`."""
    return tuple(task for task in waiting(procedure, state) if task.due_at and task.due_at < at)


def quorum_is_present(step: Collective, state: State) -> bool:
    record = state.records[step.key]
    present = len(state.deciders(step.key))
    return bool(record.roll) and step.attendance.is_reached(
        present, members=len(record.roll), present=present
    )


def _task(procedure: Procedure, state: State, step: Manned, record: Record) -> Task:
    if isinstance(step, Review):
        kind, mode, quorum = TaskKind.REVIEW, step.mode, step.quorum
    else:
        kind = TaskKind.MINUTES if quorum_is_present(step, state) else TaskKind.VOTE
        mode, quorum = Mode.QUORUM, step.members
    return Task(
        step=step.key,
        title=step.title,
        round=record.round,
        role=step.role,
        place=step.place,
        kind=kind,
        opened_at=record.opened_at,
        due_at=_due(step.deadline, record.opened_at, procedure),
        mode=mode,
        quorum=quorum,
        decided_by=tuple(state.deciders(step.key)),
        may_return_to=step.may_return_to,
        delegates=tuple(state.delegations(step.key).items()),
    )


def _due(deadline: Deadline | None, opened_at: datetime, procedure: Procedure) -> datetime | None:
    return deadline.falls_at(opened_at, procedure.calendar) if deadline else None


def _answer(procedure: Procedure, state: State) -> Task:
    assert state.returned
    sent, makers = state.returned, procedure.makers[0]
    return Task(
        step=sent.to,
        title=say(TaskKind.ANSWER.chinese),
        round=state.round,
        role=makers.role,
        place=makers.place,
        kind=TaskKind.ANSWER,
        opened_at=sent.at,
        due_at=_due(procedure.answer_by, sent.at, procedure),
        mode=Mode.ONE,
        quorum=1,
        persons=(state.maker,),
    )
