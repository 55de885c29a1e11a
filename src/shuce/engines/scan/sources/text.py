"""A delimited text file is one table: encoding, dialect and header are found, no line lost."""

import codecs
import csv
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from shuce.engines.scan.shapes import Column, Loaded, RejectedLine, SourceUnreadable, Table
from shuce.engines.scan.sources.base import literal, quoted
from shuce.engines.scan.sources.headers import find_header, names_for
from shuce.engines.scan.sources.ranges import row_ranges
from shuce.kernel.words import say

_CHUNK = 1 << 20
_HEAD_LINES = 300
_DELIMITERS = ",\t;|，"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Dialect:
    """How the file is written down."""

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    has_header: bool
    skip: int


class TextSource:
    """A CSV or TSV file in UTF-8, UTF-16 or GB18030, with or without byte order mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown_as = str(path)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def tables(self) -> tuple[Table, ...]:
        columns = tuple(Column(name, "VARCHAR") for name in self.dialect.names)
        return (Table(self._path.stem, columns, self._rows_guessed()),)

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        dialect = self.dialect
        path, undecodable = self._readable
        kinds = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dialect.names)
        reading = (
            f"read_csv({literal(str(path))}, auto_detect=false, header=false, skip={dialect.skip}, "
            f"delim={literal(dialect.delimiter)}, quote='\"', escape='\"', columns={{{kinds}}}, "
            "nullstr='', max_line_size=16777216, store_rejects=true, "
            "rejects_table='_rejects', rejects_scan='_rejects_scan', rejects_limit=0)"
        )
        for leftover in ("_rejects", "_rejects_scan"):
            engine.execute(f"DROP TABLE IF EXISTS {leftover}")
        try:
            engine.execute(f"CREATE OR REPLACE TEMP TABLE _loaded AS SELECT * FROM {reading}")
        except duckdb.Error as error:
            raise SourceUnreadable(say("文本表无法读取：{path}", path=self._path)) from error
        rejected = _rejected(engine)
        rows = _count(engine, "_loaded")
        notes = [
            say(
                "编码 {encoding}，分隔符 {delimiter}",
                encoding=dialect.encoding,
                delimiter=repr(dialect.delimiter),
            )
        ]
        if not dialect.has_header:
            notes.append(say("没有列名行，列名由系统编号"))
        if undecodable:
            notes.append(say("{count} 行含无法解码的字节，已以替代符保留", count=len(undecodable)))
        kept = rows
        if sample is not None and sample < rows:
            engine.execute(
                "CREATE OR REPLACE TEMP TABLE _sampled AS SELECT * FROM _loaded "
                f"WHERE {row_ranges('rowid', rows, sample)}"
            )
            engine.execute("DROP TABLE _loaded")
            engine.execute("ALTER TABLE _sampled RENAME TO _loaded")
            kept = _count(engine, "_loaded")
        columns = tuple(Column(name, "VARCHAR") for name in dialect.names)
        return Loaded(
            "_loaded", "rowid", kept, rows, columns, (*undecodable, *rejected), tuple(notes)
        )

    def close(self) -> None:
        if self._scratch:
            self._scratch.cleanup()

    @cached_property
    def dialect(self) -> Dialect:
        """Find encoding, delimiter, header and width from the file's first lines."""
        with self._path.open("rb") as file:
            head = file.read(_CHUNK)
        if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00\r\n\t "):
            raise SourceUnreadable(say("文件是空的：{path}", path=self._path))
        encoding = self._encoding
        text = codecs.getincrementaldecoder(encoding)("replace").decode(
            head, final=len(head) < _CHUNK
        )
        lines = text.splitlines()[: _HEAD_LINES + 1]
        if len(head) == _CHUNK and len(lines) <= _HEAD_LINES:
            lines = lines[:-1] or lines
        delimiter = _delimiter_of(lines)
        rows = [row for row in csv.reader(lines[:_HEAD_LINES], delimiter=delimiter) if row]
        blank_before = _blank_lines_before(lines, delimiter)
        header, first = find_header(rows)
        width = max(len(row) for row in rows[first:] or rows)
        if header is not None:
            width = max(len(rows[header]), _usual_width(rows[first:], len(rows[header])))
        names = names_for(rows[header] if header is not None else None, width)
        skip = blank_before[first] if first < len(blank_before) else len(lines)
        return Dialect(encoding, delimiter, tuple(names), header is not None, skip)

    @cached_property
    def _encoding(self) -> str:
        with self._path.open("rb") as file:
            head = file.read(4096)
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding
        if b"\x00" in head:
            # Text of mostly ASCII in UTF-16 has its zero bytes on one side.
            return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
        for encoding in ("utf-8", "gb18030"):
            if self._decodes_as(encoding):
                return encoding
        return "gb18030" if _mostly(head, "gb18030") >= _mostly(head, "utf-8") else "utf-8"

    def _decodes_as(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            with self._path.open("rb") as file:
                while block := file.read(_CHUNK):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def _readable(self) -> tuple[Path, tuple[RejectedLine, ...]]:
        """Return a UTF-8 file with these lines, and the lines that had undecodable bytes."""
        if self._encoding == "utf-8" and self._decodes_as("utf-8"):
            return self._path, ()
        self._scratch = tempfile.TemporaryDirectory(prefix="shuce-scan-")
        target = Path(self._scratch.name) / "utf8.csv"
        bad: list[RejectedLine] = []
        with (
            self._path.open("r", encoding=self._encoding, errors="replace", newline="") as source,
            target.open("w", encoding="utf-8", newline="") as sink,
        ):
            for number, line in enumerate(source, 1):
                if "\ufffd" in line:
                    bad.append(
                        RejectedLine(
                            number, say("含无法按 {encoding} 解码的字节", encoding=self._encoding)
                        )
                    )
                sink.write(line)
        return target, tuple(bad)

    def _rows_guessed(self) -> int | None:
        with self._path.open("rb") as file:
            head = file.read(_CHUNK)
        lines = head.count(b"\n")
        size = self._path.stat().st_size
        return round(size / len(head) * lines) if lines else None


def _delimiter_of(lines: list[str]) -> str:
    """Return the delimiter that splits the lines most evenly into the most fields."""

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        if not widths:
            return (0.0, 0)
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    scores = {delimiter: evenness(delimiter) for delimiter in _DELIMITERS}
    best = max(scores, key=lambda d: (round(scores[d][0], 1), scores[d][1]))
    return best if scores[best][1] > 1 else ","


def _blank_lines_before(lines: list[str], delimiter: str) -> list[int]:
    """Return for each row (blank lines left out) the number of physical lines before it."""
    reader = csv.reader(lines, delimiter=delimiter)
    starts: list[int] = []
    before = 0
    for row in reader:
        if row:
            starts.append(before)
        before = reader.line_num
    return starts


def _usual_width(rows: list[list[str]], at_least: int) -> int:
    widths = [len(row) for row in rows]
    return max(set(widths), key=widths.count) if widths else at_least


def _mostly(head: bytes, encoding: str) -> float:
    text = head.decode(encoding, "replace")
    return 1 - text.count("\ufffd") / max(1, len(text))


def _rejected(engine: duckdb.DuckDBPyConnection) -> tuple[RejectedLine, ...]:
    found = engine.execute(
        "SELECT line, any_value(error_type) FROM _rejects GROUP BY line ORDER BY line"
    ).fetchall()
    reasons = {
        "MISSING COLUMNS": say("列数不足"),
        "TOO MANY COLUMNS": say("列数过多"),
        "UNQUOTED VALUE": say("引号不配对"),
        "LINE SIZE OVER MAXIMUM": say("行过长"),
        "INVALID ENCODING": say("编码错误"),
    }
    other = say("无法解析")
    return tuple(RejectedLine(line, reasons.get(str(kind), other)) for line, kind in found)


def _count(engine: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = engine.execute(f"SELECT count(*) FROM {quoted(relation)}").fetchone()
    return int(row[0]) if row else 0
