"""A procedure as BPMN 2.0 with its diagram, so that a common modeller opens it laid out.

What BPMN has no word for stands in Camunda's extension properties, which its modeller shows and
edits: role, place, deadline, votes, and where a step may return the case. Conditions are FEEL.
"""

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from shuce.engines.procedure.faults import BadProcedure, Fault
from shuce.engines.procedure.feel import NotOurFeel, write_condition
from shuce.engines.procedure.model import Procedure
from shuce.engines.procedure.writing import write_procedure
from shuce.engines.procedure.xml import written

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SPACES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "camunda": CAMUNDA, "xsi": XSI}
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TASK, _GATE, _EVENT, _GAP, _LANE, _BYPASS = (120, 80), 50, 36, 50, 30, 50


@dataclass
class _Node:
    id: str
    tag: str
    name: str
    bounds: tuple[int, int, int, int]
    properties: dict[str, str] = field(default_factory=dict)
    default: str = ""


@dataclass
class _Flow:
    id: str
    source: str
    target: str
    points: list[tuple[int, int]]
    name: str = ""
    condition: str = ""


def write_bpmn(procedure: Procedure) -> bytes:
    """Return the BPMN file; `read_bpmn` of it gives the same procedure again.

    Raise `BadProcedure` for a name that FEEL cannot hold.
    """
    values = tomllib.loads(write_procedure(procedure))
    diagram = _Diagram()
    try:
        diagram.draw(values["steps"])
    except NotOurFeel as error:
        raise BadProcedure([Fault("", "“{name}”不能写成 FEEL", {"name": str(error)})]) from None
    root = etree.Element(
        etree.QName(BPMN, "definitions"),
        nsmap=_SPACES,
        id="Definitions_shuce",
        targetNamespace="urn:shuce:procedures",
        expressionLanguage=FEEL,
        exporter="Shuce",
    )
    identifier = procedure.key if _ID.fullmatch(procedure.key) else "procedure"
    process = _sub(root, BPMN, "process", id=identifier, name=procedure.title, isExecutable="false")
    _sub(process, BPMN, "documentation").text = procedure.description
    head = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
        if name not in ("title", "description", "steps")
    }
    _properties(process, head)
    for node in diagram.nodes.values():
        _write_node(process, node, diagram.flows)
    for flow in diagram.flows:
        _write_flow(process, flow)
    _write_diagram(root, identifier, diagram)
    return written(root)


class _Diagram:
    """Places every part, left to right, as the drawing on our pages does."""

    def __init__(self) -> None:
        self.nodes: dict[str, _Node] = {}
        self.flows: list[_Flow] = []

    def draw(self, steps: list[dict[str, Any]]) -> None:
        _, above, _ = _size_of_row(steps)
        axis = 80 + above
        start = self._node("start_event", "startEvent", "申请", (160, axis - 18, _EVENT, _EVENT))
        right, last = self._row(steps, 160 + _EVENT + _GAP, axis, start, "")
        end = self._node("end_event", "endEvent", "办结", (right, axis - 18, _EVENT, _EVENT))
        self._straight(last, end)

    def _row(
        self, steps: list[dict[str, Any]], x: int, axis: int, before: _Node, name: str
    ) -> tuple[int, _Node]:
        """Draw steps from `x` on, joined to `before` by a flow called `name`."""
        for number, step in enumerate(steps):
            x, before = self._step(step, x, axis, before, "" if number else name)
        return x, before

    def _step(
        self, step: dict[str, Any], x: int, axis: int, before: _Node, name: str
    ) -> tuple[int, _Node]:
        if "when" not in step:
            first, last, x = self._body(step, x, axis)
            self._straight(before, first, name)
            return x, last
        _, _, below = _size(step)
        split = self._node(f"{step['key']}_when", "exclusiveGateway", "", _gate(x, axis))
        self._straight(before, split, name)
        first, last, right = self._body(step, x + _GATE + _GAP, axis)
        flow = self._straight(split, first)
        flow.condition = write_condition(step["when"])
        join = self._node(f"{step['key']}_after", "exclusiveGateway", "", _gate(right, axis))
        self._straight(last, join)
        floor = axis + below - 10
        around = [
            (x + _GATE // 2, axis + _GATE // 2),
            (x + _GATE // 2, floor),
            (right + _GATE // 2, floor),
            (right + _GATE // 2, axis + _GATE // 2),
        ]
        split.default = self._flow(split, join, around).id
        return right + _GATE + _GAP, join

    def _body(self, step: dict[str, Any], x: int, axis: int) -> tuple[_Node, _Node, int]:
        if step["kind"] == "parallel":
            return self._parallel(step, x, axis)
        tag = "businessRuleTask" if step["kind"] == "table" else "userTask"
        width, height = _TASK
        properties = {
            name: _property(value)
            for name, value in step.items()
            if name not in ("key", "title", "when") and (name, value) != ("kind", "review")
        }
        bounds = (x, axis - height // 2, width, height)
        node = self._node(step["key"], tag, step["title"], bounds, properties, keyed=True)
        return node, node, x + width + _GAP

    def _parallel(self, step: dict[str, Any], x: int, axis: int) -> tuple[_Node, _Node, int]:
        sizes = [_size_of_row(branch["steps"]) for branch in step["branches"]]
        inner = x + _GATE + _GAP
        right = inner + max(width for width, _, _ in sizes)
        split = self._node(
            step["key"], "parallelGateway", step["title"], _gate(x, axis), keyed=True
        )
        join = self._node(f"{step['key']}_join", "parallelGateway", "", _gate(right, axis))
        top = axis - (sum(above + below for _, above, below in sizes) + _LANE * len(sizes)) // 2
        for branch, (_, above, below) in zip(step["branches"], sizes, strict=True):
            line = top + _LANE // 2 + above
            _, last = self._row(branch["steps"], inner, line, split, branch["title"])
            self._straight(last, join)
            top += above + below + _LANE
        return split, join, right + _GATE + _GAP

    def _node(
        self,
        key: str,
        tag: str,
        name: str,
        bounds: tuple[int, int, int, int],
        properties: dict[str, str] | None = None,
        *,
        keyed: bool = False,
    ) -> _Node:
        identifier = key if _ID.fullmatch(key) else "step"
        while identifier in self.nodes:
            identifier += "_"
        own = dict(properties or {})
        if keyed and identifier != key:
            own["key"] = key
        node = _Node(identifier, tag, name, bounds, own)
        self.nodes[identifier] = node
        return node

    def _straight(self, one: _Node, other: _Node, name: str = "") -> _Flow:
        """Join the right of one to the left of the other, upright where a gateway forks."""
        (x, y, w, h), (a, b, _, g) = one.bounds, other.bounds
        start, end = (x + w, y + h // 2), (a, b + g // 2)
        if start[1] == end[1]:
            return self._flow(one, other, [start, end], name)
        if one.tag == "parallelGateway":
            down = end[1] > start[1]
            corner = (x + w // 2, y + h if down else y)
            return self._flow(one, other, [corner, (corner[0], end[1]), end], name)
        middle = a + other.bounds[2] // 2
        tip = (middle, b + g if start[1] > end[1] else b)
        return self._flow(one, other, [start, (middle, start[1]), tip], name)

    def _flow(
        self, one: _Node, other: _Node, points: list[tuple[int, int]], name: str = ""
    ) -> _Flow:
        flow = _Flow(f"flow_{len(self.flows) + 1}", one.id, other.id, points, name)
        self.flows.append(flow)
        return flow


def _size_of_row(steps: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Return the width with the gap after it, and the height above and below the line."""
    sizes = [_size(step) for step in steps]
    return sum(s[0] for s in sizes), max(s[1] for s in sizes), max(s[2] for s in sizes)


def _size(step: dict[str, Any]) -> tuple[int, int, int]:
    if step["kind"] == "parallel":
        lanes = [_size_of_row(branch["steps"]) for branch in step["branches"]]
        height = sum(above + below for _, above, below in lanes) + _LANE * len(lanes)
        width = max(lane[0] for lane in lanes) + 2 * (_GATE + _GAP)
        size = (width, height // 2, height // 2 + 1)
    else:
        size = (_TASK[0] + _GAP, _TASK[1] // 2, _TASK[1] // 2)
    if "when" not in step:
        return size
    return size[0] + 2 * (_GATE + _GAP), size[1] + 20, size[2] + _BYPASS


def _gate(x: int, axis: int) -> tuple[int, int, int, int]:
    return x, axis - _GATE // 2, _GATE, _GATE


def _property(value: Any) -> str:
    """A property as people type it: words with spaces between them, a share as it is read."""
    match value:
        case str():
            return value
        case list() if not any(set(item) & set(" ,[") for item in value):
            return " ".join(value)
        case list():
            return json.dumps(value, ensure_ascii=False)
        case {"over": part}:
            return f"> {part}" + _of(value)
        case {"at_least": part}:
            return f">= {part}" + _of(value)
        case _:
            return str(value)


def _of(share: dict[str, str]) -> str:
    return " of present" if share.get("of") == "present" else ""


def _sub(parent: Any, space: str, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, etree.QName(space, tag), **attributes)


def _properties(parent: Any, properties: dict[str, str]) -> None:
    if properties:
        holder = _sub(_sub(parent, BPMN, "extensionElements"), CAMUNDA, "properties")
        for name, value in properties.items():
            _sub(holder, CAMUNDA, "property", name=name, value=value)


def _write_node(process: Any, node: _Node, flows: list[_Flow]) -> None:
    element = _sub(process, BPMN, node.tag, id=node.id)
    if node.name:
        element.set("name", node.name)
    if node.default:
        element.set("default", node.default)
    _properties(element, node.properties)
    for flow in flows:
        if flow.target == node.id:
            _sub(element, BPMN, "incoming").text = flow.id
    for flow in flows:
        if flow.source == node.id:
            _sub(element, BPMN, "outgoing").text = flow.id


def _write_flow(process: Any, flow: _Flow) -> None:
    element = _sub(
        process, BPMN, "sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target
    )
    if flow.name:
        element.set("name", flow.name)
    if flow.condition:
        expression = _sub(element, BPMN, "conditionExpression", language=FEEL)
        expression.set(etree.QName(XSI, "type"), "bpmn:tFormalExpression")
        expression.text = flow.condition


def _write_diagram(root: Any, process: str, diagram: _Diagram) -> None:
    drawing = _sub(root, BPMNDI, "BPMNDiagram", id="BPMNDiagram_1")
    plane = _sub(drawing, BPMNDI, "BPMNPlane", id="BPMNPlane_1", bpmnElement=process)
    for node in diagram.nodes.values():
        shape = _sub(plane, BPMNDI, "BPMNShape", id=f"{node.id}_di", bpmnElement=node.id)
        if node.tag == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        x, y, width, height = map(str, node.bounds)
        _sub(shape, DC, "Bounds", x=x, y=y, width=width, height=height)
        if node.tag == "parallelGateway" and node.name:
            # Beside the branch that goes up: a modeller's own place for it is under the gateway.
            label = _sub(shape, BPMNDI, "BPMNLabel")
            x, y = str(node.bounds[0] - 48), str(node.bounds[1] - 36)
            _sub(label, DC, "Bounds", x=x, y=y, width="60", height="27")
    for flow in diagram.flows:
        edge = _sub(plane, BPMNDI, "BPMNEdge", id=f"{flow.id}_di", bpmnElement=flow.id)
        for point in flow.points:
            _sub(edge, DI, "waypoint", x=str(point[0]), y=str(point[1]))
