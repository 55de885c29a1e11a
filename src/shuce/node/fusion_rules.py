"""What a grant lets a fusion do with its columns, judged by the node that accepted it."""

import math

from shuce.engines.guard.policy import ColumnRule, Policy
from shuce.engines.guard.verdicts import Rule, Stopped
from shuce.node.fusions import FusionSide, Part, SignedFusion

MOST_GROUPS = 3
MOST_MEASURES = 3
# The largest number a measure may be clamped to.
LARGEST_VALUE = 1 << 40


def refuse_forbidden(job: SignedFusion, side: FusionSide, policy: Policy) -> None:
    """Raise Stopped for what this side's policy does not allow."""
    part = job.part(side)
    if job.left.grant_id == job.right.grant_id:
        raise Stopped(Rule.GRANT, "融合须用两份不同的授权")
    table = policy.tables.get(part.table)
    if table is None or table.is_public or policy.subject[0] != part.table:
        raise Stopped(Rule.TABLE, "表 {table} 不能用于融合", table=part.table)
    if part.key.lower() != policy.subject[1] or not table.columns[part.key.lower()].may("join"):
        raise Stopped(Rule.JOIN, "授权没有允许用 {column} 做融合的关联列", column=part.key)
    _refuse_columns(part)
    for column in part.groups:
        if not _rule(table.columns.get(column.lower())).may("group"):
            raise Stopped(Rule.COLUMN, "列 {column} 不能用于分组", column=column)
    for column in part.measures:
        rule = _rule(table.columns.get(column.lower()))
        if not rule.may("aggregate") or rule.bounds is None:
            raise Stopped(Rule.COLUMN, "列 {column} 不能用于合计", column=column)
        if max(map(abs, range_of(rule))) >= LARGEST_VALUE:
            raise Stopped(Rule.LIMIT, "列 {column} 的取值范围太大", column=column)


def range_of(rule: ColumnRule) -> tuple[int, int]:
    """Return the whole numbers a measure is clamped to."""
    assert rule.bounds is not None
    return math.floor(rule.bounds[0]), math.ceil(rule.bounds[1])


def columns_of(job: SignedFusion) -> tuple[str, ...]:
    """Return the columns of what is released. A name both sides use is told apart by its table."""
    both = [(part, name) for part in (job.left, job.right) for name in part.groups]
    sums = [(part, name) for part in (job.left, job.right) for name in part.measures]
    names = [name.lower() for _, name in both + sums]

    def told(part: Part, name: str) -> str:
        return name if names.count(name.lower()) == 1 else f"{part.table}.{name}"

    found = [told(*one) for one in both] + ["persons"]
    return tuple(found + [f"sum_{told(*one)}" for one in sums])


def _refuse_columns(part: Part) -> None:
    used = [column.lower() for column in (part.key, *part.groups, *part.measures)]
    if len(set(used)) != len(used):
        raise Stopped(Rule.COLUMN, "同一列只能用一次")
    if len(part.groups) > MOST_GROUPS or len(part.measures) > MOST_MEASURES:
        raise Stopped(
            Rule.LIMIT,
            "每一方最多 {groups} 个分组列、{measures} 个合计列",
            groups=MOST_GROUPS,
            measures=MOST_MEASURES,
        )


def _rule(found: ColumnRule | None) -> ColumnRule:
    return found or ColumnRule()
