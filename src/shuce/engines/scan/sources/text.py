"""A delimited text file holds tables: encoding, dialect and header are found, no line lost.

A file that fits the sample is read here, record by record, with its second tables and repairs. A
larger one is read by DuckDB; if that stumbles, the well-formed lines still go through DuckDB and
only the others are looked at one by one.
"""

import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from shuce.engines.scan.shapes import Column, Loaded, RejectedLine, SourceUnreadable, Table
from shuce.engines.scan.sources import bulk
from shuce.engines.scan.sources.dialects import Dialect, find_dialect, plain_escapes
from shuce.engines.scan.sources.encodings import Decoded, decode
from shuce.engines.scan.sources.layout import Grid, lay_out, usual_width
from shuce.engines.scan.sources.ranges import row_ranges
from shuce.engines.scan.sources.records import records
from shuce.kernel.words import say

_SAMPLE = 1 << 21  # characters; a file up to this size is read here as a whole


@dataclass(frozen=True)
class TextTable:
    """A table of a text file: every row as wide as `columns`, and the lines that are no rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_header: bool
    rejected: tuple[RejectedLine, ...]
    repaired: tuple[RejectedLine, ...]


def read_tables(path: str | Path) -> tuple[TextTable, ...]:
    """Read every table of a CSV or TSV file, unaided, with each line that is no row and why."""
    path = Path(path)
    source = TextSource(path)
    try:
        found: list[TextTable] = []
        with duckdb.connect() as engine:
            for table in source.tables():
                loaded = source.load(table.name, engine, None)
                rows = engine.execute(f"SELECT * FROM {loaded.relation}").fetchall()
                found.append(
                    TextTable(
                        table.name,
                        tuple(column.name for column in loaded.columns),
                        tuple(tuple(cell or "" for cell in row) for row in rows),
                        source.grids[len(found)].has_header,
                        loaded.rejected,
                        loaded.repaired,
                    )
                )
        return tuple(found)
    finally:
        source.close()


def read_table(path: str | Path) -> TextTable:
    """Read the first table of a CSV or TSV file."""
    return read_tables(path)[0]


class TextSource:
    """A CSV or TSV file in UTF-8, UTF-16 or GB18030, with or without byte order mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown_as = str(path)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def tables(self) -> tuple[Table, ...]:
        whole = self._decoded.whole
        return tuple(
            Table(
                self._name(place),
                tuple(Column(name, "VARCHAR") for name in grid.names),
                len(grid.rows) if whole else self._rows_guessed(),
            )
            for place, grid in enumerate(self.grids)
        )

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        place = [self._name(n) for n in range(len(self.grids))].index(table)
        grid, notes = self.grids[place], [self._notes()]
        if not grid.has_header:
            notes.append(say("没有列名行，列名由系统编号"))
        if self._decoded.whole:
            _fill(engine, grid)
            undecodable = self._decoded.bad if not place else ()
            rejected, repaired = tuple(grid.rejected), tuple(grid.repaired)
        else:
            if self._scratch is None:
                self._scratch = tempfile.TemporaryDirectory(prefix="shuce-scan-")
            found = bulk.load(
                engine, self._path, self._decoded, self.dialect, grid, self._scratch.name
            )
            undecodable, rejected, repaired = found.bad, found.rejected, found.repaired
        if undecodable:
            notes.append(say("{count} 行含无法解码的字节，已以替代符保留", count=len(undecodable)))
        if repaired:
            notes.append(say("{count} 行已按列数复原", count=len(repaired)))
        rows = kept = _count(engine)
        if sample is not None and sample < rows:
            engine.execute(
                "CREATE OR REPLACE TEMP TABLE _sampled AS SELECT * FROM _loaded "
                f"WHERE {row_ranges('rowid', rows, sample)}"
            )
            engine.execute("DROP TABLE _loaded")
            engine.execute("ALTER TABLE _sampled RENAME TO _loaded")
            kept = _count(engine)
        listed = sorted((*undecodable, *rejected), key=lambda line: line.line)
        columns = tuple(Column(name, "VARCHAR") for name in grid.names)
        return Loaded(
            "_loaded", "rowid", kept, rows, columns, tuple(listed), tuple(notes), repaired
        )

    def close(self) -> None:
        if self._scratch:
            self._scratch.cleanup()

    @cached_property
    def dialect(self) -> Dialect:
        return find_dialect(self._decoded.text[:_SAMPLE])

    @cached_property
    def grids(self) -> list[Grid]:
        """The tables; of a large file only the first, without all its rows."""
        dialect = self.dialect
        text = plain_escapes(self._decoded.text, dialect.quote, dialect.escape)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        width = usual_width(list(records(lines[:500], dialect)))
        found = lay_out(list(records(lines, dialect, width)))
        if not found:
            raise SourceUnreadable(say("文件是空的：{path}", path=self._path))
        return found if self._decoded.whole else found[:1]

    @cached_property
    def _decoded(self) -> Decoded:
        found = decode(self._path, _SAMPLE)
        if not found.text.strip("\ufeff\x00\r\n\t "):
            raise SourceUnreadable(say("文件是空的：{path}", path=self._path))
        return found

    def _name(self, place: int) -> str:
        return self._path.stem if not place else f"{self._path.stem}.{place + 1}"

    def _notes(self) -> str:
        return say(
            "编码 {encoding}，分隔符 {delimiter}",
            encoding=self._decoded.encoding,
            delimiter=repr(self.dialect.delimiter),
        )

    def _rows_guessed(self) -> int:
        lines = self._decoded.text.count("\n")
        return max(1, round(lines * self._path.stat().st_size / max(1, self._decoded.size)))


def _fill(engine: duckdb.DuckDBPyConnection, grid: Grid) -> None:
    """Put the rows of a table that was read here into DuckDB; empty cells are NULL."""
    columns = list(zip(*grid.rows, strict=True)) or [()] * len(grid.names)
    data = pa.table(
        {
            name: pa.array([cell or None for cell in column], pa.string())
            for name, column in zip(grid.names, columns, strict=True)
        }
    )
    engine.register("_read", data)
    engine.execute("CREATE OR REPLACE TEMP TABLE _loaded AS SELECT * FROM _read")
    engine.unregister("_read")


def _count(engine: duckdb.DuckDBPyConnection) -> int:
    row = engine.execute("SELECT count(*) FROM _loaded").fetchone()
    return int(row[0]) if row else 0
