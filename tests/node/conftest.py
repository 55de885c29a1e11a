"""A node with one source and one accepted grant: in this process, and reached over HTTPS."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from shuce.foundation.organizations.models import Organization
from shuce.lifecycle.cleanroom import commands as cleanroom
from shuce.lifecycle.sources import keys, mailbox, remote, wire
from shuce.node import Node
from tests.node.far import Clock, Far, Register
from tests.node.worlds import NOW, REGISTER


@pytest.fixture
def policy() -> dict[str, Any]:
    return {
        "starts_on": "2026-01-01",
        "ends_on": "2027-01-01",
        "subject": {"table": "persons", "key": "id"},
        "minimum_group": 10,
        "tables": {
            "persons": {
                "columns": {
                    "id": {"use": ["count_distinct"]},
                    "phone": {"use": []},
                    "gender": {"use": ["group", "filter"]},
                    "age": {"use": ["group", "filter", "aggregate"], "bounds": [0, 120]},
                }
            }
        },
        "privacy": {"mode": "threshold", "epsilon_total": 1.0, "epsilon_per_query": 0.5},
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A database of an office with 200 people."""
    file = tmp_path / "office.db"
    with closing(sqlite3.connect(file)) as engine:
        engine.execute("CREATE TABLE persons (id INTEGER, phone TEXT, gender TEXT, age INTEGER)")
        people = [(i, f"1390000{i:04}", "男女"[i % 2], 20 + i % 50) for i in range(200)]
        engine.executemany("INSERT INTO persons VALUES (?, ?, ?, ?)", people)
        engine.commit()
    return file


@pytest.fixture
def here(tmp_path: Path, source: Path, policy: dict[str, Any]) -> Iterator[Node]:
    """A node in this process."""
    node = Node(tmp_path / "node")
    node.enrol(REGISTER.public_key().public_bytes_raw())
    node.connect("S1", f"sqlite:///{source}")
    node.accept_grant("G1", policy, {"persons": ("S1", "persons")})
    yield node
    node.close()


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database as threads see it, kept for a module and emptied when that ends.

    In the place of the fixture that takes back what each test did, which nobody else would see.
    """
    with django_db_blocker.unblock():
        yield
        if Organization.objects.exists():
            call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def register(db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """The register's side."""
    with pytest.MonkeyPatch.context() as patch:
        # The key of the tests signs, as it does for a node in this process.
        for module in (keys, mailbox, cleanroom):
            patch.setattr(module, "register_key", lambda: REGISTER)
        patch.setattr(mailbox, "_LOOK_EVERY", 0.01)
        patch.setattr(remote, "_FIRST_LOOK", 0.01)
        kept = Register(tmp_path_factory.mktemp("register"))
        yield kept
        kept.server.close()


@pytest.fixture
def far(
    register: Register,
    tmp_path: Path,
    source: Path,
    policy: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Far]:
    """A node elsewhere."""
    clock = Clock(NOW)
    monkeypatch.setattr(mailbox, "now", clock)
    monkeypatch.setattr(wire, "now", clock)
    far = Far(register, tmp_path / "node", clock)
    far.connect("S1", f"sqlite:///{source}")
    far.accept_grant("G1", policy, {"persons": ("S1", "persons")})
    yield far
    far.stop()
    far.leave()


@pytest.fixture(params=["here", "far"])
def node(request: pytest.FixtureRequest, db: None) -> Any:
    """Either of them: what holds of a node holds of both."""
    return request.getfixturevalue(request.param)
