"""A body's own node, as a process of its own over HTTPS: from its code to its end, and stolen from.

What the register's whole database holds is read at the end, as a thief would.
"""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.models import Signature
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import Refused
from shuce.lifecycle.cleanroom.commands import ask_question
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.sources import node_commands, node_rules
from shuce.lifecycle.sources.commands import connect_source
from shuce.lifecycle.sources.models import DataNode, NodeGrant, NodeOrder, NodePulse, Source
from shuce.lifecycle.sources.node_rules import GrantAtNode, OrderState
from shuce.lifecycle.sources.rules import Address, SourceKind, SourceState
from shuce.node import NodeAway, command
from shuce.node.keys import keys_in
from shuce.node.letters import Direction, OrderKind, write_letter
from shuce.node.owning import Owner
from tests.lifecycle import granted
from tests.node.far import Register
from tests.node.worlds import REGISTER

ROOT = Path(__file__).resolve().parents[2]


def moment() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  a process beside us runs by the clock


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


@contextmanager
def running(home: Path) -> Any:
    """Let the node in `home` run as `./shuce node run` does, until the end of the block."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    words = [sys.executable, "-m", "shuce", "node", "run", "--home", str(home), "--wait", "1"]
    before = moment()
    with (home.parent / "node.log").open("ab") as log:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            until(lambda: NodePulse.objects.filter(seen_at__gt=before).exists())
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def owner_says(home: Path, *words: str) -> str:
    out = io.StringIO()
    assert command.main([*words, "--home", str(home)], out) == 0, out.getvalue()
    return out.getvalue()


@pytest.mark.clause("G-8", "N-4")
def test_a_node_beside_the_data_lives_and_a_stolen_register_holds_nothing(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, home = register.city, tmp_path / "beside"
    steward = Signature(register.steward.member, moment())
    row, code = node_commands.invite_node(city.unit, "机房节点", by=steward)
    line = ("--register", register.line.url, "--ca", register.line.ca)
    owner_says(home, "enrol", *line, "--code", code)
    node = DataNode.objects.get(id=row.id)
    assert node.public_key == keys_in(home).signing.public_key().public_bytes_raw().hex()

    address = Address("人口库", SourceKind.SQLITE, "")
    source = connect_source(city.unit, address, node=node, by=steward)
    file = granted.people(tmp_path)
    with running(home):
        until(lambda: "人口库" in owner_says(home, "status"))
        owner_says(home, "connect", "人口库", str(file))
        until(lambda: Source.objects.get(id=source.id).state == SourceState.CONNECTED)
        world = granted.entered(city, Source.objects.get(id=source.id))
        today = moment().date()
        term = {"starts_on": today, "ends_on": today + timedelta(days=200)}
        grant = granted.granted(world, **term)
        analyst = Signature(world.analyst.member, moment())
        with pytest.raises(Refused, match="还没有在节点上接受"):
            ask_question(grant, granted.BY_DISTRICT, by=analyst)
        until(lambda: grant.id in owner_says(home, "status"))
        owner_says(home, "accept", grant.id, "--yes")
        until(lambda: at_node(grant.id).state == GrantAtNode.ACCEPTED)
        analyst = Signature(analyst.member, moment())
        told = ask_question(grant, granted.BY_DISTRICT, by=analyst)
        assert told.verdict == "released", (told.rule, told.reason)
        assert ask_question(grant, granted.ROWS_WANTED, by=analyst).verdict == "refused"

    # Away: told plainly, and what is decided meanwhile reaches it as soon as it is back.
    with monkeypatch.context() as patch:
        patch.setattr(node_rules, "ONLINE_FOR", timedelta(0))
        with pytest.raises(NodeAway, match="离线"):
            ask_question(grant, granted.BY_DISTRICT, by=analyst)
    rights.suspend_grant(grant, "核查", by=world.officer)
    assert state_at(home, grant.id) == "in_force"
    orders = NodeOrder.objects.filter(node=node, kind=OrderKind.ANSWER).count()
    with pytest.raises(Refused):
        ask_question(grant, granted.BY_DISTRICT, by=analyst)
    assert NodeOrder.objects.filter(node=node, kind=OrderKind.ANSWER).count() == orders
    with running(home):
        until(lambda: state_at(home, grant.id) == "suspended")
        rights.resume_grant(grant, "核查完毕", by=world.officer)
        until(lambda: state_at(home, grant.id) == "in_force")
        analyst = Signature(analyst.member, moment())
        again = ask_question(grant, granted.BY_DISTRICT, by=analyst)
        # What was asked before is remembered over the restart, to the figure.
        assert sorted(again.rows) == sorted(told.rows)

        # A thief who has the database, and may even write into it, still orders nothing.
        for forged in forgeries(node, grant.id):
            until(lambda forged=forged: NodeOrder.objects.get(id=forged).outcome == "REFUSED")
        assert state_at(home, grant.id) == "in_force"

    kinds = set(Entry.objects.filter(kind__startswith="sources.").values_list("kind", flat=True))
    assert {"sources.node_enrolled", "sources.grant_accepted", "sources.node_answered"} <= kinds
    stolen = whole_database()
    for number in range(granted.PEOPLE):
        assert granted.person(number)[0] not in stolen
    for secret in (str(file), str(tmp_path), code, *private_keys(home)):
        assert secret not in stolen
    assert node.public_key in stolen


def at_node(grant_id: str) -> NodeGrant:
    return NodeGrant.objects.get(grant_id=grant_id)


def state_at(home: Path, grant_id: str) -> str:
    accepted = Owner(home, moment).node.store.grant(grant_id)
    assert accepted is not None
    return accepted.state


def forgeries(node: DataNode, grant_id: str) -> list[str]:
    """Write orders into the mailbox as one does who has the database and no key; return the ids."""
    stop = {"grant_id": grant_id}
    thief = Ed25519PrivateKey.generate()

    def letter(key: Ed25519PrivateKey, at: datetime = moment()) -> dict[str, Any]:  # noqa: B008
        return write_letter(
            key,
            Direction.ORDER,
            letter_id=new_id(),
            node_id=node.id,
            kind=OrderKind.WITHDRAW,
            body=stop,
            at=at,
        ).as_json()

    genuine = letter(REGISTER)
    made = [
        letter(thief),
        {**genuine, "id": new_id(), "body": {"grant_id": grant_id, "more": 1}},
        {**letter(thief), "signature": ""},
    ]
    for one in made:
        NodeOrder.objects.create(
            id=one["id"],
            node=node,
            kind=OrderKind.WITHDRAW,
            about_id=grant_id,
            letter=json.dumps(one),
            state=OrderState.WAITING,
            written_at=moment(),
            valid_until=moment() + timedelta(days=1),
        )
    return [one["id"] for one in made]


def whole_database() -> str:
    """Return everything that the register's database holds, as text."""
    parts: list[str] = []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if connection.vendor == "sqlite":
            # An index over text is no table to read; what it holds lies in tables beside it.
            cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
            tables -= {name for (name,) in cursor.fetchall()}
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                parts += [_text(value) for value in row]
    return "\n".join(parts)


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex() + bytes(value).decode("utf-8", "replace")
    return str(value)


def private_keys(home: Path) -> list[str]:
    keys = keys_in(home)
    raw = [keys.signing.private_bytes_raw(), keys.sealing, REGISTER.private_bytes_raw()]
    return [one.hex() for one in raw]
