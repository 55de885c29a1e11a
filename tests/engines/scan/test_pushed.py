"""The same counts from DuckDB, from inside PostgreSQL, and from Spark."""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy
from stdnum import luhn
from stdnum.cn import ric, uscc

from bench.scan_tables import Office
from shuce.engines.scan import TableScan, scan
from shuce.engines.scan.checks import is_bank_card
from shuce.engines.scan.pushed import PostgreSqlSpelling, check_sql, counted, measure_elsewhere
from shuce.engines.scan.shapes import Column, Elsewhere
from shuce.engines.scan.types import SemanticType as T
from shuce.engines.scan.verify import nested
from shuce.kernel.identifiers import is_resident_id, is_uscc

TODAY = date(2026, 11, 23)
ROWS = 10_400  # more than is drawn for detection, or nothing would be counted elsewhere
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/test"


def office_rows() -> pa.Table:
    o = Office(11)
    people = [o.id_card() if k % 9 else o.digits(18) for k in range(ROWS)]
    cards = [o.bank_card(wrong=0.1) if k % 8 else None for k in range(ROWS)]
    bodies = [
        o.uscc(wrong=0.1) if k % 7 else ("", "  ", "无", "ＸＹＺ")[k % 4] for k in range(ROWS)
    ]
    people[:3] = [
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002x ",
        "11010519491231002.0",
    ]
    return pa.table(
        {
            "sfzh": pa.array(people, pa.string()),
            "yhkh": pa.array(cards, pa.string()),
            "tyshxydm": pa.array(bodies, pa.string()),
            "je": pa.array([k % 997 / 4 if k % 10 else None for k in range(ROWS)]),
            "xh": pa.array(range(ROWS), pa.int64()),
        }
    )


@pytest.fixture(scope="module")
def in_a_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pushed") / "office.parquet"
    pq.write_table(office_rows(), path, row_group_size=2000)
    return path


@pytest.fixture(scope="module")
def in_postgresql() -> Iterator[tuple[sqlalchemy.Engine, str]]:
    engine = sqlalchemy.create_engine(POSTGRESQL.replace("://", "+psycopg://"))
    try:
        engine.connect().close()
    except sqlalchemy.exc.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no server answers at {POSTGRESQL}: {error.orig}")
    name = f"office_{uuid.uuid4().hex[:12]}"
    rows = office_rows()
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f"CREATE TABLE {name} (sfzh text, yhkh text, tyshxydm text, "
                "je double precision, xh bigint)"
            )
            copy = f"COPY {name} FROM STDIN"
            with connection.connection.cursor().copy(copy) as sent:
                for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                    sent.write_row(row)
        yield engine, name
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        engine.dispose()


def assert_same_counts(here: TableScan, there: TableScan) -> None:
    assert there.problem == ""
    assert (there.rows, there.scanned_rows) == (here.rows, here.scanned_rows) == (ROWS, ROWS)
    for one, other in zip(here.columns, there.columns, strict=True):
        assert (one.name, one.type, one.verification) == (
            other.name,
            other.type,
            other.verification,
        )
        mine, theirs = one.profile, other.profile
        assert (mine.nulls, mine.blanks, mine.min, mine.max) == (
            theirs.nulls,
            theirs.blanks,
            theirs.min,
            theirs.max,
        )
        assert theirs.distinct == pytest.approx(mine.distinct, rel=0.06)
        if mine.lengths:
            assert theirs.lengths == pytest.approx(mine.lengths)
        if mine.numbers:
            assert theirs.numbers is not None
            assert theirs.numbers.mean == pytest.approx(mine.numbers.mean)
    verified = [c.name for c in here.columns if c.verification]
    assert verified == ["sfzh", "yhkh", "tyshxydm"]


def test_postgresql_counts_for_itself_what_duckdb_counts(in_a_file, in_postgresql):
    _, name = in_postgresql
    there = scan(POSTGRESQL, tables=[name], today=TODAY).tables[0]
    assert_same_counts(scan(str(in_a_file), today=TODAY).tables[0], there)
    assert all(column.profile.distinct_exact for column in there.columns)


def test_spark_counts_what_duckdb_counts(in_a_file):
    try:
        import pyspark  # noqa: F401  only whether it is there
    except ImportError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("Spark is not installed (requirements/spark.lock)")
    there = scan(f"spark:{in_a_file}", today=TODAY).tables[0]
    assert_same_counts(scan(str(in_a_file), today=TODAY).tables[0], there)


VALUES: dict[T, tuple[Callable[[Office], str], Callable[[str], bool]]] = {
    T.ID_CARD: (lambda o: o.id_card(), lambda v: is_resident_id(v, today=TODAY)),
    T.BANK_CARD: (lambda o: o.bank_card(wrong=0.5), is_bank_card),
    T.USCC: (lambda o: o.uscc(wrong=0.5), is_uscc),
}


@pytest.mark.parametrize("of", VALUES)
def test_check_digits_inside_postgresql_equal_stdnum(in_postgresql, of):
    engine, _ = in_postgresql
    make, is_valid = VALUES[of]
    o = Office(12)
    values = [make(o) for _ in range(600)]
    values += [value[:-1] + o.digits(1) for value in values]
    listed = ", ".join(f"('{value}')" for value in values)
    check = check_sql(PostgreSqlSpelling(), "v", of, "_c", TODAY)
    relation = nested(f"(VALUES {listed}) AS t(v)", [check])
    statement = f"SELECT {counted(check.valid)} FROM {relation}"
    with engine.connect() as connection:
        found = connection.exec_driver_sql(statement.replace("%", "%%")).scalar_one()
    expected = sum(map(is_valid, values))
    assert 600 <= expected + 300 < 1500
    assert found == expected
    if of is T.BANK_CARD:
        assert expected == sum(luhn.is_valid(v) for v in values)
    elif of is T.USCC:
        assert expected == sum(uscc.calc_check_digit(v[:17]) == v[17] for v in values)
    else:
        assert expected <= sum(ric.calc_check_digit(v) == v[17] for v in values)


def test_a_number_of_a_table_elsewhere_is_asked_for_as_one_row():
    asked: list[str] = []

    def ask(statement: str) -> tuple[object, ...]:
        asked.append(statement)
        return (3, 1, 2, "a", "b", 1, 1.5, 2, None, None, None, None)

    there = Elsewhere("postgresql", '"t"', 4, ask)
    drawn = pa.table({"c": pa.array(["a", "b", None])})
    found = measure_elsewhere(
        there, [Column("c", "text")], {"c": "VARCHAR"}, drawn, frozenset(), {}, TODAY
    )
    assert (found.profiles["c"].nulls, found.profiles["c"].distinct) == (1, 2)
    assert len(asked) == 1
