"""Questions answered with noise: what they cost, that answers stick, that the budget stops."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Rule


@pytest.fixture(scope="module")
def warm(city: Path, policy: dict[str, Any]) -> Iterator[Session]:
    noisy = {**policy, "privacy": {**policy["privacy"], "mode": "dp"}}
    opened = Session(read_policy(noisy), {f.stem: f for f in city.iterdir()})
    yield opened
    opened.close()


@pytest.fixture
def session(warm: Session) -> Session:
    warm.memory = Memory()
    return warm


def test_figures_are_near_the_truth_and_say_how_near(
    session: Session, plain: duckdb.DuckDBPyConnection
) -> None:
    sql = "SELECT gender, count(*) AS n, sum(age) AS s, avg(income) AS m FROM persons GROUP BY 1"
    verdict = session.ask(sql)
    assert verdict.epsilon == 0.5
    errors = dict(verdict.errors)
    truth = {row[0]: row[1:] for row in plain.execute(sql).fetchall()}
    for gender, *figures in verdict.rows:
        for name, told, exact in zip("nsm", figures, truth[gender], strict=True):
            # 95 % lie within one error; ten of them are never reached.
            assert abs(told - exact) < 10 * errors[name]


def test_the_same_question_in_other_words_gets_the_same_answer_for_nothing(
    session: Session,
) -> None:
    first = session.ask(
        "SELECT district, count(*) AS n FROM persons WHERE age > 30 AND gender = '男' GROUP BY 1"
    )
    again = session.ask(
        "SELECT p.district, count(1) FROM persons p WHERE p.gender = '男' AND p.age > 30 "
        "GROUP BY district"
    )
    assert again.epsilon == 0
    assert sorted(again.rows) == sorted(first.rows)


def test_many_copies_of_one_figure_are_one_figure(session: Session) -> None:
    verdict = session.ask("SELECT count(*), count(*) + 0, count(1), count('x') FROM persons")
    assert len(set(verdict.rows[0])) == 1


def test_the_budget_stops_new_questions_and_not_old_ones(session: Session) -> None:
    for age in range(4):
        assert session.ask(f"SELECT count(*) FROM persons WHERE age > {age}").is_released
    stopped = session.ask("SELECT count(*) FROM persons WHERE age > 50")
    assert stopped.rule == Rule.BUDGET
    assert session.memory.spent == pytest.approx(2.0)
    assert session.ask("SELECT count(*) FROM persons WHERE age > 3").is_released


def test_what_a_question_costs_and_how_exact_it_is_can_be_told_before(session: Session) -> None:
    sql = (
        "WITH t AS (SELECT gender, count(*) AS n, round(avg(age), 1) AS a, sum(income) AS s"
        " FROM persons GROUP BY 1) SELECT gender, n, n * 2 + 1 AS twice, a, s / 1000 AS s,"
        " n / a AS r FROM t"
    )
    before = session.foresee(sql)
    assert (before.may_be_asked, before.epsilon, before.epsilon_left) == (True, 0.5, 2.0)
    assert before.columns == ("gender", "n", "twice", "a", "s", "r")
    assert not before.is_known
    assert session.memory.spent == 0
    expected = {each.column: each for each in before.errors}
    assert set(expected) == {"n", "twice", "a", "s"}
    assert expected["twice"].at(100) == pytest.approx(2 * expected["n"].fixed)
    assert expected["a"].at(10) > 9 * expected["a"].at(100) > 0
    verdict = session.ask(sql)
    told = dict(verdict.errors)
    for name in ("n", "twice", "s"):
        assert told[name] == pytest.approx(expected[name].fixed)
    assert told["a"] == pytest.approx(expected["a"].at(min(row[1] for row in verdict.rows)))
    again = session.foresee(sql)
    assert (again.is_known, again.epsilon, again.epsilon_left) == (True, 0.0, 1.5)
    assert {each.column: each.fixed for each in again.errors} == pytest.approx(told)


def test_a_question_that_would_be_refused_is_told_so_before(session: Session) -> None:
    assert session.foresee("SELECT name FROM persons").rule == Rule.ROW_LEVEL
    assert session.foresee("SELECT stddev(age) FROM persons").rule == Rule.FUNCTION
    inside = "SELECT count(*) FROM persons WHERE age > (SELECT avg(age) FROM persons)"
    told = session.foresee(inside)
    assert (told.asked_first, told.epsilon) == (1, 1.0)
    session.memory.spent = 1.5
    assert session.foresee(inside).rule == Rule.BUDGET
    assert session.foresee("SELECT count(*) FROM persons").may_be_asked


def test_a_rare_person_does_not_show(session: Session) -> None:
    verdict = session.ask(
        "SELECT district, disease, count(*) FROM persons GROUP BY district, disease"
    )
    assert "罕见病A" not in {row[1] for row in verdict.rows}


def test_what_cannot_be_bounded_is_refused(session: Session) -> None:
    assert session.ask("SELECT stddev(income) FROM persons").rule == Rule.FUNCTION
    joined = session.ask(
        "SELECT count(*) FROM hospitals h JOIN persons p ON p.hospital_id = h.hospital_id"
    )
    assert joined.rule == Rule.JOIN
    assert session.ask(
        "SELECT h.name, count(*) FROM persons p JOIN hospitals h "
        "ON p.hospital_id = h.hospital_id GROUP BY h.name"
    ).is_released


def test_a_person_contributes_no_more_rows_than_allowed(
    tmp_path: Path, policy: dict[str, Any]
) -> None:
    with duckdb.connect() as engine:
        engine.execute(
            "COPY (SELECT i AS id, 1 AS amount FROM range(1000) t(i) UNION ALL "
            f"SELECT 7, 1 FROM range(5000)) TO '{tmp_path}/visits.parquet' (FORMAT parquet)"
        )
    rules = {
        "subject": {"table": "visits", "key": "id"},
        "minimum_group": 10,
        "tables": {
            "visits": {
                "columns": {
                    "id": {"use": ["count_distinct"]},
                    "amount": {"use": ["aggregate"], "bounds": [0, 1]},
                }
            }
        },
        "privacy": {"mode": "dp", "epsilon_total": 10, "epsilon_per_query": 5},
    }
    session = Session(read_policy(rules), {"visits": tmp_path / "visits.parquet"})
    try:
        verdict = session.ask("SELECT count(*), sum(amount) FROM visits")
        assert verdict.is_released
        assert all(abs(value - 1000) < 100 for value in verdict.rows[0])
    finally:
        session.close()
