"""How grave an incident is and when it is reported, judged from plain values and shipped tables."""

import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.foundation.organizations.rules import Kind, Level
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.lifecycle.register.words import Grade
from shuce.supervision.watch import rules
from shuce.supervision.watch.detectors import DETECTORS
from shuce.supervision.watch.words import (
    AlertGrade,
    Confidence,
    IncidentKind,
    IncidentState,
    Indicator,
    RuleCode,
    Sentence,
    Severity,
    ThresholdName,
    UnitKind,
)

SEEDS = tomllib.loads(files("shuce.supervision.watch").joinpath("seeds.toml").read_text("utf-8"))
TABLE = [
    rules.Threshold(Indicator(s["indicator"]), Severity(s["severity"]), s["at_least"])
    for s in SEEDS["severities"]
]
CLOCKS = [
    rules.Clock(UnitKind(s["unit_kind"]), Severity(s["duty_from"]), s["minutes"], s["recipient"])
    for s in SEEDS["clocks"]
]


def severity(kind=IncidentKind.LEAK, persons=0, yuan=0, grade=Grade.L4) -> Severity:
    extent = rules.Extent(kind, persons, Money.from_yuan(yuan), grade)
    return rules.severity_of(extent, TABLE)


@pytest.mark.clause("G-13")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Severity.GENERAL),
        ({"persons": 999_999}, Severity.GENERAL),
        ({"persons": 1_000_000}, Severity.LARGER),
        ({"persons": 10_000_000}, Severity.MAJOR),
        ({"persons": 100_000_000}, Severity.EXTREME),
        ({"yuan": 4_999_999}, Severity.GENERAL),
        ({"yuan": 5_000_000}, Severity.LARGER),
        ({"yuan": 20_000_000}, Severity.MAJOR),
        ({"yuan": 100_000_000}, Severity.EXTREME),
        ({"grade": Grade.IMPORTANT}, Severity.LARGER),
        ({"grade": Grade.CORE}, Severity.MAJOR),
        ({"kind": IncidentKind.DAMAGE, "persons": 100_000}, Severity.LARGER),
        ({"kind": IncidentKind.DAMAGE, "persons": 10_000_000}, Severity.EXTREME),
        ({"kind": IncidentKind.LOSS, "grade": Grade.IMPORTANT}, Severity.GENERAL),
        ({"persons": 1_000_000, "yuan": 20_000_000}, Severity.MAJOR),
    ],
)
def test_the_gravest_indicator_decides(facts, expected):
    assert severity(**facts) is expected


@given(
    st.sampled_from(IncidentKind),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(0, 10**6),
)
def test_more_harm_is_never_milder(kind, persons, yuan, more):
    before = severity(kind, persons, yuan)
    assert severity(kind, persons + more, yuan + more).rank >= before.rank


@pytest.mark.parametrize(
    ("kind", "level", "critical", "minutes"),
    [
        (Kind.INSTITUTION, Level.PROVINCE, True, 60),
        (Kind.DEPARTMENT, Level.CENTRAL, False, 120),
        (Kind.ENTERPRISE, Level.CENTRAL, False, 240),
        (Kind.INSTITUTION, Level.DISTRICT, False, 240),
    ],
)
def test_each_kind_of_body_has_its_clock(kind, level, critical, minutes):
    unit = rules.unit_kind_of(kind, level, critical=critical)
    clock = rules.clock_for(unit, Severity.MAJOR, CLOCKS)
    assert clock is not None
    assert clock.minutes == minutes
    opened = datetime(2026, 3, 20, 4, tzinfo=UTC)
    assert rules.report_due(opened, clock.minutes) == opened + timedelta(minutes=minutes)


def test_below_the_duty_to_report_the_department_is_told_within_a_day():
    clock = rules.clock_for(UnitKind.OTHER, Severity.GENERAL, CLOCKS)
    assert clock is not None
    assert (clock.minutes, clock.recipient) == (1440, "主管部门")


def test_every_rule_has_a_detector_a_sentence_and_a_ground():
    shipped = {RuleCode(seed["code"]) for seed in SEEDS["rules"]}
    assert shipped == set(RuleCode) == set(DETECTORS) == {RuleCode(one.value) for one in Sentence}
    for seed in SEEDS["rules"]:
        assert AlertGrade(seed["grade"])
        assert Clause(seed["clause"])
        assert all(ThresholdName(name) for name in seed["thresholds"])
        assert "quiet_days" in seed["thresholds"]
    for seed in [*SEEDS["rules"], *SEEDS["severities"], *SEEDS["clocks"]]:
        assert Confidence(seed["confidence"])
        assert seed["basis"]


def test_a_grave_incident_is_not_closed_unreported_unless_it_was_a_drill():
    def obstacles(**changes):
        facts = {
            "state": IncidentState.CONTAINED,
            "severity": Severity.LARGER,
            "is_drill": False,
            "reported": False,
        }
        return list(rules.obstacles_to_close(rules.Progress(**facts | changes), "教训"))

    assert obstacles() != []
    assert obstacles(reported=True) == []
    assert obstacles(is_drill=True) == []
    assert obstacles(severity=Severity.GENERAL) == []
    assert obstacles(reported=True, state=IncidentState.OPEN) != []


def test_a_rule_keeps_exactly_its_own_thresholds():
    known = {"refused_in_a_day": 20, "quiet_days": 1}
    assert list(rules.obstacles_to_tune(24, {"refused_in_a_day": 5, "quiet_days": 0}, known)) == []
    assert list(rules.obstacles_to_tune(0, known, known)) != []
    assert list(rules.obstacles_to_tune(24, {"quiet_days": 1}, known)) != []
    assert list(rules.obstacles_to_tune(24, known | {"quiet_days": -1}, known)) != []
    assert list(rules.obstacles_to_tune(24, known | {"quiet_days": True}, known)) != []
