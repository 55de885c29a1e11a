"""A question that eats a machine is killed, and nobody else waits for it."""

import threading
from typing import Any

import pytest

from shuce.node import Node
from tests.node.bombs import BOMBS
from tests.node.worlds import NOW, job

SECONDS = 3


@pytest.fixture
def bombed(here: Node, policy: dict[str, Any]) -> Node:
    rules = {**policy, "limits": {"seconds": SECONDS, "memory_mb": 128, "threads": 1}}
    here.accept_grant("G3", rules, {"persons": ("S1", "persons")})
    return here


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_ended_and_its_grant_goes_on(bombed: Node, kind: str) -> None:
    assert bombed.answer(job(BOMBS[kind], grant="G3"), now=NOW).rule == "LIMIT"
    assert bombed.answer(job(grant="G3"), now=NOW).rows == ((200,),)


@pytest.mark.clause("G-8")
def test_others_are_served_while_a_bomb_burns(bombed: Node) -> None:
    bombed.answer(job(), now=NOW)  # the data is registered
    rules: list[str] = []
    bomb = BOMBS["time, over constants"]
    burning = threading.Thread(
        target=lambda: rules.append(bombed.answer(job(bomb, grant="G3"), now=NOW).rule)
    )
    burning.start()
    served = bombed.answer(job(), now=NOW)
    assert burning.is_alive()
    assert served.rows == ((200,),)
    burning.join()
    assert rules == ["LIMIT"]
    process = bombed._sessions["G3"][1]._worker._process
    assert process is None, "killed, not left behind"
