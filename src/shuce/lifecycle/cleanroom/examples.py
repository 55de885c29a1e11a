"""Lawful questions to begin with, made from what a grant allows. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Fewer groups than this read as a chart; more would mostly be suppressed.
_READABLE_GROUPS = 60


@dataclass(frozen=True)
class Example:
    """A question that the node should let through, and what it asks (Chinese, with facts)."""

    title: str
    facts: Mapping[str, object]
    sql: str


def examples_for(tables: Sequence[Mapping[str, Any]], distinct: Mapping[str, int]) -> list[Example]:
    """Return up to three lawful questions for each table of `what_may_be_asked`.

    `distinct` says how many values a column has, so that the groups chosen are few and large.
    """
    found: list[Example] = []
    for table in tables:
        found += _of_table(table["table"], table["columns"], distinct)
    return found


def _of_table(
    table: str, columns: Sequence[Mapping[str, Any]], distinct: Mapping[str, int]
) -> list[Example]:
    def named(use: str) -> list[str]:
        return [column["name"] for column in columns if use in column["use"]]

    name = quoted(table)
    measures = named("aggregate")
    groups = [c for c in named("group") if 1 < distinct.get(c, 2) <= _READABLE_GROUPS]
    # A name reads better as a group than a number that can also be averaged.
    groups = [c for c in groups if c not in measures] or groups
    groups.sort(key=lambda column: distinct.get(column, 2))
    found = [Example("共有多少条", {}, f"SELECT COUNT(*) AS total\nFROM {name}")]
    if groups:
        by = groups[-1]
        found.append(
            Example(
                "按 {group} 计数",
                {"group": by},
                f"SELECT {quoted(by)}, COUNT(*) AS total\nFROM {name}\n"
                f"GROUP BY {quoted(by)}\nORDER BY total DESC",
            )
        )
    if groups and measures:
        by, measure = groups[0], max(measures, key=lambda column: distinct.get(column, 0))
        if by != measure:
            found.append(
                Example(
                    "按 {group} 求 {measure} 的平均值",
                    {"group": by, "measure": measure},
                    f"SELECT {quoted(by)}, AVG({quoted(measure)}) AS average\nFROM {name}\n"
                    f"GROUP BY {quoted(by)}",
                )
            )
    return found


def quoted(name: str) -> str:
    """Return an identifier as SQL reads it, quoted only where it must be."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'
