"""Letters between a register and a node: signed by the one, checked by the other, kept by both.

The register writes orders, the node writes messages. A letter is bound to its direction, to its
node and to a time; its body is plain JSON. What crosses is named in `executing.py`: never a row,
never a credential.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shuce.kernel.choices import Choice
from shuce.kernel.refusals import Obstacle
from shuce.node.refusals import NodeRefused
from shuce.node.wording import canonical

# What both sides must speak. Raised when an older node could no longer understand its orders.
PROTOCOL = 1
# A node writes of the time at which it writes; clocks may differ by this much.
CLOCKS_DIFFER = timedelta(minutes=5)


class Direction(Choice):
    """Which way a letter goes: a message can never be sent back as an order."""

    ORDER = "shuce-node-order-v1", "登记簿给节点的任务"
    MESSAGE = "shuce-node-message-v1", "节点给登记簿的消息"


class OrderKind(Choice):
    """What a register may ask of a node."""

    SOURCE = "SOURCE", "登记数据源"
    FORGET = "FORGET", "删除数据源地址"
    OFFER = "OFFER", "送交授权"
    SUSPEND = "SUSPEND", "暂停授权"
    RESUME = "RESUME", "恢复授权"
    WITHDRAW = "WITHDRAW", "撤回授权"
    DISCOVER = "DISCOVER", "读取目录"
    SCAN = "SCAN", "扫描"
    MEASURE = "MEASURE", "测量质量"
    ERASE = "ERASE", "销毁数据"
    ANSWER = "ANSWER", "回答查询"
    FORESEE = "FORESEE", "预估查询"
    FUSE = "FUSE", "融合的一步"


class MessageKind(Choice):
    """What a node may tell its register."""

    RESULT = "RESULT", "任务结果"
    CONNECTED = "CONNECTED", "数据源已接通"
    ACCEPTED = "ACCEPTED", "授权已接受"
    DECLINED = "DECLINED", "授权被拒绝"


# How long an order may wait for its node. One that only says where things stand never grows old:
# a suspension must reach a node that was away for months.
VALID_FOR = {
    OrderKind.ANSWER: timedelta(minutes=5),
    OrderKind.FORESEE: timedelta(minutes=5),
    OrderKind.FUSE: timedelta(minutes=5),
    OrderKind.DISCOVER: timedelta(minutes=10),
    OrderKind.MEASURE: timedelta(hours=1),
    OrderKind.ERASE: timedelta(hours=1),
    OrderKind.SCAN: timedelta(hours=12),
}
_AS_LONG_AS_IT_TAKES = timedelta(days=3650)


@dataclass(frozen=True)
class Letter:
    """One signed letter. `kind` is an OrderKind or a MessageKind; the signature is hex."""

    id: str
    node_id: str
    kind: str
    body: Mapping[str, Any]
    written_at: str
    valid_until: str
    signature: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> "Letter":
        """Return the letter in `value`; NodeRefused for what is none."""
        names = ("id", "node_id", "kind", "written_at", "valid_until", "signature")
        if not isinstance(value, dict) or not isinstance(value.get("body"), dict):
            raise NodeRefused(Obstacle("这不是一封信件"))
        texts = [value.get(name) for name in names]
        if not all(isinstance(text, str) and len(text) < 200 for text in texts):
            raise NodeRefused(Obstacle("这不是一封信件"))
        return cls(**{name: value[name] for name in names}, body=value["body"])


def write_letter(
    key: Ed25519PrivateKey,
    direction: Direction,
    *,
    letter_id: str,
    node_id: str,
    kind: OrderKind | MessageKind,
    body: Mapping[str, Any],
    at: datetime,
) -> Letter:
    """Return a signed letter, good from `at` for as long as its kind is."""
    at = at.astimezone(UTC)  # one zone, so that letters are in order as text
    lasts = VALID_FOR.get(kind) if isinstance(kind, OrderKind) else None
    until = at + (lasts or _AS_LONG_AS_IT_TAKES)
    unsigned = Letter(letter_id, node_id, kind.value, body, at.isoformat(), until.isoformat())
    signature = key.sign(_signed_bytes(unsigned, direction)).hex()
    return replace(unsigned, signature=signature)


def is_letter_genuine(letter: Letter, direction: Direction, public_key: bytes) -> bool:
    """Say whether the holder of the raw Ed25519 key wrote this very letter, in this direction."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(letter.signature), _signed_bytes(letter, direction)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def is_fresh(letter: Letter, now: datetime) -> bool:
    """Say whether `now` lies between when the letter was written and when it grows old."""
    try:
        written = datetime.fromisoformat(letter.written_at)
        until = datetime.fromisoformat(letter.valid_until)
    except ValueError:
        return False
    if written.tzinfo is None or until.tzinfo is None:
        return False
    return written - CLOCKS_DIFFER <= now <= until


def _signed_bytes(letter: Letter, direction: Direction) -> bytes:
    told = {name: value for name, value in letter.as_json().items() if name != "signature"}
    return canonical({"purpose": direction.value, **told})
