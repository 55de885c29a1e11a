"""What stands in the way, with plain values."""

from datetime import date

import pytest

from shuce.engines.quality import QualityRule, RuleKind
from shuce.lifecycle.quality import rules
from shuce.lifecycle.quality.words import Gravity, IssueState

TODAY = date(2026, 3, 20)
FILLED = QualityRule(RuleKind.NOT_NULL, "a")
COLUMNS = frozenset({"a", "b"})
EQUAL_WEIGHTS = dict.fromkeys(
    ("standard", "complete", "accurate", "consistent", "timely", "accessible"), 1
)


@pytest.mark.clause("G-7")
@pytest.mark.parametrize(
    ("share", "least", "weight", "severity"),
    [
        (0.985, 99, 1, Gravity.MINOR),
        (0.98, 99, 1, Gravity.GENERAL),
        (0.98, 99, 3, Gravity.SERIOUS),
        (0.80, 99, 1, Gravity.SERIOUS),
        (0.60, 99, 1, Gravity.GRAVE),
        (0.60, 99, 9, Gravity.GRAVE),
        (None, 99, 9, Gravity.GENERAL),
    ],
)
def test_the_further_from_passing_and_the_weightier_the_graver(share, least, weight, severity):
    assert rules.severity_of(share, least, weight) is severity


def test_the_graver_the_sooner_it_is_due():
    days = [rules.due_on(one, TODAY) for one in Gravity]
    assert days == sorted(days, reverse=True)
    assert days[-1] == date(2026, 3, 27)


def reasons(obstacles):
    return [str(one.reason) for one in obstacles]


def test_a_rule_is_about_a_column_there_is_and_is_taken_once():
    assert not reasons(rules.obstacles_to_take(FILLED, COLUMNS, frozenset()))
    lost = QualityRule(RuleKind.NOT_NULL, "c")
    assert "没有字段" in reasons(rules.obstacles_to_take(lost, COLUMNS, frozenset()))[0]
    known = frozenset({rules.key_of(FILLED)})
    assert "同样的规则" in reasons(rules.obstacles_to_take(FILLED, COLUMNS, known))[0]
    itself = QualityRule(RuleKind.ORDER, "a", {"other": "a"})
    assert "另一个字段" in reasons(rules.obstacles_to_take(itself, COLUMNS, frozenset()))[0]
    # Weighed otherwise it is still the same question.
    assert rules.key_of(QualityRule(RuleKind.NOT_NULL, "a", weight=5)) in known


def test_weights_and_shares_have_limits():
    assert not reasons(rules.obstacles_to_weigh(1, 100))
    assert [o.field for o in rules.obstacles_to_weigh(0, 0)] == ["weight", "least"]
    assert not reasons(rules.obstacles_to_weights(EQUAL_WEIGHTS))
    for wrong in ({}, dict.fromkeys(EQUAL_WEIGHTS, 0), EQUAL_WEIGHTS | {"timely": -1}):
        assert reasons(rules.obstacles_to_weights(wrong))


def test_an_issue_is_closed_with_cause_and_measure_or_not_at_all():
    assert not reasons(rules.obstacles_to_close(IssueState.OPEN, "接口改版", "已补录"))
    assert [o.field for o in rules.obstacles_to_close(IssueState.OPEN, " ", "")] == [
        "cause",
        "measure",
    ]
    assert "已经销号" in reasons(rules.obstacles_to_close(IssueState.CLOSED, "a", "b"))[0]


def test_a_rule_is_dropped_once_and_with_a_reason():
    assert not reasons(rules.obstacles_to_drop(False, "字段停用"))
    assert reasons(rules.obstacles_to_drop(True, "字段停用"))
    assert reasons(rules.obstacles_to_drop(False, " "))


def test_an_issue_seen_by_a_person_is_told_and_not_told_twice():
    assert not reasons(rules.obstacles_to_open("单位混用", False))
    assert reasons(rules.obstacles_to_open("", False))
    assert reasons(rules.obstacles_to_open("单位混用", True))
