"""The procedures and tables that come with the register, as an office would use them."""

import pytest

from shuce.engines.procedure import (
    Ballot,
    NotNow,
    Outcome,
    State,
    Status,
    start,
)
from shuce.engines.procedure.tables import Confidence, check_table
from tests.engines.procedure.office import (
    MONDAY,
    SHIPPED,
    approve,
    faults,
    hold_meeting,
    names,
    shipped,
    shipped_tables,
)

ALL = (
    "card_change card_entry dataset_egress disposal grant_renewal "
    "grant_right incident_closure price succession value_adjustment"
)
IN_FAVOUR = dict.fromkeys(["a", "b", "c"], Ballot.FOR)
GRANT = {"holder_kind": "INSTITUTION", "holder_level": "DISTRICT", "grade": "L3", "fee_fen": 0}


@pytest.mark.parametrize("key", ALL.split())
def test_a_shipped_procedure_is_sound_and_has_deadlines_and_a_way_back(key: str) -> None:
    found = shipped(key)
    assert found.key == key
    assert faults(found) == []
    for step in found.all_steps():
        if hasattr(step, "role"):
            assert step.deadline
            assert step.may_return_to
            assert step.who


def test_nothing_is_shipped_untested() -> None:
    assert sorted(file.stem for file in SHIPPED.glob("*.toml")) == ALL.split()


@pytest.mark.parametrize("key", ["disposal_authority", "grant_authority"])
def test_a_shipped_table_is_whole_and_says_that_its_limits_are_not_verified(key: str) -> None:
    found = shipped_tables()[key]
    assert check_table(found) == []
    assert "未经核实" in found.basis
    for row in found.rows:
        assert row.confidence is not Confidence.VERIFIED
        assert "未经核实" in row.basis or "未核对" in row.basis


@pytest.mark.clause("N-8")
def test_a_card_is_entered_by_finance_and_security_and_then_the_head() -> None:
    found = shipped("card_entry")
    state = start(found, {}, maker="keeper", at=MONDAY)
    assert names(found, state) == ["finance", "security"]
    with pytest.raises(NotNow, match="现在不需要办理"):
        approve(found, approve(found, state, "finance"), "head")
    for step in ("finance", "security", "head"):
        state = approve(found, state, step)
    assert state.outcome is Outcome.APPROVED


def granted(**facts: object) -> tuple[State, list[str]]:
    """Carry a grant past the unit's decision; return the state and who is asked next."""
    found = shipped("grant_right")
    state = start(found, {**GRANT, **facts}, maker="agent", at=MONDAY)
    state = approve(found, approve(found, state, "finance"), "security")
    state = hold_meeting(found, state, "decision", IN_FAVOUR)
    return state, names(found, state)


@pytest.mark.clause("N-4")
@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({"grade": "L1"}, []),
        ({"grade": "L1", "holder_kind": "ADMINISTRATIVE"}, ["department"]),
        ({"grade": "L3"}, ["department"]),
        ({"grade": "L4"}, ["department", "bureau"]),
        ({"fee_fen": 19_999_999}, ["department"]),
        ({"fee_fen": 20_000_000}, ["department", "bureau"]),
        ({"fee_fen": 20_000_000, "holder_level": "PROVINCE"}, ["department"]),
        ({"fee_fen": 50_000_000, "holder_level": "PROVINCE"}, ["department", "bureau"]),
        ({"grade": "L3", "has_department": False}, ["bureau"]),
    ],
)
def test_a_grant_goes_as_far_up_as_the_table_says(
    facts: dict[str, object], asked: list[str]
) -> None:
    found = shipped("grant_right")
    state, _ = granted(**facts)
    for step in asked:
        assert names(found, state) == [step]
        state = approve(found, state, step)
    assert state.outcome is Outcome.APPROVED


@pytest.mark.clause("N-6")
@pytest.mark.parametrize(
    ("facts", "bureau"),
    [
        ({"kind": "SCRAP", "value_fen": 499_999_999}, False),
        ({"kind": "SCRAP", "value_fen": 500_000_000}, True),
        ({"kind": "SALE", "value_fen": 100_000_000}, True),
        ({"kind": "SALE", "value_fen": 100, "has_department": False}, True),
        ({"kind": "SALE", "value_fen": 1_499_999_999, "holder_level": "CENTRAL"}, False),
    ],
)
def test_a_disposal_is_decided_together_and_approved_as_the_table_says(
    facts: dict[str, object], bureau: bool
) -> None:
    found = shipped("disposal")
    state = start(found, {"holder_level": "PROVINCE", **facts}, maker="keeper", at=MONDAY)
    assert names(found, state) == ["decision"]
    state = hold_meeting(found, state, "decision", IN_FAVOUR)
    if facts.get("has_department", True):
        state = approve(found, state, "department", opinion_given=True)
    assert (names(found, state) == ["bureau"]) is bureau
    if bureau:
        state = approve(found, state, "bureau", opinion_given=True)
    assert state.outcome is Outcome.APPROVED


@pytest.mark.clause("N-6")
def test_a_disposal_voted_down_goes_no_further() -> None:
    found = shipped("disposal")
    facts = {"holder_level": "PROVINCE", "kind": "SALE", "value_fen": 1}
    state = start(found, facts, maker="keeper", at=MONDAY)
    state = hold_meeting(
        found, state, "decision", {**IN_FAVOUR, "b": Ballot.AGAINST, "c": Ballot.AGAINST}
    )
    assert state.outcome is Outcome.REJECTED
    assert state.records["decision"].status is Status.REJECTED


def test_a_unit_with_no_department_is_seen_by_the_bureau_instead() -> None:
    worst = {
        "price": {"price_method": "AUCTION"},
        "value_adjustment": {},
        "incident_closure": {"severity": "LARGER"},
    }
    for key, facts in worst.items():
        found = shipped(key)
        state = start(found, {**facts, "has_department": False}, maker="m", at=MONDAY)
        seen: list[str] = []
        while state.outcome is Outcome.OPEN:
            step = names(found, state)[0]
            seen.append(step)
            if step == "decision":
                state = hold_meeting(found, state, step, IN_FAVOUR)
            else:
                state = approve(found, state, step, opinion_given=True)
        assert seen[-1] == "bureau", key
        assert "department" not in seen
