"""Atoms instead of people: the same judgement, from a table of combinations."""

from pathlib import Path
from typing import Any

import pytest

from bench.guard import Near
from shuce.engines.guard import atoms
from shuce.engines.guard.engine import Worker
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session

QUESTIONS = [
    "SELECT gender, count(*) FROM persons GROUP BY gender",
    "SELECT disease, count(*) FROM persons GROUP BY disease",
    "SELECT disease, gender, avg(age) FROM persons GROUP BY disease, gender",
    "SELECT h.district, count(*) FROM persons p JOIN hospitals h USING (hospital_id) GROUP BY 1",
    "SELECT count(*) FROM persons WHERE gender = '男' AND disease <> '罕见病A'",
    "SELECT count(*) FROM persons WHERE gender = '男' OR disease = '罕见病A'",
    "SELECT gender, sum(age) FROM persons WHERE disease IN ('感冒', '罕见病A') GROUP BY gender",
    "SELECT count(*) FROM persons WHERE disease = '感冒'",
]


@pytest.mark.clause("G-8")
def test_atoms_and_buckets_of_people_keep_back_the_same(
    city: Path, policy: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f.stem: f for f in city.iterdir()}
    told = []
    for most in (atoms.MOST_ATOMS, 0):
        monkeypatch.setattr(atoms, "MOST_ATOMS", most)
        session = Session(read_policy(policy), files)
        session._worker = Near(session.policy, files)
        verdicts = [session.ask(sql) for sql in QUESTIONS]
        Worker.stop(session._worker)
        told.append([(v.rule, sorted(map(str, v.rows)), v.suppressed_groups) for v in verdicts])
    assert told[0] == told[1]
    assert sum(suppressed for _, _, suppressed in told[0]) > 0


@pytest.mark.clause("G-8")
def test_fewer_combinations_than_the_minimum_are_looked_at_all(
    city: Path, policy: dict[str, Any]
) -> None:
    files = {f.stem: f for f in city.iterdir()}
    session = Session(read_policy(policy), files)
    session._worker = Near(session.policy, files)
    verdicts = [session.ask(sql) for sql in ("SELECT count(*) FROM persons", QUESTIONS[0])]
    Worker.stop(session._worker)
    assert all(verdict.is_released for verdict in verdicts)
    assert len(verdicts[1].rows) < session.policy.minimum_group
