"""Quality after GB/T 36344-2018 and DB31/T 1523-2024: rules as data, measured by SQL, scored."""

from shuce.engines.quality.assessing import measure_table
from shuce.engines.quality.measuring import Measured, measure
from shuce.engines.quality.rules import Indicator, QualityRule, RuleKind, catalogue
from shuce.engines.quality.scoring import (
    Dimension,
    Issue,
    Quality,
    Standard,
    indicator_values,
    score,
)
from shuce.engines.quality.suggesting import suggest_rules

__all__ = [
    "Dimension",
    "Indicator",
    "Issue",
    "Measured",
    "Quality",
    "QualityRule",
    "RuleKind",
    "Standard",
    "catalogue",
    "indicator_values",
    "measure",
    "measure_table",
    "score",
    "suggest_rules",
]
