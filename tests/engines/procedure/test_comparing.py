"""What a change changes: steps, rows and lines."""

from dataclasses import replace

from shuce.engines.procedure import Deadline, draw
from shuce.engines.procedure.comparing import (
    Line,
    Mark,
    changed_lines,
    changes_of_procedure,
    changes_of_table,
)
from shuce.engines.procedure.tables import Range
from tests.engines.procedure.office import shipped, shipped_tables


def marks(old, new):
    return {change.key: change.mark for change in changes_of_procedure(old, new)}


def test_the_same_procedure_changes_nothing():
    found = shipped("grant_right")
    assert changes_of_procedure(found, found) == []


def test_steps_added_removed_changed_and_moved_are_told_apart():
    found = shipped("grant_right")
    examination, decision, authority, department, bureau = found.steps
    longer = replace(bureau, deadline=Deadline(30))
    assert marks(found, replace(found, steps=(*found.steps[:-1], longer))) == {
        "bureau": Mark.CHANGED
    }
    assert marks(found, replace(found, steps=found.steps[1:])) == {
        "examination": Mark.REMOVED,
        "security": Mark.REMOVED,
        "finance": Mark.REMOVED,
    }
    assert marks(replace(found, steps=found.steps[1:]), found)["examination"] == Mark.ADDED
    turned = replace(found, steps=(examination, authority, decision, department, bureau))
    assert list(marks(found, turned).values()) == [Mark.MOVED]


def test_a_change_says_before_and_after_in_words():
    found = shipped("grant_right")
    bureau = replace(found.steps[-1], deadline=Deadline(30), place="department")
    [change] = changes_of_procedure(
        found, replace(found, steps=(*found.steps[:-1], bureau)), {"department": "主管部门"}
    )
    told = {one.name: (one.before, one.after) for one in change.differences}
    assert told["办理时限"] == ("15个工作日", "30个工作日")
    assert told["办理岗位"][1] == "主管部门·BUREAU_REVIEWER"


def test_the_marks_are_drawn():
    drawn = draw(
        shipped("disposal"), marks={"department": Mark.CHANGED}, notes={"bureau": "在办2件"}
    )
    assert 'class="step changed" data-step="department"' in drawn
    assert "△ 修改" in drawn
    assert "在办2件</text>" in drawn


def test_rows_of_a_table_are_matched_with_what_they_replace():
    old = shipped_tables()["disposal_authority"]
    rows = list(old.rows)
    rows[2] = replace(rows[2], when={**rows[2].when, "value_fen": Range(None, 1)})
    found = changes_of_table(old, replace(old, rows=(*rows[:5], rows[5], rows[0])))
    assert [one.mark for one in found] == [
        None,
        None,
        Mark.CHANGED,
        None,
        None,
        None,
        Mark.ADDED,
    ]
    assert found[2].before == old.rows[2]
    fewer = changes_of_table(old, replace(old, rows=old.rows[1:]))
    assert [one.mark for one in fewer] == [Mark.REMOVED, None, None, None, None, None]


def test_lines_are_shown_with_what_stands_around_them():
    old = "\n".join("abcdefg")
    assert changed_lines(old, old.replace("d", "D"), around=1) == [
        Line("…", ""),
        Line(" ", "c"),
        Line("-", "d"),
        Line("+", "D"),
        Line(" ", "e"),
    ]
    assert changed_lines(old, old) == []
