"""Every filled sheet of a workbook is a table."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from shuce.engines.scan.shapes import Column, Loaded, SourceUnreadable, Table
from shuce.engines.scan.sources.headers import find_header, names_for
from shuce.engines.scan.sources.ranges import row_ranges
from shuce.kernel.words import say

Cell = int | float | str | bool | date | datetime | time | timedelta


class ExcelSource:
    """A workbook. One filled sheet is named after the file, several as file.sheet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown_as = str(path)
        try:
            self._book = CalamineWorkbook.from_path(str(path))
        except CalamineError as error:
            raise SourceUnreadable(say("Excel 文件无法读取：{path}", path=path)) from error
        self._sheets: dict[str, tuple[list[str], list[list[str]], bool]] = {}

    def tables(self) -> tuple[Table, ...]:
        found = self._filled()
        return tuple(
            Table(name, tuple(Column(c, "VARCHAR") for c in columns), len(rows))
            for name, (columns, rows, _) in found.items()
        )

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        names, rows, has_header = self._filled()[table]
        data = pa.table(
            {
                name: pa.array(
                    [row[i] if i < len(row) and row[i] else None for row in rows], pa.string()
                )
                for i, name in enumerate(names)
            }
        )
        engine.register("_sheet", data)
        where = "true" if sample is None else row_ranges("n", len(rows), sample)
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE _loaded AS SELECT * EXCLUDE (n) FROM "
            f"(SELECT *, row_number() OVER () - 1 AS n FROM _sheet) WHERE {where}"
        )
        engine.unregister("_sheet")
        kept = engine.execute("SELECT count(*) FROM _loaded").fetchone()
        notes = () if has_header else (say("没有列名行，列名由系统编号"),)
        columns = tuple(Column(name, "VARCHAR") for name in names)
        return Loaded(
            "_loaded", "rowid", int(kept[0]) if kept else 0, len(rows), columns, (), notes
        )

    def close(self) -> None:
        self._book.close()

    def _filled(self) -> dict[str, tuple[list[str], list[list[str]], bool]]:
        if self._sheets:
            return self._sheets
        found: dict[str, tuple[list[str], list[list[str]], bool]] = {}
        for sheet in self._book.sheet_names:
            rows = [
                [_as_text(cell) for cell in row]
                for row in self._book.get_sheet_by_name(sheet).to_python()
            ]
            rows = [row for row in rows if any(row)]
            if not rows:
                continue
            heading = find_header(rows)
            width = max(len(row) for row in rows)
            while width > 1 and not any(row[width - 1 : width] and row[width - 1] for row in rows):
                width -= 1
            names = names_for(heading.names, width)
            found[sheet] = (names, rows[heading.first :], heading.names is not None)
        one = len(found) == 1
        self._sheets = {
            self._path.stem if one else f"{self._path.stem}.{sheet}": kept
            for sheet, kept in found.items()
        }
        return self._sheets


def _as_text(cell: Cell) -> str:
    """Return the cell as an office would type it: whole numbers without `.0`, days as ISO."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e19:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell)
