"""Views are views, declared keys are read, and others are guessed from values and names."""

import sqlite3

import duckdb
import pyarrow as pa
import pytest

from shuce.engines.scan import scan
from shuce.engines.scan.references import Sketch, guesses


@pytest.fixture(params=["sqlite", "duckdb"])
def source(request, tmp_path):
    """Departments, visits that declare one key and hold others, codes in words, and a view."""
    file = tmp_path / f"health.{request.param}"
    open_it = sqlite3.connect if request.param == "sqlite" else duckdb.connect
    made = open_it(str(file))
    made.execute("CREATE TABLE depts (id INTEGER PRIMARY KEY, name VARCHAR)")
    made.execute("CREATE TABLE drugs (drug_code VARCHAR, price INTEGER)")
    made.execute(
        "CREATE TABLE visits (no VARCHAR, dept INTEGER REFERENCES depts(id), dept_id INTEGER, "
        "age INTEGER, drug VARCHAR, doctor VARCHAR)"
    )
    for n in range(40):
        made.execute("INSERT INTO depts VALUES (?, ?)", (n, f"科室{n}"))
        made.execute("INSERT INTO drugs VALUES (?, ?)", (f"YP{n:05d}", n * 7 % 31))
    for n in range(300):
        made.execute(
            "INSERT INTO visits VALUES (?, ?, ?, ?, ?, ?)",
            (f"V{n}", n % 40, n % 37, n % 39, f"YP{n % 33:05d}", f"医生{n % 50}"),
        )
    made.execute("CREATE VIEW costly AS SELECT * FROM drugs WHERE price > 10")
    made.commit()
    made.close()
    return str(file)


@pytest.mark.clause("N-8")
def test_keys_are_read_or_guessed_and_small_numbers_need_a_name(source):
    tables = {table.name: table for table in scan(source).tables}
    assert [name for name, table in tables.items() if table.is_view] == ["costly"]
    assert tables["costly"].rows > 0
    assert tables["depts"].keys == ("id",)
    found = {one.columns[0]: one for one in tables["visits"].references}
    assert found["dept"].share is None
    assert (found["dept"].table, found["dept"].to_columns) == ("depts", ("id",))
    named = found["dept_id"]
    assert (named.table, named.to_columns, named.share) == ("depts", ("id",), 1.0)
    # Ages lie among the departments' numbers as well, and nothing in their name says so.
    assert "age" not in found
    worded = found["drug"]
    assert (worded.table, worded.to_columns) == ("drugs", ("drug_code",))
    assert worded.confidence < named.confidence
    assert "33" in worded.evidence
    assert "doctor" not in found
    assert tables["depts"].references == ()
    shown = {one["name"]: one for one in scan(source).as_json()["tables"]}
    assert shown["costly"]["view"]
    assert {one["declared"] for one in shown["visits"]["references"]} == {True, False}


def test_of_one_table_alone_nothing_is_guessed(source):
    [visits] = scan(source, tables=["visits"]).tables
    assert [one.share for one in visits.references] == [None]


def test_values_that_are_mostly_elsewhere_are_no_reference():
    hashes = pa.array(range(100), pa.uint64())
    key = Sketch("depts", "id", True, 100, "whole", hashes)
    nearly = pa.array([*range(97), 500, 501, 502], pa.uint64())
    assert guesses([key, Sketch("visits", "dept_id", False, 100, "whole", nearly)]) == {}
    wholly = pa.array(range(97), pa.uint64())
    assert guesses([key, Sketch("visits", "dept_id", False, 97, "whole", wholly)])["visits"]
    # Numbers are not looked for among words.
    assert guesses([key, Sketch("visits", "dept_id", False, 97, "text", wholly)]) == {}
    assert guesses([]) == {}
