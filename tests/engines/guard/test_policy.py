"""Policies that cannot be read are named by field."""

import copy
from datetime import date
from typing import Any

import pytest

from shuce.engines.guard.policy import PolicyError, read_policy


def test_a_policy_is_read_and_runs_to_its_last_day(policy: dict[str, Any]) -> None:
    read = read_policy(policy)
    assert read.is_in_force(date(2026, 12, 31))
    assert not read.is_in_force(date(2027, 1, 1))
    assert read.tables["persons"].columns["income"].bounds == (0, 50000)
    assert "name" not in read.tables["persons"].columns_kept


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (["minimum_group"], 0, "minimum_group"),
        (["minimum_group"], "10", "minimum_group"),
        (["subject", "key"], "nobody", "subject"),
        (["tables", "persons", "columns", "age", "use"], ["steal"], "persons.age.use"),
        (["tables", "persons", "columns", "age", "bounds"], [9, 1], "persons.age.bounds"),
        (["tables", "persons", "row_filter"], "1 +", "persons.row_filter"),
        (["tables", "persons", "row_filter"], "nowhere = 1", "persons.row_filter"),
        (["joins"], [["persons.x", "hospitals.hospital_id"]], "joins"),
        (["privacy", "mode"], "none", "privacy.mode"),
        (["limits", "memory_mb"], -1, "limits.memory_mb"),
        (["tables"], [], "tables"),
        (["starts_on"], "2026-13-40", "starts_on"),
    ],
)
def test_a_fault_names_its_field(
    policy: dict[str, Any], path: list[str], value: object, named: str
) -> None:
    changed = copy.deepcopy(policy)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(PolicyError, match=named):
        read_policy(changed)
