"""Put some of the demo's tables into PostgreSQL and MariaDB, where they answer on loopback.

Each gets a database of its own called shuce_demo. A machine without them keeps these tables in
files, and the demo tells which it was.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Date, MetaData, String, Table, create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

DATABASE = "shuce_demo"
POSTGRESQL = os.environ.get("SHUCE_DEMO_POSTGRESQL", "postgresql+psycopg://root@127.0.0.1:5432/")
MARIADB = os.environ.get("SHUCE_DEMO_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/")
_KINDS: dict[str, TypeEngine[Any]] = {
    "ride_date": Date(),
    "hour": BigInteger(),
    "boardings": BigInteger(),
    "transfers": BigInteger(),
}


def put_into_postgresql(
    table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> str | None:
    """Write a table into PostgreSQL; return its database's address, or None if none answers."""
    return _put(POSTGRESQL, "postgres", table, columns, rows)


def put_into_mariadb(
    table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> str | None:
    """Write a table into MariaDB; return its database's address, or None if none answers."""
    return _put(MARIADB, "", table, columns, rows)


def _put(
    server: str, door: str, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> str | None:
    try:
        _make_database(create_engine(server + door, isolation_level="AUTOCOMMIT"))
        engine = create_engine(server + DATABASE)
        held = MetaData()
        made = Table(
            table, held, *(Column(name, _KINDS.get(name, String(200))) for name in columns)
        )
        made.drop(engine, checkfirst=True)
        made.create(engine)
        with engine.begin() as connection:
            facts = [dict(zip(columns, row, strict=True)) for row in rows]
            connection.execute(made.insert(), facts)
        engine.dispose()
    except (SQLAlchemyError, OSError):
        return None
    return server + DATABASE


def _make_database(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "mysql":
            connection.execute(
                text(f"CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4")
            )
        elif not connection.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE}
        ).scalar():
            connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    engine.dispose()
