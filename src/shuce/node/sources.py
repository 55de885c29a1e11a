"""What a node does with a source, through the scanning and quality engines."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shuce.engines.quality import Measured, QualityRule
    from shuce.engines.scan.shapes import ScanResult, Table

# Imported at the call: a node that only answers questions starts without these engines.


def discover(url: str) -> "tuple[Table, ...]":
    """Return the tables at `url`."""
    from shuce.engines import scan

    return tuple(scan.discover(url))


def scan(
    url: str, tables: Sequence[str] | None, sample: int | None, on_progress: Any
) -> "ScanResult":
    """Scan the tables at `url`, or all."""
    from shuce.engines import scan as engine

    return engine.scan(url, tables=tables, sample=sample, on_progress=on_progress)


def measure_quality(
    url: str, table: str, rules: "Sequence[QualityRule]", *, today: date
) -> "tuple[Measured, ...]":
    """Measure quality rules on one table at `url`."""
    from shuce.engines import quality

    return quality.measure_table(url, table, rules, today=today)
