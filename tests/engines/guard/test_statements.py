"""Many statements of both sides, one a line in lawful.txt and attacks.txt, by kind."""

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Rule
from shuce.engines.guard.worker import _plain


def statements(name: str) -> dict[str, list[str]]:
    """Return the statements of a file by the heading they stand under."""
    kinds: dict[str, list[str]] = {}
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kinds[line[2:]] = last = []
        else:
            last.append(line)
    return kinds


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LAWFUL, ATTACKS = statements("lawful.txt"), statements("attacks.txt")


@pytest.fixture(scope="module")
def warm(town: Path, policy: dict[str, Any]) -> Iterator[Session]:
    opened = Session(read_policy(policy), {f.stem: f for f in town.iterdir()}, at=NOON)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def raw(town: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables without a guard, incomes clamped as the policy says."""
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE VIEW persons AS SELECT * REPLACE (CASE WHEN income > 50000 THEN 50000 ELSE"
            f" income END AS income) FROM '{town}/persons.parquet'"
        )
        engine.execute(f"CREATE VIEW hospitals AS FROM '{town}/hospitals.parquet'")
        yield engine


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("kind", ATTACKS)
def test_no_statement_of_this_kind_is_answered(warm: Session, kind: str) -> None:
    for sql in ATTACKS[kind]:
        warm.memory = Memory()
        verdict = warm.ask(sql)
        # A figure over too few people may be withheld alone.
        assert all(value is None for row in verdict.rows for value in row), sql
        assert verdict.rule or verdict.suppressed_groups, sql
        assert verdict.rule not in (Rule.ENGINE, Rule.LIMIT), f"refused by luck: {sql}"


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("kind", LAWFUL)
def test_every_statement_of_this_kind_is_answered_right(
    warm: Session, raw: duckdb.DuckDBPyConnection, kind: str
) -> None:
    for sql in LAWFUL[kind]:
        warm.memory = Memory()
        verdict = warm.ask(sql)
        assert verdict.is_released, (sql, verdict.reason)
        if verdict.suppressed_groups:
            continue  # what is missing changes ranks and shares
        wanted = [[_plain(value) for value in row] for row in raw.execute(sql).fetchall()]
        told = sorted([list(row) for row in verdict.rows], key=_order)
        assert len(told) == len(wanted), sql
        for one, other in zip(told, sorted(wanted, key=_order), strict=True):
            assert all(_same(a, b) for a, b in zip(one, other, strict=True)), (sql, one, other)


def _order(row: list[Any]) -> str:
    rounded = [round(v, 6) if isinstance(v, float) else v for v in row]
    return json.dumps(rounded, ensure_ascii=False)


def _same(a: object, b: object) -> bool:
    # Totals of fractions depend on the order of the rows in their last digit.
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b
