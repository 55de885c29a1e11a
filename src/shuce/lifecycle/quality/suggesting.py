"""Which rules an asset is suggested to be measured by: those that its scan speaks for."""

from typing import Any

from shuce.engines.grading.levels import Level
from shuce.engines.quality import QualityRule, suggest_rules
from shuce.engines.scan import ColumnScan, Outcome, Profile, SemanticType, TableScan


def suggested_for(table: str, rows: int, columns: list[dict[str, Any]]) -> tuple[QualityRule, ...]:
    """Return the suggested rules for a table whose columns were filed by a scan."""
    scanned = tuple(_column(column, rows) for column in columns)
    return suggest_rules(TableScan(table, rows, rows, scanned))


def _column(column: dict[str, Any], rows: int) -> ColumnScan:
    profile = column.get("profile") or {}
    lengths = profile.get("lengths")
    return ColumnScan(
        name=column["name"],
        sql_type=column.get("sql_type") or "",
        comment=column.get("comment") or "",
        type=SemanticType(column.get("type") or SemanticType.NONE),
        confidence=float(column.get("confidence") or 0),
        outcome=Outcome(column.get("outcome") or Outcome.DECIDED),
        grade=Level(column["grade"]),
        evidence=tuple(column.get("evidence") or ()),
        profile=Profile(
            rows=int(profile.get("rows", rows)),
            nulls=int(profile.get("nulls") or 0),
            blanks=int(profile.get("blanks") or 0),
            distinct=int(profile.get("distinct") or 0),
            distinct_exact=bool(profile.get("distinct_exact")),
            min=profile.get("min"),
            max=profile.get("max"),
            lengths=(lengths[0], lengths[1], lengths[2]) if lengths else None,
        ),
    )
