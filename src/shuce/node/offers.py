"""Grants that a register offers to a node, and what it decides of them later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shuce.kernel.refusals import Obstacle
from shuce.node.interface import Bindings
from shuce.node.letters import OrderKind
from shuce.node.node import Node
from shuce.node.pins import pin_of
from shuce.node.refusals import NodeRefused
from shuce.node.store import Store


@dataclass(frozen=True)
class Offer:
    """A grant that waits for the owner of the data. `spent`: of its budget, at an earlier node."""

    grant_id: str
    policy: Mapping[str, Any]
    bindings: Bindings
    spent: float = 0.0
    state: str = "in_force"


def keep_offer(store: Store, offer: Offer, *, written_at: str) -> str:
    """Keep a grant until the owner accepts or declines it.

    Returns the pin if the owner had accepted this very grant before, and nothing otherwise.
    """
    pin = pin_of(offer.policy, offer.bindings)
    bound = {table.lower(): list(pair) for table, pair in offer.bindings.items()}
    with store.change() as change:
        known = change.execute("SELECT pin FROM granted WHERE id = ?", (offer.grant_id,)).fetchone()
        if known and known[0] != pin:
            raise NodeRefused(Obstacle("节点已经接受了同一编号的另一份授权"))
        if known:
            return pin
        change.execute(
            "INSERT OR REPLACE INTO offer VALUES (?, ?, ?, ?, 'in_force', ?)",
            (offer.grant_id, json.dumps(offer.policy), json.dumps(bound), offer.spent, written_at),
        )
    return ""


def offers_in(store: Store) -> list[Offer]:
    """Return what waits for the owner, oldest first."""
    rows = store.rows(
        "SELECT grant_id, policy, bindings, spent, state FROM offer ORDER BY moved_at, grant_id"
    )
    return [
        Offer(number, json.loads(policy), json.loads(bindings), spent, state)
        for number, policy, bindings, spent, state in rows
    ]


def follow(node: Node, kind: OrderKind, grant_id: str, *, written_at: str) -> None:
    """Suspend, resume or withdraw a grant, accepted or only offered, as the register wrote.

    What was written before the last of these that was followed is left: letters may be late.
    """
    accepted = _moved_at(node.store, "granted", "id", grant_id)
    offered = _moved_at(node.store, "offer", "grant_id", grant_id)
    last = offered if accepted is None else accepted
    if last is None:
        raise NodeRefused(Obstacle("节点没有接受过这份授权"))
    if last > written_at:
        raise NodeRefused(Obstacle("节点已经执行了登记簿后来的决定"))
    if accepted is None:
        _move_offer(node.store, kind, grant_id, written_at)
        return
    moves = {
        OrderKind.SUSPEND: node.suspend_grant,
        OrderKind.RESUME: node.resume_grant,
        OrderKind.WITHDRAW: node.withdraw_grant,
    }
    moves[kind](grant_id)
    with node.store.change() as change:
        change.execute("UPDATE granted SET moved_at = ? WHERE id = ?", (written_at, grant_id))


def _moved_at(store: Store, table: str, key: str, grant_id: str) -> str | None:
    row = store.one(f"SELECT moved_at FROM {table} WHERE {key} = ?", grant_id)
    return str(row[0]) if row else None


def _move_offer(store: Store, kind: OrderKind, grant_id: str, written_at: str) -> None:
    with store.change() as change:
        if kind is OrderKind.WITHDRAW:
            change.execute("DELETE FROM offer WHERE grant_id = ?", (grant_id,))
            return
        state = "suspended" if kind is OrderKind.SUSPEND else "in_force"
        change.execute(
            "UPDATE offer SET state = ?, moved_at = ? WHERE grant_id = ?",
            (state, written_at, grant_id),
        )
