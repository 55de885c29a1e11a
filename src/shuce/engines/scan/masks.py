"""Show that a value is there without showing it."""

from shuce.engines.grading.levels import Level
from shuce.engines.scan.rulebook import patterns
from shuce.engines.scan.shapes import Cell
from shuce.engines.scan.types import SemanticType

MASK_FROM = Level.L3
_HIDDEN = "*"
_LONGEST = 24


def must_mask(level: Level) -> bool:
    """Say whether a column of this level shows masked values only."""
    return level.rank >= MASK_FROM.rank


def mask(value: str, of: SemanticType = SemanticType.NONE) -> str:
    """Keep the first character, of long values three; hide the rest and great lengths."""
    value = value.strip()
    kept = 3 if len(value) >= 11 and of is not SemanticType.PASSWORD else 1
    if of in (SemanticType.FREE_TEXT_PII, SemanticType.PASSWORD) or len(value) <= 1:
        kept = 0
    return value[:kept] + _HIDDEN * min(max(1, len(value) - kept), _LONGEST)


def mask_cell(value: Cell, of: SemanticType) -> Cell:
    return None if value is None else mask(str(value), of)


def guard(value: str) -> str:
    """Mask a value of a harmless column that nevertheless carries a person's number or address."""
    for pattern in ("embedded_id", "embedded_mobile", "embedded_email", "embedded_card"):
        if patterns()[pattern].search(value):
            return mask(value, SemanticType.FREE_TEXT_PII)
    return value
