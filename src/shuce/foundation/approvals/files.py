"""Procedures and decision tables as files: what is downloaded, and what comes back."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from shuce.engines import procedure as engine
from shuce.engines.procedure import tables
from shuce.engines.procedure.bpmn_reading import read_bpmn
from shuce.engines.procedure.bpmn_writing import write_bpmn
from shuce.engines.procedure.dmn import read_dmn, write_dmn
from shuce.engines.procedure.grids import from_grid, to_grid
from shuce.engines.procedure.step_grids import from_step_grid, to_step_grid
from shuce.engines.procedure.writing import write_procedure, write_table
from shuce.foundation.approvals.models import ProcedureVersion
from shuce.foundation.approvals.procedures import NAMES
from shuce.foundation.office.sheets import MEDIA_TYPE, workbook
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle, Refused
from shuce.kernel.words import say

MOST_BYTES = 300_000
# A small file may unpack to a very large one.
_MOST_UNPACKED = 20_000_000


class FileKind(Choice):
    """What a version can be had as; the label is what the button says."""

    TOML = "toml", "文本 TOML"
    XLSX = "xlsx", "Excel 表"
    CSV = "csv", "CSV 表"
    BPMN = "bpmn", "流程图 BPMN 2.0"
    DMN = "dmn", "决策表 DMN 1.3"


@dataclass(frozen=True)
class Download:
    name: str
    content: bytes
    media_type: str


def kinds_for(version: ProcedureVersion) -> list[FileKind]:
    """Return what this version can be downloaded as, and uploaded from."""
    if version.is_table:
        return [FileKind.XLSX, FileKind.CSV, FileKind.DMN, FileKind.TOML]
    return [FileKind.XLSX, FileKind.CSV, FileKind.BPMN, FileKind.TOML]


def download(version: ProcedureVersion, kind: str) -> Download:
    """Return the version as a file; a kind it cannot be had as is not found."""
    found = next((one for one in kinds_for(version) if one == kind), None)
    if found is None:
        raise NotFound(Obstacle("没有这种格式的文件"))
    name = f"{version.title}-v{version.version}.{found.value}"
    match found:
        case FileKind.TOML:
            return Download(name, version.text.encode(), "text/plain; charset=utf-8")
        case FileKind.XLSX:
            headings, *rows = _grid(version)
            with workbook(rows, headings, sheet=version.key) as book:
                return Download(name, book.read(), MEDIA_TYPE)
        case FileKind.CSV:
            return Download(name, _csv(version), "text/csv; charset=utf-8")
        case FileKind.BPMN:
            return Download(name, write_bpmn(version.procedure), "application/xml")
        case FileKind.DMN:
            table = tables.load_table(version.text)
            return Download(name, write_dmn(table), "application/xml")


def text_of_upload(version: ProcedureVersion, name: str, content: bytes) -> str:
    """Return the TOML text that an uploaded file stands for.

    A sheet holds the rows of a decision table, or the steps of a procedure; everything else stays
    as in `version`. Refuse, with every cell at fault, what cannot be read.
    """
    if len(content) > MOST_BYTES:
        raise Refused(Obstacle("文件过大，流程文件不超过 300 KB", field="file"))
    kind = name.rpartition(".")[2].lower()
    try:
        match kind:
            case "toml" | "txt":
                return _decoded(content)
            case "xlsx" | "xls" | "csv":
                grid = _rows_of_csv(content) if kind == "csv" else _rows_of_book(content)
                if version.is_table:
                    return _changed_table(version, from_grid(tables.load_table(version.text), grid))
                return _changed(version, from_step_grid(version.procedure, grid, NAMES))
            case "dmn" | "xml" if version.is_table:
                return _changed_table(version, read_dmn(content))
            case "bpmn" | "xml" if not version.is_table:
                return _changed(version, read_bpmn(content, version.procedure.tables))
    except engine.BadProcedure as bad:
        raise Refused(
            *(
                Obstacle("{place}：{reason}", Clause.N_2, place=fault.step, reason=fault.reason)
                if fault.step
                else Obstacle("流程有误：{reason}", Clause.N_2, reason=fault.reason)
                for fault in bad.faults
            )
        ) from None
    except RecursionError:
        raise Refused(Obstacle("流程嵌套过深", Clause.N_2, field="file")) from None
    allowed = say("、").join(f".{one.value}" for one in kinds_for(version))
    raise Refused(
        Obstacle("不支持“{name}”，请上传 {allowed} 文件", field="file", name=name, allowed=allowed)
    )


def _grid(version: ProcedureVersion) -> list[list[str]]:
    if version.is_table:
        return to_grid(tables.load_table(version.text))
    return to_step_grid(version.procedure, NAMES)


def _changed(version: ProcedureVersion, procedure: engine.Procedure) -> str:
    return version.text if procedure == version.procedure else write_procedure(procedure)


def _changed_table(version: ProcedureVersion, table: tables.DecisionTable) -> str:
    """Return the text of a table; where nothing changed, the text in force with its remarks."""
    return version.text if table == tables.load_table(version.text) else write_table(table)


def _csv(version: ProcedureVersion) -> bytes:
    out = io.StringIO()
    for line in _grid(version):
        csv.writer(out).writerow([_harmless(cell) for cell in line])
    # Excel takes a CSV file for its own encoding unless it begins with this mark.
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A cell that begins so would be run as a formula where the file is opened."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _rows_of_csv(content: bytes) -> list[list[str]]:
    rows = csv.reader(io.StringIO(_decoded(content)))
    return [[cell.removeprefix("'") for cell in row] for row in rows]


def _rows_of_book(content: bytes) -> Sequence[Sequence[str]]:
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
                    raise Refused(Obstacle("文件过大，流程文件不超过 300 KB", field="file"))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile):
        raise Refused(Obstacle("不是可以打开的 Excel 文件", field="file")) from None
    return [[_said(cell) for cell in row] for row in rows]


def _said(cell: object) -> str:
    """Return a cell as text: Excel keeps every number as a float."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _decoded(content: bytes) -> str:
    """Read UTF-8, or what a Chinese Excel saves: GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise Refused(Obstacle("文件不是 UTF-8 或 GB18030 编码的文本", field="file"))
