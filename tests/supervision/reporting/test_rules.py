"""Figures must agree before a report goes up; what may not be told is refused with its clause."""

import pytest

from shuce.kernel.clauses import Clause
from shuce.lifecycle.register.words import CardState, Grade, Opening
from shuce.supervision.reporting import rules
from shuce.supervision.reporting.words import ReportState

AGREEING = {code: 0 for check in rules.CHECKS for code in (*check.left, *check.right, *check.minus)}


def clauses(obstacles):
    return [one.clause for one in obstacles]


@pytest.mark.clause("N-11")
def test_a_report_whose_figures_agree_may_go_up():
    assert not list(rules.obstacles_to_submit(ReportState.DRAFT, AGREEING))


@pytest.mark.clause("N-11")
@pytest.mark.parametrize("check", rules.CHECKS, ids=lambda check: check.title)
def test_every_check_notices_a_figure_that_disagrees(check):
    wrong = AGREEING | {check.right[0]: AGREEING[check.right[0]] + 1}
    found = list(rules.obstacles_to_submit(ReportState.DRAFT, wrong))
    assert check.title in {one.facts["title"] for one in found}
    assert set(clauses(found)) == {Clause.N_11}


def test_opening_plus_increase_less_decrease_is_closing():
    moved = AGREEING | {"8.opening.count": 7, "8.increase.count": 3, "8.decrease.count": 2}
    [count] = [one for one in rules.CHECKS if "个数）" in one.title]
    assert count.sides(moved | {"8.closing.count": 8}) == (8, 8)
    assert count.sides(moved | {"8.closing.count": 9}) == (8, 9)


def test_a_report_is_of_a_year_that_has_begun_by_a_body_that_holds_assets_once():
    assert not list(rules.obstacles_to_prepare(2025, 2026, True, False))
    assert len(list(rules.obstacles_to_prepare(2027, 2026, True, False))) == 1
    assert len(list(rules.obstacles_to_prepare(2019, 2026, False, True))) == 3


def test_a_report_sent_up_is_not_changed():
    assert not list(rules.obstacles_to_change(ReportState.DRAFT))
    for state in (ReportState.SUBMITTED, ReportState.CONFIRMED):
        assert clauses(rules.obstacles_to_change(state)) == [Clause.N_11]


def test_a_report_is_decided_once_sent_and_by_another():
    assert not list(rules.obstacles_to_decide(ReportState.SUBMITTED, is_maker=False))
    assert list(rules.obstacles_to_decide(ReportState.SUBMITTED, is_maker=True))
    assert list(rules.obstacles_to_decide(ReportState.DRAFT, is_maker=False))
    assert list(rules.obstacles_to_return(ReportState.SUBMITTED, False, " "))


@pytest.mark.clause("N-5", "G-14")
@pytest.mark.parametrize(
    ("state", "grade", "opening", "clause"),
    [
        (CardState.CLOSED, Grade.L1, Opening.UNCONDITIONAL, Clause.G_14),
        (CardState.DRAFT, Grade.L1, Opening.UNCONDITIONAL, Clause.G_14),
        (CardState.IN_FORCE, None, Opening.UNCONDITIONAL, Clause.G_14),
        (CardState.IN_FORCE, Grade.SECRET, Opening.CONDITIONAL, Clause.N_5),
        (CardState.IN_FORCE, Grade.CORE, Opening.CONDITIONAL, Clause.N_5),
        (CardState.IN_FORCE, Grade.IMPORTANT, Opening.UNCONDITIONAL, Clause.N_5),
        (CardState.IN_FORCE, Grade.L1, Opening.NONE, Clause.N_5),
    ],
)
def test_what_may_not_be_told_is_refused(state, grade, opening, clause):
    assert clauses(rules.obstacles_to_tell(state, grade, opening)) == [clause]


@pytest.mark.clause("G-14")
def test_what_may_be_told_is_not_refused():
    for grade, opening in [
        (Grade.L1, Opening.UNCONDITIONAL),
        (Grade.L4, Opening.CONDITIONAL),
        (Grade.IMPORTANT, Opening.CONDITIONAL),
    ]:
        assert not list(rules.obstacles_to_tell(CardState.IN_FORCE, grade, opening))


def test_a_disclosure_says_its_terms_and_how_to_ask():
    assert not list(rules.obstacles_to_publish("目录", "申请后使用", "数据处", False))
    lacking = list(rules.obstacles_to_publish("", "", "", True))
    assert [one.field for one in lacking] == ["title", "terms", "contact", ""]
