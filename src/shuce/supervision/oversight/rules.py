"""Inspections before, during and after, daily and special (N-10), from plain values."""

from collections.abc import Iterator
from datetime import date

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle


class Phase(Choice):
    BEFORE = "BEFORE", "事前监督"
    DURING = "DURING", "事中监督"
    AFTER = "AFTER", "事后监督"


class InspectionKind(Choice):
    DAILY = "DAILY", "日常监督"
    SPECIAL = "SPECIAL", "专项检查"
    AUDIT = "AUDIT", "审计监督"


class InspectionState(Choice):
    OPEN = "OPEN", "检查中"
    CLOSED = "CLOSED", "已办结"


class FindingState(Choice):
    OPEN = "OPEN", "待整改"
    RECTIFIED = "RECTIFIED", "已整改待复核"
    CLOSED = "CLOSED", "复核通过"


def obstacles_to_open(title: str, due_on: date, today: date) -> Iterator[Obstacle]:
    if not title.strip():
        yield Obstacle("请填写检查名称", Clause.N_10, field="title")
    if due_on < today:
        yield Obstacle("截止日期不能早于今天", Clause.N_10, field="due_on")


def obstacles_to_find(state: InspectionState, text: str) -> Iterator[Obstacle]:
    if state is not InspectionState.OPEN:
        yield Obstacle("检查已经办结", Clause.N_10)
    if not text.strip():
        yield Obstacle("请写明发现的问题", Clause.N_10, field="text")


def obstacles_to_rectify(state: FindingState, text: str) -> Iterator[Obstacle]:
    if state is not FindingState.OPEN:
        yield Obstacle("该问题不在待整改状态", Clause.N_10)
    if not text.strip():
        yield Obstacle("请写明整改情况", Clause.N_10, field="rectification")


def obstacles_to_recheck(state: FindingState) -> Iterator[Obstacle]:
    if state is not FindingState.RECTIFIED:
        yield Obstacle("该问题尚未整改，不能复核", Clause.N_10)


def obstacles_to_close(state: InspectionState, open_findings: int) -> Iterator[Obstacle]:
    if state is not InspectionState.OPEN:
        yield Obstacle("检查已经办结", Clause.N_10)
    if open_findings:
        yield Obstacle("还有{count}个问题没有复核通过", Clause.N_10, count=open_findings)
