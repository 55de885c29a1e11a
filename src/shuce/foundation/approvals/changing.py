"""What a proposed version of a procedure or table would change, shown before it is set."""

from dataclasses import dataclass

from shuce.engines import procedure as engine
from shuce.engines.procedure import tables
from shuce.engines.procedure.comparing import (
    Line,
    Mark,
    RowChange,
    StepChange,
    changed_lines,
    changes_of_procedure,
    changes_of_table,
)
from shuce.engines.procedure.grids import headings_of, line_of
from shuce.foundation.approvals.models import Case, Outcome, ProcedureVersion
from shuce.foundation.approvals.procedures import (
    NAMES,
    obstacles_to_set,
    require_to_set,
)
from shuce.foundation.approvals.queries import in_force, procedure_version
from shuce.foundation.organizations.models import Signature
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.kernel.words import say


@dataclass(frozen=True)
class TableLine:
    """A row of a decision table beside what it was: heading, before and after for every column."""

    mark: Mark | None
    cells: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side: drawn, step by step or row by row, and line by line."""

    before: str
    after: str
    steps: list[StepChange]
    headings: list[str]
    rows: list[TableLine]
    lines: list[Line]

    @property
    def is_nothing(self) -> bool:
        return not self.lines


def version_to_change(version_id: str, by: Signature) -> ProcedureVersion:
    """Return a version from which the signer may make a new one, or refuse."""
    require_to_set(by)
    return procedure_version(version_id)


def propose(version: ProcedureVersion, text: str, by: Signature) -> Comparison:
    """Judge `text` as the next version, and compare it with the one in force; nothing is set."""
    require_to_set(by)
    newest = in_force(version)
    refuse_if(obstacles_to_set(newest.key, text, newest.is_table))
    found = compare(newest, ProcedureVersion(key=newest.key, is_table=newest.is_table, text=text))
    refuse_if([Obstacle("与现行版本没有差别", Clause.N_2)] if found.is_nothing else [])
    return found


def compare(old: ProcedureVersion, new: ProcedureVersion) -> Comparison:
    """Compare two versions of the same procedure or table."""
    lines = changed_lines(old.text, new.text)
    if old.is_table:
        before, after = tables.load_table(old.text), tables.load_table(new.text)
        rows = [_line(before, after, row) for row in changes_of_table(before, after)]
        return Comparison("", "", [], [say(h) for h in headings_of(after)], rows, lines)
    changes = changes_of_procedure(old.procedure, new.procedure, NAMES)
    marks = {change.key: change.mark for change in changes if change.key}
    return Comparison(
        before=engine.draw(old.procedure, names=NAMES, marks=marks),
        after=engine.draw(new.procedure, names=NAMES, marks=marks),
        steps=changes,
        headings=[],
        rows=[],
        lines=lines,
    )


def cases_that_stay(version: ProcedureVersion) -> int:
    """Return how many open cases go on along the version in force when a new one is set."""
    cases = Case.objects.filter(outcome=Outcome.OPEN)
    if not version.is_table:
        return cases.filter(version=version).count()
    asking = [
        one.id
        for one in ProcedureVersion.objects.filter(case__in=cases).distinct()
        if any(getattr(step, "table", "") == version.key for step in one.procedure.all_steps())
    ]
    bound = cases.filter(version__in=asking).values_list("table_ids", flat=True)
    return sum(version.id in table_ids for table_ids in bound)


def rows_of(version: ProcedureVersion) -> tuple[list[str], list[list[tuple[str, str]]]]:
    """Return the headings of a decision table, and its rows as (heading, words)."""
    table = tables.load_table(version.text)
    headings = [say(heading) for heading in headings_of(table)]
    rows = [list(zip(headings, line_of(table, row), strict=True)) for row in table.rows]
    return headings, rows


def _line(old: tables.DecisionTable, new: tables.DecisionTable, row: RowChange) -> TableLine:
    before = line_of(old, row.before) if row.before else []
    after = line_of(new, row.after) if row.after else []
    headings = [say(heading) for heading in headings_of(new)]
    return TableLine(row.mark, list(zip(headings, before or after, after or before, strict=False)))
