from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.breaches import Change, Watch, find_all, find_changed
from tests.engines.breaches.scenarios import CLEAN, SOLD, books, paid, receipt, remitted

DAY = date(2026, 6, 30)


def codes(watch: Watch, unit: str) -> list[str]:
    return [finding.code.value for finding in watch.findings[unit]]


def test_only_the_unit_with_a_changed_row_is_examined_again() -> None:
    before = find_all({"A": books(*SOLD), "B": books(*CLEAN)}, as_of=DAY)
    slip = remitted()["remittances"][0]
    after, touched = find_changed(before, [Change("A", "remittances", "m1", slip)])
    assert touched == ("A",)
    assert (codes(before, "A"), codes(after, "A")) == (["V05"], [])
    assert after.findings["B"] is before.findings["B"]


def test_a_row_can_be_replaced_and_taken_away() -> None:
    before = find_all({"A": books(*CLEAN)}, as_of=DAY)
    short = remitted(9_000_000)["remittances"][0]
    less, _ = find_changed(before, [Change("A", "remittances", "m1", short)])
    none, _ = find_changed(less, [Change("A", "remittances", "m1", None)])
    assert (codes(less, "A"), codes(none, "A")) == (["V04"], ["V05"])


def test_a_row_that_stays_as_it_was_examines_nothing() -> None:
    before = find_all({"A": books(*CLEAN)}, as_of=DAY)
    same = remitted()["remittances"][0]
    assert find_changed(before, [Change("A", "remittances", "m1", same)])[1] == ()


def test_a_later_day_examines_every_unit() -> None:
    before = find_all({"A": books(*SOLD), "B": books(*SOLD)}, as_of=date(2026, 4, 1))
    after, touched = find_changed(before, [], as_of=DAY)
    assert touched == ("A", "B")
    assert (codes(before, "A"), codes(after, "B")) == ([], ["V05"])


def test_a_new_unit_begins_with_its_first_row() -> None:
    row = receipt(account="gk")["receipts"][0]
    after, touched = find_changed(find_all({}, as_of=DAY), [Change("C", "receipts", "r1", row)])
    assert touched == ("C",)
    # The unit's account register is empty, so the account is in no register.
    assert codes(after, "C") == ["V11"]


ROWS: list[tuple[str, dict[str, Any]]] = [
    *(("remittances", remitted(fen, n=n)["remittances"][0]) for n, fen in enumerate((3, 4000))),
    *(("expenditures", paid(fen, n=n)["expenditures"][0]) for n, fen in enumerate((70, 800))),
    *(("receipts", receipt(fen, n=n)["receipts"][0]) for n, fen in enumerate((900, 11_000), 1)),
]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(ROWS), st.booleans())))
def test_incremental_findings_equal_those_from_scratch(
    steps: list[tuple[str, tuple[str, dict[str, Any]], bool]],
) -> None:
    watch = find_all({"A": books(*SOLD), "B": books(*CLEAN)}, as_of=DAY)
    for unit, (table, row), keep in steps:
        change = Change(unit, table, row["id"], row if keep else None)
        watch, _ = find_changed(watch, [change])
    assert dict(watch.findings) == dict(find_all(watch.data, as_of=DAY).findings)
