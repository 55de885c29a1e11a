"""Named parameters take values of their kind, as literals; nothing typed becomes SQL."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.guard.binding import (
    Parameter,
    ParameterKind,
    bind,
    obstacles_to_bind,
    obstacles_to_declare,
    parameters_in,
)
from shuce.kernel.refusals import Refused

SQL = (
    "SELECT district, COUNT(*) AS n FROM persons WHERE age BETWEEN $low AND $high"
    " AND district IN $districts AND born >= $since GROUP BY district LIMIT $most"
)
WHOLE, TEXTS = ParameterKind.WHOLE, ParameterKind.TEXTS
PARAMETERS = (
    Parameter("low", "最低年龄", WHOLE),
    Parameter("high", "最高年龄", WHOLE, default="90"),
    Parameter("districts", "区", TEXTS, choices=("黄浦", "徐汇", "静安")),
    Parameter("since", "出生不早于", ParameterKind.DATE),
    Parameter("most", "行数", WHOLE, default="10"),
)
VALUES = {"low": "-3", "districts": "黄浦、徐汇", "since": "1990-02-01"}


def test_parameters_are_found_where_they_are_and_not_in_texts_or_comments():
    assert set(parameters_in(SQL)) == {p.name for p in PARAMETERS}
    assert parameters_in("SELECT '$a', \"$b\" FROM t WHERE c = $d -- $e") == ("d",)
    assert parameters_in("SELECT FROM WHERE") == ()


def test_each_value_becomes_a_literal_of_its_kind():
    assert bind(SQL, PARAMETERS, VALUES) == (
        "SELECT district, COUNT(*) AS n FROM persons WHERE age BETWEEN -3 AND 90"
        " AND district IN ('黄浦', '徐汇') AND born >= CAST('1990-02-01' AS DATE)"
        " GROUP BY district LIMIT 10"
    )
    listed = "SELECT COUNT(*) FROM t WHERE a IN ($several)"
    assert bind(listed, [Parameter("several", kind=TEXTS)], {"several": "x,y"}).endswith(
        "IN ('x', 'y')"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("low", "1 OR 1=1"),
        ("low", "1.5"),
        ("low", "٣"),
        ("low", "99999999999999999"),
        ("since", "1990-2-1"),
        ("since", "1990-02-30"),
        ("districts", "浦东"),
        ("nothing", "1"),
    ],
)
def test_a_value_of_another_kind_is_refused_and_named(name, value):
    found = list(obstacles_to_bind(PARAMETERS, VALUES | {name: value}))
    assert [one.field for one in found] == [name]
    with pytest.raises(Refused):
        bind(SQL, PARAMETERS, VALUES | {name: value})


def test_a_missing_value_is_asked_for():
    assert {one.field for one in obstacles_to_bind(PARAMETERS, {})} == {
        "low",
        "districts",
        "since",
    }


def test_what_is_declared_must_be_what_the_query_holds():
    def reasons(sql, *parameters):
        return [one.reason for one in obstacles_to_declare(sql, parameters)]

    sql = "SELECT COUNT(*) FROM t WHERE a = $a"
    assert reasons(sql, Parameter("a")) == []
    assert len(reasons(sql)) == 1
    assert len(reasons(sql, Parameter("a"), Parameter("b"))) == 1
    assert len(reasons(sql, Parameter("a"), Parameter("a"))) == 1
    assert len(reasons(sql, Parameter("a", kind=TEXTS))) == 1
    assert len(reasons(sql, Parameter("a", kind=WHOLE, default="x"))) == 1
    assert len(reasons("SELECT COUNT(*) FROM t WHERE a IN $a", Parameter("a"))) == 1
    assert reasons("SELECT 1; SELECT $a", Parameter("a")) == ["查询无法读懂"]
    assert reasons("DROP TABLE t", *()) == ["查询无法读懂"]
    assert len(reasons("SELECT COUNT(*) FROM t WHERE a = ?")) == 1


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip() and "\0" not in text))
def test_any_text_comes_out_as_the_very_text_that_was_typed(text):
    sql = bind("SELECT $a AS a", [Parameter("a")], {"a": text})
    with duckdb.connect() as engine:
        assert engine.execute(sql).fetchall() == [(text.strip(),)]
