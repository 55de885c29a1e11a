"""A fusion as both nodes are asked it: one signed job that names both grants and both nodes.

Its steps go to the two nodes in turn. What a step hands to the next is sealed between the nodes;
the register carries it and cannot read it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shuce.kernel.choices import Choice
from shuce.kernel.refusals import Obstacle
from shuce.node.receipts import Receipt
from shuce.node.refusals import NodeRefused
from shuce.node.wording import canonical, digest

_PURPOSE = "shuce-node-fusion-v1"
# Which node does which step: the counting one the even ones, the holding one the odd ones.
STEPS = 9


class FusionSide(Choice):
    """Which part a node takes."""

    LEFT = "left", "计数方"
    RIGHT = "right", "应答方"

    @property
    def other(self) -> "FusionSide":
        return FusionSide.RIGHT if self is FusionSide.LEFT else FusionSide.LEFT

    @classmethod
    def of_step(cls, step: int) -> "FusionSide":
        return cls.RIGHT if step % 2 else cls.LEFT


@dataclass(frozen=True)
class Part:
    """What one side gives: a grant, its node's key (hex), and the columns that are used."""

    grant_id: str
    node: str
    table: str
    key: str
    groups: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "groups": list(self.groups), "measures": list(self.measures)}

    @classmethod
    def from_json(cls, value: Any) -> "Part":
        texts = ("grant_id", "node", "table", "key")
        if not isinstance(value, Mapping) or not all(isinstance(value.get(t), str) for t in texts):
            raise _unreadable()
        lists = [value.get(name, []) for name in ("groups", "measures")]
        if not all(isinstance(one, list | tuple) for one in lists):
            raise _unreadable()
        groups, measures = (tuple(str(each) for each in one) for one in lists)
        grant, node, table, key = (str(value[text]) for text in texts)
        return cls(grant, node, table, key, groups, measures)


@dataclass(frozen=True)
class SignedFusion:
    """A question over two grants, and who asks it. `signature` covers all other fields."""

    job_id: str
    actor: str
    left: Part
    right: Part
    issued_at: datetime
    nonce: str
    signature: bytes = b""

    @property
    def signed_bytes(self) -> bytes:
        return canonical({"purpose": _PURPOSE, **self._told})

    @property
    def digest(self) -> str:
        """Return what binds every parcel to this very job."""
        return digest({"purpose": _PURPOSE, **self._told})

    @property
    def question(self) -> dict[str, Any]:
        """Return what is asked, by whomever and whenever: the same has the same answer."""
        return {"left": self.left.as_json(), "right": self.right.as_json()}

    def part(self, side: FusionSide) -> Part:
        return self.left if side is FusionSide.LEFT else self.right

    @property
    def _told(self) -> dict[str, Any]:
        return {
            "job_id": self.job_id,
            "actor": self.actor,
            **self.question,
            "issued_at": self.issued_at.isoformat(),
            "nonce": self.nonce,
        }

    def as_json(self) -> dict[str, Any]:
        return {**self._told, "signature": self.signature.hex()}

    @classmethod
    def from_json(cls, value: Any) -> "SignedFusion":
        try:
            return cls(
                str(value["job_id"]),
                str(value["actor"]),
                Part.from_json(value["left"]),
                Part.from_json(value["right"]),
                datetime.fromisoformat(value["issued_at"]),
                str(value["nonce"]),
                bytes.fromhex(value["signature"]),
            )
        except (KeyError, TypeError, ValueError):
            raise _unreadable() from None


@dataclass(frozen=True)
class StepDone:
    """What a step leaves: a message for the other node, and a receipt where this node is done.

    A receipt of the holding node names the digest of what is released and not the figures: these
    come with the counting node's receipt, once both have agreed.
    """

    message: bytes = b""
    receipt: Receipt | None = None


def sign_fusion(
    key: Ed25519PrivateKey,
    *,
    job_id: str,
    actor: str,
    left: Part,
    right: Part,
    issued_at: datetime,
    nonce: str = "",
) -> SignedFusion:
    """Return the job signed with the register's key; without `nonce`, with a fresh one."""
    if issued_at.tzinfo is None:
        raise ValueError("issued_at needs a time zone")
    job = SignedFusion(job_id, actor, left, right, issued_at, nonce or secrets.token_hex(16))
    return replace(job, signature=key.sign(job.signed_bytes))


def is_fusion_signed_by(job: SignedFusion, public_key: bytes) -> bool:
    """Say whether `job` carries a good signature of the raw Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(job.signature, job.signed_bytes)
    except (InvalidSignature, ValueError):
        return False
    return True


def _unreadable() -> NodeRefused:
    return NodeRefused(Obstacle("节点读不懂这个任务"))
