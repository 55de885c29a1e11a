"""What a node hands to the process that touches its people, and what that process could not do."""

from collections.abc import Callable
from typing import Any

from shuce.engines.fusion import Dishonest, Measure, Parcel, Requirements
from shuce.engines.fusion.running import run
from shuce.engines.guard.policy import Policy
from shuce.engines.guard.verdicts import Rule, Stopped
from shuce.node import fusion_rules
from shuce.node.fusions import Part
from shuce.node.hosting import Host
from shuce.node.snapshots import snapshot_of


def side_of(node: Host, part: Part, policy: Policy) -> dict[str, Any]:
    """Return where this side's people are, which columns are used, and what is demanded."""
    grant = node.store.grant(part.grant_id)
    assert grant is not None, "judged before"
    source, name = grant.bindings[part.table]
    file = snapshot_of(policy, part.table, node.url_of(source), name, node.folder_of(grant.id))
    rule, privacy = policy.tables[part.table], policy.privacy
    noisy = privacy.mode == "dp"
    demands = Requirements(
        policy.minimum_for({part.table}),
        noisy,
        privacy.epsilon_per_query if noisy else 0.0,
        privacy.delta,
    )
    return {
        "file": str(file.resolve()),
        "key": part.key,
        "groups": list(part.groups),
        "measures": [
            Measure(column, *fusion_rules.range_of(rule.columns[column.lower()])).as_json()
            for column in part.measures
        ],
        "row_filter": rule.row_filter.sql("duckdb") if rule.row_filter is not None else "",
        "demands": demands.as_json(),
        "memory_mb": policy.limits.memory_mb,
        "threads": policy.limits.threads,
    }


def done_by_worker(
    head: dict[str, Any], arrived: Parcel | None, minimum: int, may_go_on: Callable[[], bool]
) -> tuple[Parcel, dict[str, Any]]:
    """Return what goes to the other side, and what is kept for this side's next step."""
    told = run(Parcel(head, (arrived.as_bytes(),) if arrived else ()), may_go_on)
    match told.head.get("fault"):
        case None:
            return Parcel.from_bytes(told.blobs[0]), told.head["state"]
        case "small":
            raise Stopped(Rule.GROUP_TOO_FINE, "没有一个组达到最小人数 {n}", n=minimum)
        case "large":
            raise Stopped(Rule.LIMIT, "分组或数据太多，请减少分组列")
        case "dishonest":
            raise Dishonest(head["do"])
    raise Stopped(Rule.ENGINE, "查询不能执行")
