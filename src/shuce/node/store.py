"""The node's own small store: sources, grants, budgets, nonces and the log of every job."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS register (
    place INTEGER PRIMARY KEY CHECK (place = 1), key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS source (id TEXT PRIMARY KEY, sealed_url BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS granted (
    id TEXT PRIMARY KEY, policy TEXT NOT NULL, bindings TEXT NOT NULL, pin TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in_force', 'suspended', 'withdrawn')),
    memory TEXT NOT NULL DEFAULT '{}', spent REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS nonce (nonce TEXT PRIMARY KEY, seen_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS job (
    place INTEGER PRIMARY KEY, job_id TEXT NOT NULL, grant_id TEXT NOT NULL, actor TEXT NOT NULL,
    sql TEXT NOT NULL, answered_at TEXT NOT NULL, verdict TEXT NOT NULL, rule TEXT NOT NULL,
    epsilon REAL NOT NULL, suppressed INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS job_of_day ON job (grant_id, answered_at);
"""


@dataclass(frozen=True)
class AcceptedGrant:
    """A grant as the node pinned it. `pin` is the digest of policy and bindings together."""

    id: str
    policy: dict[str, Any]
    bindings: dict[str, tuple[str, str]]
    pin: str
    state: str
    memory: dict[str, Any]


class Store:
    """One SQLite file. Every change is on disk before the call returns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self.change() as connection:
            connection.executescript(_TABLES)
        file.chmod(0o600)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that commits at the end, or leaves nothing behind."""
        connection = sqlite3.connect(self._file, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            if connection.in_transaction:  # executescript commits by itself
                connection.commit()
        finally:
            connection.close()

    def one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        connection = sqlite3.connect(self._file, timeout=30)
        try:
            row: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
            return row
        finally:
            connection.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        connection = sqlite3.connect(self._file, timeout=30)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def grant(self, grant_id: str) -> AcceptedGrant | None:
        """Return a grant as pinned, or None."""
        row = self.one(
            "SELECT id, policy, bindings, pin, state, memory FROM granted WHERE id = ?", grant_id
        )
        if row is None:
            return None
        number, policy, bindings, pin, state, memory = row
        bound = {table: (pair[0], pair[1]) for table, pair in json.loads(bindings).items()}
        return AcceptedGrant(number, json.loads(policy), bound, pin, state, json.loads(memory))
