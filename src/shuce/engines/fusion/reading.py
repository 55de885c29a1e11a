"""One side's people in groups, read from its snapshot: ids normalised, values clamped."""

import hashlib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import duckdb

from shuce.engines.fusion.shapes import Group, Label, Measure, Requirements, Side, TooLarge

# People of one side: what one process holds in memory, and counts in a reasonable time.
MOST_PEOPLE = 2_000_000
_DROPPED = str.maketrans("", "", " \t\r\n-‐－·　")


def normalised(value: str) -> str:
    """Return an id as both sides write it: half-width, upper case, without blanks and hyphens."""
    return unicodedata.normalize("NFKC", value).upper().translate(_DROPPED)


def read_side(
    file: Path,
    *,
    key: str,
    groups: Sequence[str],
    measures: Sequence[Measure],
    row_filter: str,
    demands: Requirements,
    memory_mb: int = 1024,
    threads: int = 2,
) -> Side:
    """Return the people in `file` by the values of `groups`, without those in too small ones.

    A person counts once in each group they have rows in; the values of these rows add up and are
    clamped to the measure's range. Under noise a person stands in one group only, so that they
    move one figure of each kind.
    """
    found: dict[Label, dict[str, list[int]]] = {}
    for name, label, values in _rows(file, key, groups, measures, row_filter, memory_mb, threads):
        person = normalised(name)
        if not person:
            continue
        known = found.setdefault(label, {}).setdefault("id:" + person, [0] * len(measures))
        for place, value in enumerate(values):
            known[place] += value
    if demands.is_noisy:
        _keep_one_group(found)
    made = [
        _group(label, people, measures)
        for label, people in sorted(found.items(), key=lambda one: str(one[0]))
    ]
    return Side(made, tuple(measures), demands).large_enough(demands.minimum)


def _rows(
    file: Path,
    key: str,
    groups: Sequence[str],
    measures: Sequence[Measure],
    row_filter: str,
    memory_mb: int,
    threads: int,
) -> list[tuple[str, Label, tuple[int, ...]]]:
    labels = ", ".join(f"CAST({_quoted(name)} AS VARCHAR)" for name in groups)
    values = ", ".join(
        f"CAST(coalesce(round(greatest({one.low}, least({one.high}, {_quoted(one.column)}))), 0)"
        " AS BIGINT)"
        for one in measures
    )
    place = "'" + str(file).replace("'", "''") + "'"
    engine = duckdb.connect(config={"memory_limit": f"{memory_mb}MB", "threads": threads})
    try:
        engine.execute(f"SET allowed_paths = [{place}]")
        engine.execute("SET enable_external_access = false")
        engine.execute("SET lock_configuration = true")
        asked = engine.execute(
            f"SELECT CAST({_quoted(key)} AS VARCHAR), [{labels}]::VARCHAR[],"
            f" [{values}]::BIGINT[] FROM read_parquet({place})"
            f" WHERE {_quoted(key)} IS NOT NULL AND ({row_filter or 'TRUE'})"
        )
        rows = asked.fetchmany(MOST_PEOPLE + 1)
    finally:
        engine.close()
    if len(rows) > MOST_PEOPLE:
        raise TooLarge
    return [(name, tuple(label), tuple(numbers)) for name, label, numbers in rows]


def _keep_one_group(found: dict[Label, dict[str, list[int]]]) -> None:
    chosen: dict[str, tuple[str, Label]] = {}
    for label, people in found.items():
        for person in people:
            # By a digest, so that which group it is depends on nothing but person and label.
            rank = hashlib.sha256(f"{person}{label}".encode()).hexdigest()
            if person not in chosen or rank < chosen[person][0]:
                chosen[person] = (rank, label)
    for label, people in found.items():
        for person in [one for one in people if chosen[one][1] != label]:
            del people[person]


def _group(label: Label, people: dict[str, list[int]], measures: Sequence[Measure]) -> Group:
    values = tuple(
        [max(one.low, min(one.high, sums[place])) - one.zero for sums in people.values()]
        for place, one in enumerate(measures)
    )
    return Group(label, list(people), values)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
