"""BPMN 2.0 back to a procedure: exactly the part that `write_bpmn` writes, wherever it was edited.

Whatever else a modeller can draw (events, pools, loops, scripts) is refused by name: nothing is
left out in silence. Positions and ids are the modeller's own affair.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shuce.engines.procedure.bpmn_writing import BPMN, CAMUNDA
from shuce.engines.procedure.faults import BadProcedure, Fault
from shuce.engines.procedure.feel import NotOurFeel, read_condition
from shuce.engines.procedure.loading import load_values
from shuce.engines.procedure.model import Procedure
from shuce.engines.procedure.tables import DecisionTable
from shuce.engines.procedure.xml import name_of, parse_xml, space_of, text_of

_NODES = (
    "startEvent",
    "endEvent",
    "userTask",
    "businessRuleTask",
    "exclusiveGateway",
    "parallelGateway",
)
_INSIDE = ("incoming", "outgoing", "extensionElements")
# What modellers add of themselves, and what says nothing about who decides.
_HARMLESS = ("historyTimeToLive", "versionTag")
_WHOLE = ("deadline_days", "answer_days", "members", "quorum", "voters")
_LISTS = ("may_return_to", "sets")
_SHARES = ("attendance", "majority")
_JSON = ("makers", "facts")


@dataclass
class _Node:
    id: str
    tag: str
    name: str
    properties: dict[str, Any]
    default: str
    outgoing: list["_Flow"] = field(default_factory=list)
    incoming: list["_Flow"] = field(default_factory=list)


@dataclass
class _Flow:
    id: str
    name: str
    source: str
    target: str
    condition: str


def read_bpmn(content: bytes, tables: Mapping[str, DecisionTable] | None = None) -> Procedure:
    """Read a BPMN file; raise `BadProcedure`, naming whatever is not of our part of BPMN."""
    root = parse_xml(content)
    if (space_of(root), name_of(root)) != (BPMN, "definitions"):
        raise _bad("", "不是 BPMN 2.0 文件")
    processes = []
    for element in root:
        match name_of(element):
            case "process":
                processes.append(element)
            case "" | "BPMNDiagram":
                continue
            case other:
                raise _foreign(other, element)
    if len(processes) != 1:
        raise _bad("", "应当恰好有一个流程（process），现有{count}个", count=len(processes))
    return load_values(_values(processes[0]), tables)


def _values(process: Any) -> dict[str, Any]:
    head, nodes, flows = {}, {}, {}
    for element in process:
        tag = name_of(element)
        if tag in _NODES:
            nodes[element.get("id", "")] = _node(element)
        elif tag == "sequenceFlow":
            flows[element.get("id", "")] = _flow(element)
        elif tag == "extensionElements":
            head = _properties(element, process.get("id", ""))
        elif tag not in ("", "documentation"):
            raise _foreign(tag, element)
    for flow in flows.values():
        if flow.source not in nodes or flow.target not in nodes:
            raise _bad(flow.id, "连线的一端没有环节")
        nodes[flow.source].outgoing.append(flow)
        nodes[flow.target].incoming.append(flow)
    values: dict[str, Any] = {"key": process.get("id", "")} | head
    values["title"] = process.get("name", "")
    values["description"] = text_of(process, "m:documentation", BPMN)
    values["steps"] = _Path(nodes).steps()
    return values


def _node(element: Any) -> _Node:
    identifier = element.get("id", "")
    properties: dict[str, Any] = {}
    for name in element.attrib:
        if name.startswith("{") and name.rpartition("}")[2] not in _HARMLESS:
            raise _bad(identifier, "不支持属性“{name}”", name=name.rpartition("}")[2])
    for child in element:
        if name_of(child) == "extensionElements":
            properties = _properties(child, identifier)
        elif name_of(child) not in ("", *_INSIDE):
            raise _foreign(name_of(child), element)
    return _Node(
        identifier,
        name_of(element),
        " ".join(element.get("name", "").split()),
        properties,
        element.get("default", ""),
    )


def _flow(element: Any) -> _Flow:
    for child in element:
        if name_of(child) not in ("", "conditionExpression"):
            raise _foreign(name_of(child), element)
    return _Flow(
        element.get("id", ""),
        element.get("name", ""),
        element.get("sourceRef", ""),
        element.get("targetRef", ""),
        text_of(element, "m:conditionExpression", BPMN),
    )


def _properties(holder: Any, owner: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in holder:
        if not name_of(child):
            continue
        if (space_of(child), name_of(child)) != (CAMUNDA, "properties"):
            raise _bad(owner, "不支持扩展“{name}”", name=name_of(child))
        for one in child:
            if name_of(one):
                name = one.get("name", "")
                found[name] = _value(owner, name, one.get("value", ""))
    return found


def _value(owner: str, name: str, text: str) -> Any:
    """Return a property as TOML would hold it; what cannot be read is refused with its name."""
    try:
        if name in _WHOLE:
            return int(text)
        if name in _JSON or (name in _LISTS and text.lstrip().startswith("[")):
            return json.loads(text)
    except ValueError:
        raise _bad(owner, "属性“{name}”不能是“{text}”", name=name, text=text) from None
    if name in _LISTS:
        return text.replace(",", " ").split()
    if name in _SHARES:
        part, _, of = text.removeprefix(">").removeprefix("=").partition(" of ")
        share = {"at_least" if text.startswith(">=") else "over": part.strip()}
        return share | ({"of": of.strip()} if of else {})
    return text


class _Path:
    """Follows the flows from the start, and finds the tree that they must make."""

    def __init__(self, nodes: dict[str, _Node]) -> None:
        self.nodes = nodes
        self.seen: set[str] = set()

    def steps(self) -> list[dict[str, Any]]:
        starts = [node for node in self.nodes.values() if node.tag == "startEvent"]
        if len(starts) != 1:
            raise _bad("", "应当恰好有一个开始事件")
        self._visit(starts[0])
        steps, end = self._row(self._next(starts[0]))
        if end.tag != "endEvent":
            raise _bad(end.id, "网关没有成对：这里汇合的不是同一处分出的")
        self._visit(end)
        for identifier in self.nodes.keys() - self.seen:
            raise _bad(identifier, "没有与流程连通")
        return steps

    def _row(self, node: _Node) -> tuple[list[dict[str, Any]], _Node]:
        """Read steps from `node` to where its line ends or joins another."""
        steps: list[dict[str, Any]] = []
        while node.tag != "endEvent" and not (node.tag.endswith("Gateway") and _joins(node)):
            self._visit(node)
            match node.tag:
                case "userTask" | "businessRuleTask":
                    steps.append(_task(node))
                    node = self._next(node)
                case "parallelGateway":
                    step, join = self._parallel(node)
                    steps.append(step)
                    node = self._next(join)
                case "exclusiveGateway":
                    step, join = self._guarded(node)
                    steps.append(step)
                    node = self._next(join)
                case _:
                    raise _bad(node.id, "开始事件之前不能有环节")
        return steps, node

    def _parallel(self, split: _Node) -> tuple[dict[str, Any], _Node]:
        branches, joins = [], {}
        for flow in split.outgoing:
            if flow.condition:
                raise _bad(flow.id, "并行分支不能有条件")
            steps, join = self._row(self.nodes[flow.target])
            branches.append({"title": flow.name, "steps": steps})
            joins[join.id] = join
        if len(joins) != 1 or len(next(iter(joins.values())).incoming) != len(branches):
            raise _bad(split.id, "网关没有成对：这里汇合的不是同一处分出的")
        [join] = joins.values()
        if join.tag != "parallelGateway":
            raise _bad(join.id, "并行分支应当汇合于并行网关")
        self._visit(join)
        key = split.properties.pop("key", split.id)
        return {
            "key": key,
            "kind": "parallel",
            "title": split.name,
            "branches": branches,
            **split.properties,
        }, join

    def _guarded(self, split: _Node) -> tuple[dict[str, Any], _Node]:
        passing = [flow for flow in split.outgoing if flow.condition]
        around = [flow for flow in split.outgoing if not flow.condition]
        if len(passing) != 1 or len(around) != 1 or split.default not in ("", around[0].id):
            raise _bad(split.id, "条件网关应当恰好有一条带条件的连线和一条默认连线")
        steps, join = self._row(self.nodes[passing[0].target])
        if join.tag != "exclusiveGateway" or len(join.incoming) != 2:
            raise _bad(join.id, "网关没有成对：这里汇合的不是同一处分出的")
        if around[0].target != join.id:
            raise _bad(around[0].id, "不满足条件时只能跳过环节，不能另走一路")
        if len(steps) != 1 or "when" in steps[0]:
            raise _bad(split.id, "一个条件只能管一个环节或一个并行部分")
        self._visit(join)
        try:
            when = read_condition(passing[0].condition)
        except NotOurFeel:
            text = passing[0].condition
            raise _bad(passing[0].id, "条件“{text}”不能识别", text=text) from None
        return steps[0] | {"when": when}, join

    def _next(self, node: _Node) -> _Node:
        if len(node.outgoing) != 1:
            raise _bad(node.id, "应当恰好有一条连线离开这里")
        if node.outgoing[0].condition:
            raise _bad(node.outgoing[0].id, "条件只能写在条件网关之后的连线上")
        return self.nodes[node.outgoing[0].target]

    def _visit(self, node: _Node) -> None:
        if node.id in self.seen:
            raise _bad(node.id, "流程有回路；退回请写在环节的属性 may_return_to 中")
        if node.tag in ("userTask", "businessRuleTask") and len(node.incoming) != 1:
            raise _bad(node.id, "应当恰好有一条连线到达这里；退回请写在环节的属性 may_return_to 中")
        self.seen.add(node.id)


def _joins(node: _Node) -> bool:
    return len(node.incoming) > 1


def _task(node: _Node) -> dict[str, Any]:
    kind = "table" if node.tag == "businessRuleTask" else "review"
    return {"key": node.id, "kind": kind, "title": node.name} | node.properties


def _foreign(tag: str, element: Any) -> BadProcedure:
    place = element.get("id") or element.get("name") or ""
    return _bad(place, "不支持 BPMN 的“{tag}”，请改用审批环节、决策表、条件和并行网关", tag=tag)


def _bad(place: str, sentence: str, **facts: object) -> BadProcedure:
    return BadProcedure([Fault(place, sentence, facts)])
