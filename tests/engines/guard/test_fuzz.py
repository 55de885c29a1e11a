"""Questions drawn at random, against an oracle that knows who stands in each group."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session

KEYS = [
    "district",
    "gender",
    "disease",
    "hospital_id",
    "age",
    "age // 10",
    "year(visit_date)",
    "date_trunc('month', visit_date)",
    "CASE WHEN income < 3000 THEN 'low' WHEN age > 60 THEN 'old' ELSE 'rest' END",
    "coalesce(disease, '无')",
    "age >= 60",
]
FILTERS = [
    "age > 30",
    "age BETWEEN 40 AND 42",
    "gender = '男'",
    "disease = '罕见病A'",
    "disease <> '高血压'",
    "disease IS NULL",
    "district IN ('黄浦区', '崇明区')",
    "income >= 8000",
    "hospital_id = 3",
    "visit_date < DATE '2020-02-01'",
]
FIGURES = [
    "sum(income)",
    "avg(age)",
    "count(DISTINCT id)",
    "count(disease)",
    "sum(income * 2 - 100)",
]


@pytest.fixture(scope="module")
def warm(city: Path, policy: dict[str, Any]) -> Iterator[Session]:
    opened = Session(read_policy(policy), {f.stem: f for f in city.iterdir()})
    yield opened
    opened.close()


def condition() -> st.SearchStrategy[str]:
    plain = st.sampled_from(FILTERS)
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            inner.map(lambda c: f"NOT ({c})"),
            st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
                lambda t: f"({t[0]}) {t[1]} ({t[2]})"
            ),
        ),
        max_leaves=3,
    )


@given(
    keys=st.lists(st.sampled_from(KEYS), max_size=3, unique=True),
    chosen=st.one_of(st.none(), condition()),
    figures=st.lists(st.sampled_from(FIGURES), min_size=1, max_size=2, unique=True),
    part=st.one_of(st.none(), condition()),
    shape=st.sampled_from(["{}", "ROLLUP ({})", "CUBE ({})"]),
    outside=st.sampled_from(
        ["{}", "SELECT * FROM ({}) AS t", "WITH t AS ({}) SELECT * FROM t", "({}) UNION ALL ({})"]
    ),
    inside=st.sampled_from(["persons", "(SELECT * FROM persons) AS persons"]),
)
@settings(
    # SHUCE_FUZZ=10000 for a long run.
    max_examples=int(os.environ.get("SHUCE_FUZZ", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_group_or_part_under_the_minimum_ever_leaves(
    warm: Session,
    plain: duckdb.DuckDBPyConnection,
    keys: list[str],
    chosen: str | None,
    figures: list[str],
    part: str | None,
    shape: str,
    outside: str,
    inside: str,
) -> None:
    warm.memory = Memory()
    where = f"WHERE {chosen}" if chosen else ""
    group = f"GROUP BY {shape.format(', '.join(keys))}" if keys else ""
    extra = f", count(*) FILTER (WHERE {part}) AS part" if part else ""
    columns = ", ".join([*keys, *figures])
    named = [*(f"{each} AS c{i}" for i, each in enumerate([*keys, *figures]))]
    block = f"SELECT {', '.join(named)}{extra} FROM {inside} {where} {group}"
    verdict = warm.ask(outside.format(block, block))
    people = "count(DISTINCT id)"
    parts = f", count(DISTINCT CASE WHEN {part} THEN id END)" if part else ", 0"
    truth = {}
    for row in plain.execute(
        f"SELECT {columns}{extra or ', 0'}, {people}{parts} FROM persons {where} {group}"
    ).fetchall():
        shown = row[: len(keys) + len(figures)]
        truth.setdefault(tuple(map(str, shown)), []).append(row)
    if not verdict.is_released:
        return
    for row in verdict.rows:
        shown = tuple(str(v) for v in row[: len(keys) + len(figures)])
        same = [t for key, rows in truth.items() for t in rows if _alike(key, shown, len(keys))]
        assert any(t[-2] >= 10 for t in same), "a group under the minimum, or a wrong figure"
        if part and row[-1] is not None:
            assert any(
                t[-1] >= 10 and t[-2] - t[-1] >= (0 if "NULL" in part else 10) and t[-3] == row[-1]
                for t in same
            ), "a part of a group under the minimum"


def _alike(key: tuple[str, ...], shown: tuple[str, ...], keys: int) -> bool:
    return all(
        # A figure over too few people within a group is withheld.
        (place >= keys and b == "None")
        or a == b
        or a.replace(" 00:00:00", "") == b.replace("T00:00:00", "")
        or _close(a, b)
        for place, (a, b) in enumerate(zip(key, shown, strict=True))
    )


def _close(a: str, b: str) -> bool:
    try:
        return abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(a)))
    except ValueError:
        return a == b
