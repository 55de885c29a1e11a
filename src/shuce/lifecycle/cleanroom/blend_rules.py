"""What may be asked over two grants together, before both nodes judge it themselves. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.node.fusion_rules import MOST_GROUPS, MOST_MEASURES

# What says the same of a person or a body wherever it is written.
KEYS = frozenset({"id_card", "passport", "insurance_no", "mobile", "uscc"})


@dataclass(frozen=True)
class SideSpec:
    """The columns one side is grouped by, and those that are added up."""

    groups: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SideSpec":
        return cls(tuple(value.get("groups", ())), tuple(value.get("measures", ())))


@dataclass(frozen=True)
class BlendSpec:
    """A question over two grants: always how many people are in both."""

    left: SideSpec
    right: SideSpec

    def side(self, name: str) -> SideSpec:
        return self.left if name == "left" else self.right

    def as_json(self) -> dict[str, Any]:
        return {
            name: {"groups": list(one.groups), "measures": list(one.measures)}
            for name, one in (("left", self.left), ("right", self.right))
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "BlendSpec":
        return cls(SideSpec.from_json(value["left"]), SideSpec.from_json(value["right"]))


@dataclass(frozen=True)
class BlendSide:
    """What a grant lets a fusion do. `key_type` is what a scan found the key to be."""

    table: str
    key: str
    key_type: str
    joins: bool
    groups: frozenset[str]
    measures: Mapping[str, tuple[int, int]]
    minimum: int
    epsilon: float = 0.0
    people: int = 0
    distinct: Mapping[str, int] | None = None


def obstacles_to_pair(*, own_grants: bool, same_asset: bool) -> Iterator[Obstacle]:
    """Yield why two grants cannot be used together, whatever is asked."""
    if not own_grants:
        yield Obstacle("只能使用本单位获得的授权", Clause.N_4)
    if same_asset:
        yield Obstacle("融合加工须用两项不同的数据资产", Clause.G_8)


def obstacles_to_blend(left: BlendSide, right: BlendSide, spec: BlendSpec) -> Iterator[Obstacle]:
    """Yield every reason a question is not even put to the nodes."""
    for side, asked in ((left, spec.left), (right, spec.right)):
        if not side.joins:
            yield Obstacle("授权没有允许融合加工：{table}", Clause.G_8, table=side.table)
        elif side.key_type not in KEYS:
            yield Obstacle("{table} 没有可以关联的人员或单位标识", Clause.G_8, table=side.table)
        for column in asked.groups:
            if column not in side.groups:
                yield Obstacle("列 {column} 不能用于分组", Clause.G_8, column=column)
        for column in asked.measures:
            if column not in side.measures:
                yield Obstacle("列 {column} 不能用于合计", Clause.G_8, column=column)
        if set(asked.groups) & set(asked.measures):
            yield Obstacle("同一列只能用一次")
        if len(asked.groups) > MOST_GROUPS or len(asked.measures) > MOST_MEASURES:
            yield Obstacle(
                "每一方最多 {groups} 个分组列、{measures} 个合计列",
                groups=MOST_GROUPS,
                measures=MOST_MEASURES,
            )
    if left.joins and right.joins and left.key_type != right.key_type:
        yield Obstacle("双方的关联列不是同一种标识", Clause.G_8)
