"""TOML text to `Procedure`. The form is judged here; whether it makes sense, by `check`."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from shuce.engines.procedure.conditions import read_condition
from shuce.engines.procedure.days import DayKind, Deadline, WorkCalendar
from shuce.engines.procedure.facts import read_facts
from shuce.engines.procedure.faults import BadProcedure, Fault
from shuce.engines.procedure.model import (
    Branch,
    Collective,
    Maker,
    Mode,
    OpinionRule,
    Parallel,
    Procedure,
    Review,
    Share,
    Step,
    TableStep,
)
from shuce.engines.procedure.reading import Entry, parse, raise_if
from shuce.engines.procedure.tables import DecisionTable
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause

_WEEKENDS_OFF = WorkCalendar()


class StepKind(Choice):
    REVIEW = "review", "审查"
    COLLECTIVE = "collective", "集体决策"
    PARALLEL = "parallel", "并行办理"
    TABLE = "table", "按决策表确定"


def load(
    text: str,
    tables: Mapping[str, DecisionTable] | None = None,
    calendar: WorkCalendar = _WEEKENDS_OFF,
) -> Procedure:
    """Read a procedure and bind it to the decision `tables` it asks, by key, and to a calendar.

    Raise `BadProcedure` with every place of the text that cannot be read.
    """
    faults: list[Fault] = []
    entry = parse(text, faults)
    raise_if(faults, BadProcedure)
    return load_values(entry.values, tables, calendar)


def load_values(
    values: dict[str, Any],
    tables: Mapping[str, DecisionTable] | None = None,
    calendar: WorkCalendar = _WEEKENDS_OFF,
) -> Procedure:
    """Read a procedure from what its TOML text says, as `tomllib` would return it."""
    faults: list[Fault] = []
    entry = Entry(values, "", faults)
    procedure = Procedure(
        key=entry.text("key"),
        title=entry.text("title"),
        clause=entry.choice("clause", Clause),
        description=entry.text("description"),
        makers=tuple(map(_read_maker, entry.entries("makers"))),
        facts=read_facts(entry, "facts"),
        steps=tuple(map(_read_step, entry.entries("steps"))),
        tables=tables or {},
        calendar=calendar,
        answer_by=_read_deadline(entry, "answer_"),
    )
    entry.done()
    for step in procedure.all_steps():
        if isinstance(step, TableStep) and step.table not in procedure.tables:
            faults.append(Fault(step.key, "没有决策表“{table}”", {"table": step.table}))
    raise_if(faults, BadProcedure)
    return procedure


def _read_maker(entry: Entry) -> Maker:
    maker = Maker(entry.text("role"), entry.text("place"))
    entry.done()
    return maker


def _read_step(entry: Entry) -> Step:
    readers: dict[StepKind, Callable[[Entry], Step]] = {
        StepKind.REVIEW: _read_review,
        StepKind.COLLECTIVE: _read_collective,
        StepKind.PARALLEL: _read_parallel,
        StepKind.TABLE: _read_table_step,
    }
    step = readers[entry.choice("kind", StepKind)](entry)
    entry.done()
    return step


def _read_review(entry: Entry) -> Review:
    mode = entry.choice("mode", Mode, Mode.ONE)
    if (mode is Mode.QUORUM) != ("quorum" in entry.values):
        entry.fault("quorum", "quorum 方式须写明人数，其他方式不写")
    return Review(
        key=entry.text("key"),
        title=entry.text("title"),
        when=read_condition(entry.entry("when")) if "when" in entry.values else None,
        role=entry.text("role"),
        place=entry.text("place"),
        who=entry.text("who", ""),
        deadline=_read_deadline(entry),
        may_return_to=entry.texts("may_return_to", ()),
        mode=mode,
        quorum=entry.whole("quorum", 1),
        voters=entry.whole("voters") if "voters" in entry.values else None,
        opinion=entry.choice("opinion", OpinionRule, OpinionRule.AGAINST),
        sets=entry.texts("sets", ()),
    )


def _read_collective(entry: Entry) -> Collective:
    return Collective(
        key=entry.text("key"),
        title=entry.text("title"),
        when=read_condition(entry.entry("when")) if "when" in entry.values else None,
        role=entry.text("role"),
        place=entry.text("place"),
        who=entry.text("who", ""),
        deadline=_read_deadline(entry),
        may_return_to=entry.texts("may_return_to", ()),
        members=entry.whole("members", 3),
        attendance=_read_share(entry.entry("attendance")),
        majority=_read_share(entry.entry("majority")),
    )


def _read_parallel(entry: Entry) -> Parallel:
    return Parallel(
        key=entry.text("key"),
        title=entry.text("title"),
        when=read_condition(entry.entry("when")) if "when" in entry.values else None,
        branches=tuple(map(_read_branch, entry.entries("branches"))),
    )


def _read_branch(entry: Entry) -> Branch:
    branch = Branch(entry.text("title"), tuple(map(_read_step, entry.entries("steps"))))
    entry.done()
    return branch


def _read_table_step(entry: Entry) -> TableStep:
    return TableStep(
        key=entry.text("key"),
        title=entry.text("title"),
        when=read_condition(entry.entry("when")) if "when" in entry.values else None,
        table=entry.text("table"),
    )


def _read_deadline(entry: Entry, prefix: str = "") -> Deadline | None:
    """Read `deadline_days` and `deadline_kind` (or `answer_days` and `answer_kind`)."""
    name = prefix or "deadline_"
    kind = entry.choice(f"{name}kind", DayKind, DayKind.WORKING)
    if f"{name}days" not in entry.values:
        return None
    days = entry.whole(f"{name}days")
    if days < 1:
        entry.fault(f"{name}days", "期限至少一日")
        return None
    return Deadline(days, kind)


def _read_share(entry: Entry) -> Share:
    """Read `{over = "1/2"}` or `{at_least = "2/3"}`, with `of = "members"` or `"present"`."""
    over = "over" in entry.values
    written = entry.text("over" if over else "at_least")
    of = entry.text("of", "members")
    if of not in ("members", "present"):
        entry.fault("of", "应当是 members 或 present")
    entry.done()
    try:
        part = Fraction(written)
    except (ValueError, ZeroDivisionError):
        entry.fault("", "比例应当写成“2/3”的样子")
        part = Fraction(1)
    return Share(part, over, of == "members")
