"""A store of an older node opens and loses nothing; one of a newer node is left alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shuce.node import NodeRefused
from shuce.node.store import _FIRST, Store, hold_every_grant


def old_store(file: Path) -> None:
    """Write a store as the first nodes did, which kept no version."""
    with closing(sqlite3.connect(file)) as old:
        old.executescript(_FIRST)
        old.execute(
            "INSERT INTO granted (id, policy, bindings, pin, state, spent)"
            " VALUES ('G1', '{}', '{}', 'p', 'in_force', 0.25)"
        )
        old.execute("INSERT INTO register VALUES (1, x'00')")
        old.commit()


def test_an_older_store_is_brought_up_and_keeps_what_it_held(tmp_path):
    file = tmp_path / "node.sqlite"
    old_store(file)
    for _ in range(2):
        store = Store(file)
        grant = store.grant("G1")
        assert grant is not None
        assert (grant.state, grant.held) == ("in_force", False)
        assert store.one("SELECT spent FROM granted") == (0.25,)
        assert store.one("SELECT node_id FROM register") == ("",)


def test_a_newer_store_is_not_touched(tmp_path):
    file = tmp_path / "node.sqlite"
    with closing(sqlite3.connect(file)) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(NodeRefused, match="升级"):
        Store(file)


def test_every_grant_of_a_restored_store_is_held(tmp_path):
    file = tmp_path / "node.sqlite"
    old_store(file)
    assert hold_every_grant(file) == 1
    grant = Store(file).grant("G1")
    assert grant is not None
    assert grant.held
