from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scan_tables import office_tables
from shuce.engines.quality import (
    Measured,
    QualityRule,
    RuleKind,
    Standard,
    catalogue,
    indicator_values,
    library,
    measure,
    measure_table,
    score,
    suggest_rules,
)
from shuce.engines.scan import scan

TODAY = date(2026, 11, 23)


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM (VALUES "
            "('1', '13800138000', '男', '2026-11-01', '5', 'A', '310101199001010012'), "
            "('2', '１３９００１３９０００', '女', '2024年1月2日', '-1', 'B', "
            "'310101199001010013'), "
            "('3', '12345', 'X', '20261102', 'abc', 'Z', '110105 19491231 002x'), "
            "('3', NULL, ' ', NULL, '1,000', NULL, '')"
            ") v(id, phone, sex, day, amount, ref, card)"
        )
        connection.execute("CREATE TABLE codes AS SELECT unnest(['A', 'B']) AS code")
        yield connection


MOBILE = {"regex": r"1[3-9]\d{9}", "compact": True}


@pytest.mark.parametrize(
    ("rule", "assessed", "meeting"),
    [
        (QualityRule(RuleKind.NOT_NULL, "sex"), 4, 3),
        (QualityRule(RuleKind.UNIQUE, "id"), 4, 3),
        (QualityRule(RuleKind.PATTERN, "phone", MOBILE), 3, 2),
        (QualityRule(RuleKind.PATTERN, "phone", {"regex": r"\d{11}"}), 3, 1),
        (QualityRule(RuleKind.RANGE, "amount", {"min": 0}), 4, 2),
        (QualityRule(RuleKind.RANGE, "amount", {"max": 10}), 4, 2),
        (QualityRule(RuleKind.RANGE, "day", {"min": "2025-01-01", "max": "today"}), 3, 2),
        (QualityRule(RuleKind.IN_LIST, "sex", {"values": ["男", "女"]}), 3, 2),
        (QualityRule(RuleKind.REFERENTIAL, "ref", {"table": "codes", "column": "code"}), 3, 2),
        (QualityRule(RuleKind.FRESHNESS, "day", {"max_age_days": 30}), 3, 2),
        (QualityRule(RuleKind.CHECK_DIGIT, "card", {"type": "id_card"}), 3, 2),
        (QualityRule(RuleKind.NO_DUPLICATES), 4, 4),
        (QualityRule(RuleKind.NO_GARBAGE, "sex"), 3, 3),
    ],
)
def test_each_kind_of_rule_counts_what_it_assessed_and_what_meets_it(
    engine, rule, assessed, meeting
):
    (found,) = measure(engine, "t", [rule], today=TODAY, others={"codes": "codes"})
    assert (found.assessed, found.meeting, found.problem) == (assessed, meeting, "")


@pytest.mark.parametrize(
    "rule",
    [
        QualityRule(RuleKind.NOT_NULL, "nowhere"),
        QualityRule(RuleKind.REFERENTIAL, "ref", {"table": "nowhere", "column": "x"}),
        QualityRule(RuleKind.PATTERN, "phone", {"regex": "("}),
        QualityRule(RuleKind.CHECK_DIGIT, "card", {"type": "gender"}),
    ],
)
def test_a_rule_that_cannot_be_measured_says_why_and_stops_no_other(engine, rule):
    bad, good = measure(engine, "t", [rule, QualityRule(RuleKind.NOT_NULL, "id")], today=TODAY)
    assert bad.problem
    assert (bad.share, good.share) == (None, 1.0)
    quality = score([bad, good])
    assert quality.score == 100
    assert bad.problem in quality.issues[0].sentence


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "pattern", "column": "x"},
        {"kind": "range", "column": "x", "params": {}},
        {"kind": "not_null"},
        {"kind": "nonsense", "column": "x"},
        {"kind": "not_null", "column": "x", "indicator": "999999"},
    ],
)
def test_a_rule_that_lacks_something_is_refused(data):
    with pytest.raises(ValueError, match=r".+"):
        QualityRule.from_data(data)


def test_rules_are_data_and_come_back_the_same():
    rule = QualityRule(RuleKind.RANGE, "x", {"min": 0, "max": 9}, weight=3, indicator="010400")
    assert QualityRule.from_data(rule.as_data()) == rule


def test_a_value_that_looks_like_sql_is_only_a_value(engine):
    evil = QualityRule(RuleKind.IN_LIST, "sex", {"values": ["男'); DROP TABLE t; --"]})
    assert measure(engine, "t", [evil], today=TODAY)[0].meeting == 0
    assert engine.execute("SELECT count(*) FROM t").fetchone() == (4,)


OTHER = {"other": "b"}


@pytest.mark.parametrize(
    ("rule", "assessed", "meeting"),
    [
        (QualityRule(RuleKind.TYPE, "n", {"as": "number"}), 4, 3),
        (QualityRule(RuleKind.TYPE, "n", {"as": "whole"}), 4, 2),
        (QualityRule(RuleKind.TYPE, "a", {"as": "day"}), 4, 3),
        (QualityRule(RuleKind.LENGTH, "n", {"max": 3}), 4, 3),
        (QualityRule(RuleKind.LENGTH, "n", {"min": 2, "max": 3}), 4, 2),
        (QualityRule(RuleKind.EQUAL, "a", OTHER), 4, 1),
        # Begun after its end, and a day that is none; an end not yet known is no breach.
        (QualityRule(RuleKind.ORDER, "a", OTHER), 4, 2),
    ],
)
def test_types_lengths_and_two_columns_are_measured(rule, assessed, meeting):
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE t AS SELECT * FROM (VALUES "
            "('2026-01-01', '2026-01-01', '1,000'), ('2026年3月2日', '2026-01-01', '7'), "
            "('20260101', NULL, '0.5'), ('不详', '2026-01-01', '千元整')) v(a, b, n)"
        )
        (found,) = measure(engine, "t", [rule], today=TODAY)
        assert (found.assessed, found.meeting, found.problem) == (assessed, meeting, "")
        lost = QualityRule(RuleKind.EQUAL, "a", {"other": "nowhere"})
        assert "nowhere" in measure(engine, "t", [lost], today=TODAY)[0].problem


def test_a_rule_is_passed_from_the_share_it_asks_for():
    rule = QualityRule(RuleKind.NOT_NULL, "a")
    assert (rule.passes_from, Measured(rule, 1000, 980).fails) == (98, False)
    assert Measured(rule, 1000, 979).fails
    assert not Measured(rule, 0, 0).fails
    strict = QualityRule(RuleKind.NOT_NULL, "a", least=99.9)
    assert QualityRule.from_data(strict.as_data()) == strict
    assert [Measured(strict, 1000, n).fails for n in (998, 999)] == [True, False]
    with pytest.raises(ValueError, match="合格比例"):
        QualityRule(RuleKind.NOT_NULL, "a", least=101)


@pytest.mark.clause("G-6")
def test_all_thirty_indicators_are_known_and_a_whole_is_the_mean_of_its_parts():
    indicators = catalogue().indicators
    assert len(indicators) == 30
    assert [code for code, one in indicators.items() if one.inverse] == ["030300", "030500"]
    results = [
        Measured(QualityRule(RuleKind.TYPE, "a", {"as": "number"}), 10, 10),
        Measured(QualityRule(RuleKind.PATTERN, "a", {"regex": "x"}), 10, 5),
        Measured(QualityRule(RuleKind.IN_LIST, "a", {"values": ["x"]}), 10, 9),
    ]
    found = indicator_values(results)
    assert found == {"010100": 0.75, "010101": 1.0, "010102": 0.5, "010500": 0.9}
    # The parts count in their whole, and not beside it.
    assert score(results).score == pytest.approx(82.5)


def test_every_rule_of_the_library_is_one_once_its_blanks_are_filled_in():
    filled = {"regex": ".*", "values": ["x"], "table": "t", "column": "c", "other": "d"}
    for code, one in library().items():
        params = {
            name: filled[name] if value in ("", []) else value for name, value in one.params.items()
        }
        column = "" if one.kind is RuleKind.NO_DUPLICATES else "x"
        assert QualityRule(one.kind, column, params).feeds in catalogue().indicators, code


@pytest.mark.clause("G-6")
def test_duplicates_point_up_in_one_standard_and_down_in_the_other():
    results = [Measured(QualityRule(RuleKind.NO_DUPLICATES), 100, 90)]
    assert indicator_values(results)["030300"] == pytest.approx(0.9)
    assert indicator_values(results, Standard.GB_36344)["030300"] == pytest.approx(0.1)
    assert score(results).score == 90


def test_the_score_weighs_dimensions_and_leaves_out_those_not_measured():
    results = [
        Measured(QualityRule(RuleKind.NOT_NULL, "a"), 10, 5),
        Measured(QualityRule(RuleKind.PATTERN, "a", {"regex": "x"}), 10, 10),
        Measured(QualityRule(RuleKind.UNIQUE, "b"), 0, 0),
    ]
    assert score(results).score == 75
    assert score(results, {"complete": 3, "standard": 1}).score == 62.5
    assert score(results, {"timely": 1}).score is None
    assert {d.code for d in score(results).dimensions if d.score is not None} == {
        "complete",
        "standard",
    }
    assert [(i.failing, i.measured.assessed) for i in score(results).issues] == [(5, 10)]


def test_weights_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="负"):
        score([], {"complete": -1})
    with pytest.raises(ValueError, match="beauty"):
        score([], {"beauty": 1})


def test_nothing_measured_scores_nothing():
    assert score([]).score is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([RuleKind.NOT_NULL, RuleKind.UNIQUE, RuleKind.NO_GARBAGE]),
            st.integers(0, 1000),
            st.integers(0, 1000),
        ),
        min_size=1,
    )
)
def test_a_score_lies_between_its_worst_and_best_rule(counts):
    results = [Measured(QualityRule(kind, "x"), max(a, b), min(a, b)) for kind, a, b in counts]
    shares = [m.share for m in results if m.share is not None]
    total = score(results).score
    if not shares:
        assert total is None
        return
    assert total is not None
    assert 100 * min(shares) - 0.01 <= total <= 100 * max(shares) + 0.01


@pytest.mark.clause("G-7")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_rules_are_suggested_from_a_scan_and_measured_on_its_source(tmp_path, kind):
    people = office_tables(80)[0]["人员信息"]
    lines = [
        ",".join(people),
        *(",".join(v or "" for v in row) for row in zip(*people.values(), strict=True)),
    ]
    path = tmp_path / f"people.{kind}"
    (tmp_path / "people.csv").write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
    if kind == "parquet":
        duckdb.sql(f"COPY (FROM read_csv('{tmp_path}/people.csv', all_varchar=true)) TO '{path}'")
    rules = suggest_rules(scan(str(path), today=TODAY).tables[0])
    kinds = {(rule.kind, rule.column) for rule in rules}
    assert {
        (RuleKind.CHECK_DIGIT, "身份证号"),
        (RuleKind.PATTERN, "手机号码"),
        (RuleKind.IN_LIST, "民族"),
        (RuleKind.RANGE, "出生日期"),
        (RuleKind.NOT_NULL, "身份证号"),
    } <= kinds
    results = measure_table(str(path), "people", rules, today=TODAY)
    assert not [result.problem for result in results if result.problem]
    quality = score(results)
    assert quality.score is not None
    assert 90 < quality.score < 100
    assert [
        issue.failing
        for issue in quality.issues
        if issue.measured.rule.kind is RuleKind.NO_DUPLICATES
    ] == [1]
