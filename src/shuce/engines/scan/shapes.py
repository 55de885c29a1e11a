"""What goes into a scan and what comes out, as plain values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shuce.engines.grading.levels import Level, highest
from shuce.engines.scan.types import Outcome, SemanticType

Cell = str | int | float | None


class SourceUnreadable(ValueError):
    """The source, or one table of it, cannot be read; the text says why, for a person."""


@dataclass(frozen=True)
class Column:
    """A column as the source's catalogue describes it."""

    name: str
    sql_type: str
    comment: str = ""
    key: bool = False


@dataclass(frozen=True)
class Reference:
    """Columns that hold keys of another table: declared by the source, or guessed from values.

    `share`: how much of the values, 0 to 1, was found there; None where it was declared.
    """

    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...]
    share: float | None = None
    confidence: float = 1.0
    evidence: str = ""


@dataclass(frozen=True)
class Table:
    """A table as the source's catalogue describes it; `rows_estimate` None if unknown.

    `is_view`: it is made of others each time it is read. `references`: its declared foreign keys.
    """

    name: str
    columns: tuple[Column, ...]
    rows_estimate: int | None = None
    comment: str = ""
    is_view: bool = False
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class RejectedLine:
    """A line of a text file that could not be read as a row, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Numbers:
    """Statistics of a numeric column; quantiles 5, 25, 50, 75, 95 %, approximate."""

    mean: float
    quantiles: tuple[float, ...]
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Profile:
    """What a column's values look like. Counts are over `rows` rows.

    `blanks` counts empty and placeholder-like empty strings; `distinct` is exact where
    `distinct_exact`; `patterns` are counted over the `patterns_of` rows drawn.
    """

    rows: int
    nulls: int
    blanks: int
    distinct: int
    distinct_exact: bool
    min: Cell
    max: Cell
    top: tuple[tuple[str, int], ...] = ()
    patterns: tuple[tuple[str, int], ...] = ()
    patterns_of: int = 0
    lengths: tuple[int, float, int] | None = None
    numbers: Numbers | None = None

    @property
    def completeness(self) -> float:
        """The share of rows that hold a value."""
        return 1 - (self.nulls + self.blanks) / self.rows if self.rows else 1.0


@dataclass(frozen=True)
class Verification:
    """Counts over every row scanned: values of the right shape, and those that also hold good."""

    filled: int
    shaped: int
    valid: int


@dataclass(frozen=True)
class ColumnScan:
    """What the scan found out about one column."""

    name: str
    sql_type: str
    comment: str
    type: SemanticType
    confidence: float
    outcome: Outcome
    grade: Level
    evidence: tuple[str, ...]
    profile: Profile
    candidates: tuple[tuple[SemanticType, float], ...] = ()
    verification: Verification | None = None


@dataclass(frozen=True)
class TableScan:
    """What the scan found out about one table; `problem` if it could not be read."""

    name: str
    rows: int
    scanned_rows: int
    columns: tuple[ColumnScan, ...]
    rejected: tuple[RejectedLine, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    repaired: tuple[RejectedLine, ...] = ()
    is_view: bool = False
    keys: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def grade(self) -> Level:
        return highest(*(column.grade for column in self.columns))


@dataclass(frozen=True)
class ScanResult:
    """A whole source, scanned; `stopped` if someone stopped it between two tables."""

    source: str
    tables: tuple[TableScan, ...]
    stopped: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the result in the shape of scan.json."""
        return {
            "source": self.source,
            "stopped": self.stopped,
            "tables": [_table_json(table) for table in self.tables],
        }


@dataclass(frozen=True)
class Measured:
    """What one pass over the rows found: each column's profile, and the check digits."""

    profiles: dict[str, Profile]
    verified: dict[str, Verification]


@dataclass(frozen=True)
class Elsewhere:
    """A table that another engine counts: its spelling, the table there, how one row is asked."""

    spelling: str
    relation: str
    rows: int
    ask: Callable[[str], Sequence[object]]


@dataclass(frozen=True)
class Loaded:
    """A table ready for DuckDB. `relation` follows FROM; `row_number` numbers its rows from 0.

    `rows` are those of the relation, `all_rows` those of the source (more, if it was sampled). With
    `elsewhere` the relation holds only rows drawn for detection, and all rows are counted there.
    """

    relation: str
    row_number: str
    rows: int
    all_rows: int
    columns: tuple[Column, ...]
    rejected: tuple[RejectedLine, ...] = ()
    notes: tuple[str, ...] = field(default=())
    repaired: tuple[RejectedLine, ...] = ()
    elsewhere: Elsewhere | None = None

    @property
    def scanned_rows(self) -> int:
        return self.elsewhere.rows if self.elsewhere else self.rows


def _table_json(table: TableScan) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": table.name,
        "rows": table.rows,
        "grade": table.grade.value,
        "columns": [_column_json(column) for column in table.columns],
    }
    if table.scanned_rows != table.rows:
        shown["scanned_rows"] = table.scanned_rows
    if table.rejected:
        shown["rejected"] = [{"line": r.line, "reason": r.reason} for r in table.rejected]
    if table.repaired:
        shown["repaired"] = [{"line": r.line, "reason": r.reason} for r in table.repaired]
    if table.problem:
        shown["error"] = table.problem
    if table.notes:
        shown["notes"] = list(table.notes)
    if table.is_view:
        shown["view"] = True
    if table.keys:
        shown["keys"] = list(table.keys)
    if table.references:
        shown["references"] = [_reference_json(one) for one in table.references]
    return shown


def _reference_json(reference: Reference) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "columns": list(reference.columns),
        "table": reference.table,
        "to_columns": list(reference.to_columns),
        "declared": reference.share is None,
    }
    if reference.share is not None:
        shown["share"] = round(reference.share, 4)
        shown["confidence"] = round(reference.confidence, 3)
        shown["evidence"] = reference.evidence
    return shown


def _column_json(column: ColumnScan) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": column.name,
        "type": column.type.value,
        "confidence": round(column.confidence, 3),
        "outcome": column.outcome.value,
        "grade": column.grade.value,
        "evidence": list(column.evidence),
        "sql_type": column.sql_type,
        "profile": _profile_json(column.profile),
    }
    if column.candidates:
        shown["candidates"] = [[c.value, round(score, 3)] for c, score in column.candidates]
    if column.verification:
        v = column.verification
        shown["verification"] = {"filled": v.filled, "shaped": v.shaped, "valid": v.valid}
    return shown


def _profile_json(profile: Profile) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "nulls": profile.nulls,
        "blanks": profile.blanks,
        "distinct": profile.distinct,
        "distinct_exact": profile.distinct_exact,
        "min": profile.min,
        "max": profile.max,
        "top": [list(pair) for pair in profile.top],
        "patterns": [list(pair) for pair in profile.patterns],
        "patterns_of": profile.patterns_of,
    }
    if profile.lengths:
        shortest, mean, longest = profile.lengths
        shown["length"] = {"min": shortest, "mean": round(mean, 2), "max": longest}
    if profile.numbers:
        shown["mean"] = profile.numbers.mean
        shown["quantiles"] = list(profile.numbers.quantiles)
    return shown
