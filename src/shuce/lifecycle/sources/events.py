from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class SourceConnected(Event):
    """A body's source was connected at its node. The address is not told."""

    kind: ClassVar[str] = "sources.connected"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "接入数据源"

    name: str
    source_kind: str
    tables: int


@dataclass(frozen=True)
class SourceClosed(Event):
    """A source was closed: its node forgets the address."""

    kind: ClassVar[str] = "sources.closed"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "停用数据源"

    name: str


@dataclass(frozen=True)
class SourceAnnounced(Event):
    """A source was entered that lies at a body's own node; its owner is to connect it there."""

    kind: ClassVar[str] = "sources.announced"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "登记节点上的数据源"

    name: str
    source_kind: str
    node_id: str


@dataclass(frozen=True)
class NodeInvited(Event):
    """A code was shown that lets one node of a body in, once. A node before it is out at once."""

    kind: ClassVar[str] = "sources.node_invited"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "签发节点登记码"

    name: str
    expires_at: str
    replaces: bool


@dataclass(frozen=True)
class NodeEnrolled(Event):
    """A node came with its code; both sides pinned the other's key. Signed by the clockwork."""

    kind: ClassVar[str] = "sources.node_enrolled"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "节点接入"

    name: str
    public_key: str
    protocol: int
    version: str


@dataclass(frozen=True)
class NodeRevoked(Event):
    """A node's key is no longer believed, and why; everything that waited for it was taken back."""

    kind: ClassVar[str] = "sources.node_revoked"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "吊销节点"

    name: str
    reason: str


@dataclass(frozen=True)
class NodeAnswered(Event):
    """A node's signed answer to an order: what it was about, the digest, and the signature."""

    kind: ClassVar[str] = "sources.node_answered"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "节点回执"

    node_id: str
    order_kind: str
    about_id: str
    outcome: str
    written_at: str
    digest: str
    signature: str


@dataclass(frozen=True)
class GrantAccepted(Event):
    """The owner of the data accepted a grant at the node, under the policy with this digest."""

    kind: ClassVar[str] = "sources.grant_accepted"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "节点接受授权"

    node_id: str
    pin: str


@dataclass(frozen=True)
class GrantDeclined(Event):
    """The owner of the data declined a grant at the node, or the node could not follow it."""

    kind: ClassVar[str] = "sources.grant_declined"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "节点拒绝授权"

    node_id: str
