"""What may become of a de-identified set, decided from plain values (G-8, N-4, N-5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shuce.engines.deidentify import PartRole, Recipe, faults_in
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.rules import IDENTIFYING_TYPES, MINIMUM_GROUP

LONGEST_VALID = timedelta(days=366)
REVIEWERS = 2
# What a column may be graded to leave at all, however it is treated.
_MAY_LEAVE = frozenset({"L1", "L2"})
_ASSET_MAY = frozenset({Grade.L1, Grade.L2, Grade.L3, Grade.L4})


class SetState(Choice):
    MADE = "MADE", "已制作"
    IN_REVIEW = "IN_REVIEW", "出域审查中"
    PASSED = "PASSED", "审查通过"
    REFUSED = "REFUSED", "审查未通过"
    WITHDRAWN = "WITHDRAWN", "已撤回"


@dataclass(frozen=True)
class Held:
    """One column as the scan found it: its grade, its kind, and whether the grant names it."""

    grade: str
    kind: str
    granted: bool


@dataclass(frozen=True)
class Making:
    """What is asked for, beside the recipe."""

    title: str
    purpose: str
    valid_until: date


def obstacles_to_make(
    making: Making,
    recipe: Recipe,
    columns: Mapping[str, Held],
    grade: Grade,
    grant_ends_on: date,
    today: date,
) -> Iterator[Obstacle]:
    """Yield every reason a set may not be made; the node judges the recipe again by its policy."""
    if not making.title.strip():
        yield Obstacle("请填写名称", field="title")
    if not making.purpose.strip():
        yield Obstacle("请写明用途", Clause.N_5, field="purpose")
    last = min(grant_ends_on, today + LONGEST_VALID)
    if not today < making.valid_until <= last:
        yield Obstacle(
            "交付截止日须在今天之后，且不晚于 {last}（授权终止日，最长一年）",
            Clause.N_4,
            field="valid_until",
            last=last,
        )
    yield from obstacles_in_asset(columns, grade)
    for fault in faults_in(recipe):
        yield Obstacle(fault.sentence, Clause.G_8, **dict[str, Any](fault.facts))
    least = MINIMUM_GROUP.get(grade, max(MINIMUM_GROUP.values()))
    if recipe.k < least:
        yield Obstacle("本资产的级别要求每组至少 {least} 人", Clause.G_8, field="k", least=least)
    for part in recipe.parts:
        held = columns.get(part.column)
        if held is None or not (held.granted or part.role is PartRole.SUBJECT):
            yield Obstacle("字段 {column} 不在授权范围内", Clause.N_5, column=part.column)
        elif part.role is not PartRole.SUBJECT:
            yield from obstacles_in_column(part.column, held)


def obstacles_in_asset(columns: Mapping[str, Held], grade: Grade) -> Iterator[Obstacle]:
    """Yield why no set may be made of an asset, whatever the recipe."""
    if grade not in _ASSET_MAY:
        yield Obstacle("{grade}不得以去标识化数据集方式离开节点", Clause.N_5, grade=grade.label)
        return
    highest = max((held.grade for held in columns.values()), default="")
    if grade.value not in _MAY_LEAVE and grade.value > highest:
        yield Obstacle(
            "资产级别高于其各字段的级别，说明整体汇聚有更高风险，不能制作去标识化数据集", Clause.N_5
        )


def obstacles_in_column(column: str, held: Held) -> Iterator[Obstacle]:
    """Yield why a column may not leave, however it is treated."""
    if held.kind in IDENTIFYING_TYPES:
        yield Obstacle("字段 {column} 是直接标识符，不能离开节点", Clause.G_8, column=column)
    elif held.grade not in _MAY_LEAVE:
        yield Obstacle(
            "字段 {column} 的级别是 {grade}，三级以上的字段不能离开节点",
            Clause.G_8,
            column=column,
            grade=held.grade,
        )


def obstacles_to_submit(state: SetState) -> Iterator[Obstacle]:
    if state is not SetState.MADE:
        yield Obstacle("只有刚制作的数据集可以提交出域审查", Clause.G_8)


def obstacles_to_pass(reviewers: int) -> Iterator[Obstacle]:
    """Yield why a set is not passed though its procedure ended: two people must have seen it."""
    if reviewers < REVIEWERS:
        yield Obstacle(
            "出域审查须由持有单位的两名不同人员通过，且不得是制作人；请由另一人办理", Clause.G_8
        )


def obstacles_to_take(state: SetState, valid_until: date, today: date) -> Iterator[Obstacle]:
    """Yield every reason a set's file does not leave; the grant is judged beside it."""
    if state is not SetState.PASSED:
        yield Obstacle("数据集{state}，不能下载", Clause.G_8, state=state.label)
    elif today >= valid_until:
        yield Obstacle("数据集的交付期限已过", Clause.N_4)


def obstacles_to_withdraw(state: SetState, reason: str) -> Iterator[Obstacle]:
    if state in (SetState.WITHDRAWN, SetState.REFUSED):
        yield Obstacle("这个数据集已经撤回或未通过审查")
    elif state is SetState.IN_REVIEW:
        yield Obstacle("数据集在审查中，请先在审批中撤回")
    if not reason.strip():
        yield Obstacle("请写明原因", Clause.N_4, field="reason")
