"""A node that is reached over HTTPS, with the methods of one in this process.

`Register` is the register's side, kept for a module: a city and an HTTPS server over its database.
`Far` is one node of its unit, at work in a thread; what it does goes over the wire and back.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.sources import mailbox, node_commands
from shuce.lifecycle.sources.models import DataNode, NodeGrant, NodeOrder, NodePulse
from shuce.lifecycle.sources.node_rules import GrantAtNode
from shuce.lifecycle.sources.remote import RemoteNode
from shuce.node import Node, Receipt, SignedJob
from shuce.node.owning import Owner
from shuce.node.running import Runner
from shuce.node.wire import Line
from tests import make
from tests.node.https import Server


class Clock:
    """Tells the same time to the register's mail and to the node."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Register:
    """The register's side of the wire."""

    def __init__(self, folder: Path) -> None:
        self.city = make.city()
        self.server = Server(folder)
        self.steward = self.city.sign(Role.DATA_STEWARD, self.city.unit)

    @property
    def line(self) -> Line:
        return Line(self.server.url, str(self.server.ca))


class Far:
    """A node elsewhere: `inner` is what runs there, `remote` what the register sees of it."""

    def __init__(self, register: Register, home: Path, clock: Clock) -> None:
        self.clock = clock
        steward = make.Signature(register.steward.member, clock())
        row, code = node_commands.invite_node(register.city.unit, home.parent.name, by=steward)
        self.owner = Owner(home, clock)
        self.owner.enrol(register.line, code)
        self.inner: Node = self.owner.node
        self.row = DataNode.objects.get(id=row.id)
        self.remote = RemoteNode(self.row)
        enrolment = self.owner.enrolment()
        assert enrolment is not None
        self.runner = Runner(self.inner, enrolment, clock, wait=0.3)
        self._ended, self._stepping = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        self.until(lambda: NodePulse.objects.filter(node=self.row).exists())

    def _work(self) -> None:
        while not self._ended.is_set():
            with self._stepping:
                self.runner.step()
            time.sleep(0.005)

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()
        self.inner.close()

    def leave(self) -> None:
        """Let the next node have the grants of this one."""
        NodeGrant.objects.filter(node=self.row).delete()

    def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(2_000):
            if holds():
                return
            time.sleep(0.005)
        raise AssertionError("it did not come to that")

    def _until_done(self) -> None:
        """Wait until the node has answered everything, and told its budgets once more."""
        self.until(
            lambda: not NodeOrder.objects.filter(node=self.row, state__in=mailbox.OPEN).exists()
        )

    # The node's own

    @property
    def public_key(self) -> bytes:
        return self.inner.public_key

    def enrol(self, register_key: bytes) -> None:
        self.inner.enrol(register_key)

    def connect(self, source_id: str, url: str) -> None:
        self.inner.connect(source_id, url)

    def jobs(self, grant_id: str) -> list[dict[str, Any]]:
        return self.inner.jobs(grant_id)

    def close(self) -> None:
        self.inner.close()

    # Over the wire

    def answer(self, job: SignedJob, *, now: datetime) -> Receipt:
        if now != self.clock.at:
            with self._stepping:
                self.clock.at = now
                NodePulse.objects.filter(node=self.row).update(seen_at=now)
        return self.remote.answer(job, now=now)

    def fuse(self, job: Any, side: Any, step: int, message: bytes, *, now: datetime) -> Any:
        return self.remote.fuse(job, side, step, message, now=now)

    def accept_grant(
        self, grant_id: str, policy: Mapping[str, Any], bindings: Mapping[str, tuple[str, str]]
    ) -> str:
        pin = self.remote.accept_grant(grant_id, policy, bindings)
        self._until_done()
        if any(offer.grant_id == grant_id for offer in self.owner.offers()):
            self.owner.accept(grant_id)
        self.until(
            lambda: NodeGrant.objects.filter(grant_id=grant_id, state=GrantAtNode.ACCEPTED).exists()
        )
        return pin

    def suspend_grant(self, grant_id: str) -> None:
        self.remote.suspend_grant(grant_id)
        self._until_done()

    def resume_grant(self, grant_id: str) -> None:
        self.remote.resume_grant(grant_id)
        self._until_done()

    def withdraw_grant(self, grant_id: str) -> None:
        self.remote.withdraw_grant(grant_id)
        self._until_done()

    def budget_of(self, grant_id: str) -> tuple[float, float]:
        with self._stepping:
            self.runner.step()
        return self.remote.budget_of(grant_id)

    def forget(self, source_id: str) -> None:
        self.remote.forget(source_id)
        self._until_done()

    def discover(self, source_id: str) -> Any:
        return self.remote.discover(source_id)

    def scan(self, source_id: str, tables: Sequence[str] | None = None, **more: Any) -> Any:
        return self.remote.scan(source_id, tables, **more)

    def measure_quality(self, source_id: str, table: str, rules: Any, **more: Any) -> Any:
        return self.remote.measure_quality(source_id, table, rules, **more)

    def erase(self, source_id: str, table: str, method: str, on_step: Any = None) -> Any:
        return self.remote.erase(source_id, table, method, on_step)
