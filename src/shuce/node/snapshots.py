"""Registration snapshots: the columns a grant may use, and no others, as Parquet at the node."""

import os
import secrets
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from shuce.engines.guard.policy import ColumnRule, Policy, TableRule
from shuce.engines.scan.shapes import SourceUnreadable
from shuce.engines.scan.sources import open_source
from shuce.kernel.refusals import Obstacle
from shuce.node.refusals import NodeRefused

_MEANT = (
    ("INTERVAL", ""),
    ("INT", "BIGINT"),
    ("BIGINT", "BIGINT"),
    ("SMALLINT", "BIGINT"),
    ("TINYINT", "BIGINT"),
    ("REAL", "DOUBLE"),
    ("DOUBLE", "DOUBLE"),
    ("FLOAT", "DOUBLE"),
    ("NUMERIC", "DOUBLE"),
    ("DECIMAL", "DOUBLE"),
    ("DATETIME", "TIMESTAMP"),
    ("TIMESTAMP", "TIMESTAMP"),
    ("DATE", "DATE"),
    ("BOOL", "BOOLEAN"),
)


def snapshot_of(policy: Policy, name: str, url: str, source_table: str, folder: Path) -> Path:
    """Return the Parquet file of policy table `name`, taken from the source if not there yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = sorted(policy.tables).index(name)
    file = folder / f"{place}.parquet"
    if not file.exists():
        _take(policy.tables[name], name, url, source_table, file)
    return file


def forget_snapshots(folder: Path) -> None:
    """Remove every snapshot in `folder`."""
    for file in folder.glob("*"):
        file.unlink(missing_ok=True)


def _take(rule: TableRule, name: str, url: str, source_table: str, file: Path) -> None:
    draft = file.with_name(f".{secrets.token_hex(8)}")
    try:
        source = open_source(url)
    except SourceUnreadable:
        raise NodeRefused(Obstacle("数据源现在读不出来")) from None
    engine = duckdb.connect()
    try:
        loaded = source.load(source_table, engine, None)
        held = {column.name.lower(): column.name for column in loaded.columns}
        wanted = [held[column] for column in rule.columns_kept if column in held]
        missing = [column for column in rule.columns_kept if column not in held]
        if missing:
            raise NodeRefused(
                Obstacle("数据源的表 {table} 没有列 {column}", table=name, column=missing[0])
            )
        declared = {column.name: column.sql_type for column in loaded.columns}
        columns = ", ".join(
            _typed(engine, loaded.relation, column, declared[column], rule.columns[column.lower()])
            for column in wanted
        )
        target = str(draft).replace("'", "''")
        engine.execute(
            f"COPY (SELECT {columns} FROM {loaded.relation}) TO '{target}' (FORMAT parquet)"
        )
        draft.chmod(0o600)
        os.replace(draft, file)
    except (duckdb.Error, SourceUnreadable, SQLAlchemyError):
        # The engine's words may hold values of the data; they stay here.
        raise NodeRefused(Obstacle("数据源现在读不出来")) from None
    finally:
        engine.close()
        source.close()
        draft.unlink(missing_ok=True)


def _typed(
    engine: duckdb.DuckDBPyConnection, relation: str, column: str, declared: str, rule: ColumnRule
) -> str:
    """Return the column as its source means it, where it came over as text.

    SQLite and text files hold what they like in any column; a value that does not fit is NULL.
    """
    name = '"' + column.replace('"', '""') + '"'
    held = engine.execute(f"DESCRIBE SELECT {name} FROM {relation}").fetchone()
    if held is None or held[1] != "VARCHAR":
        return name
    meant = next((kind for start, kind in _MEANT if declared.upper().startswith(start)), "")
    if not meant:
        meant = _looks_like(engine, relation, name, rule)
    return f"TRY_CAST({name} AS {meant}) AS {name}" if meant else name


def _looks_like(
    engine: duckdb.DuckDBPyConnection, relation: str, name: str, rule: ColumnRule
) -> str:
    """Return the type that every value fits: a number where it has bounds, or a day."""
    row = engine.execute(
        f"SELECT count({name}), count(TRY_CAST({name} AS BIGINT)),"
        f" count_if(length({name}) = 10 AND TRY_CAST({name} AS DATE) IS NOT NULL),"
        f" count_if({name} LIKE '%.%') FROM {relation}"
    ).fetchone()
    assert row is not None
    filled, whole, days, pointed = row
    if rule.bounds is not None:
        return "BIGINT" if whole == filled and not pointed else "DOUBLE"
    return "DATE" if filled and days == filled else ""
