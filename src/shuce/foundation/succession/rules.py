"""When a body may be succeeded by others, from plain values (G-12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shuce.foundation.organizations.rules import ABOVE, Kind
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle


class Manner(Choice):
    MERGER = "MERGER", "合并"
    SPLIT = "SPLIT", "分立"
    TAKEOVER = "TAKEOVER", "收购或并入"


class Side(Choice):
    FORMER = "FORMER", "原主体"
    HEIR = "HEIR", "承继主体"


class SuccessionState(Choice):
    DRAFT = "DRAFT", "拟订中"
    IN_APPROVAL = "IN_APPROVAL", "审批中"
    DONE = "DONE", "已完成"
    ABANDONED = "ABANDONED", "已放弃"


@dataclass(frozen=True)
class Body:
    """What the rules need to know of a body that takes part."""

    id: str
    name: str
    kind: Kind
    path: str
    is_closed: bool
    is_root: bool
    kinds_below: frozenset[Kind] = frozenset()


def obstacles_to_succession(
    manner: Manner, formers: Sequence[Body], heirs: Sequence[Body], continues: bool, ground: str
) -> Iterator[Obstacle]:
    """Yield every reason why `heirs` may not succeed `formers`. The first heir is the main one."""
    if not ground.strip():
        yield Obstacle("请填写批准文件的文号", Clause.G_12, field="ground")
    yield from _obstacles_in_numbers(manner, len(formers), len(heirs), continues)
    for body in (*formers, *heirs):
        if body.is_closed:
            yield Obstacle("“{body}”已经撤销", Clause.G_12, body=body.name)
    for former in formers:
        if former.is_root:
            yield Obstacle(
                "“{body}”是最上级财政部门，不能由他人承继", Clause.G_12, body=former.name
            )
        for heir in heirs:
            yield from _obstacles_between(former, heir)
        # Bodies below a former one go to the main heir, and must have a lawful place there.
        for kind in sorted(former.kinds_below) if heirs and not continues else ():
            if heirs[0].kind not in ABOVE.get(kind, frozenset()):
                yield Obstacle(
                    "“{body}”的下级{kind}不能设在{above}之下，请先调整隶属关系",
                    Clause.N_1,
                    body=former.name,
                    kind=kind.label,
                    above=heirs[0].kind.label,
                )


def _obstacles_in_numbers(
    manner: Manner, formers: int, heirs: int, continues: bool
) -> Iterator[Obstacle]:
    if not formers:
        yield Obstacle("请选择原主体", Clause.G_12, field="formers")
    if not heirs:
        yield Obstacle("请选择承继主体", Clause.G_12, field="heirs")
    if manner is Manner.MERGER and formers == 1:
        yield Obstacle("合并须有两个以上原主体；并入现有单位请选择“收购或并入”", field="formers")
    if manner is not Manner.SPLIT and heirs > 1:
        yield Obstacle("只有分立可以有多个承继主体", field="heirs")
    if manner is Manner.SPLIT and formers > 1:
        yield Obstacle("分立只能有一个原主体", field="formers")
    if manner is Manner.SPLIT and heirs == 1 and not continues:
        yield Obstacle("原主体不再存续的，分立须有两个以上承继主体", field="heirs")
    if continues and manner is not Manner.SPLIT:
        yield Obstacle("只有分立可以保留原主体", field="continues")


def _obstacles_between(former: Body, heir: Body) -> Iterator[Obstacle]:
    if former.id == heir.id:
        yield Obstacle("“{body}”不能承继自己", Clause.G_12, field="heirs", body=heir.name)
    elif heir.path.startswith(former.path):
        yield Obstacle(
            "“{heir}”设在“{former}”之下，请先调整隶属关系",
            Clause.G_12,
            field="heirs",
            heir=heir.name,
            former=former.name,
        )
    alike = former.kind is heir.kind or (former.kind.holds_assets and heir.kind.holds_assets)
    if not alike:
        yield Obstacle(
            "{heir}不能承继{former}的数据资产和权利",
            Clause.G_12,
            field="heirs",
            heir=heir.kind.label,
            former=former.kind.label,
        )


def obstacles_to_change(state: SuccessionState) -> Iterator[Obstacle]:
    """Yield why a plan can no longer be changed, submitted or given up."""
    if state is not SuccessionState.DRAFT:
        yield Obstacle("只有拟订中的承继方案可以修改、提交或放弃", Clause.G_12)
