import io
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from shuce.foundation.office import documents
from shuce.foundation.office.sheets import workbook
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money

AT = datetime(2026, 3, 5, tzinfo=UTC)
CARD = """#import "office.typ": *
#show: paper.with(title: data.title, number: data.number)
= 基本信息
#facts(data.facts)
#sheet(("编号", "金额"), data.rows)
*加粗* 普通
#seal([市财政局], data.day)
"""


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(documents, "template_file", lambda name: tmp_path / name.split("/")[1])
    return tmp_path


def test_a_document_is_archival_pdf_and_the_same_data_give_the_same_file(templates):
    (templates / "card.typ").write_text(CARD)
    data = {
        "title": "数据资产卡片",
        "number": "SH-1",
        "day": date(2026, 3, 5),
        "facts": [("持有单位", "规划资源局"), ("价值", Money(123_456)), ("条款", Clause.N_4)],
        "rows": [(f"SH-{n}", Money(n)) for n in range(100)],
    }
    first = documents.pdf("register/card.typ", data, at=AT)
    assert first.startswith(b"%PDF")
    assert b"pdfaid:part>2<" in first
    assert first == documents.pdf("register/card.typ", data, at=AT)


def test_what_people_typed_is_never_read_as_mark_up(templates):
    (templates / "card.typ").write_text('#import "office.typ": *\n#data.text')
    assert documents.pdf("x/card.typ", {"text": '#panic("read") $ * [ '}, at=AT)


def test_every_family_the_look_names_is_in_the_fonts():
    families = documents._fonts().families()
    assert {"Noto Serif SC", "Noto Sans SC"} <= set(families)


def test_a_word_document_is_filled_and_nothing_in_it_is_mark_up(templates):
    blank = Document()
    blank.add_paragraph("单位：{{ unit }}，金额 {{ amount }}")
    blank.save(str(templates / "report.docx"))
    made = documents.word("x/report.docx", {"unit": "甲 & <乙>", "amount": Money(5)})
    assert Document(io.BytesIO(made)).paragraphs[0].text == "单位：甲 & <乙>，金额 ¥0.05"


def test_a_workbook_keeps_types_and_goes_on_in_the_next_sheet():
    rows = [[n, Money(n), date(2026, 3, 5), AT, Clause.N_4, None, True] for n in range(5)]
    with workbook(rows, list("甲乙丙丁戊己庚"), sheet="清单/一", rows_of_a_sheet=4) as file:
        content = file.read()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["清单_一", "清单_一 2"]
    first, second = (book.get_sheet_by_index(n).to_python() for n in (0, 1))
    assert (len(first), len(second)) == (4, 3)
    assert first[0] == second[0] == list("甲乙丙丁戊己庚")
    assert first[2][:3] == [1, 0.01, date(2026, 3, 5)]
    assert first[2][3].isoformat() == "2026-03-05T08:00:00", "in the time of the office"
    assert first[2][4] == "规范使用"


def test_a_long_number_keeps_all_its_digits():
    with workbook([[91310000000000000123]], ["代码"]) as file:
        sheet = ZipFile(io.BytesIO(file.read())).read("xl/worksheets/sheet1.xml").decode()
    assert "91310000000000000123" in sheet
