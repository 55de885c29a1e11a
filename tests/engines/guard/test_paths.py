"""Conditions inside one figure multiply: reading them must not take longer than answering."""

from pathlib import Path
from typing import Any

import pytest

from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session
from shuce.engines.guard.verdicts import Rule


def sum_of(many: int, how: str) -> str:
    parts = [f"CASE WHEN age > {i} THEN 1 ELSE 0 END" for i in range(20, 20 + many)]
    whole = how.join(parts) if how == " + " else f"greatest({', '.join(parts)})"
    return f"SELECT sum({whole}) FROM persons"


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("how", [" + ", "greatest"])
def test_figures_of_too_many_conditions_at_once_are_refused_by_name(
    city: Path, policy: dict[str, Any], how: str
) -> None:
    session = Session(read_policy(policy), {f.stem: f for f in city.iterdir()})
    try:
        assert session.ask(sum_of(4, how)).is_released
        assert session.ask(sum_of(30, how)).rule is Rule.LIMIT
        branches = " ".join(f"WHEN age = {i} THEN {i}" for i in range(90))
        wide = session.ask(f"SELECT sum(CASE {branches} END) FROM persons")
        assert wide.rule is Rule.LIMIT
    finally:
        session.close()
