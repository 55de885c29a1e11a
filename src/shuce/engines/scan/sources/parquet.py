"""One Parquet file is one table, read in place."""

from pathlib import Path

import duckdb

from shuce.engines.scan.shapes import Column, Loaded, SourceUnreadable, Table
from shuce.engines.scan.sources.base import literal
from shuce.engines.scan.sources.ranges import row_ranges
from shuce.kernel.words import say


class ParquetSource:
    """A Parquet file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown_as = str(path)

    def tables(self) -> tuple[Table, ...]:
        with duckdb.connect() as engine:
            columns, rows = self._describe(engine)
        return (Table(self._path.stem, columns, rows),)

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        columns, rows = self._describe(engine)
        relation = f"read_parquet({literal(str(self._path))}, file_row_number=true)"
        kept = rows
        if sample is not None and sample < rows:
            where = row_ranges("file_row_number", rows, sample)
            engine.execute(
                "CREATE OR REPLACE TEMP TABLE _loaded AS "
                f"SELECT * EXCLUDE (file_row_number) FROM {relation} WHERE {where}"
            )
            kept = _count(engine, "_loaded")
            return Loaded("_loaded", "rowid", kept, rows, columns)
        return Loaded(relation, "file_row_number", rows, rows, columns)

    def close(self) -> None:
        """Nothing is held open."""

    def _describe(self, engine: duckdb.DuckDBPyConnection) -> tuple[tuple[Column, ...], int]:
        relation = f"read_parquet({literal(str(self._path))})"
        try:
            described = engine.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
            rows = _count(engine, relation)
        except duckdb.Error as error:
            raise SourceUnreadable(say("Parquet 文件无法读取：{path}", path=self._path)) from error
        return tuple(Column(row[0], row[1]) for row in described), rows


def _count(engine: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = engine.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0
