"""Quality after GB/T 36344-2018 and DB31/T 1523-2024: rules as data, measured by SQL, scored."""

from shuce.engines.quality.assessing import measure_table
from shuce.engines.quality.measuring import Measured, measure
from shuce.engines.quality.rules import (
    TYPES,
    Indicator,
    QualityRule,
    RuleKind,
    Template,
    catalogue,
    library,
)
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
    "TYPES",
    "Dimension",
    "Indicator",
    "Issue",
    "Measured",
    "Quality",
    "QualityRule",
    "RuleKind",
    "Standard",
    "Template",
    "catalogue",
    "indicator_values",
    "library",
    "measure",
    "measure_table",
    "score",
    "suggest_rules",
]
