"""A home that is put back from a copy: what was ended stays ended, and nothing runs unasked."""

import io
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from shuce.node import Node, NodeRefused
from shuce.node.owning import Owner
from shuce.web import backup
from tests.node.worlds import NOW, REGISTER, job

pytestmark = pytest.mark.clause("N-4", "G-13")
BEFORE, AFTER, RUNNING = "ended before", "ended after", "running"


@pytest.fixture
def home(
    tmp_path: Path, source: Path, policy: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home whose node has three grants, one of them withdrawn."""
    monkeypatch.delenv("SHUCE_DATABASE", raising=False)
    here = tmp_path / "home"
    here.mkdir()
    with closing(sqlite3.connect(here / backup.REGISTER)) as register:
        register.execute("CREATE TABLE card (number TEXT)")
        register.commit()
    node = Node(here / "node")
    node.enrol(REGISTER.public_key().public_bytes_raw())
    node.connect("S1", f"sqlite:///{source}")
    for grant in (BEFORE, AFTER, RUNNING):
        node.accept_grant(grant, policy, {"persons": ("S1", "persons")})
        assert answers(node, grant)
    node.withdraw_grant(BEFORE)
    node.close()
    return here


def answers(node: Node, grant: str) -> bool:
    return node.answer(job(grant=grant), now=NOW).verdict == "released"


def test_a_home_put_back_refuses_what_was_ended_before_the_copy_and_after_it(
    home: Path, tmp_path: Path
) -> None:
    copy, back = tmp_path / "copy.zip", tmp_path / "back"
    assert backup.back_up(home, copy, io.StringIO()) == 0
    ended = Node(home / "node")
    ended.withdraw_grant(AFTER)
    ended.close()
    assert backup.restore(copy, back, io.StringIO()) == 0
    owner = Owner(back / "node", lambda: NOW)
    node = owner.node
    try:
        # The copy knows of the one end only. It lets nothing run before the owner has looked.
        assert not any(answers(node, grant) for grant in (BEFORE, AFTER, RUNNING))
        owner.accept(RUNNING)
        assert answers(node, RUNNING)
        assert not answers(node, AFTER)
        # What was ended before cannot be brought back, by whomever.
        with suppress(NodeRefused):
            owner.accept(BEFORE)
        assert not answers(node, BEFORE)
        with pytest.raises(NodeRefused):
            node.resume_grant(BEFORE)
        assert not answers(node, BEFORE)
    finally:
        node.close()
