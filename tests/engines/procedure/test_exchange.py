"""Procedures as BPMN and tables as DMN: the same again when they come back, or refused by name."""

import pytest
from hypothesis import given, settings
from lxml import etree

from shuce.engines.procedure import BadProcedure, BadTable
from shuce.engines.procedure.bpmn_reading import read_bpmn
from shuce.engines.procedure.bpmn_writing import BPMN, BPMNDI, DC, DI, write_bpmn
from shuce.engines.procedure.dmn import DMN, read_dmn, write_dmn
from shuce.engines.procedure.feel import NotOurFeel, read_cell, read_condition, write_condition
from shuce.engines.procedure.tables import Confidence
from tests.engines.procedure.office import shipped, shipped_tables
from tests.engines.procedure.test_any_procedure import TABLE, procedures
from tests.engines.procedure.test_writing import PROCEDURES, TABLES

GRANT = write_bpmn(shipped("grant_right")).decode()
DISPOSAL = write_dmn(shipped_tables()["disposal_authority"]).decode()


def back(text):
    return read_bpmn(text.encode(), shipped_tables())


@pytest.mark.parametrize("key", PROCEDURES)
def test_a_shipped_procedure_comes_back_from_bpmn_as_it_went(key):
    found = shipped(key)
    assert read_bpmn(write_bpmn(found), found.tables) == found


@settings(max_examples=20)
@given(procedures())
def test_any_procedure_comes_back_from_bpmn_as_it_went(found):
    assert read_bpmn(write_bpmn(found), found.tables) == found


@pytest.mark.parametrize("key", TABLES)
def test_a_shipped_table_comes_back_from_dmn_as_it_went(key):
    found = shipped_tables()[key]
    assert read_dmn(write_dmn(found)) == found


def test_a_table_of_numbers_comes_back_from_dmn_as_it_went():
    assert read_dmn(write_dmn(TABLE)) == TABLE


@pytest.mark.parametrize("key", PROCEDURES)
def test_every_node_and_flow_is_laid_out_and_nothing_overlaps(key):
    root = etree.fromstring(write_bpmn(shipped(key)))
    process = root.find(f"{{{BPMN}}}process")
    drawn = {
        one.get("bpmnElement")
        for tag in ("BPMNShape", "BPMNEdge")
        for one in root.iter(f"{{{BPMNDI}}}{tag}")
    }
    assert drawn == {one.get("id") for one in process if one.get("id")}
    boxes = [
        tuple(int(bounds.get(name)) for name in ("x", "y", "width", "height"))
        for bounds in root.iter(f"{{{DC}}}Bounds")
    ]
    for number, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        for a, b, c, d in boxes[:number]:
            assert x >= a + c or a >= x + w or y >= b + d or b >= y + h
    shapes = {
        one.get("bpmnElement"): one.find(f"{{{DC}}}Bounds")
        for one in root.iter(f"{{{BPMNDI}}}BPMNShape")
    }
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        edge = root.find(f".//{{{BPMNDI}}}BPMNEdge[@bpmnElement='{flow.get('id')}']")
        points = [(int(p.get("x")), int(p.get("y"))) for p in edge.iter(f"{{{DI}}}waypoint")]
        for end, name in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            box = shapes[flow.get(name)]
            x, y, w, h = (int(box.get(one)) for one in ("x", "y", "width", "height"))
            assert x <= end[0] <= x + w
            assert y <= end[1] <= y + h


def test_what_is_changed_in_a_modeller_is_what_comes_back():
    changed = back(
        GRANT.replace('name="deadline_days" value="15"', 'name="deadline_days" value="20"')
        .replace('name="财政部门审批"', 'name="财政部门终审"')
        .replace('id="flow_1"', 'id="Flow_0abc"')
    )
    bureau = changed.step("bureau")
    assert (bureau.title, bureau.deadline.days) == ("财政部门终审", 20)


BEFORE_END = '<bpmn:sequenceFlow id="flow_1"'


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (BEFORE_END, f'<bpmn:scriptTask id="s"/>{BEFORE_END}', "scriptTask"),
        (BEFORE_END, f'<bpmn:boundaryEvent id="s"/>{BEFORE_END}', "boundaryEvent"),
        (BEFORE_END, f'<bpmn:subProcess id="s"/>{BEFORE_END}', "subProcess"),
        ("<bpmn:process", '<bpmn:collaboration id="c"/><bpmn:process', "collaboration"),
        (
            '<bpmn:userTask id="finance"',
            '<bpmn:userTask camunda:assignee="me" id="finance"',
            "assignee",
        ),
        ("<camunda:properties>", "<camunda:executionListener/><camunda:properties>", "扩展"),
        ('= "BUREAU"', '= get("x")', "不能识别"),
        (BEFORE_END, f'<bpmn:userTask id="lost" name="x"/>{BEFORE_END}', "没有与流程连通"),
        ('name="deadline_days" value="15"', 'name="deadline_days" value="soon"', "deadline_days"),
        (
            'sourceRef="bureau" targetRef="bureau_after"',
            'sourceRef="bureau" targetRef="decision"',
            "may_return_to",
        ),
        ("<?xml version", "<!-- x --><?xml version", "XML"),
        (
            "<bpmn:definitions",
            '<!DOCTYPE d [<!ENTITY a "aaaa">]><bpmn:definitions',
            "DOCTYPE",
        ),
    ],
)
def test_what_is_not_ours_is_refused_by_name(old, new, reason):
    spoiled = GRANT.replace(old, new)
    assert spoiled != GRANT
    with pytest.raises(BadProcedure, match=reason):
        back(spoiled)


def test_entities_are_never_expanded_and_files_never_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    for entity in (f'SYSTEM "file://{secret}"', '"' + "a" * 1000 + '"'):
        bomb = GRANT.replace(
            "<bpmn:definitions", f"<!DOCTYPE d [<!ENTITY a {entity}>]><bpmn:definitions"
        ).replace('name="申请"', 'name="&a;"' if "file" not in entity else 'name="x"')
        with pytest.raises(BadProcedure) as refused:
            back(bomb)
        assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('hitPolicy="UNIQUE"', 'hitPolicy="COLLECT"', "COLLECT"),
        ("<decision ", '<inputData id="x"/><decision ', "inputData"),
        ("&lt; 100000000", "date(1)", "FEEL"),
        ('typeRef="number"', 'typeRef="date"', "date"),
        (DMN, "http://www.omg.org/spec/DMN/20180521/MODEL/", "不是 DMN 1.3"),
        ("<decision ", "<decision", "XML"),
    ],
)
def test_what_is_not_our_dmn_is_refused_by_name(old, new, reason):
    assert old in DISPOSAL
    with pytest.raises(BadTable, match=reason):
        read_dmn(DISPOSAL.replace(old, new).encode())


def test_a_row_made_in_a_modeller_is_taken_as_not_verified():
    own = DISPOSAL.index("<extensionElements>", DISPOSAL.index("<rule "))
    end = DISPOSAL.index("</extensionElements>", own) + len("</extensionElements>")
    read = read_dmn((DISPOSAL[:own] + DISPOSAL[end:]).encode())
    assert read.rows[0].confidence is Confidence.PROPOSED


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("-", None),
        ("[1..5]", {"from": 1, "below": 6}),
        ("(1..5)", {"from": 2, "below": 5}),
        ("<= 3", {"below": 4}),
        ("> 3", {"from": 4}),
        ('"A","B"', ["A", "B"]),
        ("true", True),
    ],
)
def test_a_unary_test_is_read_as_feel_means_it(text, meant):
    assert read_cell(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "a =",
        "a = 1 and",
        "f(a)",
        "a = b",
        "a in [1..2]",
        "1 = 1",
        "not a = 1",
        "a = 1.5",
        "and = 1",
    ],
)
def test_an_expression_outside_our_part_of_feel_is_refused(text):
    with pytest.raises(NotOurFeel):
        read_condition(text)


def test_not_in_and_not_of_in_are_told_apart():
    among = {"fact": "a", "is": "in", "value": [1, 2]}
    for condition in ({"not": among}, among | {"is": "not in"}, {"not": {"any": [among, among]}}):
        assert read_condition(write_condition(condition)) == condition
