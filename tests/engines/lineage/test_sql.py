"""SQL texts of several dialects say what makes what; what they leave untold is named."""

import pytest

from shuce.engines.lineage import Dialect, Gap, Statement, StatementKind, read_sql

KNOWN = {
    "ods.visit": ("visit_no", "id_card", "fee", "dept"),
    "dim_dept": ("dept", "dept_name"),
}


def columns_of(table: str) -> tuple[str, ...]:
    return KNOWN.get(table.lower(), ())


def read(text: str, dialect: Dialect = Dialect.POSTGRESQL) -> list[Statement]:
    return read_sql(text, dialect, columns_of)


def flows(statement: Statement) -> dict[str, list[str]]:
    return {one.column: sorted(".".join(pair) for pair in one.inputs) for one in statement.columns}


def test_columns_are_followed_through_common_tables_joins_and_aggregates():
    (found,) = read(
        """WITH v AS (SELECT visit_no, fee, dept FROM ods.visit WHERE id_card <> '')
        INSERT INTO dw.by_dept (name, total)
        SELECT d.dept_name, sum(v.fee) FROM v JOIN dim_dept d ON d.dept = v.dept GROUP BY 1"""
    )
    assert (found.kind, found.target) == (StatementKind.INSERT, "dw.by_dept")
    assert set(found.inputs) == {"ods.visit", "dim_dept"}
    assert flows(found) == {"name": ["dim_dept.dept_name"], "total": ["ods.visit.fee"]}
    assert set(found.conditions) == {
        ("ods.visit", "id_card"),
        ("dim_dept", "dept"),
        ("ods.visit", "dept"),
    }


def test_stars_are_expanded_where_the_columns_are_known_and_named_where_not():
    known, unknown = read(
        "CREATE VIEW a AS SELECT * FROM ods.visit; CREATE TABLE b AS SELECT * FROM x"
    )
    assert list(flows(known)) == list(KNOWN["ods.visit"])
    assert (unknown.target, unknown.inputs) == ("b", ("x",))
    assert Gap.STAR in unknown.columns[0].gaps


def test_a_bare_column_of_two_unknown_tables_is_not_guessed():
    (found,) = read("CREATE TABLE w AS SELECT x FROM a JOIN b ON a.id = b.id")
    assert (found.columns[0].inputs, found.columns[0].gaps) == ((), (Gap.AMBIGUOUS,))
    assert set(found.inputs) == {"a", "b"}


def test_a_temporary_table_is_seen_through():
    made, used = read(
        "CREATE TEMP TABLE t AS SELECT md5(id_card) AS h FROM ods.visit WHERE fee > 1;"
        "INSERT INTO final (k) SELECT h FROM t"
    )
    assert made.temporary
    assert used.inputs == ("ods.visit",)
    assert flows(used) == {"k": ["ods.visit.id_card"]}
    assert used.conditions == (("ods.visit", "fee"),)


def test_unions_subqueries_and_recursion_end():
    union, recursive = read(
        "CREATE TABLE u AS SELECT a.x, (SELECT max(fee) FROM ods.visit v WHERE v.dept = a.d) AS m"
        " FROM a UNION ALL SELECT b.y, 1 FROM b;"
        "WITH RECURSIVE r AS (SELECT dept AS n FROM dim_dept UNION ALL SELECT n FROM r)"
        " SELECT n INTO rr FROM r"
    )
    assert flows(union) == {"x": ["a.x", "b.y"], "m": ["ods.visit.fee"]}
    assert (recursive.target, flows(recursive)) == ("rr", {"n": ["dim_dept.dept"]})


def test_what_is_not_read_is_named_and_spoils_nothing_else():
    kinds = [
        one.kind
        for one in read(
            "nonsense here is;\nSELECT 1;\nINSERT INTO q VALUES (1);\nDROP TABLE q;\n"
            "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a;\n"
            "UPDATE t SET a = b.x FROM b WHERE b.id = t.id;\n"
            "CREATE VIEW v AS SELECT fee FROM ods.visit"
        )
    ]
    assert kinds == [
        StatementKind.UNREAD,
        StatementKind.NO_FLOW,
        StatementKind.NO_FLOW,
        StatementKind.NO_FLOW,
        StatementKind.MERGE,
        StatementKind.UPDATE,
        StatementKind.VIEW,
    ]
    merge = read("MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a")[0]
    assert (merge.target, merge.inputs) == ("t", ("s",))
    assert merge.columns[0].gaps == (Gap.TABLE_ONLY,)
    assert read("SELECT 'unclosed")[0].kind is StatementKind.UNREAD


@pytest.mark.parametrize(
    ("dialect", "text", "target", "expected"),
    [
        (
            Dialect.ORACLE,
            "CREATE TABLE T2 AS SELECT V.VISIT_NO, NVL(v.fee, 0) AS F FROM ODS.VISIT V,"
            " DIM_DEPT D WHERE V.DEPT = D.DEPT(+)",
            "T2",
            {"visit_no": ["ODS.VISIT.visit_no"], "F": ["ODS.VISIT.fee"]},
        ),
        (
            Dialect.MYSQL,
            "insert into a(x) select `v`.`fee` from `ods`.`visit` `v`",
            "a",
            {"x": ["ods.visit.fee"]},
        ),
        (
            Dialect.SQL_SERVER,
            "SELECT a.visit_no INTO #t FROM [ods].[visit] a;"
            " INSERT INTO dbo.k SELECT visit_no FROM #t",
            "dbo.k",
            {"visit_no": ["ods.visit.visit_no"]},
        ),
        (
            Dialect.HIVE,
            "INSERT OVERWRITE TABLE dw.a PARTITION (dt='2026') SELECT `诊断` AS d, t.c FROM dw.b"
            " LATERAL VIEW explode(cs) t AS c",
            "dw.a",
            {"d": ["dw.b.诊断"], "c": ["dw.b.cs"]},
        ),
        (
            Dialect.SPARK,
            "create table k using parquet as select visit_no,"
            " row_number() over (partition by dept order by fee) rn from ods.visit",
            "k",
            {"visit_no": ["ods.visit.visit_no"], "rn": ["ods.visit.dept", "ods.visit.fee"]},
        ),
        (
            Dialect.CLICKHOUSE,
            "INSERT INTO k SELECT visit_no, fee * 2 AS f2 FROM ods.visit FINAL",
            "k",
            {"visit_no": ["ods.visit.visit_no"], "f2": ["ods.visit.fee"]},
        ),
        (
            Dialect.DUCKDB,
            "create table k as select * exclude (fee, dept, visit_no) from ods.visit",
            "k",
            {"id_card": ["ods.visit.id_card"]},
        ),
        (
            Dialect.DORIS,
            "create view k as select visit_no as n from ods.visit",
            "k",
            {"n": ["ods.visit.visit_no"]},
        ),
        (
            Dialect.SQLITE,
            "create table k as select sum(fee) as s from ods.visit",
            "k",
            {"s": ["ods.visit.fee"]},
        ),
    ],
)
def test_each_dialect_is_read(dialect, text, target, expected):
    found = read(text, dialect)[-1]
    assert (found.target, flows(found)) == (target, expected)
