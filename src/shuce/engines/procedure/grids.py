"""A decision table as a grid of cells that people edit in Excel, and back.

The grid holds the rows only, in words: titles of codes, amounts in yuan, ranges such as
`≥100万元，<500万元`; an empty cell holds always. Keys, types and titles stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from shuce.engines.procedure.facts import Fact, FactKind, FactSpec
from shuce.engines.procedure.faults import BadTable, Fault
from shuce.engines.procedure.grid_words import (
    ANYTHING,
    BETWEEN_ENDS,
    BETWEEN_VALUES,
    EXAMPLE,
    NO,
    NUMBER,
    SIGNS,
    UNITS,
    UNSURE,
    YES,
)
from shuce.engines.procedure.reading import raise_if
from shuce.engines.procedure.tables import Cell, Confidence, DecisionTable, OneOf, Range, Row
from shuce.kernel.words import say

BASIS, CONFIDENCE = "依据", "核实情况"


def to_grid(table: DecisionTable) -> list[list[str]]:
    """Return headings and rows; `from_grid` of it gives the same rows again."""
    return [headings_of(table), *(line_of(table, row) for row in table.rows)]


def from_grid(table: DecisionTable, grid: Sequence[Sequence[str]]) -> DecisionTable:
    """Return `table` with the rows of `grid`; raise `BadTable` with every cell at fault."""
    faults: list[Fault] = []
    lines = [[str(cell).strip() for cell in line] for line in grid]
    headings = headings_of(table)
    found = lines[0] if lines else []
    while found and not found[-1]:
        found.pop()
    if found != headings:
        facts = {"headings": "、".join(headings)}
        raise BadTable([Fault("", "第一行应当是这些栏目，次序不变：{headings}", facts)])
    rows = tuple(
        _row(table, number, line + [""] * (len(headings) - len(line)), faults)
        for number, line in enumerate(lines[1:], 2)
        if any(line)
    )
    if not rows:
        faults.append(Fault("", "表中没有规则"))
    raise_if(faults, BadTable)
    return replace(table, rows=rows)


def headings_of(table: DecisionTable) -> list[str]:
    """Return the headings of the grid: inputs, answers, basis, confidence."""
    specs = [*table.inputs.values(), *table.outputs.values()]
    return [spec.title for spec in specs] + [BASIS, CONFIDENCE]


def line_of(table: DecisionTable, row: Row) -> list[str]:
    """Return one row as the grid shows it; an empty cell where every value will do."""
    cells = [_cell(spec, row.when.get(name)) for name, spec in table.inputs.items()]
    answers = [_word(spec, row.then[name]) for name, spec in table.outputs.items()]
    return [*cells, *answers, row.basis, row.confidence.chinese]


def _cell(spec: FactSpec, cell: Cell | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, OneOf):
        return "、".join(_word(spec, value) for value in cell.values)
    ends = (("≥", cell.start), ("<", cell.below))
    return "，".join(f"{sign}{_word(spec, end)}" for sign, end in ends if end is not None)


def _word(spec: FactSpec, value: Fact) -> str:
    if spec.kind is FactKind.BOOL:
        return YES[0] if value else NO[0]
    if spec.kind is FactKind.FEN and isinstance(value, int):
        yuan, fen = divmod(abs(value), 100)
        sign = "-" if value < 0 else ""
        if fen:
            return f"{sign}{yuan}.{fen:02}元"
        return f"{sign}{yuan // 10_000}万元" if yuan and yuan % 10_000 == 0 else f"{sign}{yuan}元"
    said = spec.values.get(str(value), str(value))
    # Two codes with one title could not be told apart again.
    return str(value) if list(spec.values.values()).count(said) > 1 else said


def _row(table: DecisionTable, number: int, line: Sequence[str], faults: list[Fault]) -> Row:
    when: dict[str, Cell] = {}
    then: dict[str, Fact] = {}
    for (name, spec), text in zip(table.inputs.items(), line, strict=False):
        place = _place(number, spec.title)
        if text and text not in ANYTHING:
            cell = _read_cell(spec, text, place, faults)
            if cell is not None:
                when[name] = cell
    left = list(line[len(table.inputs) :])
    for name, spec in table.outputs.items():
        place = _place(number, spec.title)
        value = _read_value(spec, left.pop(0), place, faults)
        if value is not None:
            then[name] = value
    basis, said = left[0], left[1]
    if not basis:
        faults.append(Fault(_place(number, BASIS), "请写明这条规则的依据"))
    return Row(when, then, basis, _confidence(said, number, faults))


def _place(number: int, heading: str) -> str:
    return say("第{number}行“{heading}”", number=number, heading=say(heading))


def _confidence(said: str, number: int, faults: list[Fault]) -> Confidence:
    for one in Confidence:
        if said in (one.chinese, one.value):
            return one
    allowed = "、".join(one.chinese for one in Confidence)
    place = _place(number, CONFIDENCE)
    faults.append(Fault(place, "应当是其中之一：{allowed}", {"allowed": allowed}))
    return Confidence.PROPOSED


def _read_cell(spec: FactSpec, text: str, place: str, faults: list[Fault]) -> Cell | None:
    if spec.is_ordered:
        if _is_range(text):
            return _read_range(spec, text, place, faults)
        if UNSURE.search(text):
            sentence = "“{text}”没有写明是否含本数，请写成“≥100万元，<500万元”的样子"
            faults.append(Fault(place, sentence, {"text": text}))
            return None
    parts = [part for part in BETWEEN_VALUES.split(text) if part.strip()]
    values = [_read_value(spec, part.strip(), place, faults) for part in parts]
    return OneOf(tuple(value for value in values if value is not None))


def _is_range(text: str) -> bool:
    return any(word in text for _, words in SIGNS for word in words)


def _read_range(spec: FactSpec, text: str, place: str, faults: list[Fault]) -> Range | None:
    start: int | None = None
    below: int | None = None
    for part in BETWEEN_ENDS.split(text):
        if not part.strip():
            continue
        sign = next((s for s, words in SIGNS if any(word in part for word in words)), "")
        number = part
        for word in next((words for s, words in SIGNS if s == sign), ()):
            number = number.replace(word, "")
        value = _number(spec, number.strip())
        if value is None or not sign:
            faults.append(Fault(place, "“{text}”不是可以认出的区间", {"text": text}))
            return None
        match sign:
            case "≥":
                start = value
            case ">":
                start = value + 1
            case "<":
                below = value
            case _:
                below = value + 1
    return Range(start, below)


def _read_value(spec: FactSpec, text: str, place: str, faults: list[Fault]) -> Fact | None:
    value = _value(spec, text)
    if value is None:
        allowed = "、".join(_allowed(spec))
        sentence = "“{text}”不是可以填写的内容，应当是：{allowed}"
        faults.append(Fault(place, sentence, {"text": text, "allowed": allowed}))
    return value


def _value(spec: FactSpec, text: str) -> Fact | None:
    if spec.kind is FactKind.BOOL:
        return True if text.lower() in YES else False if text.lower() in NO else None
    if spec.is_ordered:
        return _number(spec, text)
    if not spec.values:
        return text or None
    return _code(spec.values, text)


def _code(values: Mapping[str, str], text: str) -> str | None:
    titled = [code for code, title in values.items() if title == text]
    if len(titled) == 1:
        return titled[0]
    return text if text in values else None


def _number(spec: FactSpec, text: str) -> int | None:
    found = NUMBER.fullmatch(text.replace("，", ",").replace(" ", ""))
    if not found:
        return None
    number = Fraction(found[1].replace(",", "")) * UNITS[found[2] or ""]
    if spec.kind is FactKind.FEN:
        number *= 100
    return int(number) if number.denominator == 1 else None


def _allowed(spec: FactSpec) -> Iterator[str]:
    if spec.kind is FactKind.BOOL:
        yield from ("是", "否")
    elif spec.kind is FactKind.FEN:
        yield EXAMPLE
    elif spec.kind is FactKind.INT:
        yield "5"
    else:
        yield from spec.values.values() or ("文字",)
