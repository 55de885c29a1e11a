"""Totals, parts and trackers over several questions: what their combination would give away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Rule
from tests.engines.guard.test_statements import LAWFUL

RARE = "罕见病A"  # three people of 20,000
TOTAL = "SELECT count(*) FROM persons"
BY_DISEASE = "SELECT disease, count(*) FROM persons GROUP BY disease"


@pytest.fixture(scope="module")
def warm(town: Path, policy: dict[str, Any]) -> Iterator[Session]:
    opened = Session(read_policy(policy), {f.stem: f for f in town.iterdir()})
    yield opened
    opened.close()


@pytest.fixture
def session(warm: Session) -> Session:
    warm.memory = Memory()
    return warm


def told(session: Session, sql: str) -> dict[Any, Any]:
    verdict = session.ask(sql)
    assert verdict.is_released, verdict.reason
    return {row[0]: row[-1] for row in verdict.rows}


@pytest.mark.clause("G-8")
def test_a_total_and_its_parts_asked_apart_do_not_give_the_rest_away(session: Session) -> None:
    assert len(told(session, BY_DISEASE)) == 12
    session.memory = Memory()
    [total] = session.ask(TOTAL).rows[0]
    parts = told(session, BY_DISEASE)
    assert RARE not in parts
    assert total - sum(parts.values()) >= 10
    assert len(parts) == 11
    # What was kept back does not come out by halves either, nor asked by name.
    halves = session.ask("SELECT disease, gender, count(*) FROM persons GROUP BY disease, gender")
    assert len({row[0] for row in halves.rows}) >= 11
    [missing] = {row[0] for row in halves.rows} - set(parts) or {None}
    if missing is not None:
        assert sum(row[0] == missing for row in halves.rows) < 2


@pytest.mark.clause("G-8")
def test_parts_asked_one_by_one_stand_in_the_way_of_their_total(session: Session) -> None:
    names = list(told(session, BY_DISEASE))
    session.memory = Memory()
    for name in names:
        assert session.ask(f"SELECT count(*) FROM persons WHERE disease = '{name}'").is_released
    assert session.ask(TOTAL).rule == Rule.DIFFERENCING
    assert session.ask(BY_DISEASE).is_released  # nothing new


TRACKERS = [
    [
        "SELECT sum(income) FROM persons WHERE district = '崇明区'",
        "SELECT sum(income) FROM persons WHERE district = '崇明区' AND age < 50",
        f"SELECT sum(income) FROM persons WHERE district = '崇明区' AND age >= 50"
        f" AND disease <> '{RARE}'",
    ],
    [  # q(A or B) + q(A or not B) - q(all) = q(A)
        TOTAL,
        f"SELECT count(*) FROM persons WHERE gender = '男' OR (disease = '{RARE}')",
        f"SELECT count(*) FROM persons WHERE gender = '男' AND disease <> '{RARE}'",
    ],
    [  # by joins of bands: two coverings of the ages of women that differ by the rare ones
        "SELECT age // 10, count(*) FROM persons WHERE gender = '女' AND age < 80 GROUP BY 1",
        "SELECT age // 20, count(*) FROM persons WHERE gender = '女' AND age < 80"
        f" AND disease <> '{RARE}' GROUP BY 1",
    ],
    [
        "SELECT district, count(*) FROM persons GROUP BY district",
        "SELECT count(*) FROM persons WHERE district = '崇明区' AND gender = '男'",
        "SELECT count(*) FROM persons WHERE district = '崇明区' AND gender = '女' AND age < 40",
        "SELECT count(*) FROM persons WHERE district = '崇明区' AND gender = '女' AND age >= 40"
        f" AND disease <> '{RARE}'",
    ],
]


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("questions", TRACKERS)
def test_a_tracker_does_not_come_to_its_end(session: Session, questions: list[str]) -> None:
    # The people whose rare disease the questions circle are two women and a man, or fewer.
    whole = [len(session.ask(sql).rows) for sql in questions[:1]]
    assert whole[0] >= 1
    session.memory = Memory()
    answered = [session.ask(sql) for sql in questions]
    complete = all(verdict.is_released for verdict in answered)
    assert not complete or sum(verdict.suppressed_groups for verdict in answered) > 0


def test_what_was_combined_is_remembered_over_a_restart(session: Session) -> None:
    for sql in TRACKERS[3][:3]:
        assert session.ask(sql).is_released
    session.memory = Memory.from_json(session.memory.as_json())
    session.close()
    assert session.ask(TRACKERS[3][3]).rule == Rule.DIFFERENCING


def test_a_day_of_lawful_questions_is_answered(session: Session) -> None:
    questions = [sql for kind in ("time", "grouping sets") for sql in LAWFUL[kind]]
    refused = [sql for sql in questions if not session.ask(sql).is_released]
    assert refused == []
