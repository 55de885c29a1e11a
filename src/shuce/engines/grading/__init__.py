"""Grading after GB/T 43697-2024: a level proposed by rules, confirmed by a person."""

from shuce.engines.grading.levels import ImpactDegree, ImpactObject, Level, highest
from shuce.engines.grading.proposal import (
    Context,
    Impact,
    Proposal,
    Reason,
    level_of_impact,
    propose,
)
from shuce.engines.grading.rules import GradingRules, default_rules, read_rules

__all__ = [
    "Context",
    "GradingRules",
    "Impact",
    "ImpactDegree",
    "ImpactObject",
    "Level",
    "Proposal",
    "Reason",
    "default_rules",
    "highest",
    "level_of_impact",
    "propose",
    "read_rules",
]
