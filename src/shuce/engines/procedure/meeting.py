"""Collective decision (集体决策): members vote, enough are present, and the minutes settle it."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime

from shuce.engines.procedure.acts import is_waiting, obstacles_to_judge, settle
from shuce.engines.procedure.advancing import advance
from shuce.engines.procedure.model import Collective, Procedure
from shuce.engines.procedure.refusing import not_now_if
from shuce.engines.procedure.state import (
    Ballot,
    Happened,
    Minutes,
    Outcome,
    State,
    Status,
    What,
)
from shuce.engines.procedure.waiting import quorum_is_present
from shuce.kernel.refusals import Obstacle


def obstacles_to_vote(
    procedure: Procedure, state: State, *, step: str, actor: str, voters: Collection[str]
) -> Iterator[Obstacle]:
    """Yield why `actor` may not vote now. The roll is taken at the first vote of a round."""
    found = procedure.step(step)
    if not isinstance(found, Collective) or not is_waiting(state, step):
        yield Obstacle("这个环节现在不在表决", procedure.clause)
        return
    yield from obstacles_to_judge(procedure, state, step, actor)
    roll = state.records[step].roll or _roll(state, voters)
    if actor not in roll:
        yield Obstacle("不是本次集体决策的成员", procedure.clause)
    if len(roll) < found.members:
        yield Obstacle("集体决策成员不得少于{members}人", procedure.clause, members=found.members)


def vote(
    procedure: Procedure,
    state: State,
    *,
    step: str,
    actor: str,
    ballot: Ballot,
    at: datetime,
    voters: Collection[str],
) -> State:
    """Record one member's vote. `voters` at the first vote, less the maker, become the roll."""
    not_now_if(obstacles_to_vote(procedure, state, step=step, actor=actor, voters=voters))
    record = state.records[step]
    if not record.roll:
        record = replace(record, roll=_roll(state, voters))
    happened = Happened(ballot.happening, step, record.round, actor, at)
    return replace(
        state,
        history=(*state.history, happened),
        records={**state.records, step: record},
    )


def obstacles_to_minute(
    procedure: Procedure,
    state: State,
    *,
    step: str,
    actor: str,
    number: str,
    held_on: date,
    digest: str,
    at: datetime,
) -> Iterator[Obstacle]:
    found = procedure.step(step)
    if not isinstance(found, Collective) or not is_waiting(state, step):
        yield Obstacle("这个环节现在不在表决", procedure.clause)
        return
    if actor == state.maker:
        yield Obstacle("申请人不得登记本人申请的会议纪要", procedure.clause)
    if not quorum_is_present(found, state):
        yield Obstacle("到会表决人数不足，不能作出决定", procedure.clause)
    if not number.strip():
        yield Obstacle("缺少会议纪要编号", procedure.clause, field="number")
    if not digest.strip():
        yield Obstacle("缺少会议纪要文件的摘要值", procedure.clause, field="digest")
    if held_on > at.astimezone(procedure.calendar.zone).date():
        yield Obstacle("会议日期不能晚于登记之日", procedure.clause, field="held_on")


def minute(
    procedure: Procedure,
    state: State,
    *,
    step: str,
    actor: str,
    number: str,
    held_on: date,
    digest: str,
    at: datetime,
) -> State:
    """Record the minutes, which closes the vote: carried, or else the case is rejected."""
    not_now_if(
        obstacles_to_minute(
            procedure,
            state,
            step=step,
            actor=actor,
            number=number,
            held_on=held_on,
            digest=digest,
            at=at,
        )
    )
    found = procedure.step(step)
    assert isinstance(found, Collective)
    record = replace(state.records[step], minutes=Minutes(number, held_on, digest))
    happened = Happened(What.MINUTED, step, record.round, actor, at)
    carried = _is_carried(found, state)
    state = replace(
        state,
        history=(*state.history, happened),
        records={**state.records, step: record},
    )
    if not carried:
        return replace(settle(state, step, Status.REJECTED), outcome=Outcome.REJECTED)
    return advance(procedure, settle(state, step, Status.PASSED), at)


def _is_carried(step: Collective, state: State) -> bool:
    ballots = state.deciders(step.key).values()
    in_favour = sum(ballot is What.VOTED_FOR for ballot in ballots)
    members = len(state.records[step.key].roll)
    return step.majority.is_reached(in_favour, members=members, present=len(ballots))


def _roll(state: State, voters: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(voters) - {state.maker}))
