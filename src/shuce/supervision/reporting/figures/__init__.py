"""The figures of the yearly report, as definitions: what is counted, and the cards behind it.

No national table for data assets exists yet; these eight follow what the report must say of
other state assets: totals, acquisition, use, disposal, revenue, safety and changes.
"""

from shuce.kernel.refusals import NotFound, Obstacle
from shuce.supervision.reporting.figures.doings import DISPOSAL, REVENUE, SAFETY, USE
from shuce.supervision.reporting.figures.holdings import (
    ACQUISITION,
    CHANGES,
    GRADES,
    MEMORANDUM,
    OVERALL,
)
from shuce.supervision.reporting.figures.parts import Figure, Scope, Table, shown

__all__ = ["FIGURES", "TABLES", "Figure", "Scope", "Table", "compute", "figure_coded", "shown"]

TABLES: tuple[Table, ...] = (
    OVERALL,
    MEMORANDUM,
    GRADES,
    ACQUISITION,
    USE,
    REVENUE,
    DISPOSAL,
    SAFETY,
    CHANGES,
)
FIGURES: dict[str, Figure] = {figure.code: figure for table in TABLES for figure in table.figures()}


def compute(scope: Scope) -> dict[str, int]:
    """Count every figure of the report, by code. One query for each line of each table."""
    return {
        f"{table.code}.{line.key}.{key}": value
        for table in TABLES
        for line in table.lines
        for key, value in line.computed(scope).items()
    }


def figure_coded(code: str) -> Figure:
    try:
        return FIGURES[code]
    except KeyError:
        raise NotFound(Obstacle("报告中没有这项数据")) from None
