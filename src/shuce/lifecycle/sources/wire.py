"""Where nodes call in. No person signs in here: each request is signed with the node's own key."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now  # noqa: TID251  a node's request is fresh by the clock
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shuce.kernel.refusals import Conflict, Obstacle, Refused
from shuce.lifecycle.sources import mailbox, node_commands, queries
from shuce.lifecycle.sources.keys import register_public_key
from shuce.lifecycle.sources.models import DataNode
from shuce.node import NodeRefused
from shuce.node.enrolling import admission, is_application_genuine
from shuce.node.letters import (
    CLOCKS_DIFFER,
    PROTOCOL,
    Direction,
    Letter,
    is_letter_genuine,
)
from shuce.node.wire import AT, NODE, NONCE, is_request_signed

# The oldest protocol whose nodes still understand their orders.
OLDEST = 1
LONGEST_WAIT = 25.0
# Polls that may hang at once in this process; others are answered at once and told to pause, so
# that nodes never take every thread.
_HANGING = threading.BoundedSemaphore(4)
_PAUSE = 2.0

Told = dict[str, Any]


class Unsigned(Refused):
    """Nobody we know signed this just now."""

    http_status = 401


class TooOld(Refused):
    """The node speaks a protocol that its orders are no longer written in."""

    http_status = 426


def from_node(
    answer: Callable[[DataNode, Told], Told],
) -> Callable[[HttpRequest], HttpResponse]:
    """Serve a signed request of a node in use; every refusal is a reason in JSON."""

    @csrf_exempt
    @require_POST
    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            return JsonResponse(answer(_who_asks(request, answer.__name__), _told(request)))
        except Refused as refusal:
            return _refused(refusal)

    return view


@csrf_exempt
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Let in the node that brings a code, and answer with our key, proven by the code."""
    try:
        told = _told(request)
        texts = {name: told.get(name) for name in ("code", "public_key", "at", "signature")}
        if not all(isinstance(text, str) and len(text) < 200 for text in texts.values()):
            raise NodeRefused(Obstacle("这不是登记申请"))
        if not is_application_genuine({name: str(text) for name, text in texts.items()}):
            raise NodeRefused(Obstacle("登记申请的签名无效"))
        if abs(now() - _moment(str(texts["at"]))) > CLOCKS_DIFFER:
            raise _clocks_differ()
        protocol = _protocol(told)
        node = node_commands.enrol_node(
            str(texts["code"]),
            str(texts["public_key"]),
            protocol=protocol,
            version=str(told.get("version", ""))[:30],
            at=now(),
        )
    except Refused as refusal:
        return _refused(refusal)
    return JsonResponse(admission(str(texts["code"]), node.id, register_public_key()))


@from_node
def poll(node: DataNode, told: Told) -> Told:
    """Hand a node its open orders, waiting a while for the first."""
    _protocol(told)
    mailbox.note_pulse(node, told)
    holding = [str(one) for one in told.get("holding", [])][:1000]
    wait = told.get("wait", 0)
    with _may_hang() as may:
        longest = min(float(wait), LONGEST_WAIT) if may and isinstance(wait, int | float) else 0.0
        orders = mailbox.fetch_orders(node, holding, longest)
    return {"protocol": PROTOCOL, "orders": orders, "pause": 0 if may or orders else _PAUSE}


@from_node
def progress(node: DataNode, told: Told) -> Told:
    """Note how far a node is with an order, and say whether to stop."""
    done, total = _count(told.get("done")), _count(told.get("total"))
    if done is None or total is None:
        raise NodeRefused(Obstacle("这不是进度"))
    mailbox.note_alive(node)
    return {"stop": mailbox.note_progress(node, str(told.get("order_id", "")), done, total)}


@from_node
def tell(node: DataNode, told: Told) -> Told:
    """Take up one signed message of a node. The same message again is acknowledged again."""
    letter = Letter.from_json(told.get("letter"))
    ours = letter.node_id == node.id
    if not ours or not is_letter_genuine(letter, Direction.MESSAGE, bytes.fromhex(node.public_key)):
        raise NodeRefused(Obstacle("消息没有节点的有效签名"))
    mailbox.note_alive(node)
    try:
        node_commands.take_message(node, letter, now())
    except Conflict:
        return {"known": True}
    return {"known": False}


def _who_asks(request: HttpRequest, path: str) -> DataNode:
    node = queries.node_in_use(request.headers.get(NODE, ""))
    if node is None:
        raise Unsigned(Obstacle("登记簿没有这个节点，或已经吊销"))
    if not is_request_signed(request.headers, path, request.body, bytes.fromhex(node.public_key)):
        raise Unsigned(Obstacle("请求没有节点的有效签名；如果已经换了新节点，旧的不能再用"))
    at = _moment(request.headers.get(AT, ""))
    if abs(now() - at) > CLOCKS_DIFFER:
        raise _clocks_differ()
    if not mailbox.is_first_time(request.headers.get(NONCE, "")):
        raise NodeRefused(Obstacle("这个请求已经收到过"))
    return node


def _told(request: HttpRequest) -> Told:
    try:
        told = json.loads(request.body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise NodeRefused(Obstacle("请求读不懂"))
    return told


def _protocol(told: Told) -> int:
    protocol = _count(told.get("protocol"))
    if protocol is None or protocol < OLDEST:
        raise TooOld(
            Obstacle(
                "节点的协议版本 {theirs} 太旧，登记簿至少需要 {oldest}，请升级节点程序",
                theirs=told.get("protocol"),
                oldest=OLDEST,
            )
        )
    return protocol


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < 2**31 else None


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at
    except ValueError:
        pass
    raise NodeRefused(Obstacle("请求没有写明时间"))


def _clocks_differ() -> Refused:
    return NodeRefused(
        Obstacle(
            "节点的时钟与登记簿相差太多，登记簿现在是 {now}", now=f"{now():%Y-%m-%d %H:%M:%S} UTC"
        )
    )


def _refused(refusal: Refused) -> HttpResponse:
    return JsonResponse({"reason": str(refusal)}, status=refusal.http_status)


@contextmanager
def _may_hang() -> Iterator[bool]:
    may = _HANGING.acquire(blocking=False)
    try:
        yield may
    finally:
        if may:
            _HANGING.release()
