"""Scan a source: what its tables hold, how well, and how strictly to protect it."""

from shuce.engines.scan.scanning import discover, scan
from shuce.engines.scan.shapes import (
    Column,
    ColumnScan,
    Profile,
    Reference,
    RejectedLine,
    ScanResult,
    SourceUnreadable,
    Table,
    TableScan,
    Verification,
)
from shuce.engines.scan.types import Outcome, SemanticType

__all__ = [
    "Column",
    "ColumnScan",
    "Outcome",
    "Profile",
    "Reference",
    "RejectedLine",
    "ScanResult",
    "SemanticType",
    "SourceUnreadable",
    "Table",
    "TableScan",
    "Verification",
    "discover",
    "scan",
]
