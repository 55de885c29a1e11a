"""What pins a grant: the digest of its policy and of the tables behind it, together."""

from collections.abc import Mapping
from typing import Any

from shuce.engines.guard.policy import PolicyError, read_policy
from shuce.kernel.refusals import Obstacle
from shuce.node.interface import Bindings
from shuce.node.refusals import NodeRefused
from shuce.node.wording import digest


def pin_of(policy: Mapping[str, Any], bindings: Bindings) -> str:
    """Return the digest that pins a grant; NodeRefused for a policy that no node could follow."""
    try:
        read = read_policy(policy)
    except PolicyError as fault:
        raise NodeRefused(Obstacle("授权策略有误：{fault}", fault=str(fault))) from None
    unbound = sorted(set(read.tables) - {table.lower() for table in bindings})
    if unbound:
        raise NodeRefused(Obstacle("授权的表 {table} 没有对应的数据源", table=unbound[0]))
    bound = {table.lower(): list(pair) for table, pair in bindings.items()}
    return digest({"policy": policy, "bindings": bound})
