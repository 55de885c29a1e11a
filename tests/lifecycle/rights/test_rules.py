"""What may be granted, by value: every refused way beside the lawful one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import Period
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights.questionnaire import questions_for, text_of
from shuce.lifecycle.rights.rules import (
    Answer,
    FeeBasis,
    GrantState,
    PurposeKind,
    Right,
    SourceRight,
    Standing,
    Terms,
    findings_of,
    obstacles_to_act_under,
    obstacles_to_any_grant,
    obstacles_to_assess,
    obstacles_to_grant,
    obstacles_to_resume,
    obstacles_to_sub_grant,
    obstacles_to_suspend,
    obstacles_to_withdraw,
)

TODAY = date(2026, 3, 20)
TERMS = Terms(
    right=Right.PROCESSING,
    purpose="统计分析",
    purpose_kind=PurposeKind.INDUSTRY,
    fee_basis=FeeBasis.FREE,
    columns=("age", "district"),
    starts_on=TODAY,
    ends_on=date(2028, 3, 20),
)
ASSET = Standing(
    state=CardState.IN_FORCE,
    grade=Grade.L3,
    columns=frozenset({"age", "district", "fee"}),
    personal_data=False,
    personal_basis=False,
    assessment_valid_until=date(2027, 3, 20),
    appraised=False,
    guided_price=False,
)
SOURCE = SourceRight(
    Right.PROCESSING, frozenset({"age", "district"}), Period(TODAY, date(2028, 3, 20)), True
)


def clauses(obstacles) -> list[Clause | None]:
    return [obstacle.clause for obstacle in obstacles]


@pytest.mark.clause("N-4", "N-5", "G-8")
def test_terms_in_order_over_an_assessed_asset_meet_no_obstacle():
    assert not list(obstacles_to_grant(TERMS, ASSET, TODAY))


@pytest.mark.parametrize(
    ("changes", "clause", "field"),
    [
        pytest.param({"right": Right.HOLDING}, Clause.G_6, "right", id="holding never moves"),
        pytest.param({"purpose": "  "}, Clause.N_5, "purpose", id="no purpose"),
        pytest.param({"columns": ()}, Clause.N_5, "columns", id="no scope"),
        pytest.param({"columns": ("phone",)}, Clause.N_5, "columns", id="unknown column"),
        pytest.param({"region_code": "999999"}, Clause.N_5, "region_code", id="no such region"),
        pytest.param({"ends_on": TODAY}, Clause.G_8, "ends_on", id="no term"),
        pytest.param({"ends_on": date(2031, 3, 21)}, Clause.G_8, "ends_on", id="over five years"),
        pytest.param(
            {"starts_on": date(2025, 1, 1), "ends_on": TODAY}, Clause.G_8, "ends_on", id="over"
        ),
        pytest.param({"fee": Money(1)}, Clause.G_10, "fee", id="free with a fee"),
        pytest.param({"fee_basis": FeeBasis.PAID}, Clause.N_4, "fee", id="paid without a fee"),
    ],
)
@pytest.mark.clause("N-4", "N-5", "G-6", "G-8", "G-10")
def test_terms_that_are_not_in_order_are_refused_at_their_field(changes, clause, field):
    found = list(obstacles_to_grant(replace(TERMS, **changes), ASSET, TODAY))
    assert (clause, field) in [(one.clause, one.field) for one in found]


def test_a_term_of_exactly_five_years_is_lawful():
    assert not list(obstacles_to_grant(replace(TERMS, ends_on=date(2031, 3, 20)), ASSET, TODAY))


@pytest.mark.clause("N-5")
def test_use_for_the_public_good_bears_no_fee():
    paid = replace(TERMS, fee_basis=FeeBasis.PAID, fee=Money(100))
    valued = replace(ASSET, appraised=True)
    assert not list(obstacles_to_grant(paid, valued, TODAY))
    public = replace(paid, purpose_kind=PurposeKind.PUBLIC)
    assert clauses(obstacles_to_grant(public, valued, TODAY)) == [Clause.N_5]


@pytest.mark.clause("N-4")
@pytest.mark.parametrize("ground", ["appraised", "guided_price"])
def test_paid_use_rests_on_an_appraisal_or_a_guided_price(ground):
    paid = replace(TERMS, fee_basis=FeeBasis.PAID, fee=Money(100))
    assert clauses(obstacles_to_grant(paid, ASSET, TODAY)) == [Clause.N_4]
    assert not list(obstacles_to_grant(paid, replace(ASSET, **{ground: True}), TODAY))


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"state": CardState.IN_DISPOSAL}, Clause.N_4),
        ({"grade": None}, Clause.G_2),
        ({"grade": Grade.SECRET}, Clause.N_5),
        ({"grade": Grade.CORE}, Clause.G_2),
        ({"offered": False}, Clause.N_5),
        ({"assessment_valid_until": None}, Clause.N_4),
        ({"assessment_valid_until": date(2026, 3, 19)}, Clause.N_4),
        ({"personal_data": True, "impact_valid_until": TODAY}, Clause.G_4),
    ],
)
@pytest.mark.clause("N-4", "N-5", "G-2", "G-4")
def test_an_asset_that_may_not_be_granted_is_refused_whatever_the_terms(changes, clause):
    assert clauses(obstacles_to_any_grant(replace(ASSET, **changes), TODAY)) == [clause]


def test_an_assessment_holds_on_its_last_day():
    assert not list(obstacles_to_any_grant(replace(ASSET, assessment_valid_until=TODAY), TODAY))


@pytest.mark.clause("G-5")
def test_exclusive_and_other_grants_do_not_overlap():
    taken = Period(date(2027, 1, 1), date(2027, 6, 1))
    barred = replace(ASSET, exclusive_periods=(taken,), taken_periods=(taken,))
    assert clauses(obstacles_to_grant(TERMS, barred, TODAY)) == [Clause.G_5]
    before = replace(TERMS, ends_on=date(2027, 1, 1))
    assert not list(obstacles_to_grant(before, barred, TODAY))
    alone = replace(TERMS, exclusive=True)
    shared = replace(ASSET, taken_periods=(taken,))
    assert not list(obstacles_to_grant(TERMS, shared, TODAY))
    assert [one.field for one in obstacles_to_grant(alone, shared, TODAY)] == ["exclusive"]


@pytest.mark.clause("N-4")
@pytest.mark.parametrize(
    ("terms", "source", "field"),
    [
        ({}, {"sub_granting": False}, ""),
        ({"right": Right.OPERATING}, {}, "right"),
        ({"columns": ("age", "fee")}, {}, "columns"),
        ({"ends_on": date(2028, 3, 21)}, {}, "ends_on"),
        ({"starts_on": date(2026, 3, 19)}, {}, "ends_on"),
        ({}, {"same_asset": False}, "source_number"),
        ({}, {"same_operator": True}, "source_number"),
        ({}, {"region_code": "310101"}, "region_code"),
        ({"region_code": "330106"}, {}, "region_code"),
        ({}, {"purpose_kind": PurposeKind.PUBLIC}, "purpose_kind"),
        ({"fee_basis": FeeBasis.PAID}, {"fee_basis": FeeBasis.FREE}, "fee_basis"),
    ],
)
def test_a_sub_grant_is_never_wider_than_its_source(terms, source, field):
    assert not list(obstacles_to_sub_grant(TERMS, SOURCE))
    found = obstacles_to_sub_grant(replace(TERMS, **terms), replace(SOURCE, **source))
    assert [one.field for one in found] == [field]


@pytest.mark.clause("G-8")
def test_every_question_of_the_assessment_is_answered_with_a_note():
    asked = questions_for(Grade.L2, TODAY)
    full = {one.key: Answer(True, "已核查") for one in asked}
    assert not list(obstacles_to_assess(full, asked))
    assert not findings_of(full)
    empty = full | {"output": Answer(True, " ")}
    assert [one.field for one in obstacles_to_assess(empty, asked)] == ["output"]
    assert len(list(obstacles_to_assess({}, asked))) == len(asked)
    assert len(list(obstacles_to_assess(full | {"other": Answer(True, "x")}, asked))) == 1
    assert findings_of(full | {"access": Answer(False, "共用账号")}) == ("access",)


@pytest.mark.clause("G-13", "N-4")
@pytest.mark.parametrize("state", GrantState)
def test_only_a_grant_in_force_is_suspended_a_suspended_one_resumed_a_live_one_withdrawn(state):
    force, suspended = GrantState.IN_FORCE, GrantState.SUSPENDED
    assert (not list(obstacles_to_suspend(state))) == (state is force)
    assert (not list(obstacles_to_resume(state))) == (state is suspended)
    assert (not list(obstacles_to_withdraw(state))) == (state in (force, suspended))


@pytest.mark.clause("N-4", "N-5")
def test_a_grant_is_used_only_in_force_in_its_term_over_a_card_in_force():
    term = Period(TODAY, date(2026, 3, 22))

    def obstacles(state=GrantState.IN_FORCE, day=TODAY, card=CardState.IN_FORCE, grade=Grade.L4):
        return list(obstacles_to_act_under(state, term, day, card, grade))

    assert not obstacles()
    assert not obstacles(day=date(2026, 3, 21))
    assert obstacles(day=date(2026, 3, 22))
    assert obstacles(day=date(2026, 3, 19))
    assert obstacles(card=CardState.IN_DISPOSAL)
    assert obstacles(grade=Grade.SECRET)
    assert all(obstacles(state=state) for state in GrantState if state is not GrantState.IN_FORCE)


@pytest.mark.clause("G-8", "G-2")
def test_stricter_data_is_asked_more_and_papers_are_named():
    asked = {grade: questions_for(grade, TODAY) for grade in (Grade.L1, Grade.L4, Grade.IMPORTANT)}
    assert len(asked[Grade.L1]) < len(asked[Grade.L4]) < len(asked[Grade.IMPORTANT])
    strict = asked[Grade.IMPORTANT]
    assert questions_for(None, TODAY) == strict
    shown = {one.key: Answer(True, "已核查", "附件一") for one in strict}
    assert not list(obstacles_to_assess(shown, strict))
    unshown = shown | {"staff": Answer(True, "已核查")}
    assert [one.field for one in obstacles_to_assess(unshown, strict)] == ["evidence_staff"]
    # What is not met needs no paper: it must be put right first.
    assert not list(obstacles_to_assess(shown | {"staff": Answer(False, "未签")}, strict))
    assert text_of("staff") != "staff"


@pytest.mark.clause("G-4")
def test_personal_data_is_granted_only_after_its_impact_was_assessed():
    personal = replace(ASSET, personal_data=True, personal_basis=True)
    found = list(obstacles_to_grant(TERMS, personal, TODAY))
    assert clauses(found) == [Clause.G_4]
    assert "影响评估" in found[0].reason
    assessed = replace(personal, impact_valid_until=TODAY)
    assert not list(obstacles_to_grant(TERMS, assessed, TODAY))
    assert list(obstacles_to_grant(TERMS, assessed, TODAY + timedelta(days=1)))
