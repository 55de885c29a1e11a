import pytest

from shuce.engines.procedure import (
    Ballot,
    NotNow,
    Outcome,
    State,
    TaskKind,
    Verdict,
    decide,
    delegate,
    minute,
    resubmit,
    start,
    state_from_json,
    to_json,
    vote,
    waiting,
)
from tests.engines.procedure.office import (
    MONDAY,
    approve,
    hold_meeting,
    later,
    procedure,
    review,
    send_back,
)

FOR, AGAINST, ABSTAIN = Ballot.FOR, Ballot.AGAINST, Ballot.ABSTAIN
DECISION = """
[[steps]]
key = "decision"
kind = "collective"
title = "集体决策"
role = "DECISION_MEMBER"
place = "holder"
may_return_to = ["start"]
members = 3
attendance = { at_least = "2/3" }
majority = { over = "1/2" }
"""
MEETING = procedure(DECISION)


def opened(found: object = MEETING) -> State:
    return start(found, {}, maker="maker", at=MONDAY)


def cast(state: State, actor: str, ballot: Ballot = FOR, voters: str = "abc") -> State:
    return vote(
        MEETING,
        state,
        step="decision",
        actor=actor,
        ballot=ballot,
        at=later(1),
        voters=[*voters, "maker"],
    )


def record(state: State, **changed: object) -> State:
    said = {"number": "7号", "held_on": later(1).date(), "digest": "ab", "actor": "clerk"} | changed
    return minute(MEETING, state, step="decision", at=later(2), **said)


@pytest.mark.clause("N-6")
def test_a_decision_passes_only_once_its_minutes_are_recorded() -> None:
    state = opened()
    assert waiting(MEETING, state)[0].kind is TaskKind.VOTE
    for member in "abc":
        state = cast(state, member)
    assert state.outcome is Outcome.OPEN
    assert waiting(MEETING, state)[0].kind is TaskKind.MINUTES
    state = record(state)
    assert state.outcome is Outcome.APPROVED
    minutes = state.records["decision"].minutes
    assert minutes
    assert minutes.number == "7号"
    assert state_from_json(to_json(state)) == state


@pytest.mark.clause("N-6")
def test_minutes_without_enough_members_present_are_refused() -> None:
    state = cast(opened(), "a")
    with pytest.raises(NotNow, match="到会表决人数不足"):
        record(state)
    assert record(cast(state, "b")).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("ballots", "outcome"),
    [
        ((FOR, FOR, AGAINST), Outcome.APPROVED),
        ((FOR, ABSTAIN, ABSTAIN), Outcome.REJECTED),
        ((FOR, AGAINST, AGAINST), Outcome.REJECTED),
    ],
)
def test_over_half_of_all_members_must_be_in_favour(
    ballots: tuple[Ballot, ...], outcome: Outcome
) -> None:
    state = hold_meeting(MEETING, opened(), "decision", dict(zip("abc", ballots, strict=True)))
    assert state.outcome is outcome


@pytest.mark.parametrize(
    ("majority", "in_favour", "outcome"),
    [
        ('{ over = "1/2" }', 2, Outcome.REJECTED),
        ('{ over = "1/2" }', 3, Outcome.APPROVED),
        ('{ at_least = "1/2" }', 2, Outcome.APPROVED),
        ('{ at_least = "2/3" }', 2, Outcome.REJECTED),
        ('{ at_least = "2/3" }', 3, Outcome.APPROVED),
    ],
)
def test_a_majority_is_exactly_what_the_data_says(
    majority: str, in_favour: int, outcome: Outcome
) -> None:
    found = procedure(DECISION.replace('{ over = "1/2" }', majority))
    ballots = {m: FOR if n < in_favour else AGAINST for n, m in enumerate("abcd")}
    assert hold_meeting(found, opened(found), "decision", ballots).outcome is outcome


def test_a_majority_of_those_present_leaves_the_absent_out() -> None:
    found = procedure(DECISION.replace('"1/2" }', '"1/2", of = "present" }'))
    state = opened(found)
    for member, ballot in {"a": FOR, "b": FOR, "c": FOR, "d": ABSTAIN}.items():
        state = vote(
            found, state, step="decision", actor=member, ballot=ballot, at=later(1), voters="abcdef"
        )
    state = minute(
        found,
        state,
        step="decision",
        actor="clerk",
        number="8号",
        held_on=later(1).date(),
        digest="ab",
        at=later(2),
    )
    assert state.outcome is Outcome.APPROVED


def test_the_maker_is_never_on_the_roll_and_records_no_minutes() -> None:
    with pytest.raises(NotNow, match="申请人不得审批"):
        cast(opened(), "maker")
    state = cast(cast(opened(), "a"), "b")
    assert state.records["decision"].roll == ("a", "b", "c")
    with pytest.raises(NotNow, match="申请人不得登记"):
        record(state, actor="maker")


def test_nobody_votes_twice_and_the_roll_stands_for_the_round() -> None:
    state = cast(opened(), "a")
    with pytest.raises(NotNow, match="本轮已经在本环节办理过"):
        cast(state, "a", AGAINST)
    with pytest.raises(NotNow, match="不是本次集体决策的成员"):
        cast(state, "z", voters="abcz")


def test_a_body_that_is_too_small_cannot_decide() -> None:
    with pytest.raises(NotNow, match="集体决策成员不得少于3人"):
        cast(opened(), "a", voters="ab")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"number": " "}, "缺少会议纪要编号"),
        ({"digest": ""}, "缺少会议纪要文件的摘要值"),
        ({"held_on": later(9).date()}, "会议日期不能晚于登记之日"),
    ],
)
def test_incomplete_minutes_are_refused(changed: dict[str, object], reason: str) -> None:
    state = cast(cast(opened(), "a"), "b")
    with pytest.raises(NotNow, match=reason):
        record(state, **changed)


def test_no_single_person_approves_for_the_body_and_votes_are_not_delegated() -> None:
    with pytest.raises(NotNow, match="由集体表决"):
        approve(MEETING, opened(), "decision", "a")
    with pytest.raises(NotNow, match="表决不得委托"):
        delegate(MEETING, opened(), step="decision", actor="a", to="b", at=MONDAY)
    ordinary = procedure(review("head"))
    with pytest.raises(NotNow, match="不在表决"):
        vote(
            ordinary, opened(ordinary), step="head", actor="a", ballot=FOR, at=MONDAY, voters="abc"
        )


def test_a_body_may_send_the_case_back_and_then_votes_anew() -> None:
    state = cast(cast(opened(), "a"), "b")
    state = resubmit(
        MEETING, send_back(MEETING, state, "decision", "start"), actor="maker", at=later(2)
    )
    (task,) = waiting(MEETING, state)
    assert (task.kind, task.round, task.decided_by) == (TaskKind.VOTE, 2, ())
    with pytest.raises(NotNow, match="到会表决人数不足"):
        record(state)
    for member in "abc":
        state = cast(state, member)
    assert record(state).outcome is Outcome.APPROVED


def test_a_member_who_returns_the_case_has_to_say_why() -> None:
    with pytest.raises(NotNow, match="“退回”须写明意见"):
        decide(MEETING, opened(), step="decision", actor="a", verdict=Verdict.RETURN, at=later(1))
