import pytest

from shuce.lifecycle.cleanroom.examples import examples_for, quoted
from shuce.lifecycle.cleanroom.rules import (
    LONGEST_QUESTION,
    Verdict,
    obstacles_to_ask,
    obstacles_to_export,
)


@pytest.mark.clause("N-4")
def test_a_question_is_put_only_under_ones_own_grant_and_says_something():
    assert not list(obstacles_to_ask("SELECT 1", True))
    assert len(list(obstacles_to_ask("SELECT 1", False))) == 1
    assert [one.field for one in obstacles_to_ask(" \n", True)] == ["sql"]
    assert [one.field for one in obstacles_to_ask("x" * (LONGEST_QUESTION + 1), True)] == ["sql"]


def test_only_released_figures_are_exported():
    assert not list(obstacles_to_export(Verdict.RELEASED))
    assert list(obstacles_to_export(Verdict.REFUSED))


def test_examples_use_only_what_the_grant_allows_and_few_groups():
    columns = [
        {"name": "id_card", "use": ["count_distinct"]},
        {"name": "district", "use": ["group", "filter"]},
        {"name": "visit_no", "use": ["group", "filter"]},
        {"name": "费用", "use": ["aggregate"], "bounds": [0, 9]},
    ]
    found = examples_for(
        [{"table": "visits", "columns": columns}], {"district": 16, "visit_no": 9_000, "费用": 90}
    )
    assert [one.sql.replace("\n", " ") for one in found] == [
        "SELECT COUNT(*) AS total FROM visits",
        "SELECT district, COUNT(*) AS total FROM visits GROUP BY district ORDER BY total DESC",
        'SELECT district, AVG("费用") AS average FROM visits GROUP BY district',
    ]


def test_names_that_sql_would_not_read_are_quoted():
    assert quoted("age") == "age"
    assert quoted('a"b') == '"a""b"'
