"""Scan a source: for each table draw, judge, profile, verify, grade."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from shuce.engines.grading.levels import Level
from shuce.engines.grading.rules import GradingRules, default_rules
from shuce.engines.scan.judgement import ColumnSample, Judgement
from shuce.engines.scan.judging import judge_table
from shuce.engines.scan.masks import guard, mask, mask_cell, must_mask
from shuce.engines.scan.profiling import duckdb_types, measure_table
from shuce.engines.scan.pushed import measure_elsewhere
from shuce.engines.scan.references import Sketch, sketches_of, with_references
from shuce.engines.scan.rulebook import settings
from shuce.engines.scan.sampled import SampledColumn
from shuce.engines.scan.sampling import draw_rows, is_numeric, values_to_test
from shuce.engines.scan.shapes import (
    ColumnScan,
    Loaded,
    Profile,
    ScanResult,
    SourceUnreadable,
    Table,
    TableScan,
    Verification,
)
from shuce.engines.scan.sources import Source, open_source
from shuce.engines.scan.types import Outcome, SemanticType
from shuce.kernel.words import say

Progress = Callable[[int, int], bool]
MEMORY_LIMIT = "400MB"
_LEAST_CHECKED = 20
_SERIAL_DIGITS = 10  # whole numbers as long as this are numbers of something, not amounts


def discover(address: str) -> tuple[Table, ...]:
    """Return the tables of a source from its catalogue."""
    source = open_source(address)
    try:
        return source.tables()
    finally:
        source.close()


def scan(
    address: str,
    *,
    tables: Sequence[str] | None = None,
    sample: int | None = None,
    on_progress: Progress | None = None,
    today: date | None = None,
    grading: GradingRules | None = None,
) -> ScanResult:
    """Scan a source's tables, or those named; with `sample`, at most about so many rows of each.

    `on_progress(done, total)` is told after every table and stops the scan by answering False; what
    was scanned by then is kept. Birthdays are judged as of `today`, by default the machine's day.
    """
    today = today or datetime.fromtimestamp(time.time(), UTC).date()
    source = open_source(address)
    try:
        described = {table.name: table for table in source.tables()}
        names = list(described)
        wanted = [name for name in names if tables is None or name in tables]
        if missing := sorted(set(tables or ()) - set(names)):
            raise SourceUnreadable(say("没有这些表：{tables}", tables="、".join(missing)))
        scanned: list[TableScan] = []
        sketches: list[Sketch] = []
        stopped = False
        for done, name in enumerate(wanted):
            scanned.append(
                _scan_or_explain(
                    source,
                    described[name],
                    sample,
                    today,
                    grading or default_rules(),
                    sketches if len(wanted) > 1 else None,
                )
            )
            if on_progress and not on_progress(done + 1, len(wanted)):
                stopped = done + 1 < len(wanted)
                break
        return ScanResult(source.shown_as, with_references(scanned, sketches), stopped)
    finally:
        source.close()


def _scan_or_explain(
    source: Source,
    table: Table,
    sample: int | None,
    today: date,
    grading: GradingRules,
    sketches: list[Sketch] | None,
) -> TableScan:
    """Scan one table; if it cannot be read, say so and let the others go on.

    With `sketches` those of this table's columns are added to them.
    """
    name = table.name
    with tempfile.TemporaryDirectory(prefix="shuce-scan-") as scratch:
        engine = duckdb.connect(str(Path(scratch) / "scan.duckdb"))
        try:
            engine.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            engine.execute(f"SET temp_directory = '{scratch}'")
            loaded = source.load(name, engine, sample)
            scanned = scan_loaded(engine, name, loaded, today, grading)
            if sketches is not None and not table.is_view:
                sketches.extend(sketches_of(engine, scanned, loaded))
            return replace(
                scanned,
                is_view=table.is_view,
                keys=tuple(column.name for column in table.columns if column.key),
                references=table.references,
            )
        except SourceUnreadable as error:
            return TableScan(name, 0, 0, (), problem=str(error))
        finally:
            engine.close()


def scan_loaded(
    engine: duckdb.DuckDBPyConnection, name: str, loaded: Loaded, today: date, grading: GradingRules
) -> TableScan:
    """Scan a table that DuckDB can read."""
    types = duckdb_types(engine, loaded)
    rows = draw_rows(engine, loaded)
    values = values_to_test(engine, loaded, rows)
    samples = [
        ColumnSample(
            column.name,
            column.comment,
            SampledColumn.of(values[column.name], is_number=is_numeric(types[column.name])),
            tuple(rows[column.name].slice(0, settings().values_per_column).to_pylist()),
        )
        for column in loaded.columns
    ]
    judged = judge_table(samples, today)
    numeric = frozenset(
        s.name
        for s, j in zip(samples, judged, strict=True)
        if types[s.name] == "VARCHAR" and _counts_as_number(s, j)
    )
    typed = {s.name: j.type for s, j in zip(samples, judged, strict=True)}
    if loaded.elsewhere:
        measured = measure_elsewhere(
            loaded.elsewhere, loaded.columns, types, rows, numeric, typed, today
        )
    else:
        measured = measure_table(engine, loaded, rows, numeric, typed, today)
    columns = tuple(
        _column(
            column.name,
            column.sql_type,
            column.comment,
            judgement,
            measured.profiles[column.name],
            measured.verified.get(column.name),
            grading,
        )
        for column, judgement in zip(loaded.columns, judged, strict=True)
    )
    return TableScan(
        name,
        loaded.all_rows,
        loaded.scanned_rows,
        columns,
        loaded.rejected,
        notes=loaded.notes,
        repaired=loaded.repaired,
    )


def _counts_as_number(column: ColumnSample, judgement: Judgement) -> bool:
    """Say whether text holds amounts: numbers, neither codes nor ids nor serials."""
    values = column.values
    if len(values) < 3 or values.numeric_share < 0.95:
        return False
    if judgement.type not in (SemanticType.NONE, SemanticType.INCOME, SemanticType.GPS):
        return False
    serials = sum(v.isdigit() and len(v) >= _SERIAL_DIGITS for v in values.values)
    if serials > 0.5 * len(values):
        return False
    return not any(v.startswith("0") and v[1:2].isdigit() for v in values.values)


def _column(
    name: str,
    sql_type: str,
    comment: str,
    judged: Judgement,
    profile: Profile,
    verification: Verification | None,
    grading: GradingRules,
) -> ColumnScan:
    judged = _reconsider(judged, verification)
    grade = grading.floor_of(judged.type.value)
    careful = max(
        (grading.floor_of(of.value) for of, _ in judged.candidates),
        key=lambda level: level.rank,
        default=Level.L1,
    )
    hidden = must_mask(grade) or (judged.outcome is not Outcome.DECIDED and must_mask(careful))
    return ColumnScan(
        name,
        sql_type,
        comment,
        judged.type,
        judged.confidence,
        judged.outcome,
        grade,
        judged.evidence,
        _masked(profile, judged.type) if hidden else _guarded(profile),
        judged.candidates,
        verification,
    )


def _reconsider(judged: Judgement, verification: Verification | None) -> Judgement:
    """Correct the sample's judgement by the count over all rows."""
    if verification is None or verification.filled < _LEAST_CHECKED:
        return judged
    shaped, valid = verification.shaped, verification.valid
    why = say(
        "全量检验：{filled} 个值中 {shaped} 个格式相符，{valid} 个校验通过",
        filled=verification.filled,
        shaped=shaped,
        valid=valid,
    )
    evidence = (*judged.evidence, why)
    checked = judged.type in (SemanticType.ID_CARD, SemanticType.USCC, SemanticType.BANK_CARD)
    fails = checked and not judged.unchecked and shaped > 0 and valid < 0.4 * shaped
    if fails and judged.outcome is Outcome.DECIDED:
        return replace(
            judged,
            type=SemanticType.NONE,
            confidence=0.5,
            outcome=Outcome.UNDECIDABLE,
            evidence=evidence,
            candidates=((judged.type, judged.confidence), *judged.candidates),
        )
    return replace(judged, evidence=evidence)


def _masked(profile: Profile, of: SemanticType) -> Profile:
    """Hide every value; amounts and positions lose their statistics too."""
    merged: dict[str, int] = {}
    for value, count in profile.top:
        shown = mask(value, of)
        merged[shown] = merged.get(shown, 0) + count
    shapes = profile.patterns if of is not SemanticType.FREE_TEXT_PII else ()
    return replace(
        profile,
        min=mask_cell(profile.min, of),
        max=mask_cell(profile.max, of),
        top=tuple(merged.items()),
        patterns=shapes,
        numbers=None,
    )


def _guarded(profile: Profile) -> Profile:
    return replace(
        profile,
        min=guard(profile.min) if isinstance(profile.min, str) else profile.min,
        max=guard(profile.max) if isinstance(profile.max, str) else profile.max,
        top=tuple((guard(value), count) for value, count in profile.top),
    )
