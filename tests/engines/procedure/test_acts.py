import pytest

from shuce.engines.procedure import (
    NotNow,
    Outcome,
    Status,
    TaskKind,
    Verdict,
    What,
    WorkCalendar,
    decide,
    delegate,
    draw,
    load,
    overdue,
    recount,
    resubmit,
    start,
    state_from_json,
    to_json,
    waiting,
    withdraw,
)
from tests.engines.procedure.office import (
    HEAD,
    MONDAY,
    approve,
    faults,
    inside,
    later,
    names,
    parallel,
    procedure,
    review,
    send_back,
)

TWO = procedure(
    review("first", 'may_return_to = ["start"]'),
    review("second", 'may_return_to = ["start", "first"]'),
)
JOINED = procedure(
    parallel("both", inside("finance"), inside("security", 'may_return_to = ["start", "both"]')),
    review("head", 'may_return_to = ["start", "both"]'),
)


def test_steps_wait_one_after_the_other_and_the_last_approval_ends_the_case() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    assert names(TWO, state) == ["first"]
    state = approve(TWO, state, "first")
    assert names(TWO, state) == ["second"]
    state = approve(TWO, state, "second")
    assert state.outcome is Outcome.APPROVED
    assert waiting(TWO, state) == ()


@pytest.mark.clause("N-4", "N-6")
def test_the_maker_never_checks_and_the_refusal_names_the_clause() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    with pytest.raises(NotNow) as refusal:
        approve(TWO, state, "first", actor="maker")
    (obstacle,) = refusal.value.obstacles
    assert obstacle.reason == "申请人不得审批本人提出的申请"
    assert obstacle.clause == "N-6"


def test_a_step_that_is_not_waiting_cannot_be_decided() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    for step in ("second", "nowhere"):
        with pytest.raises(NotNow, match="现在不需要办理"):
            approve(TWO, state, step)
    after = approve(TWO, state, "first")
    with pytest.raises(NotNow, match="现在不需要办理"):
        approve(TWO, after, "first", actor="somebody else")


def test_a_rejection_ends_the_case_and_must_say_why() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    act = {"step": "first", "actor": "officer", "verdict": Verdict.REJECT, "at": MONDAY}
    with pytest.raises(NotNow, match="“不同意”须写明意见"):
        decide(TWO, state, **act)
    state = decide(TWO, state, **act, opinion_given=True)
    assert state.outcome is Outcome.REJECTED
    assert state.records["first"].status is Status.REJECTED


def test_some_steps_want_an_opinion_even_with_an_approval() -> None:
    strict = procedure(review("first", 'opinion = "always"'))
    state = start(strict, {}, maker="maker", at=MONDAY)
    with pytest.raises(NotNow, match="“同意”须写明意见"):
        approve(strict, state, "first")
    assert approve(strict, state, "first", opinion_given=True).outcome is Outcome.APPROVED


def test_a_returned_case_waits_for_its_maker_only_and_then_begins_a_new_round() -> None:
    state = approve(TWO, start(TWO, {}, maker="maker", at=MONDAY), "first")
    state = send_back(TWO, state, "second", "first")
    (task,) = waiting(TWO, state)
    assert (task.kind, task.persons, task.step) == (TaskKind.ANSWER, ("maker",), "first")
    for step in ("first", "second"):
        with pytest.raises(NotNow, match="现在不需要办理"):
            approve(TWO, state, step)
    with pytest.raises(NotNow, match="只有申请人可以重新提交"):
        resubmit(TWO, state, actor="second-officer", at=later(2))
    state = resubmit(TWO, state, actor="maker", at=later(2))
    assert [(task.step, task.round) for task in waiting(TWO, state)] == [("first", 2)]
    state = approve(TWO, state, "first")
    state = approve(TWO, state, "second")
    assert state.outcome is Outcome.APPROVED


def test_a_case_that_was_not_returned_cannot_be_resubmitted() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    with pytest.raises(NotNow, match="没有被退回"):
        resubmit(TWO, state, actor="maker", at=MONDAY)


def test_a_case_goes_back_only_where_the_step_allows() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    with pytest.raises(NotNow, match="不能从“first审查”退回到该环节"):
        send_back(TWO, state, "first", "second")
    state = approve(TWO, state, "first")
    with pytest.raises(NotNow, match="请选择退回到哪个环节"):
        decide(
            TWO,
            state,
            step="second",
            actor="officer",
            verdict=Verdict.RETURN,
            at=MONDAY,
            opinion_given=True,
        )


def test_a_join_waits_for_every_branch() -> None:
    state = start(JOINED, {}, maker="maker", at=MONDAY)
    assert names(JOINED, state) == ["finance", "security"]
    assert names(JOINED, approve(JOINED, state, "finance")) == ["security"]
    assert names(JOINED, approve(JOINED, state, "security")) == ["finance"]
    state = approve(JOINED, approve(JOINED, state, "security"), "finance")
    assert names(JOINED, state) == ["head"]


@pytest.mark.parametrize("target", ["start", "both"])
@pytest.mark.parametrize(("one", "other"), [("finance", "security"), ("security", "finance")])
def test_on_the_second_pass_of_a_loop_a_join_never_fires_with_one_branch_undone(
    target: str, one: str, other: str
) -> None:
    state = start(JOINED, {}, maker="maker", at=MONDAY)
    state = approve(JOINED, approve(JOINED, state, "finance"), "security")
    state = resubmit(JOINED, send_back(JOINED, state, "head", target), actor="maker", at=later(2))
    assert names(JOINED, state) == ["finance", "security"]
    state = approve(JOINED, state, one)
    assert names(JOINED, state) == [other], "the first pass must not count for the second"
    state = approve(JOINED, state, other)
    assert [(task.step, task.round) for task in waiting(JOINED, state)] == [("head", 2)]


@pytest.mark.parametrize("target", ["start", "both"])
def test_a_return_out_of_a_branch_has_its_sibling_reviewed_anew(target: str) -> None:
    state = approve(JOINED, start(JOINED, {}, maker="maker", at=MONDAY), "finance")
    state = send_back(JOINED, state, "security", target)
    assert [task.kind for task in waiting(JOINED, state)] == [TaskKind.ANSWER]
    state = resubmit(JOINED, state, actor="maker", at=later(2))
    assert names(JOINED, state) == ["finance", "security"]
    state = approve(JOINED, state, "security")
    assert names(JOINED, state) == ["finance"]


def test_a_nested_part_that_does_not_apply_is_skipped_whole_and_the_outer_part_still_joins() -> (
    None
):
    nested = """
[[steps.branches.steps]]
key = "nested"
kind = "parallel"
title = "嵌套并行"
when = { fact = "big", is = "==", value = true }
[[steps.branches.steps.branches]]
title = "甲"
[[steps.branches.steps.branches.steps]]
key = "x"
kind = "review"
title = "甲审查"
role = "UNIT_HEAD"
place = "holder"
[[steps.branches.steps.branches]]
title = "乙"
[[steps.branches.steps.branches.steps]]
key = "y"
kind = "review"
title = "乙审查"
role = "UNIT_HEAD"
place = "holder"
"""
    found = procedure(
        parallel("outer", inside("a") + nested, inside("b")),
        facts='big = {type = "bool"}',
    )
    assert faults(found) == []
    for big, steps in ((False, ["a", "b"]), (True, ["a", "x", "b", "y"])):
        state = start(found, {"big": big}, maker="maker", at=MONDAY)
        for step in steps:
            assert state.outcome is Outcome.OPEN
            state = approve(found, state, step)
        assert state.outcome is Outcome.APPROVED
        assert draw(found, state).endswith("</svg>")


def test_a_rejection_in_a_branch_rejects_the_case_and_its_sibling_no_longer_waits() -> None:
    state = start(JOINED, {}, maker="maker", at=MONDAY)
    state = decide(
        JOINED,
        state,
        step="finance",
        actor="officer",
        verdict=Verdict.REJECT,
        at=MONDAY,
        opinion_given=True,
    )
    assert state.outcome is Outcome.REJECTED
    assert waiting(JOINED, state) == ()


def test_conditions_are_asked_when_a_step_is_reached() -> None:
    asked = procedure(
        review("first", 'sets = ["fee_fen"]'),
        review("dear", 'when = {fact = "fee_fen", is = ">=", value = 100}'),
        review("last"),
        facts='fee_fen = {type = "fen", title = "费用"}',
    )
    state = start(asked, {"fee_fen": 200, "unheard_of": 1}, maker="maker", at=MONDAY)
    assert state.facts == {"fee_fen": 200}
    assert names(asked, approve(asked, state, "first")) == ["dear"]
    cheap = approve(asked, state, "first", facts={"fee_fen": 99})
    assert names(asked, cheap) == ["last"]
    assert cheap.records["dear"].status is Status.SKIPPED


def test_a_step_changes_only_the_facts_that_are_its_own() -> None:
    asked = procedure(
        review("first"), review("last"), facts='fee_fen = {type = "fen", title = "费用"}'
    )
    state = start(asked, {"fee_fen": 200}, maker="maker", at=MONDAY)
    with pytest.raises(NotNow, match="不能改动“fee_fen”"):
        approve(asked, state, "first", facts={"fee_fen": 1})


@pytest.mark.parametrize(("facts", "reason"), [({}, "缺少“费用”"), ({"fee_fen": True}, "取值不对")])
def test_a_case_is_not_opened_without_its_facts(facts: dict[str, bool], reason: str) -> None:
    asked = procedure(review("first"), facts='fee_fen = {type = "fen", title = "费用"}')
    with pytest.raises(NotNow, match=reason):
        start(asked, facts, maker="maker", at=MONDAY)
    assert start(asked, {"fee_fen": 0}, maker="maker", at=MONDAY).outcome is Outcome.OPEN


def test_the_maker_may_correct_facts_with_the_answer() -> None:
    asked = procedure(
        review("first", 'may_return_to = ["start"]'),
        review("dear", 'when = {fact = "fee_fen", is = ">=", value = 100}'),
        facts='fee_fen = {type = "fen", title = "费用"}',
    )
    state = send_back(asked, start(asked, {"fee_fen": 1}, maker="m", at=MONDAY), "first", "start")
    state = resubmit(asked, state, actor="m", at=later(1), facts={"fee_fen": 100})
    assert names(asked, approve(asked, state, "first")) == ["dear"]


def test_only_the_maker_withdraws_and_only_while_the_case_is_open() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    with pytest.raises(NotNow, match="只有申请人可以撤回"):
        withdraw(TWO, state, actor="officer", at=MONDAY)
    gone = withdraw(TWO, state, actor="maker", at=MONDAY)
    assert gone.outcome is Outcome.WITHDRAWN
    with pytest.raises(NotNow, match="已经办结"):
        withdraw(TWO, gone, actor="maker", at=MONDAY)


def test_countersigning_needs_everybody_but_the_maker() -> None:
    all_ = procedure(review("sign", 'mode = "all"'))
    voters = ["a", "b", "maker"]
    state = start(all_, {}, maker="maker", at=MONDAY)
    state = approve(all_, state, "sign", "a", voters=voters)
    assert state.outcome is Outcome.OPEN
    assert waiting(all_, state)[0].decided_by == ("a",)
    with pytest.raises(NotNow, match="本轮已经在本环节办理过"):
        approve(all_, state, "sign", "a", voters=voters)
    with pytest.raises(NotNow, match="不在“sign审查”应办理人员之列"):
        approve(all_, state, "sign", "stranger", voters=voters)
    assert approve(all_, state, "sign", "b", voters=voters).outcome is Outcome.APPROVED


def test_when_the_last_who_had_to_sign_has_left_a_recount_settles_the_step() -> None:
    all_ = procedure(review("sign", 'mode = "all"'))
    state = start(all_, {}, maker="maker", at=MONDAY)
    state = approve(all_, state, "sign", "a", voters=["a", "b"])
    same = recount(all_, state, step="sign", voters=["a", "b"], at=MONDAY)
    assert same.outcome is Outcome.OPEN
    settled = recount(all_, state, step="sign", voters=["a"], at=MONDAY)
    assert settled.outcome is Outcome.APPROVED


def test_a_quorum_passes_with_enough_and_fails_when_enough_can_no_longer_be_reached() -> None:
    two_of_three = procedure(review("panel", 'mode = "quorum"\nquorum = 2\nvoters = 3'))
    state = start(two_of_three, {}, maker="maker", at=MONDAY)
    voters = ["a", "b", "c"]

    def reject(state: object, actor: str) -> object:
        return decide(
            two_of_three,
            state,
            step="panel",
            actor=actor,
            verdict=Verdict.REJECT,
            at=MONDAY,
            voters=voters,
            opinion_given=True,
        )

    once = approve(two_of_three, state, "panel", "a", voters=voters)
    against = reject(once, "b")
    assert (once.outcome, against.outcome) == (Outcome.OPEN, Outcome.OPEN)
    assert approve(two_of_three, against, "panel", "c", voters=voters).outcome is Outcome.APPROVED
    assert reject(against, "c").outcome is Outcome.REJECTED
    with pytest.raises(NotNow, match="可办理的人员不足"):
        approve(two_of_three, state, "panel", "a", voters=["a", "maker"])


def test_any_one_approval_is_enough_where_any_may_approve() -> None:
    any_ = procedure(review("either", 'mode = "any"'))
    state = start(any_, {}, maker="maker", at=MONDAY)
    act = {"step": "either", "verdict": Verdict.REJECT, "at": MONDAY, "opinion_given": True}
    state = decide(any_, state, actor="a", voters=["a", "b"], **act)
    assert state.outcome is Outcome.OPEN
    assert approve(any_, state, "either", "b", voters=["a", "b"]).outcome is Outcome.APPROVED
    rejected = decide(any_, state, actor="b", voters=["a", "b"], **act)
    assert rejected.outcome is Outcome.REJECTED


def test_one_rejection_settles_a_step_for_one_however_many_hold_the_role() -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    state = decide(
        TWO,
        state,
        step="first",
        actor="a",
        verdict=Verdict.REJECT,
        at=MONDAY,
        voters=["a", "b", "c"],
        opinion_given=True,
    )
    assert state.outcome is Outcome.REJECTED


def test_a_delegate_decides_for_the_one_who_delegated() -> None:
    all_ = procedure(review("sign", 'mode = "all"'))
    voters = ["a", "b"]
    state = start(all_, {}, maker="maker", at=MONDAY)
    state = delegate(all_, state, step="sign", actor="a", to="deputy", at=MONDAY)
    (task,) = waiting(all_, state)
    assert task.delegate_of("deputy") == "a"
    state = approve(all_, state, "sign", "deputy", voters=voters)
    assert waiting(all_, state)[0].decided_by == ("a",)
    with pytest.raises(NotNow, match="本轮已经在本环节办理过"):
        approve(all_, state, "sign", "a", voters=voters)
    assert approve(all_, state, "sign", "b", voters=voters).outcome is Outcome.APPROVED


def test_a_colleague_who_also_stands_in_for_another_still_has_a_say_of_their_own() -> None:
    all_ = procedure(review("sign", 'mode = "all"'))
    state = start(all_, {}, maker="maker", at=MONDAY)
    state = delegate(all_, state, step="sign", actor="a", to="b", at=MONDAY)
    state = approve(all_, state, "sign", "a", voters=["a", "b"])
    assert approve(all_, state, "sign", "b", voters=["a", "b"]).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("actor", "to", "reason"),
    [
        ("a", "maker", "不得委托申请人本人办理"),
        ("a", "a", "不必委托本人"),
        ("maker", "b", "申请人不得审批"),
        ("deputy", "b", "不得转委托"),
        ("b", "deputy", "已受他人委托"),
    ],
)
def test_some_delegations_are_refused(actor: str, to: str, reason: str) -> None:
    state = start(TWO, {}, maker="maker", at=MONDAY)
    state = delegate(TWO, state, step="first", actor="c", to="deputy", at=MONDAY)
    with pytest.raises(NotNow, match=reason):
        delegate(TWO, state, step="first", actor=actor, to=to, at=MONDAY)


def test_a_new_delegation_replaces_the_old_one() -> None:
    all_ = procedure(review("sign", 'mode = "all"'))
    state = start(all_, {}, maker="maker", at=MONDAY)
    state = delegate(all_, state, step="sign", actor="a", to="x", at=MONDAY)
    state = delegate(all_, state, step="sign", actor="a", to="y", at=MONDAY)
    with pytest.raises(NotNow, match="应办理人员之列"):
        approve(all_, state, "sign", "x", voters=["a", "b"])
    assert approve(all_, state, "sign", "y", voters=["a", "b"]).deciders("sign") == {
        "a": What.APPROVED
    }


def test_deadlines_count_working_days_by_the_calendar_given() -> None:
    text = HEAD + review("first", "deadline_days = 5")
    plain = load(text)
    (task,) = waiting(plain, start(plain, {}, maker="maker", at=MONDAY))
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-11-30T23:59:59+08:00"
    friday = later(4).date()
    rested = load(text, calendar=WorkCalendar(holidays=frozenset({friday})))
    (task,) = waiting(rested, start(rested, {}, maker="maker", at=MONDAY))
    assert task.due_at is not None
    assert task.due_at.date() == later(8).date()
    calendar = load(HEAD + review("first", 'deadline_days = 5\ndeadline_kind = "calendar"'))
    (task,) = waiting(calendar, start(calendar, {}, maker="maker", at=MONDAY))
    assert task.due_at is not None
    assert task.due_at.date() == later(5).date()


def test_overdue_is_what_should_have_been_done_before_now() -> None:
    dated = procedure(review("first", "deadline_days = 1"))
    state = start(dated, {}, maker="maker", at=MONDAY)
    assert overdue(dated, state, at=later(1)) == ()
    assert [task.step for task in overdue(dated, state, at=later(2))] == ["first"]


def test_a_state_is_the_same_after_json_and_small() -> None:
    state = start(JOINED, {}, maker="01JD0000000000000000000000", at=MONDAY)
    for step in ("finance", "security"):
        state = approve(JOINED, state, step, actor="01JD000000000000000000000A")
    state = send_back(JOINED, state, "head", "both")
    assert state_from_json(to_json(state)) == state
    assert len(to_json(state)) < 2_000
