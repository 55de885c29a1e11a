"""`Procedure` and `DecisionTable` back to TOML text: what is drawn or typed elsewhere becomes data.

`load(write_procedure(p))` equals `p`, and `load_table(write_table(t))` equals `t`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shuce.engines.procedure.conditions import AllOf, AnyOf, Compare, Condition, Not
from shuce.engines.procedure.days import DayKind, Deadline
from shuce.engines.procedure.facts import FactSpec
from shuce.engines.procedure.model import (
    Collective,
    Manned,
    Mode,
    OpinionRule,
    Parallel,
    Procedure,
    Review,
    Share,
    Step,
    TableStep,
)
from shuce.engines.procedure.tables import Cell, DecisionTable, HitPolicy, Range, Row

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_procedure(procedure: Procedure) -> str:
    """Return the procedure as the TOML text that `load` reads. Comments are not kept anywhere."""
    lines = [
        _line("key", procedure.key),
        _line("title", procedure.title),
        _line("clause", procedure.clause.value),
        _line("description", procedure.description),
        *_deadline("answer_", procedure.answer_by),
    ]
    for maker in procedure.makers:
        lines += ["", "[[makers]]", _line("role", maker.role), _line("place", maker.place)]
    lines += _facts("facts", procedure.facts)
    for step in procedure.steps:
        lines += _step("steps", step)
    return "\n".join(lines) + "\n"


def write_table(table: DecisionTable) -> str:
    """Return the table as the TOML text that `load_table` reads."""
    lines = [
        _line("key", table.key),
        _line("title", table.title),
        _line("clause", table.clause.value),
    ]
    if table.effective_from:
        lines.append(f"effective_from = {table.effective_from.isoformat()}")
    if table.policy is not HitPolicy.UNIQUE:
        lines.append(_line("hit", table.policy.value))
    lines.append(_line("basis", table.basis))
    lines += _facts("inputs", table.inputs)
    lines += _facts("outputs", table.outputs)
    for row in table.rows:
        lines += _row(row)
    return "\n".join(lines) + "\n"


def _row(row: Row) -> Iterator[str]:
    yield ""
    yield "[[rows]]"
    yield f"when = {_inline({name: _cell(cell) for name, cell in row.when.items()})}"
    yield f"then = {_inline({name: _value(value) for name, value in row.then.items()})}"
    yield _line("basis", row.basis)
    yield _line("confidence", row.confidence.value)


def _cell(cell: Cell) -> str:
    if isinstance(cell, Range):
        ends = {"from": cell.start, "below": cell.below}
        return _inline({name: _value(end) for name, end in ends.items() if end is not None})
    return _value(cell.values[0] if len(cell.values) == 1 else list(cell.values))


def _facts(part: str, specs: Mapping[str, FactSpec]) -> Iterator[str]:
    if not specs:
        return
    yield ""
    yield f"[{part}]"
    for name, spec in specs.items():
        parts = {"type": _value(spec.kind.value)}
        if spec.title != name:
            parts["title"] = _value(spec.title)
        if spec.values:
            parts["values"] = _inline({code: _value(says) for code, says in spec.values.items()})
        if spec.default is not None:
            parts["default"] = _value(spec.default)
        yield f"{_key(name)} = {_inline(parts)}"


def _step(part: str, step: Step) -> Iterator[str]:
    yield ""
    yield f"[[{part}]]"
    yield _line("key", step.key)
    yield _line("kind", kind_of(step))
    yield _line("title", step.title)
    if isinstance(step, Manned):
        yield from _manned(step)
    if isinstance(step, TableStep):
        yield _line("table", step.table)
    if step.when is not None:
        yield f"when = {_condition(step.when)}"
    if isinstance(step, Parallel):
        for branch in step.branches:
            yield ""
            yield f"[[{part}.branches]]"
            yield _line("title", branch.title)
            for inside in branch.steps:
                yield from _step(f"{part}.branches.steps", inside)


def kind_of(step: Step) -> str:
    """Return the word by which the text names this kind of step."""
    names = {Review: "review", Collective: "collective", Parallel: "parallel", TableStep: "table"}
    return names[type(step)]


def _manned(step: Manned) -> Iterator[str]:
    yield _line("role", step.role)
    yield _line("place", step.place)
    if step.who:
        yield _line("who", step.who)
    yield from _deadline("deadline_", step.deadline)
    if step.may_return_to:
        yield _line("may_return_to", list(step.may_return_to))
    if isinstance(step, Collective):
        if step.members != 3:
            yield _line("members", step.members)
        yield f"attendance = {_share(step.attendance)}"
        yield f"majority = {_share(step.majority)}"
        return
    if step.mode is not Mode.ONE:
        yield _line("mode", step.mode.value)
    if step.mode is Mode.QUORUM:
        yield _line("quorum", step.quorum)
    if step.voters is not None:
        yield _line("voters", step.voters)
    if step.opinion is not OpinionRule.AGAINST:
        yield _line("opinion", step.opinion.value)
    if step.sets:
        yield _line("sets", list(step.sets))


def _deadline(prefix: str, deadline: Deadline | None) -> Iterator[str]:
    if deadline:
        yield _line(f"{prefix}days", deadline.days)
        if deadline.kind is not DayKind.WORKING:
            yield _line(f"{prefix}kind", deadline.kind.value)


def _share(share: Share) -> str:
    parts = {"over" if share.over else "at_least": _value(str(share.part))}
    if not share.of_members:
        parts["of"] = _value("present")
    return _inline(parts)


def _condition(condition: Condition) -> str:
    match condition:
        case AllOf(parts):
            return _inline({"all": _list(map(_condition, parts))})
        case AnyOf(parts):
            return _inline({"any": _list(map(_condition, parts))})
        case Not(part):
            return _inline({"not": _condition(part)})
        case Compare(fact, operator, values):
            value = _value(list(values) if operator.lists else values[0])
            return _inline(
                {"fact": _value(fact), "is": _value(operator.value), "value": value},
            )


def _list(parts: Iterable[str]) -> str:
    return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"


def _inline(parts: Mapping[str, str]) -> str:
    inside = ", ".join(f"{_key(name)} = {value}" for name, value in parts.items())
    return f"{{ {inside} }}" if inside else "{}"


def _line(name: str, value: Any) -> str:
    return f"{name} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    """A string, whole number, truth or list as TOML writes it: JSON, but that DEL is escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
