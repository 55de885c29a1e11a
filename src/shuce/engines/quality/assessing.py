"""Assess a table of a source: load it, measure its rules, score them."""

from collections.abc import Sequence
from datetime import date

import duckdb

from shuce.engines.quality.measuring import Measured, measure
from shuce.engines.quality.rules import QualityRule, RuleKind
from shuce.engines.scan.sources import open_source
from shuce.engines.scan.sources.base import quoted


def measure_table(
    address: str, table: str, rules: Sequence[QualityRule], *, today: date
) -> tuple[Measured, ...]:
    """Measure the rules on a table of the source, with the tables that its rules refer to."""
    source = open_source(address)
    try:
        known = {found.name for found in source.tables()}
        with duckdb.connect() as engine:
            others: dict[str, str] = {}
            for rule in rules:
                other = str(rule.params.get("table", ""))
                if rule.kind is RuleKind.REFERENTIAL and other in known and other not in others:
                    kept = f"_other_{len(others)}"
                    loaded = source.load(other, engine, None)
                    engine.execute(f"CREATE TEMP TABLE {kept} AS SELECT * FROM {loaded.relation}")
                    others[other] = kept
            loaded = source.load(table, engine, None)
            columns = ", ".join(quoted(column.name) for column in loaded.columns)
            rows = f"(SELECT {columns} FROM {loaded.relation})"  # without a file's row numbers
            return measure(engine, rows, rules, today=today, others=others)
    finally:
        source.close()
