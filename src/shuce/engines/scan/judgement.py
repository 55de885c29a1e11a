"""What goes to judgement, and what comes out."""

from dataclasses import dataclass

from shuce.engines.scan.sampled import SampledColumn
from shuce.engines.scan.types import Outcome, SemanticType


@dataclass(frozen=True)
class ColumnSample:
    """One column as it goes to judgement: names from the catalogue, values drawn from the rows."""

    name: str
    comment: str
    values: SampledColumn
    rows: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """The type of a column, how sure, and why."""

    type: SemanticType
    confidence: float
    outcome: Outcome
    evidence: tuple[str, ...]
    candidates: tuple[tuple[SemanticType, float], ...] = ()
    # Decided by a plain name although check digits fail: a count of them cannot overturn it.
    unchecked: bool = False
