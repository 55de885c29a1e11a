"""The tables a unit reads, as SQL, and what is known of their data."""

from dataclasses import dataclass

from sqlglot import exp

from shuce.engines.guard.policy import Policy
from shuce.engines.guard.relations import BaseTable


@dataclass(frozen=True)
class Facts:
    """What the engine knows of the data, for writing faster SQL; it decides nothing.

    `types` by table and column; `unique` holds (table, column) that are never NULL and never twice;
    `filled` holds (table, column) that are never NULL; `within` (table, column, "low" or "high")
    whose values all keep to that bound; `whole` the tables whose row filter leaves no row out;
    `apart` the (table, column) of public tables that tell every row from every other.
    """

    types: dict[str, dict[str, str]]
    unique: frozenset[tuple[str, str]] = frozenset()
    filled: frozenset[tuple[str, str]] = frozenset()
    within: frozenset[tuple[str, str, str]] = frozenset()
    whole: frozenset[str] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()


def from_of(
    tables: tuple[BaseTable, ...],
    policy: Policy,
    facts: Facts | None = None,
    bound: tuple[exp.Column, int] | None = None,
) -> str:
    """Return the FROM list, each table behind its row filter, if that leaves any row out.

    `bound` keeps at most so many rows of each subject of the table the column is of.
    """
    text = ""
    for base in tables:
        rule = policy.tables[base.table]
        name = quoted(base.table)
        source = name
        if rule.row_filter is not None and not (facts and base.table in facts.whole):
            source = f"(SELECT * FROM {name} WHERE {rule.row_filter.sql('duckdb')})"
        if bound and bound[0].table == base.alias:
            key = quoted(bound[0].name)
            ranked = f"row_number() OVER (PARTITION BY {key}) <= {bound[1]}"
            source = f"(SELECT * FROM {source} WHERE {key} IS NOT NULL QUALIFY {ranked})"
        source = f"{source} AS {quoted(base.alias)}"
        if not text:
            text = source
            continue
        on = " AND ".join(f"({each.sql('duckdb')})" for each in base.on)
        text += f" {base.side} JOIN {source} ON {on or 'TRUE'}"
    return text


def quoted(name: str) -> str:
    """Return an identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'
