"""What the owner of the data does at the node, and nobody else: connect, accept, stop, look."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import Obstacle
from shuce.node.enrolling import apply_at
from shuce.node.letters import Direction, MessageKind, write_letter
from shuce.node.node import Node
from shuce.node.offers import Offer, offers_in
from shuce.node.refusals import NodeRefused
from shuce.node.store import AcceptedGrant
from shuce.node.wire import Line

VERSION = "0.1.0"


@dataclass(frozen=True)
class Enrolment:
    """Which register this node belongs to; `node_id` is empty where it runs in the register."""

    register_key: bytes
    node_id: str
    line: Line


@dataclass(frozen=True)
class KnownSource:
    """A source the register announced, or that is connected here."""

    id: str
    name: str
    kind: str
    connected: bool


class Owner:
    """The owner's hand on the node in `home`. `clock` tells the time of what is signed."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self.node = Node(home)
        self._clock = clock

    def enrolment(self) -> Enrolment | None:
        """Return which register this node belongs to, if any."""
        row = self.node.store.one("SELECT key, node_id, url, ca FROM register")
        return Enrolment(row[0], row[1], Line(row[2], row[3])) if row else None

    def enrol(self, line: Line, code: str) -> str:
        """Join the register that made `code`; both sides pin the other's key. Returns our name."""
        node_id, register_key = apply_at(
            line, self.node.keys.signing, code, version=VERSION, at=self._clock()
        )
        self.node.enrol(register_key)
        with self.node.store.change() as change:
            change.execute(
                "UPDATE register SET node_id = ?, url = ?, ca = ?",
                (node_id, line.url, os.path.abspath(line.ca) if line.ca else ""),
            )
        return node_id

    def sources(self) -> list[KnownSource]:
        there = {row[0] for row in self.node.store.rows("SELECT id FROM source")}
        told = self.node.store.rows("SELECT id, name, kind FROM announced ORDER BY name, id")
        unnamed = sorted(there - {row[0] for row in told})
        return [KnownSource(one, name, kind, one in there) for one, name, kind in told] + [
            KnownSource(one, "", "", connected=True) for one in unnamed
        ]

    def connect(self, name: str, url: str) -> int:
        """Keep the address of an announced source and read its catalogue; return its tables.

        Only how many tables there are is told to the register.
        """
        source = self._source(name)
        before = self.node.store.one("SELECT sealed_url FROM source WHERE id = ?", source.id)
        self.node.connect(source.id, url)
        try:
            tables = len(self.node.discover(source.id))
        except (OSError, ValueError):
            with self.node.store.change() as change:
                if before:
                    change.execute(
                        "UPDATE source SET sealed_url = ? WHERE id = ?", (before[0], source.id)
                    )
                else:
                    change.execute("DELETE FROM source WHERE id = ?", (source.id,))
            raise
        self.tell(MessageKind.CONNECTED, {"source_id": source.id, "tables": tables})
        return tables

    def offers(self) -> list[Offer]:
        return offers_in(self.node.store)

    def grants(self) -> list[AcceptedGrant]:
        rows = self.node.store.rows("SELECT id FROM granted ORDER BY id")
        found = (self.node.store.grant(row[0]) for row in rows)
        return [grant for grant in found if grant]

    def accept(self, grant_id: str, *, spent: float | None = None) -> str:
        """Accept an offered grant as it stands, or one that is held; return its pin.

        `spent`: what the owner knows to be spent of its budget. A noisy grant that is held must be
        told, because the copy that was put back cannot know.
        """
        offer = next((one for one in self.offers() if one.grant_id == grant_id), None)
        held = self.node.store.grant(grant_id)
        if offer:
            pin = self.node.accept_grant(grant_id, offer.policy, offer.bindings, held=True)
            self._start(grant_id, max(offer.spent, spent or 0.0), offer.state)
            self.tell(MessageKind.ACCEPTED, {"grant_id": grant_id, "pin": pin})
            return pin
        if held is None:
            raise NodeRefused(Obstacle("没有等待接受的授权 {grant}", grant=grant_id))
        if held.held and spent is None and read_policy(held.policy).privacy.mode == "dp":
            raise NodeRefused(
                Obstacle("请用 --spent 写明这份授权的隐私预算实际已用多少，备份不知道后来用了多少")
            )
        self._start(grant_id, spent or 0.0, held.state)
        return held.pin

    def decline(self, grant_id: str) -> None:
        """Send an offered grant back."""
        if grant_id not in {offer.grant_id for offer in self.offers()}:
            raise NodeRefused(Obstacle("没有等待接受的授权 {grant}", grant=grant_id))
        with self.node.store.change() as change:
            change.execute("DELETE FROM offer WHERE grant_id = ?", (grant_id,))
        self.tell(MessageKind.DECLINED, {"grant_id": grant_id})

    def hold(self, grant_id: str) -> None:
        """Stop work under a grant here, whatever the register says, until it is accepted again."""
        if self.node.store.grant(grant_id) is None:
            raise NodeRefused(Obstacle("节点没有接受过这份授权"))
        with self.node.store.change() as change:
            change.execute("UPDATE granted SET held = 1 WHERE id = ?", (grant_id,))

    def trust(self, mark: str) -> None:
        """Let the node whose key has this fingerprint be the other side of fusions.

        Compare it with what its own owner reads there (`./shuce node status`): the register could
        name a key of its own.
        """
        mark = mark.strip().upper()
        if not re.fullmatch(r"[A-Z2-7]{16}", mark):
            raise NodeRefused(Obstacle("指纹应为 16 个字符，见对方节点的 ./shuce node status"))
        with self.node.store.change() as change:
            change.execute(
                "INSERT OR IGNORE INTO partner VALUES (?, ?)", (mark, self._clock().isoformat())
            )

    def distrust(self, mark: str) -> None:
        """Take part in no further fusion with that node."""
        with self.node.store.change() as change:
            change.execute("DELETE FROM partner WHERE mark = ?", (mark.strip().upper(),))

    def partners(self) -> list[str]:
        return [row[0] for row in self.node.store.rows("SELECT mark FROM partner ORDER BY mark")]

    def tell(self, kind: MessageKind, body: dict[str, Any]) -> None:
        """Put a signed message into the outbox, if the register is elsewhere."""
        enrolment = self.enrolment()
        if enrolment is None or not enrolment.node_id:
            return
        letter = write_letter(
            self.node.keys.signing,
            Direction.MESSAGE,
            letter_id=new_id(),
            node_id=enrolment.node_id,
            kind=kind,
            body=body,
            at=self._clock(),
        )
        with self.node.store.change() as change:
            change.execute(
                "INSERT INTO outbox (id, letter) VALUES (?, ?)",
                (letter.id, json.dumps(letter.as_json())),
            )

    def _source(self, name: str) -> KnownSource:
        found = [source for source in self.sources() if name in (source.id, source.name)]
        if len(found) != 1:
            raise NodeRefused(
                Obstacle("登记簿没有告知名为 {name} 的数据源，或有几个同名，请写编号", name=name)
            )
        return found[0]

    def _start(self, grant_id: str, spent: float, state: str) -> None:
        with self.node.store.change() as change:
            row = change.execute("SELECT memory FROM granted WHERE id = ?", (grant_id,)).fetchone()
            memory = Memory.from_json(json.loads(row[0]))
            # What is spent never becomes less.
            memory.spent = max(memory.spent, spent)
            change.execute(
                "UPDATE granted SET held = 0, memory = ?, spent = ?, state = ? WHERE id = ?",
                (json.dumps(memory.as_json()), memory.spent, state, grant_id),
            )
            change.execute("DELETE FROM offer WHERE grant_id = ?", (grant_id,))
