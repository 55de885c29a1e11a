"""What a fusion may use of a grant, what it would cost, and how it reads."""

import math
from dataclasses import dataclass

from shuce.engines.fusion import Cost, Measure, Requirements, cost_of, error_of
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom.blend_rules import BlendSide, BlendSpec
from shuce.lifecycle.cleanroom.models import Blend
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.policies import policy_of


@dataclass(frozen=True)
class BlendForesight:
    """What a question would cost and how exact it would be; nothing is asked or spent."""

    minimum: int
    epsilon: float
    errors: list[tuple[str, float]]
    cost: Cost

    @property
    def is_noisy(self) -> bool:
        return self.epsilon > 0

    @property
    def megabytes(self) -> float:
        return round(self.cost.size / 1e6, 1)

    @property
    def seconds(self) -> int:
        return math.ceil(self.cost.seconds) + 5


def side_of(grant: Grant) -> BlendSide:
    """Return what a grant lets a fusion do, from its policy and what the last scan found."""
    policy, _ = policy_of(grant)
    table, key = policy["subject"]["table"], policy["subject"]["key"]
    columns = policy["tables"][table]["columns"]
    scanned = {one["name"]: one for one in columns_of(grant.card)}
    profiles = {name: one.get("profile") or {} for name, one in scanned.items()}
    privacy = policy["privacy"]
    return BlendSide(
        table,
        key,
        str(scanned[key].get("type") or ""),
        "join" in columns[key]["use"],
        frozenset(name for name, one in columns.items() if "group" in one["use"]),
        {
            name: (math.floor(one["bounds"][0]), math.ceil(one["bounds"][1]))
            for name, one in columns.items()
            if "aggregate" in one["use"] and one.get("bounds")
        },
        policy["minimum_group"],
        privacy["epsilon_per_query"] if privacy["mode"] == "dp" else 0.0,
        int(profiles[key].get("distinct") or 0),
        {name: int(one.get("distinct") or 1) for name, one in profiles.items()},
    )


def foresight_of(left: BlendSide, right: BlendSide, spec: BlendSpec) -> BlendForesight:
    """Tell what a lawful question would cost, from what the last scans found."""
    sides = ((left, spec.left), (right, spec.right))
    measures = tuple(
        tuple(Measure(name, *side.measures[name]) for name in asked.measures)
        for side, asked in sides
    )
    groups = tuple(
        math.prod(max(1, (side.distinct or {}).get(name, 1)) for name in asked.groups)
        for side, asked in sides
    )
    epsilons = [side.epsilon for side, _ in sides if side.epsilon]
    epsilon = min(epsilons, default=0.0)
    minimum = max(left.minimum, right.minimum)
    demands = Requirements(minimum, bool(epsilons), epsilon)
    names = [say("人数"), *(say("{column} 合计", column=one.column) for one in sum(measures, ()))]
    errors = error_of(demands, sum(measures, ()))
    return BlendForesight(
        minimum,
        epsilon,
        list(zip(names, errors, strict=True)),
        cost_of(
            (left.people, right.people),
            (min(groups[0], 400), min(groups[1], 400)),
            (measures[0], measures[1]),
        ),
    )


def sentence_of(blend: Blend) -> str:
    """Return a question in words, as lists and files show it."""
    spec = BlendSpec.from_json(blend.spec)
    sides = [(blend.left.card.name, spec.left), (blend.right.card.name, spec.right)]
    parts = [f"{name}.{column}" for name, one in sides for column in one.groups]
    sums = [f"{name}.{column}" for name, one in sides for column in one.measures]
    text = say("融合：{left} 与 {right} 共有的人数", left=sides[0][0], right=sides[1][0])
    if sums:
        text += say("，合计 {columns}", columns="、".join(sums))
    if parts:
        text += say("，按 {columns} 分组", columns="、".join(parts))
    return text
