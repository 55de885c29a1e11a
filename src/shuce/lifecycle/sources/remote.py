"""A body's own node, reached by letters. It does what the node in this process does."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.timezone import localtime

from shuce.engines.scan.shapes import SourceUnreadable
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.sources import mailbox, node_rules
from shuce.lifecycle.sources.models import DataNode, NodeGrant, NodeOrder, NodePulse
from shuce.lifecycle.sources.node_rules import GrantAtNode, NodeState, OrderState
from shuce.node import (
    FusionSide,
    NodeAway,
    NodeRefused,
    NodeSilent,
    Receipt,
    SignedFusion,
    SignedJob,
    StepDone,
    is_receipt_genuine,
    packing,
)
from shuce.node.executing import Outcome
from shuce.node.interface import Bindings, Progress
from shuce.node.letters import OrderKind
from shuce.node.pins import pin_of

if TYPE_CHECKING:
    from shuce.engines.erasure import Proof
    from shuce.engines.guard.foresight import Foresight
    from shuce.engines.quality import Measured, QualityRule
    from shuce.engines.scan.shapes import ScanResult, Table


@dataclass(frozen=True)
class Patience:
    """How long to wait for an answer altogether, and how long a silent node is waited for."""

    altogether: timedelta
    silence: timedelta


PATIENCE = {
    OrderKind.ANSWER: Patience(timedelta(minutes=2), node_rules.ONLINE_FOR),
    OrderKind.FORESEE: Patience(timedelta(minutes=2), node_rules.ONLINE_FOR),
    OrderKind.FUSE: Patience(timedelta(hours=1), timedelta(minutes=10)),
    OrderKind.DISCOVER: Patience(timedelta(minutes=1), node_rules.ONLINE_FOR),
    # Long work survives a node that restarts, or a line that is cut for a while.
    OrderKind.MEASURE: Patience(timedelta(hours=1), timedelta(minutes=10)),
    OrderKind.ERASE: Patience(timedelta(hours=1), timedelta(minutes=10)),
    OrderKind.SCAN: Patience(timedelta(hours=12), timedelta(minutes=10)),
}
_FIRST_LOOK, _LATER_LOOK = 0.03, 0.3
# Threads of this process that may wait for nodes at once: others are left to serve the nodes.
_WAITERS = threading.BoundedSemaphore(8)


class RemoteNode:
    """The node of `node`'s row. What it is asked goes into its mailbox, signed."""

    def __init__(self, node: DataNode) -> None:
        self._node = node

    # What only says where things stand is left for the node, and reaches it when it comes.

    def announce(self, source_id: str, name: str, kind: str) -> None:
        """Tell the node of a source that its owner is to connect."""
        body = {"source_id": source_id, "name": name, "source_kind": kind}
        mailbox.write_order(self._node, OrderKind.SOURCE, source_id, body)

    def forget(self, source_id: str) -> None:
        mailbox.write_order(self._node, OrderKind.FORGET, source_id, {"source_id": source_id})

    def accept_grant(self, grant_id: str, policy: Mapping[str, Any], bindings: Bindings) -> str:
        """Offer a grant; its owner reads the policy at the node, and accepts it there."""
        pin = pin_of(policy, bindings)
        known = NodeGrant.objects.filter(grant_id=grant_id).first()
        if known and known.pin != pin:
            raise NodeRefused(Obstacle("节点已经接受了同一编号的另一份授权"))
        if known is None:
            bound = {table: list(pair) for table, pair in bindings.items()}
            self.offer(
                NodeGrant.objects.create(
                    node=self._node,
                    grant_id=grant_id,
                    policy=policy,
                    bindings=bound,
                    pin=pin,
                    offered_at=localtime(),
                )
            )
        return pin

    def offer(self, grant: NodeGrant) -> None:
        """Send an offered grant, with what an earlier node is known to have spent of it."""
        body = {
            "grant_id": grant.grant_id,
            "policy": grant.policy,
            "bindings": grant.bindings,
            "spent": self.budget_of(grant.grant_id)[0],
        }
        mailbox.write_order(self._node, OrderKind.OFFER, grant.grant_id, body)

    def suspend_grant(self, grant_id: str) -> None:
        self._stand(grant_id, OrderKind.SUSPEND, suspended=True)

    def resume_grant(self, grant_id: str) -> None:
        self._stand(grant_id, OrderKind.RESUME, suspended=False)

    def withdraw_grant(self, grant_id: str) -> None:
        self._stand(grant_id, OrderKind.WITHDRAW, suspended=True)
        NodeGrant.objects.filter(grant_id=grant_id).update(state=GrantAtNode.WITHDRAWN)

    def budget_of(self, grant_id: str) -> tuple[float, float]:
        """Return the epsilon spent and granted, as the node last told."""
        grant = self._grant(grant_id)
        pulse = NodePulse.objects.filter(node=self._node).first()
        told = (pulse.budgets if pulse else {}).get(grant_id)
        if told:
            return float(told[0]), float(told[1])
        return 0.0, float(grant.policy.get("privacy", {}).get("epsilon_total", 0.0))

    # What is answered is waited for.

    def discover(self, source_id: str) -> "tuple[Table, ...]":
        return packing.unpack_tables(
            self._ask(OrderKind.DISCOVER, source_id, {"source_id": source_id})
        )

    def scan(
        self,
        source_id: str,
        tables: Sequence[str] | None = None,
        sample: int | None = None,
        on_progress: Progress | None = None,
    ) -> "ScanResult":
        wanted = list(tables) if tables is not None else None
        body = {"source_id": source_id, "tables": wanted, "sample": sample}
        return packing.unpack_scan(self._ask(OrderKind.SCAN, source_id, body, on_progress))

    def measure_quality(
        self, source_id: str, table: str, rules: "Sequence[QualityRule]", *, today: date
    ) -> "tuple[Measured, ...]":
        body = {
            "source_id": source_id,
            "table": table,
            "rules": packing.pack_rules(tuple(rules)),
            "today": today.isoformat(),
        }
        return packing.unpack_measured(self._ask(OrderKind.MEASURE, source_id, body))

    def erase(
        self,
        source_id: str,
        table: str,
        method: str,
        on_step: Callable[[str], None] | None = None,
    ) -> "Proof":
        """Destroy a table at the node. NodeSilent means that nobody knows whether it was."""
        body = {"source_id": source_id, "table": table, "method": method}
        proof = packing.unpack_proof(self._ask(OrderKind.ERASE, source_id, body))
        for step in proof.steps if on_step else ():
            assert on_step is not None
            on_step(step.what)
        return proof

    def answer(self, job: SignedJob, *, now: datetime) -> Receipt:
        """Have a job answered; nothing is sent for a grant that is stopped or not accepted."""
        grant = self._grant(job.grant_id)
        refuse_if(node_rules.obstacles_to_order(GrantAtNode(grant.state), grant.suspended))
        told = self._ask(OrderKind.ANSWER, job.grant_id, packing.pack_job(job))
        receipt = packing.unpack_receipt(told)
        same = (receipt.job_id, receipt.grant_id) == (job.job_id, job.grant_id)
        if not same or not is_receipt_genuine(receipt, bytes.fromhex(self._node.public_key)):
            raise NodeRefused(Obstacle("节点的回执没有通过验证，结果不予采用", Clause.G_8))
        return receipt

    def foresee(self, job: SignedJob, *, now: datetime) -> "Foresight":
        """Have the node say what a job would cost, under the same conditions as an answer."""
        grant = self._grant(job.grant_id)
        refuse_if(node_rules.obstacles_to_order(GrantAtNode(grant.state), grant.suspended))
        told = self._ask(OrderKind.FORESEE, job.grant_id, packing.pack_job(job))
        return packing.unpack_foresight(told)

    @property
    def public_key(self) -> bytes:
        """Return the raw Ed25519 key that this node was enrolled with."""
        return bytes.fromhex(self._node.public_key)

    def fuse(
        self, job: SignedFusion, side: FusionSide, step: int, message: bytes, *, now: datetime
    ) -> StepDone:
        """Have one step of a fusion done, under the same conditions as an answer."""
        grant = self._grant(job.part(side).grant_id)
        refuse_if(node_rules.obstacles_to_order(GrantAtNode(grant.state), grant.suspended))
        body = packing.pack_fusion(job, side, step, message)
        return packing.unpack_step(self._ask(OrderKind.FUSE, grant.grant_id, body))

    # Helpers

    def _grant(self, grant_id: str) -> NodeGrant:
        grant = NodeGrant.objects.filter(grant_id=grant_id, node=self._node).first()
        if grant is None:
            raise NodeRefused(Obstacle("节点没有接受过这份授权"))
        return grant

    def _stand(self, grant_id: str, kind: OrderKind, *, suspended: bool) -> None:
        grant = self._grant(grant_id)
        if grant.state == GrantAtNode.WITHDRAWN and kind is not OrderKind.WITHDRAW:
            raise NodeRefused(Obstacle("授权已经撤回，不能恢复"))
        if grant.suspended == suspended and kind is not OrderKind.WITHDRAW:
            return  # the node was told, or will be when it comes
        grant.suspended = suspended
        grant.save(update_fields=["suspended"])
        mailbox.write_order(self._node, kind, grant_id, {"grant_id": grant_id})

    def _ask(
        self,
        kind: OrderKind,
        about_id: str,
        body: Mapping[str, Any],
        on_progress: Progress | None = None,
    ) -> Mapping[str, Any]:
        """Leave an order and wait for what comes of it."""
        self._refuse_if_away()
        assert not connection.in_atomic_block, "a node cannot see an order that is not kept yet"
        with _a_place_to_wait():
            order = mailbox.write_order(self._node, kind, about_id, body)
            self._wait(order, PATIENCE[kind], on_progress)
        # Fetched: what was released is kept where it was asked for, and nowhere twice.
        # A fusion's parcel is large, and of no use to anybody once it is answered.
        spent = {"letter": ""} if kind is OrderKind.FUSE else {}
        NodeOrder.objects.filter(id=order.id).update(result="", **spent)
        return _read(order)

    def _wait(self, order: NodeOrder, patience: Patience, on_progress: Progress | None) -> None:
        began, told, pause = time.monotonic(), (0, 0), _FIRST_LOOK
        while True:
            order.refresh_from_db()
            if order.state == OrderState.ANSWERED:
                return
            if order.state == OrderState.CANCELLED:
                raise NodeSilent(Obstacle("任务已经取消，节点没有执行或没有回复"))
            if on_progress and (order.done, order.total) != told:
                told = (order.done, order.total)
                if not on_progress(*told):
                    NodeOrder.objects.filter(id=order.id).update(stop_asked=True)
            silence = mailbox.silence_of(self._node)
            waited = timedelta(seconds=time.monotonic() - began)
            if waited > patience.altogether or silence is None or silence > patience.silence:
                self._stop_waiting(order)
            time.sleep(pause)
            pause = min(pause * 1.2, _LATER_LOOK)

    def _stop_waiting(self, order: NodeOrder) -> None:
        if mailbox.give_up(order):
            raise self._away()
        NodeOrder.objects.filter(id=order.id).update(abandoned=True)
        raise NodeSilent(
            Obstacle(
                "节点“{node}”收到了任务但没有按时回复，不知道是否已经执行",
                Clause.G_8,
                node=self._node,
            )
        )

    def _refuse_if_away(self) -> None:
        node = DataNode.objects.get(id=self._node.id)
        if node.state != NodeState.ACTIVE:
            raise NodeAway(
                Obstacle("节点“{node}”还没有接入，或已经吊销", Clause.G_8, node=self._node)
            )
        silence = mailbox.silence_of(node)
        if silence is None or silence > node_rules.ONLINE_FOR:
            raise self._away()

    def _away(self) -> NodeAway:
        return NodeAway(
            Obstacle(
                "节点“{node}”现在离线，没有执行；请待其恢复后再试", Clause.G_8, node=self._node
            )
        )


@contextmanager
def _a_place_to_wait() -> Iterator[None]:
    if not _WAITERS.acquire(blocking=False):
        raise NodeAway(Obstacle("等待节点的任务太多，请稍后再试"))
    try:
        yield
    finally:
        _WAITERS.release()


def _read(order: NodeOrder) -> Mapping[str, Any]:
    """Return what the node answered, or raise what it met with."""
    result: Mapping[str, Any] = json.loads(order.result or "{}")
    match Outcome(order.outcome):
        case Outcome.DONE:
            return result
        case Outcome.REFUSED:
            raise NodeRefused(*packing.unpack_refusal(result))
        case Outcome.UNREADABLE:
            raise SourceUnreadable(say("数据源现在读不出来"))
        case Outcome.INTERRUPTED:
            raise NodeSilent(Obstacle("节点在执行中重新启动过，不知道执行到哪里；请核对后再提交"))
        case Outcome.FAILED:
            raise NodeSilent(Obstacle("节点执行出错，原因在节点的日志里"))
