"""What is written as text, or as a grid for Excel, is read again as the same thing."""

import pytest
from hypothesis import given, settings

from shuce.engines.procedure import BadTable, check, load
from shuce.engines.procedure.grids import from_grid, headings_of, to_grid
from shuce.engines.procedure.tables import OneOf, Range, load_table
from shuce.engines.procedure.writing import write_procedure, write_table
from tests.engines.procedure.office import SHIPPED, shipped, shipped_tables
from tests.engines.procedure.test_any_procedure import TABLE, procedures

PROCEDURES = sorted(file.stem for file in SHIPPED.glob("*.toml"))
TABLES = sorted(file.stem for file in (SHIPPED / "tables").glob("*.toml"))


@pytest.mark.parametrize("key", PROCEDURES)
def test_a_shipped_procedure_is_written_and_read_again_as_the_same(key):
    found = shipped(key)
    assert load(write_procedure(found), found.tables) == found


@settings(max_examples=20)
@given(procedures())
def test_any_procedure_is_written_and_read_again_as_the_same(procedure):
    assert load(write_procedure(procedure), procedure.tables) == procedure


@pytest.mark.parametrize("key", TABLES)
def test_a_shipped_table_is_written_and_read_again_as_the_same(key):
    found = shipped_tables()[key]
    assert load_table(write_table(found)) == found
    assert from_grid(found, to_grid(found)) == found


def test_quotes_breaks_and_odd_names_survive_the_text():
    table = load_table(
        write_table(TABLE).replace('"示例"', '"引号\\"、反斜线\\\\、换行\\n、删除\\u007f"')
    )
    assert table.basis == '引号"、反斜线\\、换行\n、删除\x7f'
    assert load_table(write_table(table)) == table


def grid(changed):
    found = to_grid(shipped_tables()["disposal_authority"])
    for (row, heading), cell in changed.items():
        found[row][found[0].index(heading)] = cell
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<800万元", Range(None, 800_000_000)),
        ("不满800万元", Range(None, 800_000_000)),
        ("≥1,000元，<0.5亿元", Range(100_000, 5_000_000_000)),
        (">= 100万 且 <= 500万", Range(100_000_000, 500_000_001)),
        ("超过12.34元", Range(1235, None)),
        ("300万元及以上", Range(300_000_000, None)),
        ("12元、13元", OneOf((1200, 1300))),
    ],
)
def test_an_amount_is_read_as_officials_write_it(written, meant):
    table = shipped_tables()["disposal_authority"]
    read = from_grid(table, grid({(1, "账面价值"): written}))
    assert read.rows[0].when["value_fen"] == meant


@pytest.mark.parametrize(
    ("heading", "written", "reason"),
    [
        ("账面价值", "500万元以下", "没有写明是否含本数"),
        ("账面价值", "100万元至500万元", "没有写明是否含本数"),
        ("账面价值", "很多", "不是可以填写的内容"),
        ("处置方式", "赠与", "转让、置换"),
        ("最终审批", "", "主管部门、财政部门"),
        ("依据", "", "依据"),
        ("核实情况", "大概", "已核对原文"),
    ],
)
def test_a_cell_that_is_not_clear_is_refused_by_row_and_column(heading, written, reason):
    table = shipped_tables()["disposal_authority"]
    with pytest.raises(BadTable) as refused:
        from_grid(table, grid({(3, heading): written}))
    [fault] = refused.value.faults
    assert f"第4行“{heading}”" in fault.step
    assert reason in fault.reason


def test_a_grid_with_other_columns_or_no_rows_is_refused():
    table = shipped_tables()["disposal_authority"]
    with pytest.raises(BadTable, match="第一行应当是"):
        from_grid(table, [["甲", "乙"]])
    with pytest.raises(BadTable, match="没有规则"):
        from_grid(table, [headings_of(table), ["", ""]])


def test_what_is_written_is_still_judged_by_the_checker():
    found = shipped("grant_right")
    again = load(write_procedure(found), found.tables)
    assert check(again, roles=[], places=[])
