"""CSV as governments write it: read unaided, and every line accounted for."""

from pathlib import Path

import pytest

from shuce.engines.scan.sources import text
from shuce.engines.scan.sources.text import TextTable, read_table, read_tables

FORM = """附件1
某市2023年度参保人员情况统计表,,,,
填报单位：某市医保局,,,,填报日期：2024年1月5日
序号,基本信息,,联系方式,缴费
,姓名,身份证号,手机号,金额（元）
1,王芳,110101199003077758,13800138000,１２３．５
2,李娜,11010119900307774X,13900139000,88
3,张伟,110101199003077715,13700137000,90
注：数据截至2023年底
制表人：赵六,,,,
"""


def read(folder: Path, written: str, encoding: str = "utf-8") -> TextTable:
    path = folder / "t.csv"
    path.write_bytes(written.encode(encoding))
    return read_table(path)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_form_with_titles_groups_and_notes_is_read_and_every_line_accounted_for(
    tmp_path, encoding
):
    table = read(tmp_path, FORM, encoding)
    assert table.columns == (
        "序号", "基本信息 姓名", "基本信息 身份证号", "联系方式 手机号", "缴费 金额（元）",
    )  # fmt: skip
    assert [row[1] for row in table.rows] == ["王芳", "李娜", "张伟"]
    assert [line.line for line in table.rejected] == [1, 2, 3, 9, 10]


@pytest.mark.parametrize(
    ("written", "columns", "rows"),
    [
        ("姓名;金额\n王芳;3,5\n李娜;4,5\n", ("姓名", "金额"), [("王芳", "3,5"), ("李娜", "4,5")]),
        ('名, 注\n王, "甲, 乙"\n李, "无"\n', ("名", "注"), [("王", "甲, 乙"), ("李", "无")]),
        ("a|'b|c'\n1|'x|y'\n2|'z|w'\n", ("a", "b|c"), [("1", "x|y"), ("2", "z|w")]),
        ('名,注\n甲,"说\\"好\\"吧"\n', ("名", "注"), [("甲", '说"好"吧')]),
        ('名,注\r甲,"一\r二"\r乙,三\r', ("名", "注"), [("甲", "一\n二"), ("乙", "三")]),
        ("王,女\n李,女\n", ("col_1", "col_2"), [("王", "女"), ("李", "女")]),
        ("手机号\n13800138000\n", ("手机号",), [("13800138000",)]),
        ("地区,甲数,乙数\n甲,1,2\n", ("地区", "甲数", "乙数"), [("甲", "1", "2")]),
    ],
)  # fmt: skip
def test_delimiters_quotes_escapes_and_missing_headers_are_found(tmp_path, written, columns, rows):
    table = read(tmp_path, written)
    assert (table.columns, list(table.rows)) == (columns, rows)


def test_stray_quotes_are_read_as_the_columns_demand(tmp_path):
    table = read(tmp_path, '编号,名称,备注\n1,"甲公司,无\n2,乙公司,"他说"好""\n3,丙"公司,ok\n')
    assert table.rows == (
        ("1", '"甲公司', "无"),
        ("2", "乙公司", '他说"好"'),
        ("3", '丙"公司', "ok"),
    )
    assert [line.line for line in table.repaired] == [2, 3]


def test_ragged_rows_are_mended_by_what_their_columns_hold_or_listed(tmp_path):
    good = "".join(f"{i},2020-01-0{i},{i}.5,在用\n" for i in range(1, 8))
    table = read(
        tmp_path, f"编号,日期,金额,状态\n{good}8,9.5,在用\n9,2020-01-09,,7.5,在用\n10,a,b,c,d,e\n"
    )
    assert table.rows[7:] == (("8", "", "9.5", "在用"), ("9", "2020-01-09", "7.5", "在用"))
    assert [line.line for line in table.repaired] == [9, 10]
    assert [(line.line, line.reason) for line in table.rejected] == [(11, "列数过多")]


def test_a_second_table_below_the_first_is_a_table_of_its_own(tmp_path):
    path = tmp_path / "t.csv"
    first = "姓名,电话\n" + "".join(f"王芳,1380013800{i}\n" for i in range(4))
    second = "设备,型号,数量\n" + "".join(f"水泵{i},A-{i},{i}\n" for i in range(4))
    path.write_text(f"{first}\n{second}", encoding="utf-8")
    tables = read_tables(path)
    assert [(t.name, t.columns, len(t.rows)) for t in tables] == [
        ("t", ("姓名", "电话"), 4),
        ("t.2", ("设备", "型号", "数量"), 4),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_larger_than_the_sample_gives_the_same_rows(tmp_path, monkeypatch, encoding):
    rows = [f'{i},王芳{i},"备注, {i}",{i}.5\n' for i in range(400)]
    rows[200] = '200,"李娜,无,8.5\n'
    rows[210] = '210,张伟,"第一\n第二",8.5\n'
    rows[220] = "220,赵六,8.5\n"
    rows[230] = "1,2,3,4,5,6,7\n"
    written = "某区情况表\n编号,姓名,备注,金额\n" + "".join(rows)
    whole = read(tmp_path, written, encoding)
    monkeypatch.setattr(text, "_SAMPLE", 2000)
    bulk = read(tmp_path, written, encoding)
    assert len(bulk.rows) == 399
    assert (bulk.columns, sorted(bulk.rows)) == (whole.columns, sorted(whole.rows))
    assert bulk.rejected == whole.rejected
    assert bulk.repaired == whole.repaired
    assert ("210", "张伟", "第一\n第二", "8.5") in bulk.rows
