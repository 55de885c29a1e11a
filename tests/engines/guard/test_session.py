"""The guard over a small city, against plain SQL."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Rule, Verdict
from tests.engines.guard.statements import ATTACKS, LAWFUL


@pytest.fixture
def session(warm: Session) -> Session:
    """A fresh session in a warm worker."""
    warm.memory = Memory()
    return warm


@pytest.fixture(scope="module")
def warm(city: Path, policy: dict[str, Any]) -> Iterator[Session]:
    opened = Session(read_policy(policy), {f.stem: f for f in city.iterdir()})
    yield opened
    opened.close()


def rows_of(verdict: Verdict) -> list[str]:
    assert verdict.is_released, verdict.reason
    return sorted(json.dumps(row, ensure_ascii=False) for row in verdict.rows)


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("sql", [sql for each in ATTACKS.values() for sql in each])
def test_an_attack_is_refused_in_words_without_data(session: Session, sql: str) -> None:
    verdict = session.ask(sql)
    assert not verdict.is_released
    assert verdict.rows == ()
    assert verdict.reason
    assert verdict.rule not in (Rule.ENGINE, Rule.LIMIT), "refused by reading it, not by luck"


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("sql", LAWFUL)
def test_a_lawful_question_is_answered_as_plain_sql_would(
    session: Session, plain: duckdb.DuckDBPyConnection, sql: str
) -> None:
    verdict = session.ask(sql)
    assert verdict.is_released, verdict.reason
    from shuce.engines.guard.worker import _plain

    expected = sorted(
        json.dumps([_plain(value) for value in row], ensure_ascii=False)
        for row in plain.execute(sql).fetchall()
    )
    assert verdict.suppressed_groups == 0
    assert rows_of(verdict) == expected


TARGET = "district = '崇明区' AND disease = '罕见病A'"
PAIRS = [
    (
        "SELECT sum(income) FROM persons WHERE district = '崇明区'",
        "SELECT sum(income) FROM persons WHERE district = '崇明区' "
        "AND (disease IS NULL OR disease <> '罕见病A')",
    ),
    (
        "SELECT district, sum(income), count(*) FROM persons GROUP BY district",
        "SELECT sum(income), count(*) FROM persons WHERE district = '崇明区' "
        "AND (disease IS NULL OR NOT disease = '罕见病A')",
    ),
    (
        "SELECT count(*) FROM persons WHERE age BETWEEN 20 AND 40 AND hospital_id = 3",
        "SELECT count(*) FROM persons WHERE (age BETWEEN 20 AND 40 AND hospital_id = 3) "
        "OR (age = 77 AND hospital_id = 4 AND gender = '男')",
    ),
    (
        "SELECT hospital_id, avg(age) FROM persons GROUP BY hospital_id",
        "SELECT avg(age) FROM persons WHERE hospital_id = 3 AND NOT (age = 33 AND gender = '女')",
    ),
    (
        "SELECT gender, count(*) FROM persons WHERE disease = '感冒' GROUP BY gender",
        "SELECT count(*) FROM persons WHERE disease = '感冒' AND gender = '男' "
        "AND NOT (age = 50 AND hospital_id = 2)",
    ),
    (
        "SELECT count(*) FILTER (WHERE hospital_id = 5) FROM persons",
        "SELECT count(*) FILTER (WHERE hospital_id = 5 AND NOT (age = 40 AND gender = '男')) "
        "FROM persons",
    ),
]


@pytest.mark.clause("G-8")
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_questions_that_differ_by_a_few_people_are_not_both_answered(
    session: Session, first: str, second: str
) -> None:
    assert session.ask(first).is_released
    again = session.ask(second)
    assert again.rule == Rule.DIFFERENCING or all(
        value is None for row in again.rows for value in row
    )
    # The other way round it is the other one that is kept back, or the one cell of it.
    session.memory = Memory()
    reference = session.ask(first)
    session.memory = Memory()
    if session.ask(second).is_released:
        later = session.ask(first)
        assert not later.is_released or set(later.rows) < set(reference.rows)


def test_a_shifted_age_band_loses_the_cells_that_would_give_a_year_away(session: Session) -> None:
    def bands(edge: int) -> str:
        return (
            f"SELECT hospital_id, CASE WHEN age < {edge} THEN 'a' ELSE 'b' END AS band, count(*) "
            "FROM persons GROUP BY 1, 2"
        )

    assert session.ask(bands(40)).suppressed_groups == 0
    shifted = session.ask(bands(41))
    assert not shifted.is_released or shifted.suppressed_groups > 0


def test_unrelated_questions_do_not_stand_in_each_others_way(session: Session) -> None:
    for sql in LAWFUL:
        assert session.ask(sql).is_released, sql


def test_the_same_question_can_be_asked_again(session: Session) -> None:
    first = session.ask("SELECT gender, count(*) FROM persons WHERE age >= 60 GROUP BY gender")
    again = session.ask("SELECT gender, count(*) FROM persons WHERE age >= 60 GROUP BY gender")
    assert rows_of(first) == rows_of(again)


def test_a_small_group_is_kept_back_and_counted(session: Session) -> None:
    verdict = session.ask("SELECT disease, count(*) FROM persons GROUP BY disease")
    assert "罕见病A" not in {row[0] for row in verdict.rows}
    assert verdict.suppressed_groups == 1


def test_a_rollup_does_not_give_a_small_group_away_by_its_total(session: Session) -> None:
    verdict = session.ask("SELECT disease, count(*) FROM persons GROUP BY ROLLUP (disease)")
    total = max(row[1] for row in verdict.rows)
    rest = total - sum(row[1] for row in verdict.rows if row[1] != total)
    assert rest >= 10
    assert verdict.suppressed_groups == 2


@pytest.mark.parametrize(
    "figure",
    [
        f"count(*) FILTER (WHERE {TARGET})",
        f"count(*) FILTER (WHERE disease IS NULL OR NOT ({TARGET}))",
        f"sum(CASE WHEN {TARGET} THEN income ELSE 0 END)",
        f"sum(CASE WHEN {TARGET} THEN 0 ELSE income END)",
        f"count(DISTINCT CASE WHEN {TARGET} THEN id END)",
        f"avg(CASE WHEN {TARGET} THEN income END)",
        f"count_if({TARGET})",
        f"sum(({TARGET})::INTEGER)",
    ],
)
def test_part_of_a_figure_is_held_to_the_minimum_as_a_group_is(
    session: Session, figure: str
) -> None:
    verdict = session.ask(f"SELECT count(*) AS n, {figure} AS part FROM persons")
    assert not verdict.is_released or verdict.rows[0][1] is None
    assert not verdict.is_released or verdict.suppressed_groups == 1


def test_two_parts_of_one_question_are_compared_too(session: Session) -> None:
    verdict = session.ask(
        "SELECT count(*) FILTER (WHERE hospital_id = 5) AS a, count(*) FILTER "
        "(WHERE hospital_id = 5 AND NOT (age = 40 AND gender = '男')) AS b FROM persons"
    )
    assert not verdict.is_released or verdict.rows == ((None, None),)


def test_nobody_is_too_few_also_for_parts_of_a_figure(session: Session) -> None:
    nobody = session.ask(
        "SELECT count(*), count(*) FILTER (WHERE age > 30) FROM persons WHERE age > 200"
    )
    assert nobody.rule == Rule.GROUP_TOO_FINE


def test_an_outlier_is_clamped_before_it_is_added(session: Session) -> None:
    verdict = session.ask("SELECT sum(income), count(*) FROM persons WHERE district = '崇明区'")
    total, people = verdict.rows[0]
    assert total <= 20000 * (people - 1) + 50000


def test_comments_and_time_units_cannot_smuggle_text_into_our_own_sql(session: Session) -> None:
    assert session.ask("SELECT count(*) -- */ , max(name) /*\n FROM persons").is_released
    for unit in ("a' || name || '", "month; DROP", "x(name)"):
        quoted = unit.replace("'", "''")
        sql = f"SELECT date_trunc('{quoted}', visit_date), count(*) FROM persons GROUP BY 1"
        assert not session.ask(sql).is_released


def test_a_bomb_is_dead_within_its_limit_and_the_next_question_is_answered(
    city: Path, policy: dict[str, Any]
) -> None:
    tight = {**policy, "limits": {**policy["limits"], "seconds": 1.5}}
    session = Session(read_policy(tight), {f.stem: f for f in city.iterdir()})
    try:
        tables = ", ".join(f"hospitals h{i}" for i in range(12))
        assert session.ask(f"SELECT count(*) FROM {tables}").rule == Rule.LIMIT
        assert session.ask("SELECT count(*) FROM persons").is_released
    finally:
        session.close()


def test_a_person_with_many_rows_is_counted_once(tmp_path: Path, policy: dict[str, Any]) -> None:
    with duckdb.connect() as engine:
        engine.execute(
            "COPY (SELECT (i % 9)::INTEGER AS id, 'x' AS kind, 1 AS amount FROM range(900) t(i) "
            f"UNION ALL SELECT 100 + i, 'y', 1 FROM range(50) t(i)) TO '{tmp_path}/visits.parquet'"
        )
    rules = {
        "subject": {"table": "visits", "key": "id"},
        "minimum_group": 10,
        "tables": {
            "visits": {
                "columns": {
                    "id": {"use": ["count_distinct"]},
                    "kind": {"use": ["group", "filter"]},
                    "amount": {"use": ["aggregate"], "bounds": [0, 5]},
                }
            }
        },
    }
    session = Session(read_policy(rules), {"visits": tmp_path / "visits.parquet"})
    try:
        verdict = session.ask("SELECT kind, count(*), sum(amount) FROM visits GROUP BY kind")
        assert verdict.rows == (("y", 50, 50),)
        assert verdict.suppressed_groups == 1
    finally:
        session.close()
