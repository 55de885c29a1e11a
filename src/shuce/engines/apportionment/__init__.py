"""Shares of revenue, exact to the fen: one event, or a running account of many (G-10, N-7)."""

from shuce.engines.apportionment.agreement import Agreement, Division, Tier, divide
from shuce.engines.apportionment.bases import (
    Basis,
    Investment,
    by_contribution,
    by_investment,
    by_ratio,
)
from shuce.engines.apportionment.lineage import shares_along_lineage
from shuce.engines.apportionment.quota import RunningShares, share_known_events
from shuce.engines.apportionment.reading import BadCase
from shuce.engines.apportionment.rounding import largest_remainder
from shuce.engines.apportionment.schedule import Piece, Schedule

__all__ = [
    "Agreement",
    "BadCase",
    "Basis",
    "Division",
    "Investment",
    "Piece",
    "RunningShares",
    "Schedule",
    "Tier",
    "by_contribution",
    "by_investment",
    "by_ratio",
    "divide",
    "largest_remainder",
    "share_known_events",
    "shares_along_lineage",
]
