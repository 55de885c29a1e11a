"""Whose a file was is found again: whole, in part, in another order, saved by another program."""

import csv
import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from shuce.engines.watermark import (
    Cell,
    NotAWorkbook,
    agreement,
    fresh_mark,
    marked_csv,
    marked_workbook,
    read_csv,
    read_workbook,
)

COLUMNS = ["区", "人数", "平均费用"]
ROWS = [[f"第{n}街道", 100 + n, 12.5 + n / 8] for n in range(60)]
SURE = 1e-9


def csv_of(mark, rows=ROWS):
    return b"".join(marked_csv(COLUMNS, rows, mark, "交付 JF-2026-000001")).decode()


def excel_of(mark, rows=ROWS):
    file = marked_workbook(COLUMNS, rows, mark, "交付 JF-2026-000001", sheet="结果", number="JF-9")
    return file.read()


@pytest.mark.clause("G-5", "G-8")
def test_a_part_of_a_csv_in_another_order_tells_its_own_mark_and_no_other():
    mine, other = fresh_mark(), fresh_mark()
    lines = csv_of(mine).splitlines()
    part = random.Random(7).sample(lines[1:-1], 30)
    cells = read_csv("\r\n".join([lines[0], *part])).cells
    assert agreement(cells, mine).chance < SURE
    assert agreement(cells, mine).agreeing == agreement(cells, mine).cells
    assert agreement(cells, other).chance > 1e-6


@pytest.mark.clause("G-5", "G-8")
def test_an_excel_file_tells_its_mark_by_its_inks_and_its_number():
    mine, other = fresh_mark(), fresh_mark()
    sheet = read_workbook(excel_of(mine))
    assert agreement(sheet.cells, mine).chance < SURE
    assert agreement(sheet.cells, other).chance > 1e-6
    assert sheet.words.startswith("JF-9")
    assert sheet.rows[1] == ("第0街道", "100", "12.5")


def test_the_mark_changes_no_value_in_either_form():
    read = list(csv.reader(io.StringIO(csv_of(fresh_mark()).removeprefix("\ufeff"))))
    assert read[1:-1] == [[str(value) for value in row] for row in ROWS]
    assert read[-1] == ["# 交付 JF-2026-000001"]
    page = CalamineWorkbook.from_filelike(io.BytesIO(excel_of(fresh_mark()))).get_sheet_by_index(0)
    assert page.to_python()[1:61] == [[a, float(b), c] for a, b, c in ROWS]


def test_two_takings_of_one_result_are_told_apart():
    marks = [fresh_mark() for _ in range(20)]
    for place, mark in enumerate(marks):
        cells = read_csv(csv_of(mark)).cells
        best = max(range(20), key=lambda n: agreement(cells, marks[n]).agreeing)
        assert best == place


def test_a_file_that_bears_no_mark_agrees_with_none():
    plain = "\n".join(",".join(map(str, row)) for row in [COLUMNS, *ROWS])
    assert agreement(read_csv(plain).cells, fresh_mark()).chance > 1e-6
    assert read_csv("区\t人数\n黄浦\t30").rows == (("区", "人数"), ("黄浦", "30"))
    assert agreement([], fresh_mark()).chance == 1


def test_equal_texts_count_once_and_contradictory_ones_never():
    mark = fresh_mark()
    assert agreement([Cell("a", True), Cell("a", True)], mark).cells == 1
    assert agreement([Cell("a", True), Cell("a", False), Cell("a", False)], mark).cells == 0


def test_texts_that_would_run_as_formulas_are_made_harmless_and_numbers_stay():
    lines = csv_of(fresh_mark(), [["=1+1", -5, "-甲"]]).splitlines()
    [read] = list(csv.reader([lines[1]]))
    assert read == ["'=1+1", "-5", "'-甲"]


@pytest.mark.parametrize("content", [b"", b"PK", b"a,b\n1,2", b"\x00" * 40])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(NotAWorkbook):
        read_workbook(content)


def test_a_zip_without_sheets_is_no_workbook():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr("a.txt", "b")
    with pytest.raises(NotAWorkbook):
        read_workbook(made.getvalue())


_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_TEXTS, min_size=2, max_size=3), max_size=6))
def test_any_text_is_written_as_csv_readers_read_it(rows):
    mark = bytes(16)
    text = csv_of(mark, rows).removeprefix("\ufeff")
    ours = read_csv(text).rows
    assert all(len(row) >= 1 for row in ours)
    cells = read_csv(text).cells
    assert agreement(cells, mark).agreeing == agreement(cells, mark).cells
