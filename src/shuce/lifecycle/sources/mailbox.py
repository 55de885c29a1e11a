"""The mail between this register and its nodes: orders wait here until their node fetches them."""

import json
import time
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import now  # noqa: TID251  a letter is fresh or old by the clock

from shuce.kernel.identifiers import new_id
from shuce.lifecycle.sources.keys import register_key
from shuce.lifecycle.sources.models import DataNode, NodeNonce, NodeOrder, NodePulse
from shuce.lifecycle.sources.node_rules import NodeState, OrderState
from shuce.node.letters import CLOCKS_DIFFER, Direction, OrderKind, write_letter

OPEN = (OrderState.WAITING, OrderState.TAKEN)
_LOOK_EVERY = 0.1
_MOST_AT_ONCE = 100


def write_order(
    node: DataNode, kind: OrderKind, about_id: str, body: Mapping[str, Any]
) -> NodeOrder:
    """Sign an order and leave it for `node`. Within a transaction it goes when that is kept."""
    at, order_id = now(), new_id()
    letter = write_letter(
        register_key(),
        Direction.ORDER,
        letter_id=order_id,
        node_id=node.id,
        kind=kind,
        body=body,
        at=at,
    )
    return NodeOrder.objects.create(
        id=order_id,
        node=node,
        kind=kind,
        about_id=about_id,
        letter=json.dumps(letter.as_json()),
        written_at=at,
        valid_until=datetime.fromisoformat(letter.valid_until),
    )


def fetch_orders(node: DataNode, holding: Collection[str], wait: float) -> list[Any]:
    """Return the letters of `node`'s open orders, oldest first, waiting a while for the first.

    One that the node was handed before and does not say it holds is handed out again: the answer
    may have been lost on the way.
    """
    until = time.monotonic() + wait
    while True:
        found = _open_orders(node, holding)
        if found or time.monotonic() >= until:
            return found
        time.sleep(_LOOK_EVERY)
        if not DataNode.objects.filter(id=node.id, state=NodeState.ACTIVE).exists():
            return []


def _open_orders(node: DataNode, holding: Collection[str]) -> list[Any]:
    waiting = NodeOrder.objects.filter(node=node, state__in=OPEN).exclude(id__in=holding)
    rows = list(waiting.order_by("id").values_list("id", "letter", "valid_until")[:_MOST_AT_ONCE])
    at = now()
    old = [order_id for order_id, _, until in rows if until < at]
    if old:
        NodeOrder.objects.filter(id__in=old).update(state=OrderState.CANCELLED, ended_at=at)
    fresh = [(order_id, letter) for order_id, letter, until in rows if until >= at]
    NodeOrder.objects.filter(
        id__in=[order_id for order_id, _ in fresh], state=OrderState.WAITING
    ).update(state=OrderState.TAKEN)
    return [json.loads(letter) for _, letter in fresh]


def note_progress(node: DataNode, order_id: str, done: int, total: int) -> bool:
    """Note how far an order is; return whether the node should stop."""
    orders = NodeOrder.objects.filter(id=order_id, node=node, state__in=OPEN)
    orders.update(done=done, total=total)
    going_on = orders.filter(stop_asked=False)
    return not going_on.exists()


def note_pulse(node: DataNode, told: Mapping[str, Any]) -> None:
    """Note that a node was heard of, and what it told of itself."""
    budgets = told.get("budgets")
    NodePulse.objects.update_or_create(
        node=node,
        defaults={
            "seen_at": now(),
            "version": str(told.get("version", ""))[:30],
            "protocol": int(told.get("protocol", 0)),
            "budgets": _numbers(budgets) if isinstance(budgets, dict) else {},
        },
    )


def note_alive(node: DataNode) -> None:
    """Note that a node was heard of."""
    NodePulse.objects.filter(node=node).update(seen_at=now())


def is_first_time(nonce: str) -> bool:
    """Take a request's nonce; False if a request carried it before."""
    if not 16 <= len(nonce) <= 32:
        return False
    NodeNonce.objects.filter(seen_at__lt=now() - 4 * CLOCKS_DIFFER).delete()
    try:
        with transaction.atomic():
            NodeNonce.objects.create(nonce=nonce, seen_at=now())
    except IntegrityError:
        return False
    return True


def give_up(order: NodeOrder) -> bool:
    """Take an order back; False if its node has it already."""
    waiting = NodeOrder.objects.filter(id=order.id, state=OrderState.WAITING)
    return bool(waiting.update(state=OrderState.CANCELLED, ended_at=now()))


def cancel_all(node: DataNode, at: datetime) -> None:
    """Take back everything that waits for a node that is no longer to be asked."""
    NodeOrder.objects.filter(node=node, state__in=OPEN).update(
        state=OrderState.CANCELLED, ended_at=at
    )


def silence_of(node: DataNode) -> timedelta | None:
    """Return how long a node has not been heard of; None if it never was."""
    pulse = NodePulse.objects.filter(node=node).first()
    return now() - pulse.seen_at if pulse else None


def _numbers(budgets: Mapping[Any, Any]) -> dict[str, list[float]]:
    kept = {}
    for name, pair in list(budgets.items())[:10_000]:
        if isinstance(pair, list) and len(pair) == 2:
            kept[str(name)[:26]] = [float(one) for one in pair if isinstance(one, int | float)]
    return {name: pair for name, pair in kept.items() if len(pair) == 2}
