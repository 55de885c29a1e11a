"""Decision tables: which answer follows from which facts, as rows that a bureau can edit.

A row holds when every one of its cells does. Under the hit policy `unique` exactly one row may hold
for any facts; under `first` the first row that holds answers. `check_table` proves that every
possible combination has its answer. Sums are whole fen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shuce.engines.procedure.facts import Fact, FactSpec, read_facts
from shuce.engines.procedure.faults import BadTable, Fault
from shuce.engines.procedure.reading import Entry, parse, raise_if
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause

# A table that reports one hole usually reports its neighbours too; the first few tell enough.
_HOLES_SHOWN = 5
_REGIONS_SEARCHED = 200_000


class HitPolicy(Choice):
    UNIQUE = "unique", "唯一命中"
    FIRST = "first", "首行命中"


class Confidence(Choice):
    """How sure we are that a row says what the rule says."""

    VERIFIED = "verified", "已核对原文"
    SECOND_HAND = "second_hand", "据转引"
    FROM_MEMORY = "from_memory", "未核对原文"
    PROPOSED = "proposed", "系统默认值，未经核实，须由财政部门确认"


class NoAnswer(ValueError):
    """No row of the table holds for these facts, or the facts are not what the table asks for."""


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `start` up to, but not including, `below`; None is without a limit."""

    start: int | None
    below: int | None

    def holds(self, value: Fact) -> bool:
        assert isinstance(value, int), "facts are checked before the cells"
        return (self.start is None or self.start <= value) and (
            self.below is None or value < self.below
        )


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of the listed values."""

    values: tuple[Fact, ...]

    def holds(self, value: Fact) -> bool:
        return value in self.values


Cell = Range | OneOf


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: cells by input (a missing cell holds always), answers, and what they rest on."""

    when: Mapping[str, Cell]
    then: Mapping[str, Fact]
    basis: str
    confidence: Confidence

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        return all(cell.holds(facts[name]) for name, cell in self.when.items())


@dataclass(frozen=True, slots=True)
class DecisionTable:
    key: str
    title: str
    clause: Clause
    basis: str
    effective_from: date | None
    policy: HitPolicy
    inputs: Mapping[str, FactSpec]
    outputs: Mapping[str, FactSpec]
    rows: tuple[Row, ...] = field(default=())

    def decide(self, inputs: Mapping[str, Fact]) -> Mapping[str, Fact]:
        """Return the answer for `inputs`, which may hold other facts too; raise `NoAnswer`."""
        return self.row_for(inputs).then

    def row_for(self, inputs: Mapping[str, Fact]) -> Row:
        """Return the row that answers, so that a page can show its basis; raise `NoAnswer`."""
        for name, spec in self.inputs.items():
            if name not in inputs or not spec.accepts(inputs[name]):
                raise NoAnswer(f"{self.key}: {name} = {inputs.get(name)!r}")
        hits = [row for row in self.rows if row.holds(inputs)]
        if not hits or (self.policy is HitPolicy.UNIQUE and len(hits) > 1):
            raise NoAnswer(f"{self.key}: {len(hits)} rows hold")
        return hits[0]


def load_table(text: str) -> DecisionTable:
    """Read a TOML text; raise `BadTable` with every place that cannot be read."""
    faults: list[Fault] = []
    entry = parse(text, faults)
    raise_if(faults, BadTable)
    return load_table_values(entry.values)


def load_table_values(values: dict[str, Any]) -> DecisionTable:
    """Read a table from what its TOML text says, as `tomllib` would return it."""
    faults: list[Fault] = []
    entry = Entry(values, "", faults)
    since = entry.raw("effective_from")
    if since is not None and type(since) is not date:
        entry.fault("effective_from", "应当是日期")
    inputs, outputs = read_facts(entry, "inputs"), read_facts(entry, "outputs")
    table = DecisionTable(
        key=entry.text("key"),
        title=entry.text("title"),
        clause=entry.choice("clause", Clause),
        basis=entry.text("basis"),
        effective_from=since,
        policy=entry.choice("hit", HitPolicy, HitPolicy.UNIQUE),
        inputs=inputs,
        outputs=outputs,
        rows=tuple(_read_row(row, inputs) for row in entry.entries("rows")),
    )
    entry.done()
    raise_if(faults, BadTable)
    return table


def check_table(table: DecisionTable) -> list[Fault]:
    """Return what is wrong with the table's sense: inputs, types, overlaps, gaps, idle rows."""
    faults = [*_faults_of_rows(table)]
    return faults or [*_faults_of_cover(table)]


def _faults_of_rows(table: DecisionTable) -> Iterator[Fault]:
    if not table.outputs:
        yield Fault("outputs", "决策表没有输出")
    for number, row in enumerate(table.rows, 1):
        place = _row(number)
        for name, cell in row.when.items():
            spec = table.inputs.get(name)
            if spec is None:
                yield Fault(place, "决策表没有输入“{name}”", {"name": name})
            elif isinstance(cell, Range):
                if not spec.is_ordered:
                    yield Fault(place, "“{name}”不是数值，不能用区间", {"name": name})
                elif None not in (cell.start, cell.below) and not _meet(cell, cell):
                    yield Fault(place, "“{name}”的区间是空的", {"name": name})
            else:
                yield from _faults_of_values(place, spec, cell.values)
        for name, value in row.then.items():
            if name not in table.outputs:
                yield Fault(place, "决策表没有输出“{name}”", {"name": name})
            else:
                yield from _faults_of_values(place, table.outputs[name], (value,))
        for name in table.outputs.keys() - row.then.keys():
            yield Fault(place, "没有给出“{name}”", {"name": name})


def _faults_of_values(place: str, spec: FactSpec, values: tuple[Fact, ...]) -> Iterator[Fault]:
    for value in values:
        if not spec.accepts(value):
            facts = {"name": spec.key, "value": value}
            yield Fault(place, "“{name}”不能取值“{value}”", facts)


def _faults_of_cover(table: DecisionTable) -> Iterator[Fault]:
    if table.policy is HitPolicy.UNIQUE:
        for later, row in enumerate(table.rows):
            for earlier in range(later):
                if _overlap(table.rows[earlier], row):
                    facts = {"first": earlier + 1, "second": later + 1}
                    yield Fault(_row(later + 1), "第{first}行与第{second}行重叠", facts)
    answering: set[int] = set()
    holes = 0
    regions = _regions(table, dict(enumerate(table.rows)), tuple(table.inputs.values()), {})
    for searched, (sample, hits) in enumerate(regions):
        if searched == _REGIONS_SEARCHED:
            yield Fault("", "决策表过大，无法逐一核对，请拆分")
            return
        if hits:
            answering.add(hits[0])
        elif (holes := holes + 1) <= _HOLES_SHOWN:
            yield Fault("", "没有一行适用于：{sample}", {"sample": _spoken(table, sample)})
    if table.policy is HitPolicy.FIRST:
        for number in range(len(table.rows)):
            if number not in answering:
                yield Fault(_row(number + 1), "前面的行已经包括这一行，永远用不到")


def _regions(
    table: DecisionTable,
    rows: Mapping[int, Row],
    left: tuple[FactSpec, ...],
    sample: dict[str, Fact],
) -> Iterator[tuple[dict[str, Fact], list[int]]]:
    """Yield one sample of every region of inputs that the rows tell apart, and who holds there."""
    if not left or not rows:
        yield sample, list(rows)
        return
    spec, *rest = left
    # Rows that could still hold are all that tells values of this input apart.
    for value in _samples(
        spec, [row.when[spec.key] for row in rows.values() if spec.key in row.when]
    ):
        still = {
            number: row
            for number, row in rows.items()
            if spec.key not in row.when or row.when[spec.key].holds(value)
        }
        yield from _regions(table, still, tuple(rest), {**sample, spec.key: value})


def _samples(spec: FactSpec, cells: list[Cell]) -> list[Fact]:
    if not spec.is_ordered and spec.kind.python is bool:
        return [True, False]
    if spec.values:
        return list(spec.values)
    if not spec.is_ordered:
        named = sorted({str(v) for cell in cells if isinstance(cell, OneOf) for v in cell.values})
        return [*named, "".join(named) + "?"]
    edges = {0}
    for cell in cells:
        if isinstance(cell, Range):
            edges |= {edge for edge in (cell.start, cell.below) if edge is not None}
        else:
            edges |= {edge for value in cell.values for edge in (int(value), int(value) + 1)}
    return [min(edges) - 1, *sorted(edges)]


def _overlap(one: Row, other: Row) -> bool:
    return all(_meet(one.when[name], other.when[name]) for name in one.when.keys() & other.when)


def _meet(one: Cell, other: Cell) -> bool:
    if isinstance(one, OneOf):
        return any(other.holds(value) for value in one.values)
    if isinstance(other, OneOf):
        return any(one.holds(value) for value in other.values)
    return _starts_before(one, other) and _starts_before(other, one)


def _starts_before(one: Range, other: Range) -> bool:
    return one.start is None or other.below is None or one.start < other.below


def _spoken(table: DecisionTable, sample: Mapping[str, Fact]) -> str:
    specs = ((table.inputs[name], value) for name, value in sample.items())
    return "，".join(f"{spec.title}={spec.spoken(value)}" for spec, value in specs)


def _row(number: int) -> str:
    return f"rows[{number}]"


def _read_row(entry: Entry, inputs: Mapping[str, FactSpec]) -> Row:
    cells, answers = entry.entry("when"), entry.entry("then")
    row = Row(
        when={name: _read_cell(cells, name) for name in cells.values},
        then={name: _read_answer(answers, name) for name in answers.values},
        basis=entry.text("basis"),
        confidence=entry.choice("confidence", Confidence),
    )
    entry.done()
    return row


def _read_answer(entry: Entry, name: str) -> Fact:
    value = entry.raw(name)
    if isinstance(value, Fact):
        return value
    entry.fault(name, "应当是文字、整数、是或否")
    return ""


def _read_cell(entry: Entry, name: str) -> Cell:
    """Read a value, a list of values, or a range `{from = 1, below = 5}`."""
    value = entry.raw(name)
    if isinstance(value, dict):
        inside = entry.entry(name)
        start = inside.whole("from") if "from" in value else None
        below = inside.whole("below") if "below" in value else None
        inside.done()
        return Range(start, below)
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, Fact) for item in values):
        entry.fault(name, "应当是文字、整数、是或否")
        return OneOf(())
    return OneOf(tuple(values))
