"""A DuckDB database file, attached read-only."""

from pathlib import Path

import duckdb

from shuce.engines.scan.shapes import Column, Loaded, Reference, SourceUnreadable, Table
from shuce.engines.scan.sources.base import literal, quoted
from shuce.engines.scan.sources.ranges import row_ranges
from shuce.kernel.words import say

_VIEWS = (
    "SELECT schema_name, view_name, comment FROM duckdb_views() "
    "WHERE database_name = 'scanned' AND NOT internal ORDER BY 1, 2"
)


class DuckDbSource:
    """Every base table and view of every schema; a table outside `main` is named schema.table."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown_as = str(path)
        if not path.exists():
            raise SourceUnreadable(say("找不到文件或文件夹：{path}", path=path))

    def tables(self) -> tuple[Table, ...]:
        with duckdb.connect() as engine:
            self._attach(engine)
            found = engine.execute(
                "SELECT schema_name, table_name, estimated_size, comment FROM duckdb_tables() "
                "WHERE database_name = 'scanned' ORDER BY 1, 2"
            ).fetchall()
            tables = [
                Table(
                    _shown(schema, name),
                    self._columns(engine, schema, name),
                    rows,
                    comment or "",
                    references=self._references(engine, schema, name),
                )
                for schema, name, rows, comment in found
            ]
            views = [
                Table(
                    _shown(schema, name),
                    self._columns(engine, schema, name),
                    comment=comment or "",
                    is_view=True,
                )
                for schema, name, comment in engine.execute(_VIEWS).fetchall()
            ]
            return (*tables, *views)

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        self._attach(engine)
        found = engine.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'scanned'"
        ).fetchall()
        views = [(schema, name) for schema, name, _ in engine.execute(_VIEWS).fetchall()]
        schema, name = next(pair for pair in (*found, *views) if _shown(*pair) == table)
        relation = f"scanned.{quoted(schema)}.{quoted(name)}"
        columns = self._columns(engine, schema, name)
        if (schema, name) in views:
            return self._load_view(engine, relation, columns, table, sample)
        row = engine.execute(f"SELECT count(*) FROM {relation}").fetchone()
        rows = int(row[0]) if row else 0
        if sample is not None and sample < rows:
            engine.execute(
                f"CREATE OR REPLACE TEMP TABLE _loaded AS SELECT * FROM {relation} "
                f"WHERE {row_ranges('rowid', rows, sample)}"
            )
            kept = engine.execute("SELECT count(*) FROM _loaded").fetchone()
            return Loaded("_loaded", "rowid", int(kept[0]) if kept else 0, rows, columns)
        return Loaded(relation, "rowid", rows, rows, columns)

    def _load_view(
        self,
        engine: duckdb.DuckDBPyConnection,
        relation: str,
        columns: tuple[Column, ...],
        table: str,
        sample: int | None,
    ) -> Loaded:
        """Read a view once: it has no numbers of rows, and may be dear to make."""
        try:
            row = engine.execute(f"SELECT count(*) FROM {relation}").fetchone()
            rows = int(row[0]) if row else 0
            limit = f" USING SAMPLE {int(sample)} ROWS" if sample is not None else ""
            engine.execute(
                f"CREATE OR REPLACE TEMP TABLE _loaded AS SELECT * FROM {relation}{limit}"
            )
        except duckdb.Error as error:
            raise SourceUnreadable(say("表 {table} 读不出来", table=table)) from error
        kept = engine.execute("SELECT count(*) FROM _loaded").fetchone()
        return Loaded("_loaded", "rowid", int(kept[0]) if kept else 0, rows, columns)

    def _references(
        self, engine: duckdb.DuckDBPyConnection, schema: str, name: str
    ) -> tuple[Reference, ...]:
        """Return the foreign keys that the catalogue declares."""
        found = engine.execute(
            "SELECT constraint_column_names, referenced_table, referenced_column_names FROM "
            "duckdb_constraints() WHERE database_name = 'scanned' AND schema_name = ? AND "
            "table_name = ? AND constraint_type = 'FOREIGN KEY'",
            [schema, name],
        ).fetchall()
        return tuple(
            Reference(tuple(columns), _shown(schema, table), tuple(to))
            for columns, table, to in found
        )

    def close(self) -> None:
        """Nothing is held open."""

    def _attach(self, engine: duckdb.DuckDBPyConnection) -> None:
        try:
            engine.execute(
                f"ATTACH IF NOT EXISTS {literal(str(self._path))} AS scanned (READ_ONLY)"
            )
        except duckdb.Error as error:
            raise SourceUnreadable(say("数据库文件无法读取：{path}", path=self._path)) from error

    def _columns(
        self, engine: duckdb.DuckDBPyConnection, schema: str, name: str
    ) -> tuple[Column, ...]:
        keys = engine.execute(
            "SELECT unnest(constraint_column_names) FROM duckdb_constraints() WHERE "
            "database_name = 'scanned' AND schema_name = ? AND table_name = ? "
            "AND constraint_type = 'PRIMARY KEY'",
            [schema, name],
        ).fetchall()
        in_key = {key for (key,) in keys}
        described = engine.execute(
            "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE database_name = "
            "'scanned' AND schema_name = ? AND table_name = ? ORDER BY column_index",
            [schema, name],
        ).fetchall()
        return tuple(Column(c, kind, comment or "", c in in_key) for c, kind, comment in described)


def _shown(schema: str, name: str) -> str:
    return name if schema == "main" else f"{schema}.{name}"
