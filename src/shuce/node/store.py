"""The node's own small store: sources, grants, budgets, nonces, letters, the log of every job."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shuce.kernel.refusals import Obstacle
from shuce.node.refusals import NodeRefused

_FIRST = """
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
# A register elsewhere: where it is, what it asked for, what it is still to be told.
_FAR = """
ALTER TABLE register ADD COLUMN node_id TEXT NOT NULL DEFAULT '';
ALTER TABLE register ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE register ADD COLUMN ca TEXT NOT NULL DEFAULT '';
ALTER TABLE granted ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE granted ADD COLUMN moved_at TEXT NOT NULL DEFAULT '';
CREATE TABLE announced (id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE offer (
    grant_id TEXT PRIMARY KEY, policy TEXT NOT NULL, bindings TEXT NOT NULL, spent REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in_force', 'suspended')), moved_at TEXT NOT NULL);
CREATE TABLE handled (
    order_id TEXT PRIMARY KEY, kind TEXT NOT NULL, taken_at TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE outbox (id TEXT PRIMARY KEY, letter TEXT NOT NULL);
"""
# Fusions with other nodes: which may take part, jobs under way, and what was released.
_FUSION = """
CREATE TABLE partner (mark TEXT PRIMARY KEY, since TEXT NOT NULL);
CREATE TABLE fusion (
    job_id TEXT NOT NULL, side TEXT NOT NULL, digest TEXT NOT NULL, step INTEGER NOT NULL,
    state BLOB NOT NULL, began_at TEXT NOT NULL, PRIMARY KEY (job_id, side));
CREATE TABLE fused (
    place INTEGER PRIMARY KEY, pair TEXT NOT NULL, groups TEXT NOT NULL, question TEXT NOT NULL,
    is_whole INTEGER NOT NULL, is_noisy INTEGER NOT NULL, digest TEXT NOT NULL,
    answer BLOB NOT NULL);
CREATE INDEX fused_of_pair ON fused (pair);
"""
# De-identified sets: their rows lie in files beside the store; here, what was made and handed over.
_SETS = """
CREATE TABLE made_set (
    set_id TEXT PRIMARY KEY, grant_id TEXT NOT NULL, recipe TEXT NOT NULL, digest TEXT NOT NULL,
    made_at TEXT NOT NULL, handed_at TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('made', 'gone')));
"""
# Each step brings a store of the version before it up by one; none is ever changed.
_STEPS = (_FIRST, _FAR, _FUSION, _SETS)


@dataclass(frozen=True)
class AcceptedGrant:
    """A grant as the node pinned it. `pin` is the digest of policy and bindings together."""

    id: str
    policy: dict[str, Any]
    bindings: dict[str, tuple[str, str]]
    pin: str
    state: str
    memory: dict[str, Any]
    # Stopped here by the owner, or after a backup was put back, until the owner accepts it again.
    held: bool


class Store:
    """One SQLite file. Every change is on disk before the call returns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        _bring_up(file)
        file.chmod(0o600)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that commits at the end, or leaves nothing behind."""
        connection = _opened(self._file)
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
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

    def jobs(self, grant_id: str) -> list[dict[str, Any]]:
        """Return the log of a grant's jobs, oldest first: text, verdict, digest; no figures."""
        names = ("job_id", "actor", "sql", "answered_at", "verdict", "rule", "epsilon", "digest")
        rows = self.rows(
            f"SELECT {', '.join(names)} FROM job WHERE grant_id = ? ORDER BY place", grant_id
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def grant(self, grant_id: str) -> AcceptedGrant | None:
        """Return a grant as pinned, or None."""
        row = self.one(
            "SELECT id, policy, bindings, pin, state, memory, held FROM granted WHERE id = ?",
            grant_id,
        )
        if row is None:
            return None
        number, policy, bindings, pin, state, memory, held = row
        bound = {table: (pair[0], pair[1]) for table, pair in json.loads(bindings).items()}
        return AcceptedGrant(
            number, json.loads(policy), bound, pin, state, json.loads(memory), bool(held)
        )


def hold_every_grant(file: Path) -> int:
    """Stop work under every live grant of the store in `file` until its owner accepts it again.

    A copy that is put back knows neither what was spent of a budget after it was made, nor what
    was released; going on as if nothing had been would give figures away twice. Returns how many.
    """
    with Store(file).change() as store:
        return store.execute("UPDATE granted SET held = 1 WHERE state <> 'withdrawn'").rowcount


def _bring_up(file: Path) -> None:
    connection = _opened(file)
    try:
        # Two processes may open the same new store: the second finds the work done.
        connection.execute("BEGIN IMMEDIATE")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(_STEPS):
            raise NodeRefused(
                Obstacle("节点存储的版本 {version} 比本程序新，请升级程序", version=version)
            )
        for number, step in enumerate(_STEPS[version:], version + 1):
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.commit()
    finally:
        connection.close()


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection
