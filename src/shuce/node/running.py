"""The node at work: fetch signed orders, do each once, send back what may leave; over and over.

Only calls out. What was asked and what is to be told lie in the node's store, so that the network
or the process may go at any moment: an order that comes again is not done again, and a result that
was not acknowledged is sent again.
"""

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from shuce.engines.guard.policy import read_policy
from shuce.kernel.refusals import Obstacle
from shuce.node.executing import NEVER_TWICE, STANDING, Outcome, execute
from shuce.node.letters import (
    PROTOCOL,
    Direction,
    Letter,
    MessageKind,
    OrderKind,
    is_fresh,
    is_letter_genuine,
    write_letter,
)
from shuce.node.node import Node
from shuce.node.owning import VERSION, Enrolment
from shuce.node.packing import pack_refusal
from shuce.node.refusals import NodeRefused
from shuce.node.wire import TurnedAway, Unreachable, sign_request

log = logging.getLogger(__name__)

LONGEST_WAIT = 25
_LONGEST_PAUSE = 30.0
_WORKERS = 4
# Longer than any order is good for: one that was done stays known while it could come again.
_KNOWN_FOR = timedelta(days=3660)
# What the register answers to a node that it no longer knows, or that is too old.
_UNKNOWN, _TOO_OLD = 401, 426


class Runner:
    """One node serving one register. `clock` tells the time; `wait` is how long a poll may hang."""

    def __init__(
        self,
        node: Node,
        enrolment: Enrolment,
        clock: Callable[[], datetime],
        wait: float = LONGEST_WAIT,
    ) -> None:
        self._node = node
        self._enrolment = enrolment
        self._clock = clock
        self._wait = wait
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="order")
        self._holding: set[str] = set()
        self._sending = threading.Lock()

    def run(self, ended: threading.Event) -> None:
        """Serve until `ended`; raises TurnedAway once the register will not have this node."""
        pause = 0.0
        try:
            while not ended.wait(pause):
                try:
                    pause = self.step()
                except Unreachable as fault:
                    pause = min(max(1.0, pause * 2), _LONGEST_PAUSE)
                    log.warning("the register does not answer, again in %d s: %s", pause, fault)
                except TurnedAway as refusal:
                    if refusal.status in (_UNKNOWN, _TOO_OLD):
                        raise
                    pause = _LONGEST_PAUSE
                    log.warning("the register refused: %s", refusal)
        finally:
            self._workers.shutdown(wait=True, cancel_futures=True)

    def step(self) -> float:
        """Send what waits, fetch orders and begin them; return how long to pause."""
        self.send()
        asked = {
            "protocol": PROTOCOL,
            "version": VERSION,
            "wait": self._wait,
            "holding": sorted(self._holding),
            "budgets": self._budgets(),
        }
        told = self._post("poll", asked, seconds=self._wait + 30)
        for value in told.get("orders", []):
            try:
                order = Letter.from_json(value)
            except NodeRefused:
                log.warning("what the register sent is no order")
                continue
            self._take(order)
        return min(float(told.get("pause", 0)), _LONGEST_PAUSE)

    def send(self) -> None:
        """Send every letter in the outbox that the register has not acknowledged."""
        with self._sending:
            for letter_id, letter in self._node.store.rows(
                "SELECT id, letter FROM outbox ORDER BY rowid"
            ):
                try:
                    self._post("tell", {"letter": json.loads(letter)}, seconds=60)
                except TurnedAway as refusal:
                    if refusal.status in (_UNKNOWN, _TOO_OLD):
                        raise
                    # It will never be taken, so it must not keep the others from going.
                    log.warning("the register did not take %s: %s", letter_id, refusal)
                with self._node.store.change() as change:
                    change.execute("DELETE FROM outbox WHERE id = ?", (letter_id,))

    # One order

    def _take(self, order: Letter) -> None:
        if order.id in self._holding:
            return
        if obstacle := self._obstacle_to_believe(order):
            log.warning("order %s is not believed: %s", order.id, obstacle)
            # Not remembered as handled, and no result is replaced: a forger must not be able to
            # use up the real order's name.
            if not self._waits(order):
                self._answer(order, Outcome.REFUSED, pack_refusal(NodeRefused(obstacle)))
            self.send()
            return
        if self._was_handled(order):
            self.send()
            return
        if OrderKind(order.kind) in STANDING:
            self._do(order)
            return
        self._holding.add(order.id)
        self._workers.submit(self._do_and_let_go, order)

    def _obstacle_to_believe(self, order: Letter) -> Obstacle | None:
        if not is_letter_genuine(order, Direction.ORDER, self._enrolment.register_key):
            return Obstacle("任务没有登记簿的有效签名")
        if order.node_id != self._enrolment.node_id:
            return Obstacle("任务是给另一个节点的")
        if order.kind not in {kind.value for kind in OrderKind}:
            return Obstacle("节点的版本太旧，不认识这种任务，请升级")
        if not is_fresh(order, self._clock()):
            return Obstacle("任务已经过期，请重新提交")
        return None

    def _was_handled(self, order: Letter) -> bool:
        """Note the order as taken; say whether it was before, and see that its result is sent."""
        now = self._clock()
        with self._node.store.change() as change:
            change.execute(
                "DELETE FROM handled WHERE taken_at < ?", ((now - _KNOWN_FOR).isoformat(),)
            )
            taken = change.execute(
                "INSERT OR IGNORE INTO handled (order_id, kind, taken_at) VALUES (?, ?, ?)",
                (order.id, order.kind, now.isoformat()),
            )
        if taken.rowcount:
            return False
        row = self._node.store.one("SELECT done FROM handled WHERE order_id = ?", order.id)
        if row and row[0]:
            if not self._waits(order):
                # Acknowledged once, and yet asked for again: its result is no longer here.
                self._answer(order, Outcome.INTERRUPTED, {})
            return True
        if OrderKind(order.kind) in NEVER_TWICE:
            # The node was ended in the middle of it. Nobody knows how far it came.
            self._answer(order, Outcome.INTERRUPTED, {})
            return True
        return False

    def _waits(self, order: Letter) -> bool:
        return self._node.store.one("SELECT 1 FROM outbox WHERE id = ?", order.id) is not None

    def _do_and_let_go(self, order: Letter) -> None:
        try:
            self._do(order)
        finally:
            self._holding.discard(order.id)

    def _do(self, order: Letter) -> None:
        outcome, body = execute(
            self._node,
            order,
            now=self._clock(),
            on_progress=lambda done, total: self._tell_progress(order.id, done, total),
        )
        self._answer(order, outcome, body)
        try:
            self.send()
        except (Unreachable, TurnedAway) as fault:
            log.warning("the result of order %s is sent later: %s", order.id, fault)

    def _answer(self, order: Letter, outcome: Outcome, body: dict[str, Any]) -> None:
        letter = write_letter(
            self._node.keys.signing,
            Direction.MESSAGE,
            # A result carries its order's name: however often it comes, it is recorded once.
            letter_id=order.id,
            node_id=self._enrolment.node_id,
            kind=MessageKind.RESULT,
            body={"outcome": outcome.value, "of": order.kind, "result": body},
            at=self._clock(),
        )
        with self._node.store.change() as change:
            change.execute(
                "INSERT OR REPLACE INTO outbox (id, letter) VALUES (?, ?)",
                (letter.id, json.dumps(letter.as_json())),
            )
            change.execute("UPDATE handled SET done = 1 WHERE order_id = ?", (order.id,))

    def _tell_progress(self, order_id: str, done: int, total: int) -> bool:
        try:
            told = self._post(
                "progress", {"order_id": order_id, "done": done, "total": total}, seconds=30
            )
        except (Unreachable, TurnedAway):
            return True  # The work goes on; the next step, or the result, will tell.
        return not told.get("stop", False)

    # The line

    def _post(self, path: str, told: dict[str, Any], seconds: float) -> Any:
        body = json.dumps(told).encode()
        headers = sign_request(
            self._node.keys.signing, self._enrolment.node_id, path, body, self._clock()
        )
        return self._enrolment.line.post(path, body, headers, seconds)

    def _budgets(self) -> dict[str, list[float]]:
        rows = self._node.store.rows(
            "SELECT id, spent, policy FROM granted WHERE state <> 'withdrawn'"
        )
        return {
            number: [spent, read_policy(json.loads(policy)).privacy.epsilon_total]
            for number, spent, policy in rows
        }


def serve(
    node: Node,
    enrolment: Enrolment,
    clock: Callable[[], datetime],
    ended: threading.Event,
    wait: float = LONGEST_WAIT,
) -> None:
    """Serve the register until `ended`, then let the node's warm workers go."""
    try:
        Runner(node, enrolment, clock, wait).run(ended)
    finally:
        node.close()
