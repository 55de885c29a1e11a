"""Fusion: two holders' tables joined and counted without a row of either leaving its holder.

One side (`counting`) and the other (`holding`) exchange parcels of blinded points; neither learns
who is in both tables, and both learn a figure only where the joint group is large enough. What each
side learns is written down in docs/fusion.md. The private set intersection is openmined-psi's.
"""

from shuce.engines.fusion.costing import Cost, cost_of, error_of
from shuce.engines.fusion.parcels import Parcel
from shuce.engines.fusion.shapes import (
    Dishonest,
    Group,
    Measure,
    Requirements,
    Side,
    TooLarge,
    TooSmall,
)

__all__ = [
    "Cost",
    "Dishonest",
    "Group",
    "Measure",
    "Parcel",
    "Requirements",
    "Side",
    "TooLarge",
    "TooSmall",
    "cost_of",
    "error_of",
]
