"""A database reached through SQLAlchemy.

A large table of PostgreSQL is counted where it lies; else rows come over in Arrow batches.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import MetaData, cast, create_engine, func, inspect, select, text, type_coerce
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.sql import ColumnElement, Select, sqltypes

from shuce.engines.scan.rulebook import settings
from shuce.engines.scan.shapes import (
    Column,
    Elsewhere,
    Loaded,
    Reference,
    SourceUnreadable,
    Table,
)
from shuce.kernel.words import say

_BATCH = 20_000
_RANGES = 10


class DatabaseSource:
    """The tables and views of the database's default schema."""

    def __init__(self, url: str, shown_as: str = "") -> None:
        try:
            parsed = make_url(url)
            self.shown_as = shown_as or parsed.render_as_string(hide_password=True)
            self._engine = create_engine(parsed)
            self._inspector = inspect(self._engine)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise SourceUnreadable(say("不认识的数据库地址")) from error
        except (SQLAlchemyError, OSError) as error:
            raise SourceUnreadable(say("数据库连接不上：{source}", source=self.shown_as)) from error

    def tables(self) -> tuple[Table, ...]:
        try:
            with self._engine.connect() as connection:
                tables = [
                    Table(
                        name,
                        self._columns(name),
                        self._rows_guessed(connection, name),
                        self._comment(name),
                        references=self._references(name),
                    )
                    for name in sorted(self._inspector.get_table_names())
                ]
                views = [
                    Table(name, self._columns(name), is_view=True)
                    for name in sorted(self._inspector.get_view_names())
                ]
                return (*tables, *views)
        except SQLAlchemyError as error:
            raise SourceUnreadable(
                say("数据库目录读不出来：{source}", source=self.shown_as)
            ) from error

    def load(self, table: str, engine: duckdb.DuckDBPyConnection, sample: int | None) -> Loaded:
        columns = self._columns(table)
        try:
            with self._engine.connect() as connection:
                reflected = SqlTable(table, MetaData(), autoload_with=connection)
                counted = connection.execute(select(func.count()).select_from(reflected))
                all_rows = int(counted.scalar_one())
                # PostgreSQL counts for itself; only what detection looks at is drawn.
                pushed = (
                    self._engine.dialect.name == "postgresql"
                    and sample is None
                    and all_rows > settings().sample_rows
                )
                wanted = settings().sample_rows if pushed else sample
                queries = self._queries(connection, reflected, all_rows, wanted)
                schema = pa.schema(
                    [
                        (c.name, _arrow_type(c.type, self._engine.dialect.name))
                        for c in reflected.columns
                    ]
                )
                engine.register("_empty", schema.empty_table())
                engine.execute("CREATE OR REPLACE TEMP TABLE _loaded AS FROM _empty")
                engine.unregister("_empty")
                for batch in _batches(connection, queries, schema):
                    engine.register("_batch", batch)
                    engine.execute("INSERT INTO _loaded FROM _batch")
                    engine.unregister("_batch")
        except SQLAlchemyError as error:
            raise SourceUnreadable(say("表 {table} 读不出来", table=table)) from error
        kept = engine.execute("SELECT count(*) FROM _loaded").fetchone()
        rows = int(kept[0]) if kept else 0
        elsewhere = None
        if pushed:
            relation = self._engine.dialect.identifier_preparer.quote(table)
            elsewhere = Elsewhere("postgresql", relation, all_rows, self._ask)
        return Loaded("_loaded", "rowid", rows, max(all_rows, rows), columns, elsewhere=elsewhere)

    def _ask(self, statement: str) -> Sequence[object]:
        try:
            with self._engine.connect() as connection:
                return tuple(connection.exec_driver_sql(statement.replace("%", "%%")).one())
        except SQLAlchemyError as error:
            raise SourceUnreadable(
                say("数据库统计不出来：{source}", source=self.shown_as)
            ) from error

    def close(self) -> None:
        self._engine.dispose()

    def _columns(self, table: str) -> tuple[Column, ...]:
        keys = set(self._inspector.get_pk_constraint(table)["constrained_columns"])
        return tuple(
            Column(
                column["name"],
                _type_name(column["type"]),
                column.get("comment") or "",
                column["name"] in keys,
            )
            for column in self._inspector.get_columns(table)
        )

    def _references(self, table: str) -> tuple[Reference, ...]:
        """Return the foreign keys that the catalogue declares, within this schema."""
        return tuple(
            Reference(
                tuple(key["constrained_columns"]),
                key["referred_table"],
                tuple(key["referred_columns"]),
            )
            for key in self._inspector.get_foreign_keys(table)
            if not key.get("referred_schema")
        )

    def _comment(self, table: str) -> str:
        try:
            return self._inspector.get_table_comment(table).get("text") or ""
        except NotImplementedError:  # SQLite keeps no comments
            return ""

    def _rows_guessed(self, connection: Connection, table: str) -> int | None:
        queries = {
            "postgresql": "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)",
            "mysql": "SELECT table_rows FROM information_schema.tables "
            "WHERE table_schema = database() AND table_name = :name",
        }
        query = queries.get(self._engine.dialect.name)
        if not query:
            return None
        shown = self._engine.dialect.identifier_preparer.quote(table)
        name = shown if self._engine.dialect.name == "postgresql" else table
        guess = connection.execute(text(query), {"name": name}).scalar()
        return int(guess) if guess is not None and guess >= 0 else None

    def _queries(
        self, connection: Connection, table: SqlTable, rows: int, sample: int | None
    ) -> list[Select[Any]]:
        """Return the queries that read the table, or stretches of it, inside the database."""
        dialect = self._engine.dialect.name
        everything = select(*(_raw(column, dialect) for column in table.columns))
        if sample is None or sample >= rows:
            return [everything]
        key = list(table.primary_key.columns)
        if len(key) == 1 and isinstance(key[0].type, sqltypes.Integer):
            low, high = connection.execute(select(func.min(key[0]), func.max(key[0]))).one()
            step = max(1, (high - low + 1) // _RANGES)
            return [
                everything.where(key[0] >= low + step * i).order_by(key[0]).limit(sample // _RANGES)
                for i in range(_RANGES)
            ]
        if self._engine.dialect.name == "postgresql":
            share = min(100.0, 120.0 * sample / rows)
            drawn = table.tablesample(func.system(share))
            return [select(*(_raw(column, dialect) for column in drawn.columns)).limit(sample)]
        return [everything.limit(sample)]


def _batches(
    connection: Connection, queries: Sequence[Select[Any]], schema: pa.Schema
) -> Iterator[pa.Table]:
    for query in queries:
        result = connection.execution_options(stream_results=True, yield_per=_BATCH).execute(query)
        for rows in result.partitions(_BATCH):
            values = zip(*rows, strict=True)
            arrays = [
                _array(column, field.type) for column, field in zip(values, schema, strict=True)
            ]
            yield pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([None if v is None else _text(v) for v in values], kind)
    if pa.types.is_float64(kind):
        return pa.array([float(v) if isinstance(v, Decimal) else v for v in values], kind)
    return pa.array(values, kind)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _arrow_type(kind: sqltypes.TypeEngine[Any], dialect: str) -> pa.DataType:
    """Return a type that holds every value exactly; text where in doubt.

    SQLite puts anything into any column; days are taken as text because some databases hold days
    that no calendar has (0000-00-00, infinity).
    """
    if dialect == "sqlite" or getattr(kind, "unsigned", False):
        return pa.string()
    if isinstance(kind, sqltypes.Integer):
        return pa.int64()
    if isinstance(kind, sqltypes.Boolean):
        return pa.bool_()
    if isinstance(kind, sqltypes.Float) or (isinstance(kind, sqltypes.Numeric) and kind.scale):
        return pa.float64()
    return pa.string()


def _raw(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Return the column as the driver hands it over, or as text where the driver would fail."""
    if isinstance(column.type, sqltypes.Date | sqltypes.DateTime) and dialect != "sqlite":
        return cast(column, sqltypes.String(40)).label(column.name)
    return type_coerce(column, sqltypes.NullType()).label(column.name)


def _type_name(kind: sqltypes.TypeEngine[Any]) -> str:
    try:
        return str(kind)
    except NotImplementedError:
        return type(kind).__name__
