"""Decision tables as DMN 1.3, for a common modeller, and back: exactly the part that we write.

The basis of a row is its annotation (`description`); what DMN has no word for (titles of codes,
kinds of numbers, how sure we are of a row) stands in extension elements of our own.
"""

import json
import tomllib
from datetime import date
from typing import Any

from lxml import etree

from shuce.engines.procedure.faults import BadTable, Fault
from shuce.engines.procedure.feel import NotOurFeel, constant, read_cell, write_cell
from shuce.engines.procedure.tables import Confidence, DecisionTable, load_table_values
from shuce.engines.procedure.writing import write_table
from shuce.engines.procedure.xml import OURS, name_of, parse_xml, space_of, text_of, written

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
_TYPES = {"text": "string", "bool": "boolean", "int": "number", "fen": "number"}
_HEAD = ("clause", "basis", "effective_from")
_TABLE = ("input", "output", "rule", "annotation")
_RULE = ("description", "extensionElements", "inputEntry", "outputEntry", "annotationEntry")


def write_dmn(table: DecisionTable) -> bytes:
    """Return the DMN file; `read_dmn` of it gives the same table again."""
    values = tomllib.loads(write_table(table))
    root = etree.Element(
        etree.QName(DMN, "definitions"),
        nsmap={None: DMN, "dmndi": DMNDI, "dc": DC, "shuce": OURS},
        id="Definitions_shuce",
        name=table.title,
        namespace="urn:shuce:tables",
        exporter="Shuce",
    )
    decision = _sub(root, "decision", id="decision", name=table.title)
    head = {name: str(values[name]) for name in _HEAD if name in values}
    _ours(decision, {"key": table.key} | head)
    hit = values.get("hit", "unique").upper()
    body = _sub(decision, "decisionTable", id="table", hitPolicy=hit)
    for number, (name, spec) in enumerate(values["inputs"].items(), 1):
        column = _sub(body, "input", id=f"input_{number}", label=spec.get("title", name))
        _ours(column, _of_column(spec))
        expression = _sub(
            column, "inputExpression", id=f"expression_{number}", typeRef=_TYPES[spec["type"]]
        )
        _sub(expression, "text").text = name
        _write_values(column, "inputValues", spec, number)
    for number, (name, spec) in enumerate(values["outputs"].items(), 1):
        column = _sub(
            body,
            "output",
            id=f"output_{number}",
            label=spec.get("title", name),
            name=name,
            typeRef=_TYPES[spec["type"]],
        )
        _ours(column, _of_column(spec))
        _write_values(column, "outputValues", spec, number)
    for number, row in enumerate(values["rows"], 1):
        _write_rule(body, number, row, values)
    diagram = _sub(_sub(root, "DMNDI", DMNDI), "DMNDiagram", DMNDI, id="diagram")
    shape = _sub(diagram, "DMNShape", DMNDI, id="decision_di", dmnElementRef="decision")
    _sub(shape, "Bounds", DC, x="160", y="80", width="180", height="80")
    return written(root)


def read_dmn(content: bytes) -> DecisionTable:
    """Read a DMN file; raise `BadTable`, naming whatever is not of our part of DMN."""
    try:
        root = parse_xml(content)
    except ValueError as bad:
        raise BadTable(bad.faults) from None  # type: ignore[attr-defined]  # it is BadProcedure
    if (space_of(root), name_of(root)) != (DMN, "definitions"):
        raise _bad("", "不是 DMN 1.3 文件")
    decisions = []
    for element in root:
        if name_of(element) == "decision":
            decisions.append(element)
        elif name_of(element) not in ("", "DMNDI"):
            raise _foreign(element)
    if len(decisions) != 1:
        raise _bad("", "应当恰好有一张决策表（decision），现有{count}张", count=len(decisions))
    return load_table_values(_values(decisions[0]))


def _values(decision: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"key": decision.get("id", "")} | _read_ours(decision)
    values["title"] = decision.get("name", "")
    if "effective_from" in values:
        try:
            values["effective_from"] = date.fromisoformat(values["effective_from"])
        except ValueError:
            raise _bad("effective_from", "应当是日期") from None
    for element in decision:
        if name_of(element) not in ("", "decisionTable", "extensionElements"):
            raise _foreign(element)
    table = decision.find(etree.QName(DMN, "decisionTable"))
    if table is None:
        raise _bad("", "没有决策表（decisionTable）")
    hit = table.get("hitPolicy", "UNIQUE")
    if hit not in ("UNIQUE", "FIRST"):
        raise _bad("hitPolicy", "不支持命中策略“{hit}”，只能是 UNIQUE 或 FIRST", hit=hit)
    for element in table:
        if name_of(element) not in ("", *_TABLE):
            raise _foreign(element)
    values["hit"] = hit.lower()
    inputs = [_read_input(column) for column in _all(table, "input")]
    outputs = [_read_output(column) for column in _all(table, "output")]
    values["inputs"], values["outputs"] = dict(inputs), dict(outputs)
    rules = enumerate(_all(table, "rule"), 1)
    names = [name for name, _ in inputs], [name for name, _ in outputs]
    values["rows"] = [_read_rule(rule, number, *names) for number, rule in rules]
    return values


def _read_input(column: Any) -> tuple[str, dict[str, Any]]:
    name = text_of(column, "m:inputExpression/m:text", DMN)
    kind = column.find(etree.QName(DMN, "inputExpression"))
    values = text_of(column, "m:inputValues/m:text", DMN)
    return name, _spec(column, name, "" if kind is None else kind.get("typeRef", ""), values)


def _read_output(column: Any) -> tuple[str, dict[str, Any]]:
    name = column.get("name", "")
    values = text_of(column, "m:outputValues/m:text", DMN)
    return name, _spec(column, name, column.get("typeRef", ""), values)


def _spec(column: Any, name: str, typed: str, values: str) -> dict[str, Any]:
    own = _read_ours(column)
    kinds = [kind for kind, word in _TYPES.items() if word == typed]
    if not kinds:
        raise _bad(name, "不支持类型“{kind}”，只能是 string、number 或 boolean", kind=typed)
    kind = own.get("type", kinds[0])
    spec: dict[str, Any] = {"type": kind if kind in kinds else kinds[0]}
    spec["title"] = column.get("label") or name
    if values:
        codes = _cell(name, values)
        titles = _json(name, own.get("titles", "{}"))
        spec["values"] = {
            str(code): titles.get(str(code), str(code))
            for code in (codes if isinstance(codes, list) else [codes])
        }
    if "default" in own:
        spec["default"] = _json(name, own["default"])
    return spec


def _read_rule(rule: Any, number: int, inputs: list[str], outputs: list[str]) -> dict[str, Any]:
    place = f"rows[{number}]"
    for element in rule:
        if name_of(element) not in ("", *_RULE):
            raise _foreign(element)
    tests = [text_of(entry, "m:text", DMN) for entry in _all(rule, "inputEntry")]
    answers = [text_of(entry, "m:text", DMN) for entry in _all(rule, "outputEntry")]
    if (len(tests), len(answers)) != (len(inputs), len(outputs)):
        raise _bad(place, "规则的格数与栏目不符")
    cells = {name: _cell(place, text) for name, text in zip(inputs, tests, strict=True)}
    given = {name: _cell(place, text) for name, text in zip(outputs, answers, strict=True) if text}
    return {
        "when": {name: cell for name, cell in cells.items() if cell is not None},
        "then": {name: value for name, value in given.items() if value is not None},
        "basis": text_of(rule, "m:description", DMN),
        # A row that was made in a modeller is nobody's verified text.
        "confidence": _read_ours(rule).get("confidence", Confidence.PROPOSED.value),
    }


def _cell(place: str, text: str) -> Any:
    try:
        return read_cell(text)
    except NotOurFeel:
        raise _bad(place, "“{text}”不是可以识别的 FEEL 单元格", text=text) from None


def _json(place: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise _bad(place, "“{text}”不是有效的 JSON", text=text) from None


def _write_rule(body: Any, number: int, row: dict[str, Any], values: dict[str, Any]) -> None:
    rule = _sub(body, "rule", id=f"rule_{number}")
    _sub(rule, "description").text = row["basis"]
    _ours(rule, {"confidence": row["confidence"]})
    for place, name in enumerate(values["inputs"], 1):
        entry = _sub(rule, "inputEntry", id=f"cell_{number}_{place}")
        _sub(entry, "text").text = write_cell(row["when"][name]) if name in row["when"] else "-"
    for place, name in enumerate(values["outputs"], 1):
        entry = _sub(rule, "outputEntry", id=f"answer_{number}_{place}")
        _sub(entry, "text").text = constant(row["then"][name]) if name in row["then"] else ""


def _of_column(spec: dict[str, Any]) -> dict[str, str]:
    own = {"type": spec["type"]}
    if "values" in spec:
        own["titles"] = json.dumps(spec["values"], ensure_ascii=False)
    if "default" in spec:
        own["default"] = json.dumps(spec["default"], ensure_ascii=False)
    return own


def _write_values(column: Any, tag: str, spec: dict[str, Any], number: int) -> None:
    if "values" in spec:
        among = _sub(column, tag, id=f"{tag}_{number}")
        _sub(among, "text").text = ",".join(map(constant, spec["values"]))


def _ours(parent: Any, properties: dict[str, str]) -> None:
    holder = _sub(parent, "extensionElements")
    for name, value in properties.items():
        _sub(holder, "property", OURS, name=name, value=value)


def _read_ours(parent: Any) -> dict[str, str]:
    found = {}
    for holder in _all(parent, "extensionElements"):
        for one in holder:
            if not name_of(one):
                continue
            if (space_of(one), name_of(one)) != (OURS, "property"):
                raise _foreign(one)
            found[one.get("name", "")] = one.get("value", "")
    return found


def _all(parent: Any, tag: str) -> list[Any]:
    found: list[Any] = parent.findall(etree.QName(DMN, tag))
    return found


def _sub(parent: Any, tag: str, space: str = DMN, **attributes: str) -> Any:
    return etree.SubElement(parent, etree.QName(space, tag), **attributes)


def _foreign(element: Any) -> BadTable:
    tag = name_of(element)
    return _bad(element.get("id", ""), "不支持 DMN 的“{tag}”，只能是一张决策表", tag=tag)


def _bad(place: str, sentence: str, **facts: object) -> BadTable:
    return BadTable([Fault(place, sentence, facts)])
