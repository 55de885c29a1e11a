"""A report as Excel, Word and PDF: the same tables, the same words."""

from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter

from shuce.foundation.office import documents
from shuce.foundation.office.showing import moment, plain
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.supervision.reporting import queries
from shuce.supervision.reporting.models import Report
from shuce.supervision.reporting.narrative import paragraphs
from shuce.supervision.reporting.queries import ShownTable


def excel(report: Report) -> IO[bytes]:
    """Return the report as a workbook: a cover, a sheet for each table, and the checks."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  the answer streams it and closes it
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    looks = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bg_color": "#E6EFF3", "border": 1}),
        "cell": book.add_format({"border": 1, "num_format": "#,##0"}),
        "money": book.add_format({"border": 1, "num_format": "#,##0.00"}),
        "note": book.add_format({"font_color": "#57676F"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _cover(book, report, looks)
    for table in queries.tables_of(report):
        _sheet(book, table, looks)
    _checks(book, report, looks)
    book.close()
    file.seek(0)
    return file


def word(report: Report) -> bytes:
    """Return the report as a Word document."""
    return documents.word("reporting/annual.docx", printed(report))


def pdf(report: Report) -> bytes:
    """Return the report as PDF/A, dated when its figures were counted."""
    return documents.pdf("reporting/annual.typ", printed(report), at=report.counted_at)


def file_name(report: Report, ending: str) -> str:
    return f"{report.number}.{ending}"


def printed(report: Report) -> dict[str, Any]:
    """Return what the report's documents show."""
    return {
        "title": title_of(report),
        "number": report.number,
        "facts": [[say(name), plain(value)] for name, value in facts_of(report)],
        "parts": [{"heading": heading, "text": text} for heading, text in paragraphs(report)],
        "notes": [line for line in report.text.splitlines() if line.strip()],
        "notes_heading": say("填报说明"),
        "tables": [
            {
                "title": table.title,
                "note": table.note,
                "headings": [say("项目"), *table.headings],
                "rows": [[_printed(cell) for cell in row] for row in table.rows],
            }
            for table in queries.tables_of(report)
        ],
        "checks_heading": say("勾稽关系核对"),
        "checks": [
            [check.title, say("相符") if check.holds else say("不符")]
            for check in queries.checks_of(report)
        ],
        "check_headings": [say("关系"), say("结果")],
        "seal": say("{body}（盖章）", body=report.organization),
        "counted": say("取数时间 {at}", at=moment(report.counted_at)),
        "digest": say("数据摘要 {digest}", digest=report.digest),
    }


def title_of(report: Report) -> str:
    return say("{year}年度国有资产报告（数据资产部分）", year=report.year)


def facts_of(report: Report) -> list[tuple[str, object]]:
    """Return what identifies the report, by Chinese name."""
    return [
        ("编报单位", report.organization),
        ("年度", str(report.year)),
        ("报告编号", report.number),
        ("状态", report.state),
        ("编制人", report.prepared_by),
        ("取数时间", report.counted_at),
        ("报送时间", report.submitted_at),
        ("审核时间", report.confirmed_at),
    ]


def _printed(value: object) -> str:
    if value is None:
        return "—"
    return f"{value.yuan:,.2f}" if isinstance(value, Money) else plain(value)


def _cover(book: Any, report: Report, looks: dict[str, Any]) -> None:
    page = book.add_worksheet(say("封面和分析"))
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, title_of(report), looks["title"])
    line = 2
    for name, value in facts_of(report):
        page.write_string(line, 0, say(name))
        page.write_string(line, 1, plain(value))
        line += 1
    for heading, text in [*paragraphs(report), (say("填报说明"), report.text)]:
        page.write_string(line + 1, 0, heading)
        page.write_string(line + 1, 1, text, looks["wrap"])
        line += 1


def _sheet(book: Any, table: ShownTable, looks: dict[str, Any]) -> None:
    page = book.add_worksheet(table.title[:31])
    page.set_column(0, 0, 30)
    page.set_column(1, len(table.headings), 18)
    page.write_string(0, 0, table.title, looks["title"])
    page.write_string(1, 0, table.note, looks["note"])
    for place, heading in enumerate([say("项目"), *table.headings]):
        page.write_string(2, place, heading, looks["head"])
    for line, row in enumerate(table.rows, 3):
        for place, value in enumerate(row):
            match value:
                case None:
                    page.write_blank(line, place, None, looks["cell"])
                case Money():
                    page.write_number(line, place, value.yuan, looks["money"])
                case int():
                    page.write_number(line, place, value, looks["cell"])
                case _:
                    page.write_string(line, place, str(value), looks["cell"])
    page.freeze_panes(3, 1)


def _checks(book: Any, report: Report, looks: dict[str, Any]) -> None:
    page = book.add_worksheet(say("勾稽关系核对"))
    page.set_column(0, 0, 46)
    page.set_column(1, 3, 20)
    for place, heading in enumerate((say("关系"), say("左方"), say("右方"), say("结果"))):
        page.write_string(0, place, heading, looks["head"])
    for line, check in enumerate(queries.checks_of(report), 1):
        page.write_string(line, 0, check.title, looks["cell"])
        page.write_number(line, 1, check.left, looks["cell"])
        page.write_number(line, 2, check.right, looks["cell"])
        page.write_string(line, 3, say("相符") if check.holds else say("不符"), looks["cell"])
