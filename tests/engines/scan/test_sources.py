import json
import os
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy
import xlsxwriter

from bench.scan_tables import Values, office_tables
from shuce.__main__ import main
from shuce.engines.scan import SourceUnreadable, TableScan, cases, discover, scan

TODAY = date(2026, 11, 23)
TABLES, TRUTH = office_tables(60)
PEOPLE = TABLES["人员信息"]
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/test"
MARIADB = "mysql://root@127.0.0.1:3306/test"


def assert_people_found(table: TableScan) -> None:
    assert table.rows == table.scanned_rows == 60
    found = {column.name: column.type.value for column in table.columns}
    assert found == TRUTH["人员信息"]
    assert table.grade == "L4"


def rows_of(columns: dict[str, Values]) -> list[tuple[str | None, ...]]:
    return list(zip(*columns.values(), strict=True))


def as_csv(columns: dict[str, Values], delimiter: str = ",", end: str = "\n") -> str:
    lines = [list(columns), *([v or "" for v in row] for row in rows_of(columns))]
    return end.join(delimiter.join(line) for line in lines) + end


def fill(engine: sqlalchemy.Engine, table: str, comment: bool) -> None:
    """Create a table with latin column names; on servers, what they mean stands in comments."""
    metadata = sqlalchemy.MetaData()
    made = sqlalchemy.Table(
        table,
        metadata,
        sqlalchemy.Column("row_key", sqlalchemy.Integer, primary_key=True),
        *(
            sqlalchemy.Column(
                f"c{i}" if comment else name,
                sqlalchemy.String(200),
                comment=name if comment else None,
            )
            for i, name in enumerate(PEOPLE)
        ),
    )
    metadata.create_all(engine)
    names = [column.name for column in made.columns][1:]
    with engine.begin() as connection:
        connection.execute(
            made.insert(),
            [
                {"row_key": k, **dict(zip(names, row, strict=True))}
                for k, row in enumerate(rows_of(PEOPLE), 1)
            ],
        )


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ","),
        ("gb18030", ","),
        ("utf-16", "\t"),
        ("utf-16-le", ";"),
        ("gb18030", "|"),
    ],
)
def test_a_text_file_is_read_in_whatever_encoding_and_delimiter(tmp_path, encoding, delimiter):
    path = tmp_path / "people.csv"
    path.write_bytes(as_csv(PEOPLE, delimiter, "\r\n").encode(encoding))
    table = scan(str(path), today=TODAY).tables[0]
    assert table.name == "people"
    assert table.rejected == ()
    assert_people_found(table)


def test_lines_that_are_no_rows_are_listed_and_the_good_rows_kept(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("编号,姓名,金额\n1,王芳,3.5\n2,李\n3,张伟,1,2,3\n4,陈静,8\n", encoding="utf-8")
    table = scan(str(path), today=TODAY).tables[0]
    assert table.rows == 3
    assert [(line.line, line.reason) for line in table.rejected] == [(4, "列数过多")]
    assert [(line.line, line.reason) for line in table.repaired] == [(3, "列数不足，已补空")]


def test_bytes_that_cannot_be_decoded_are_listed_and_their_line_kept(tmp_path):
    path = tmp_path / "t.csv"
    good = "编号,姓名\n1,王芳\n2,李娜\n".encode("gb18030")
    path.write_bytes(good + b"3,\xff\xff\n" + "4,陈静\n".encode("gb18030"))
    table = scan(str(path), today=TODAY).tables[0]
    assert table.rows == 4
    assert [line.line for line in table.rejected] == [4]


def test_titles_above_the_header_and_files_without_one_are_understood(tmp_path):
    titled, bare = tmp_path / "titled.csv", tmp_path / "bare.csv"
    titled.write_text("某区人员统计表\n\n" + as_csv(PEOPLE), encoding="utf-8")
    bare.write_text("310101199001010012,13800138000\n310115200002290021,13900139000\n", "utf-8")
    assert_people_found(scan(str(titled), today=TODAY).tables[0])
    table = scan(str(bare), today=TODAY).tables[0]
    assert [column.name for column in table.columns] == ["col_1", "col_2"]
    assert [column.type.value for column in table.columns] == ["id_card", "mobile"]
    assert table.rows == 2


def test_quoted_line_breaks_and_delimiters_stay_inside_their_value(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('编号,备注\n1,"第一行\n第二行, 还有"\n2,"他说""好"""\n', encoding="utf-8")
    table = scan(str(path), today=TODAY).tables[0]
    assert table.rows == 2
    assert dict(table.columns[1].profile.top) == {"第一行\n第二行, 还有": 1, '他说"好"': 1}


def test_parquet_duckdb_sqlite_and_excel_files_are_read(tmp_path):
    folder = tmp_path / "all"
    folder.mkdir()
    data = pa.table({name: pa.array(values, pa.string()) for name, values in PEOPLE.items()})
    pq.write_table(data, folder / "p.parquet")
    with duckdb.connect(str(folder / "d.duckdb")) as engine:
        engine.register("data", data)
        engine.execute("CREATE TABLE in_duckdb AS FROM data")
    with sqlite3.connect(folder / "s.db") as lite:
        names = ", ".join(f'"{name}"' for name in PEOPLE)
        lite.execute(f"CREATE TABLE in_sqlite ({names})")
        marks = ", ".join("?" * len(PEOPLE))
        lite.executemany(f"INSERT INTO in_sqlite VALUES ({marks})", rows_of(PEOPLE))
    lite.close()
    book = xlsxwriter.Workbook(str(folder / "x.xlsx"))
    sheet = book.add_worksheet("人员")
    sheet.write(0, 0, "人员花名册")
    for r, row in enumerate([tuple(PEOPLE), *rows_of(PEOPLE)], 1):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.close()
    (folder / "ignored.md").write_text("no table")
    result = scan(str(folder), today=TODAY)
    assert [table.name for table in result.tables] == ["in_duckdb", "p", "in_sqlite", "x"]
    for table in result.tables:
        assert_people_found(table)


def test_a_workbook_of_several_sheets_is_several_tables(tmp_path):
    path = tmp_path / "w.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, rows in (
        ("甲", [["手机号"], [13800138000]]),
        ("乙", [["姓名"], ["王芳"]]),
        ("空", []),
    ):
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            sheet.write_row(r, 0, row)
    book.close()
    result = scan(str(path), today=TODAY)
    assert [table.name for table in result.tables] == ["w.甲", "w.乙"]
    assert result.tables[0].columns[0].type == "mobile"


def test_values_a_loosely_typed_sqlite_column_holds_are_all_read(tmp_path):
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as lite:
        lite.execute("CREATE TABLE t (n INTEGER, day DATE)")
        lite.executemany(
            "INSERT INTO t VALUES (?, ?)",
            [(1, "2020-01-01"), ("无", "2020年1月"), (None, "x"), (2.5, None)],
        )
    lite.close()
    table = scan(str(path), today=TODAY).tables[0]
    assert table.problem == ""
    assert [column.profile.nulls for column in table.columns] == [1, 1]


def _server(url: str) -> Iterator[str]:
    driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}[url.split("://")[0]]
    engine = sqlalchemy.create_engine(f"{driver}://{url.split('://')[1]}")
    try:
        engine.connect().close()
    except sqlalchemy.exc.OperationalError as error:
        engine.dispose()
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no server answers at {url}: {error.orig}")
    name = f"people_{uuid.uuid4().hex[:12]}"
    try:
        fill(engine, name, comment=True)
        yield name
    finally:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(f"DROP TABLE IF EXISTS {name}"))
        engine.dispose()


@pytest.fixture
def in_postgresql() -> Iterator[str]:
    yield from _server(POSTGRESQL)


@pytest.fixture
def in_mariadb() -> Iterator[str]:
    yield from _server(MARIADB)


def assert_server_table(url: str, name: str) -> None:
    described = {table.name: table for table in discover(url)}[name]
    assert described.columns[0].key
    assert described.columns[2].comment == "姓名"
    table = scan(url, tables=[name], today=TODAY).tables[0]
    found = {c.comment: c.type.value for c in table.columns if c.comment}
    assert found == TRUTH["人员信息"]
    drawn = scan(url, tables=[name], sample=20, today=TODAY).tables[0]
    assert drawn.rows == 60
    assert 15 <= drawn.scanned_rows <= 25


def test_postgresql_is_read_through_its_catalogue_and_comments(in_postgresql):
    assert_server_table(POSTGRESQL, in_postgresql)


def test_mariadb_is_read_through_its_catalogue_and_comments(in_mariadb):
    assert_server_table(MARIADB, in_mariadb)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx", ".db"])
def test_a_file_that_is_not_what_its_ending_says_is_refused_in_words(tmp_path, ending):
    path = tmp_path / f"broken{ending}"
    path.write_bytes(b"" if ending == ".csv" else b"PK\x03\x04 not really")
    with pytest.raises(SourceUnreadable, match="broken"):
        scan(str(path), today=TODAY)


def test_a_broken_file_in_a_folder_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.csv").write_text("", encoding="utf-8")
    (tmp_path / "b.csv").write_text("姓名,手机\n王芳,13800138000\n", encoding="utf-8")
    broken, good = scan(str(tmp_path), today=TODAY).tables
    assert "空" in broken.problem
    assert good.rows == 1


def test_the_command_writes_scan_json_and_answers_2_for_what_cannot_be_read(tmp_path, capsys):
    source, out = tmp_path / "t.csv", tmp_path / "scan.json"
    source.write_text(as_csv(PEOPLE), encoding="utf-8")
    assert cases.run(str(source), out) == 0
    table = json.loads(out.read_text(encoding="utf-8"))["tables"][0]
    assert (table["name"], table["rows"], table["grade"]) == ("t", 60, "L4")
    assert set(table["columns"][1]) >= {
        "name",
        "type",
        "confidence",
        "grade",
        "evidence",
        "profile",
    }
    assert cases.run(str(tmp_path / "nowhere"), out) == 2
    assert cases.run("nosuch://host/db", out) == 2
    complaint = capsys.readouterr().err.strip().splitlines()
    assert len(complaint) == 2


def test_the_profile_of_a_parquet_file_equals_that_of_the_same_rows_in_a_database(tmp_path):
    """Parquet answers least and greatest from its footer, and is read in place."""
    numbers = [None if k % 7 == 0 else k % 1013 / 4 for k in range(12_000)]
    words = ["", "  ", "甲", "甲乙", None, *(f"词{k % 90}" for k in range(11_995))]
    data = pa.table({"数": pa.array(numbers, pa.float64()), "词": pa.array(words, pa.string())})
    pq.write_table(data, tmp_path / "t.parquet", row_group_size=5000)
    with duckdb.connect(str(tmp_path / "t.duckdb")) as engine:
        engine.register("data", data)
        engine.execute("CREATE TABLE t AS FROM data")
    in_file, in_database = (
        scan(str(tmp_path / name), today=TODAY).tables[0].columns
        for name in ("t.parquet", "t.duckdb")
    )
    for one, other in zip(in_file, in_database, strict=True):
        # Not the quantiles: these are approximate, and differ with the order of threads.
        mine, theirs = replace(one.profile, numbers=None), replace(other.profile, numbers=None)
        assert replace(mine, top=()) == replace(theirs, top=())
    number, word = (column.profile for column in in_file)
    assert (number.min, number.max, number.nulls) == (0, 253.0, 1715)
    assert (word.min, word.max, word.blanks, word.nulls) == ("", "词9", 2, 1)
    assert len(word.top) == 10
    assert [count for _, count in word.top] == [words.count(value) for value, _ in word.top]


def test_the_command_scans_a_sample_when_asked_and_states_it(tmp_path):
    source, out = tmp_path / "t.parquet", tmp_path / "scan.json"
    pq.write_table(pa.table({"编号": pa.array(range(5000))}), source)
    assert main(["engine", "scan", str(source), "--out", str(out), "--sample", "1000"]) == 0
    table = json.loads(out.read_text(encoding="utf-8"))["tables"][0]
    assert (table["rows"], table["scanned_rows"]) == (5000, 1000)
    assert main(["engine", "scan", str(source), "--out", str(out), "--full"]) == 0
    assert "scanned_rows" not in json.loads(out.read_text(encoding="utf-8"))["tables"][0]


def test_a_password_never_shows_in_the_result():
    with pytest.raises(SourceUnreadable) as refused:
        scan("postgresql://someone:topsecret@127.0.0.1:1/test", today=TODAY)
    assert "topsecret" not in str(refused.value)


def test_a_scan_tells_its_progress_and_stops_when_told(tmp_path: Path):
    for name in "abc":
        (tmp_path / f"{name}.csv").write_text("姓名\n王芳\n", encoding="utf-8")
    told: list[tuple[int, int]] = []

    def stop_after_two(done: int, total: int) -> bool:
        told.append((done, total))
        return done < 2

    result = scan(str(tmp_path), on_progress=stop_after_two, today=TODAY)
    assert told == [(1, 3), (2, 3)]
    assert result.stopped
    assert len(result.tables) == 2
