"""De-identified sets (GB/T 37964): a recipe for each column, k-anonymity and l-diversity checked.

Pure: a file and a recipe in, a file and a report out. The report tells counts of people never
under k, and no value of any row.
"""

from shuce.engines.deidentify.making import Bounds, Refusal, make_set
from shuce.engines.deidentify.recipe import (
    LEAST_DIVERSITY,
    LEAST_GROUP,
    Part,
    PartRole,
    Recipe,
    RecipeFault,
    Technique,
    faults_in,
)
from shuce.engines.deidentify.report import Diversity, Report

__all__ = [
    "LEAST_DIVERSITY",
    "LEAST_GROUP",
    "Bounds",
    "Diversity",
    "Part",
    "PartRole",
    "Recipe",
    "RecipeFault",
    "Refusal",
    "Report",
    "Technique",
    "faults_in",
    "make_set",
]
