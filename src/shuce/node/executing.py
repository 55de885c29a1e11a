"""Do what one order asks, and say what came of it. Everything that leaves a node is made here."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from shuce.kernel.choices import Choice
from shuce.kernel.refusals import Obstacle, Refused
from shuce.node import packing
from shuce.node.letters import Letter, OrderKind
from shuce.node.node import Node
from shuce.node.offers import Offer, follow, keep_offer
from shuce.node.refusals import NodeRefused

log = logging.getLogger(__name__)

# Told as a scan goes on; answers False once it should stop.
OnProgress = Callable[[int, int], bool]


class Outcome(Choice):
    """What became of an order."""

    DONE = "DONE", "已完成"
    REFUSED = "REFUSED", "节点拒绝"
    UNREADABLE = "UNREADABLE", "数据源读不出来"
    INTERRUPTED = "INTERRUPTED", "执行中断"
    FAILED = "FAILED", "执行出错"


# Where a node was ended in the middle of these, doing them again would not be the same thing.
NEVER_TWICE = frozenset({OrderKind.ERASE, OrderKind.ANSWER, OrderKind.FUSE})
# What only says where things stand: done at once, in the order written.
STANDING = frozenset(
    {
        OrderKind.SOURCE,
        OrderKind.FORGET,
        OrderKind.OFFER,
        OrderKind.SUSPEND,
        OrderKind.RESUME,
        OrderKind.WITHDRAW,
    }
)


def execute(
    node: Node, order: Letter, *, now: datetime, on_progress: OnProgress | None = None
) -> tuple[Outcome, dict[str, Any]]:
    """Do what `order` asks of `node`; return the outcome and what the register may know of it."""
    try:
        return Outcome.DONE, _do(node, OrderKind(order.kind), order, now, on_progress)
    except Refused as refusal:
        return Outcome.REFUSED, packing.pack_refusal(refusal)
    except (KeyError, TypeError):
        log.warning("order %s of kind %s cannot be read", order.id, order.kind)
        return Outcome.REFUSED, packing.pack_refusal(NodeRefused(Obstacle("节点读不懂这个任务")))
    except (OSError, ValueError):
        # The engine's own words may hold values or the address: they stay in the node's log.
        log.warning("order %s: the source cannot be read", order.id, exc_info=True)
        return Outcome.UNREADABLE, {}
    except Exception:
        # A node that dies of one order serves no other; the log has the reason.
        log.exception("order %s failed", order.id)
        return Outcome.FAILED, {}


def _do(
    node: Node, kind: OrderKind, order: Letter, now: datetime, on_progress: OnProgress | None
) -> dict[str, Any]:
    body = order.body
    match kind:
        case OrderKind.SOURCE:
            node.announce(body["source_id"], body["name"], body["source_kind"])
        case OrderKind.FORGET:
            node.forget(body["source_id"])
        case OrderKind.OFFER:
            bindings = {table: (pair[0], pair[1]) for table, pair in body["bindings"].items()}
            spent = float(body["spent"])
            offer = Offer(body["grant_id"], body["policy"], bindings, spent)
            return {"pin": keep_offer(node.store, offer, written_at=order.written_at)}
        case OrderKind.SUSPEND | OrderKind.RESUME | OrderKind.WITHDRAW:
            follow(node, kind, body["grant_id"], written_at=order.written_at)
        case OrderKind.DISCOVER:
            return packing.pack_tables(node.discover(body["source_id"]))
        case OrderKind.SCAN:
            return packing.pack_scan(
                node.scan(body["source_id"], body["tables"], body["sample"], on_progress)
            )
        case OrderKind.MEASURE:
            rules = packing.unpack_rules(body)
            today = date.fromisoformat(body["today"])
            return packing.pack_measured(
                node.measure_quality(body["source_id"], body["table"], rules, today=today)
            )
        case OrderKind.ERASE:
            return packing.pack_proof(node.erase(body["source_id"], body["table"], body["method"]))
        case OrderKind.ANSWER:
            return packing.pack_receipt(node.answer(packing.unpack_job(body), now=now))
        case OrderKind.FORESEE:
            return packing.pack_foresight(node.foresee(packing.unpack_job(body), now=now))
        case OrderKind.FUSE:
            return packing.pack_step(node.fuse(*packing.unpack_fusion(body), now=now))
    return {}
