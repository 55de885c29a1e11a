"""What people do to a case: start, decide, resubmit, withdraw, delegate.

Every act has its `obstacles_to_…`, so that the button and the act give the same reasons.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from shuce.engines.procedure.advancing import advance, forget_from
from shuce.engines.procedure.facts import Fact
from shuce.engines.procedure.model import Collective, Mode, OpinionRule, Procedure, Review
from shuce.engines.procedure.refusing import not_now_if
from shuce.engines.procedure.state import (
    Happened,
    Outcome,
    Return,
    State,
    Status,
    Verdict,
    What,
)
from shuce.kernel.refusals import Obstacle

_NO_FACTS: Mapping[str, Fact] = {}


def start(procedure: Procedure, facts: Mapping[str, Fact], *, maker: str, at: datetime) -> State:
    """Open a case with those of the `facts` that the procedure declares.

    Every `at` given to this engine must know its time zone.
    """
    not_now_if(_obstacles_to_facts(procedure, _with_defaults(procedure, facts)))
    state = State(
        procedure=procedure.key,
        maker=maker,
        round=1,
        outcome=Outcome.OPEN,
        given=_declared(procedure, _with_defaults(procedure, facts)),
        records={},
        history=(Happened(What.STARTED, "", 1, maker, at),),
    )
    return advance(procedure, state, at)


def obstacles_to_decide(
    procedure: Procedure,
    state: State,
    *,
    step: str,
    actor: str,
    verdict: Verdict,
    facts: Mapping[str, Fact] = _NO_FACTS,
    opinion_given: bool = False,
    return_to: str | None = None,
    voters: Collection[str] = (),
) -> Iterator[Obstacle]:
    """Yield why `actor` may not judge `step` this way now. `voters` are those who hold its role."""
    found = procedure.step(step)
    if not is_waiting(state, step) or not isinstance(found, Review | Collective):
        yield _not_waiting(procedure, step)
        return
    yield from obstacles_to_judge(procedure, state, step, actor, voters)
    if verdict is Verdict.RETURN:
        yield from _obstacles_to_return(procedure, found, return_to)
    elif isinstance(found, Collective):
        yield Obstacle("“{title}”由集体表决，不由个人决定", procedure.clause, title=found.title)
    else:
        yield from _obstacles_of_voters(state, found, actor, voters)
    always = isinstance(found, Review) and found.opinion is OpinionRule.ALWAYS
    if not opinion_given and (always or verdict is not Verdict.APPROVE):
        yield Obstacle("“{verdict}”须写明意见", field="opinion", verdict=verdict.label)
    approves = verdict is Verdict.APPROVE
    allowed = found.sets if isinstance(found, Review) and approves else ()
    for name in facts:
        if name not in allowed:
            yield Obstacle(
                "“{title}”环节不能改动“{fact}”", field=name, title=found.title, fact=name
            )
        elif not procedure.facts[name].accepts(facts[name]):
            yield _wrong_fact(procedure, name)


def decide(
    procedure: Procedure,
    state: State,
    *,
    step: str,
    actor: str,
    verdict: Verdict,
    at: datetime,
    facts: Mapping[str, Fact] = _NO_FACTS,
    opinion_given: bool = False,
    return_to: str | None = None,
    voters: Collection[str] = (),
) -> State:
    """Judge a step, or return the case; raise `NotNow`.

    `voters` (all who hold the role now, the maker left out) is needed where several must agree.
    `return_to` may be left out where only one target is allowed.
    """
    not_now_if(
        obstacles_to_decide(
            procedure,
            state,
            step=step,
            actor=actor,
            verdict=verdict,
            facts=facts,
            opinion_given=opinion_given,
            return_to=return_to,
            voters=voters,
        )
    )
    found = procedure.step(step)
    assert isinstance(found, Review | Collective)
    record = state.records[step]
    if verdict is Verdict.RETURN:
        to = return_to or found.may_return_to[0]
        happened = Happened(What.RETURNED, step, record.round, actor, at, to)
        returned = Return(step, to, actor, at)
        return replace(state, history=(*state.history, happened), returned=returned)
    behalf = _on_behalf_of(state, step, actor, voters)
    happened = Happened(verdict.happening, step, record.round, actor, at, behalf)
    found_facts = {**record.facts, **facts}
    state = replace(
        state,
        history=(*state.history, happened),
        records={**state.records, step: replace(record, facts=found_facts)},
    )
    return recount(procedure, state, step=step, voters=voters, at=at)


def recount(
    procedure: Procedure, state: State, *, step: str, voters: Collection[str], at: datetime
) -> State:
    """Judge again whether a step is settled, as when somebody who was still to decide has left."""
    found = procedure.step(step)
    if not is_waiting(state, step) or not isinstance(found, Review):
        return state
    verdicts = state.deciders(step)
    in_favour = sum(what is What.APPROVED for what in verdicts.values())
    against = len(verdicts) - in_favour
    # Whoever decided still counts, even if the role has since passed to somebody else.
    entitled = len({*_others(voters, state.maker), *verdicts})
    needed = {Mode.ALL: entitled, Mode.QUORUM: found.quorum}.get(found.mode, 1)
    if in_favour >= max(needed, 1):
        return advance(procedure, settle(state, step, Status.PASSED), at)
    if against and (found.mode is Mode.ONE or entitled - against < needed):
        return replace(settle(state, step, Status.REJECTED), outcome=Outcome.REJECTED)
    return state


def obstacles_to_resubmit(
    procedure: Procedure, state: State, *, actor: str, facts: Mapping[str, Fact] = _NO_FACTS
) -> Iterator[Obstacle]:
    if state.outcome is not Outcome.OPEN or not state.returned:
        yield Obstacle("申请没有被退回，不需要重新提交", procedure.clause)
    if actor != state.maker:
        yield Obstacle("只有申请人可以重新提交", procedure.clause)
    yield from _obstacles_to_facts(procedure, {**state.given, **facts})


def resubmit(
    procedure: Procedure,
    state: State,
    *,
    actor: str,
    at: datetime,
    facts: Mapping[str, Fact] = _NO_FACTS,
) -> State:
    """Answer a return with whatever facts have changed.

    A new round begins at the step the return named; it and all that follows is reviewed anew.
    """
    not_now_if(obstacles_to_resubmit(procedure, state, actor=actor, facts=facts))
    assert state.returned
    target = state.returned.to
    next_round = state.round + 1
    state = replace(
        state,
        round=next_round,
        given=_declared(procedure, {**state.given, **facts}),
        records=forget_from(procedure, state, target),
        history=(*state.history, Happened(What.RESUBMITTED, target, next_round, actor, at)),
        returned=None,
    )
    return advance(procedure, state, at)


def obstacles_to_withdraw(procedure: Procedure, state: State, *, actor: str) -> Iterator[Obstacle]:
    if state.outcome is not Outcome.OPEN:
        yield Obstacle("申请已经办结（{outcome}）", procedure.clause, outcome=state.outcome.label)
    if actor != state.maker:
        yield Obstacle("只有申请人可以撤回", procedure.clause)


def withdraw(procedure: Procedure, state: State, *, actor: str, at: datetime) -> State:
    """End a case that its maker no longer wants."""
    not_now_if(obstacles_to_withdraw(procedure, state, actor=actor))
    happened = Happened(What.WITHDRAWN, "", state.round, actor, at)
    return replace(state, history=(*state.history, happened), outcome=Outcome.WITHDRAWN)


def obstacles_to_delegate(
    procedure: Procedure, state: State, *, step: str, actor: str, to: str
) -> Iterator[Obstacle]:
    found = procedure.step(step)
    if not is_waiting(state, step):
        yield _not_waiting(procedure, step)
        return
    if isinstance(found, Collective):
        yield Obstacle("集体决策的表决不得委托他人", procedure.clause)
    yield from obstacles_to_judge(procedure, state, step, actor)
    if to == state.maker:
        yield Obstacle("不得委托申请人本人办理", procedure.clause, field="to")
    if to == actor:
        yield Obstacle("不必委托本人", field="to")
    delegations = state.delegations(step)
    if actor in delegations:
        yield Obstacle("受委托人不得转委托", procedure.clause)
    if delegations.get(to, actor) != actor or _has_acted(state, step, to):
        yield Obstacle("对方在本环节已经办理或已受他人委托", field="to")


def delegate(
    procedure: Procedure, state: State, *, step: str, actor: str, to: str, at: datetime
) -> State:
    """Let `to` decide this step for `actor` in this round; a later delegation replaces this one.

    Delegating gives no power away: whoever of the two decides first has decided for both.
    """
    not_now_if(obstacles_to_delegate(procedure, state, step=step, actor=actor, to=to))
    round_ = state.records[step].round
    happened = Happened(What.DELEGATED, step, round_, actor, at, to)
    return replace(state, history=(*state.history, happened))


def is_waiting(state: State, step: str) -> bool:
    record = state.records.get(step)
    return (
        state.outcome is Outcome.OPEN
        and state.returned is None
        and record is not None
        and record.status is Status.OPEN
    )


def obstacles_to_judge(
    procedure: Procedure, state: State, step: str, actor: str, voters: Collection[str] = ()
) -> Iterator[Obstacle]:
    """Yield why this person may not judge this step at all: maker never checks, nobody twice."""
    if actor == state.maker:
        yield Obstacle("申请人不得审批本人提出的申请", procedure.clause)
    behalf = _on_behalf_of(state, step, actor, voters) or actor
    if _has_acted(state, step, actor) or behalf in state.deciders(step):
        yield Obstacle("本轮已经在本环节办理过", procedure.clause)


def settle(state: State, step: str, status: Status) -> State:
    record = replace(state.records[step], status=status)
    return replace(state, records={**state.records, step: record})


def _not_waiting(procedure: Procedure, step: str) -> Obstacle:
    title = procedure.title_of(step) if procedure.step(step) else step
    return Obstacle("“{title}”现在不需要办理", procedure.clause, title=title)


def _has_acted(state: State, step: str, actor: str) -> bool:
    return any(h.actor == actor and h.what.is_decision for h in state.this_visit(step))


def _obstacles_to_return(
    procedure: Procedure, step: Review | Collective, return_to: str | None
) -> Iterator[Obstacle]:
    if return_to is None and len(step.may_return_to) > 1:
        yield Obstacle("请选择退回到哪个环节", procedure.clause, field="return_to")
    elif not step.may_return_to or return_to not in (None, *step.may_return_to):
        yield Obstacle("不能从“{title}”退回到该环节", procedure.clause, title=step.title)


def _obstacles_of_voters(
    state: State, step: Review, actor: str, voters: Collection[str]
) -> Iterator[Obstacle]:
    others = _others(voters, state.maker)
    if not voters and step.mode is Mode.ONE:
        return
    behalf = state.delegations(step.key).get(actor)
    if actor not in others and behalf not in others:
        yield Obstacle("不在“{title}”应办理人员之列", title=step.title)
    decided = len(others | state.deciders(step.key).keys())
    if step.mode is Mode.QUORUM and decided < step.quorum:
        yield Obstacle(
            "“{title}”须{quorum}人同意，可办理的人员不足", title=step.title, quorum=step.quorum
        )


def _on_behalf_of(state: State, step: str, actor: str, voters: Collection[str]) -> str:
    """Return for whom `actor` decides, if not for themselves."""
    return "" if actor in voters else state.delegations(step).get(actor, "")


def _others(voters: Collection[str], maker: str) -> set[str]:
    return set(voters) - {maker}


def _with_defaults(procedure: Procedure, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    defaults = {key: s.default for key, s in procedure.facts.items() if s.default is not None}
    return {**defaults, **facts}


def _declared(procedure: Procedure, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {key: facts[key] for key in procedure.facts}


def _obstacles_to_facts(procedure: Procedure, facts: Mapping[str, Fact]) -> Iterator[Obstacle]:
    for key in procedure.facts:
        if key not in facts:
            title = procedure.facts[key].title
            yield Obstacle("缺少“{title}”", procedure.clause, field=key, title=title)
        elif not procedure.facts[key].accepts(facts[key]):
            yield _wrong_fact(procedure, key)


def _wrong_fact(procedure: Procedure, key: str) -> Obstacle:
    title = procedure.facts[key].title
    return Obstacle("“{title}”的取值不对", procedure.clause, field=key, title=title)
