"""Suggest quality rules from what a scan saw. A person keeps, changes or drops them."""

from collections.abc import Iterator

from shuce.engines.quality.rules import QualityRule, RuleKind, catalogue
from shuce.engines.scan import ColumnScan, SemanticType, TableScan
from shuce.engines.scan.rulebook import patterns, words
from shuce.engines.scan.verify import VERIFIABLE

_BY_PATTERN = {
    SemanticType.MOBILE,
    SemanticType.EMAIL,
    SemanticType.PLATE,
    SemanticType.PASSPORT,
    SemanticType.VIN,
}
_UPDATED = ("gxsj", "update", "updated", "更新时间", "更新日期", "gxrq", "modified")


def suggest_rules(table: TableScan) -> tuple[QualityRule, ...]:
    """Return rules that the table's profile and types speak for."""
    found = [rule for column in table.columns for rule in _for_column(column)]
    return (QualityRule(RuleKind.NO_DUPLICATES), *found) if table.columns else ()


def _for_column(column: ColumnScan) -> Iterator[QualityRule]:
    profile, limits = column.profile, catalogue()
    if not profile.rows:
        return
    if profile.completeness >= limits.complete_from:
        yield QualityRule(RuleKind.NOT_NULL, column.name)
    filled = profile.rows - profile.nulls
    if profile.distinct_exact and filled > 1 and profile.distinct >= limits.unique_from * filled:
        identifying = column.type in (SemanticType.USCC, SemanticType.ID_CARD, SemanticType.VIN)
        if identifying or column.name.lower() in ("id", "bh", "编号", "pk"):
            yield QualityRule(RuleKind.UNIQUE, column.name)
    yield from _by_type(column)
    if profile.lengths and column.type in (
        SemanticType.NONE,
        SemanticType.ADDRESS,
        SemanticType.PERSON_NAME,
        SemanticType.ORG_NAME,
    ):
        yield QualityRule(RuleKind.NO_GARBAGE, column.name)
    said = f"{column.name} {column.comment}".lower()
    if any(word in said for word in _UPDATED):
        days = limits.fresh_within_days
        yield QualityRule(RuleKind.FRESHNESS, column.name, {"max_age_days": days})


def _by_type(column: ColumnScan) -> Iterator[QualityRule]:
    if column.type in VERIFIABLE:
        yield QualityRule(RuleKind.CHECK_DIGIT, column.name, {"type": column.type.value})
    elif column.type in _BY_PATTERN:
        regex = patterns()[column.type.value].pattern
        yield QualityRule(RuleKind.PATTERN, column.name, {"regex": regex, "compact": True})
    elif column.type is SemanticType.ETHNICITY:
        yield QualityRule(RuleKind.IN_LIST, column.name, {"values": sorted(words().ethnicities)})
    elif column.type is SemanticType.GENDER:
        values = sorted(words().genders | words().gender_codes)
        yield QualityRule(RuleKind.IN_LIST, column.name, {"values": values})
    elif column.type is SemanticType.BIRTH_DATE:
        yield QualityRule(RuleKind.RANGE, column.name, {"min": "1900-01-01", "max": "today"})
    elif column.type is SemanticType.INCOME:
        yield QualityRule(RuleKind.RANGE, column.name, {"min": 0})
