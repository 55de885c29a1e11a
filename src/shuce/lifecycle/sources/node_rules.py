"""What may be done with a body's node, from plain values."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle

# A code is carried by a person from one screen to another; nobody needs a day for that.
CODE_GOOD_FOR = timedelta(hours=1)
# A node that waits for orders is heard of every 25 seconds, one with trouble every 30.
ONLINE_FOR = timedelta(seconds=90)


class NodeState(Choice):
    INVITED = "INVITED", "待登记"
    ACTIVE = "ACTIVE", "在用"
    REVOKED = "REVOKED", "已吊销"


class Presence(Choice):
    """Whether a node in use is there now."""

    ONLINE = "ONLINE", "在线"
    OFFLINE = "OFFLINE", "离线"
    NEVER = "NEVER", "尚未联系"


class OrderState(Choice):
    WAITING = "WAITING", "等待节点"
    TAKEN = "TAKEN", "节点执行中"
    ANSWERED = "ANSWERED", "已回复"
    CANCELLED = "CANCELLED", "已取消"


class GrantAtNode(Choice):
    """How far a grant is accepted at its node."""

    OFFERED = "OFFERED", "待节点接受"
    ACCEPTED = "ACCEPTED", "节点已接受"
    DECLINED = "DECLINED", "节点拒绝"
    WITHDRAWN = "WITHDRAWN", "已撤回"


def presence_of(seen_at: datetime | None, now: datetime) -> Presence:
    """Return whether a node last heard of at `seen_at` is there at `now`."""
    if seen_at is None:
        return Presence.NEVER
    return Presence.ONLINE if now - seen_at <= ONLINE_FOR else Presence.OFFLINE


def obstacles_to_invite(name: str, name_taken: bool) -> Iterator[Obstacle]:
    """Yield every reason a node may not be entered under this name."""
    if not name.strip():
        yield Obstacle("请填写节点名称", field="name")
    if name_taken:
        yield Obstacle("本单位已有同名节点", field="name")


def obstacles_to_revoke(state: NodeState) -> Iterator[Obstacle]:
    """Yield every reason a node may not be revoked, nor replaced by another."""
    if state is NodeState.REVOKED:
        yield Obstacle("该节点已经吊销，请新增节点", Clause.G_8)


def obstacles_to_enrol(
    state: NodeState, code_expires_at: datetime | None, now: datetime
) -> Iterator[Obstacle]:
    """Yield every reason the holder of a node's code may not enrol with it."""
    if state is NodeState.REVOKED or code_expires_at is None or now >= code_expires_at:
        yield Obstacle("登记码无效或已过期，请在登记簿上重新签发")


def obstacles_to_order(state: GrantAtNode, suspended: bool) -> Iterator[Obstacle]:
    """Yield every reason nothing is asked of a node under a grant."""
    if state is GrantAtNode.OFFERED:
        yield Obstacle("数据所有者还没有在节点上接受这份授权", Clause.G_8)
    if state is GrantAtNode.DECLINED:
        yield Obstacle("数据所有者在节点上拒绝了这份授权", Clause.G_8)
    if suspended or state is GrantAtNode.WITHDRAWN:
        yield Obstacle("授权已经停止，不再向节点发送任务", Clause.N_4)
