"""The steps of a procedure as rows that people edit, and back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from shuce.engines.procedure import BadProcedure, Parallel
from shuce.engines.procedure.model import Branch
from shuce.engines.procedure.step_grids import HEADINGS, from_step_grid, to_step_grid
from tests.engines.procedure.office import faults, shipped
from tests.engines.procedure.test_any_procedure import procedures
from tests.engines.procedure.test_writing import PROCEDURES

NAMES = {"UNIT_HEAD": "单位负责人", "BUREAU_REVIEWER": "财政部门审批人", "bureau": "财政部门"}


@pytest.mark.parametrize("key", PROCEDURES)
def test_a_shipped_procedure_comes_back_from_its_rows_as_it_went(key):
    found = shipped(key)
    assert from_step_grid(found, to_step_grid(found, NAMES), NAMES) == found


@settings(max_examples=20)
@given(procedures())
def test_any_procedure_comes_back_from_its_rows_as_it_went(found):
    again = from_step_grid(found, to_step_grid(found, NAMES), NAMES)
    assert without_branch_titles(again.steps) == without_branch_titles(found.steps)
    assert replace(again, steps=()) == replace(found, steps=())
    assert from_step_grid(again, to_step_grid(again, NAMES), NAMES) == again


def without_branch_titles(steps):
    """Branches of one title are numbered in the grid, to be told apart."""
    return tuple(
        replace(
            step,
            branches=tuple(
                Branch("", without_branch_titles(branch.steps)) for branch in step.branches
            ),
        )
        if isinstance(step, Parallel)
        else step
        for step in steps
    )


def changed(key, cells=None, new=None):
    found = shipped(key)
    grid = to_step_grid(found, NAMES)
    for (step, heading), cell in (cells or {}).items():
        [row] = [row for row in grid if row[0] == step]
        row[HEADINGS.index(heading)] = cell
    if new:
        grid.append([new.get(heading, "") for heading in HEADINGS])
    return from_step_grid(found, grid, NAMES)


def test_a_step_is_added_and_others_are_changed_in_their_words():
    found = changed(
        "card_entry",
        {("head", "时限"): "7日", ("head", "可退回至"): "申请人、examination"},
        {
            "环节代码": "bureau",
            "环节名称": "财政部门备案",
            "办理层级": "财政部门",
            "办理岗位": "财政部门审批人",
            "时限": "5个工作日",
            "可退回至": "申请人",
        },
    )
    assert faults(found) == []
    head, bureau = found.steps[-2:]
    assert (str(head.deadline), head.may_return_to) == ("7日", ("start", "examination"))
    assert (bureau.role, bureau.place) == ("BUREAU_REVIEWER", "bureau")


@pytest.mark.parametrize(
    ("cells", "new", "reason"),
    [
        ({("head", "时限"): "很快"}, None, "“时限”: “很快”不能识别"),
        ({("head", "类型"): "脚本"}, None, "审查、集体决策"),
        ({("head", "条件"): "eval(1)"}, None, "不能识别"),
        ({("head", "可退回至"): "张三"}, None, "没有环节“张三”"),
        ({("head", "并行部分"): "nowhere"}, None, "前面没有并行部分"),
        ({}, {"环节代码": "head", "环节名称": "重复"}, "出现了2次"),
        ({}, {"环节名称": "无代码"}, "请填写环节代码"),
    ],
)
def test_a_cell_that_is_not_clear_is_refused_by_row_and_column(cells, new, reason):
    with pytest.raises(BadProcedure, match=reason):
        changed("card_entry", cells, new)


def test_a_grid_with_other_columns_is_refused():
    with pytest.raises(BadProcedure, match="第一行应当是"):
        from_step_grid(shipped("card_entry"), [["甲"]], NAMES)
