"""Read a large text file through DuckDB, and look at single lines only where it must be."""

from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import duckdb
import pyarrow as pa

from shuce.engines.scan.shapes import RejectedLine, SourceUnreadable
from shuce.engines.scan.sources.base import literal
from shuce.engines.scan.sources.dialects import Dialect, plain_escapes
from shuce.engines.scan.sources.encodings import Decoded, undecodable
from shuce.engines.scan.sources.layout import Fitter, Grid, add_fitted
from shuce.engines.scan.sources.records import Record, records
from shuce.kernel.words import say

_CHUNK = 1 << 22
_NEVER = "\x1f"  # a delimiter no office writes


@dataclass(frozen=True)
class Found:
    """What became of the lines that are no ordinary rows."""

    bad: tuple[RejectedLine, ...]
    rejected: tuple[RejectedLine, ...]
    repaired: tuple[RejectedLine, ...]


def load(
    engine: duckdb.DuckDBPyConnection,
    path: Path,
    decoded: Decoded,
    dialect: Dialect,
    grid: Grid,
    scratch: str,
) -> Found:
    """Read the file's table into `_loaded`, with the names and the first row that were found."""
    readable, bad = _readable(path, decoded, dialect, scratch)
    above = [line for line in grid.rejected if line.line < grid.first_line]
    reading = (
        f"read_csv({literal(str(readable))}, auto_detect=false, header=false, "
        f"skip={grid.first_line - 1}, {_dialect_sql(dialect)}, columns={{{_kinds(grid.names)}}}, "
        "nullstr='', max_line_size=16777216)"
    )
    try:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE _loaded AS SELECT * FROM {reading}")
    except duckdb.Error:
        # Some line is no row: it is found below, and the others are kept.
        try:
            rejected, repaired = _line_by_line(engine, readable, dialect, grid, scratch)
        except duckdb.Error as error:
            raise SourceUnreadable(say("文本表无法读取：{path}", path=path)) from error
        return Found(bad, (*above, *rejected), repaired)
    return Found(bad, tuple(above), ())


def _line_by_line(
    engine: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect, grid: Grid, scratch: str
) -> tuple[tuple[RejectedLine, ...], tuple[RejectedLine, ...]]:
    """Let DuckDB tell well-formed lines from others, read those, and repair what can be."""
    width = len(grid.names)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE _lines AS SELECT row_number() OVER () + "
        f"{grid.first_line - 1} AS n, line FROM read_csv({literal(str(path))}, "
        f"auto_detect=false, header=false, skip={grid.first_line - 1}, delim='{_NEVER}', quote='', "
        "escape='', columns={'line': 'VARCHAR'}, max_line_size=16777216, null_padding=true)"
    )
    good = f"regexp_full_match(line, {literal(dialect.record_of(width))})"
    target = f"{scratch}/good.csv"
    engine.execute(
        f"COPY (SELECT line FROM _lines WHERE {good}) TO {literal(target)} "
        f"(FORMAT csv, HEADER false, DELIMITER '{_NEVER}', QUOTE '', ESCAPE '')"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE _loaded AS SELECT * FROM "
        f"read_csv({literal(target)}, auto_detect=false, header=false, {_dialect_sql(dialect)}, "
        f"columns={{{_kinds(grid.names)}}}, nullstr='', max_line_size=16777216)"
    )
    others = engine.execute(
        f"SELECT n, line FROM _lines WHERE line IS NOT NULL AND NOT {good} ORDER BY n"
    ).fetchall()
    engine.execute("DROP TABLE _lines")
    left = Grid(grid.names, grid.has_header, grid.first_line)
    fitter = Fitter(width, grid.rows[:300])
    header = grid.names if grid.has_header else None
    for start, lines in _stretches(others):
        for record in records(lines, dialect, width):
            moved = Record(record.line + start - 1, record.cells, record.in_order)
            add_fitted(left, moved, header, fitter)
    if left.rows:
        columns = zip(*left.rows, strict=True)
        data = pa.table(
            {
                name: pa.array([cell or None for cell in column], pa.string())
                for name, column in zip(grid.names, columns, strict=True)
            }
        )
        engine.register("_read", data)
        engine.execute("INSERT INTO _loaded SELECT * FROM _read")
        engine.unregister("_read")
    return tuple(left.rejected), tuple(left.repaired)


def _stretches(numbered: list[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """Gather lines that follow one another: a value may run over several."""
    found: list[tuple[int, list[str]]] = []
    for number, line in numbered:
        if found and found[-1][0] + len(found[-1][1]) == number:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
    return found


def _dialect_sql(dialect: Dialect) -> str:
    quote = literal(dialect.quote)
    return f"delim={literal(dialect.delimiter)}, quote={quote}, escape={quote}"


def _kinds(names: list[str]) -> str:
    return ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)


def _readable(
    path: Path, decoded: Decoded, dialect: Dialect, scratch: str
) -> tuple[Path, tuple[RejectedLine, ...]]:
    """Return a UTF-8 file of these lines with doubled quotes, and the lines not decodable."""
    bare = "\r" in decoded.text.replace("\r\n", "")
    if decoded.encoding == "utf-8" and decoded.clean and not dialect.escape and not bare:
        return path, ()
    target = Path(scratch) / "utf8.csv"
    bad: list[RejectedLine] = []
    before, rest = 0, ""
    with (
        path.open("r", encoding=decoded.encoding, errors="replace", newline=None) as source,
        target.open("w", encoding="utf-8", newline="\n") as sink,
    ):
        while block := source.read(_CHUNK):
            whole, mark, rest = (rest + block).rpartition("\n")
            before += _write(sink, whole + mark, before, bad, decoded.encoding, dialect)
        _write(sink, rest, before, bad, decoded.encoding, dialect)
    return target, tuple(bad)


def _write(
    sink: TextIO,
    text: str,
    before: int,
    bad: list[RejectedLine],
    encoding: str,
    dialect: Dialect,
) -> int:
    """Write whole lines, note those not decodable, and return how many lines they were."""
    for line in undecodable(text, encoding):
        bad.append(RejectedLine(line.line + before, line.reason))
    sink.write(plain_escapes(text, dialect.quote, dialect.escape))
    return text.count("\n")
