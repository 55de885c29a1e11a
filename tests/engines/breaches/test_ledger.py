from typing import Any

import pytest

from shuce.engines.breaches import read_ledger
from tests.engines.breaches.scenarios import CLEAN, bill, books, receipt


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("receipts", {"id": "r9", "amount_fen": "很多", "date": "2026-03-01"}, "amount_fen"),
        ("receipts", {"id": "r9", "amount_fen": 10.5, "date": "2026-03-01"}, "amount_fen"),
        ("receipts", {"id": "r9", "amount_fen": 10, "date": "2026-02-30"}, "date"),
        ("receipts", {"id": "r9", "amount_fen": 10, "date": "9999-12-31"}, "date"),
        ("receipts", {"id": "r9", "amount_fen": True, "date": "2026-03-01"}, "amount_fen"),
        ("receipts", {"id": "r9", "amount_fen": "1e999999999", "date": "2026-03-01"}, "amount_fen"),
        ("invoices", {"id": "i9", "amount_fen": 10}, "date"),
        ("invoices", {"amount_fen": 10, "date": "2026-03-01"}, "id"),
        ("remittances", {"id": "m9", "date": "2026-03-01", "to": "gk", "items": ["r1"]}, "items"),
        ("remittances", {"id": "m9", "date": "2026-03-01", "to": "gk", "items": 7.5}, "items"),
        ("accounts", {"id": "a9", "registered": "是"}, "registered"),
        ("contracts", {"id": "K9", "obligations": [{"due": "x"}]}, "due"),
        ("expenditures", {"id": "e9", "date": "2026-03-01"}, "amount_fen"),
        ("external", {"id": "x9", "amount_fen": None}, "amount_fen"),
        ("usage", {"id": "u9", "period_end": "2026-03-01", "qty": "多"}, "qty"),
    ],
)
def test_a_bad_row_is_named_with_its_field_and_the_good_rows_are_kept(
    table: str, row: dict[str, Any], said: str
) -> None:
    data = books(*CLEAN)
    good = len(data.get(table, []))
    ledger = read_ledger({**data, table: [*data.get(table, []), row]})
    assert len(getattr(ledger, table)) == good
    (problem,) = ledger.problems
    assert problem.place.startswith(f"{table}[{good}]")
    assert said in problem.reason


@pytest.mark.parametrize("row", [None, 7, "r1", ["r1"]])
def test_a_row_that_is_no_row_is_named(row: object) -> None:
    ledger = read_ledger({"receipts": [row], "waivers": [row]})
    assert [problem.place for problem in ledger.problems] == ["waivers[0]", "receipts[0]"]


def test_a_table_that_is_no_table_is_named() -> None:
    places = {problem.place for problem in read_ledger({"receipts": {}, "staff": 7.5}).problems}
    assert places == {"receipts", "staff"}


def test_an_id_given_twice_counts_once_and_is_named_only_if_the_rows_differ() -> None:
    same = read_ledger(books(bill(), bill()))
    assert len(same.invoices) == 1
    assert same.problems == ()
    other = read_ledger(books(receipt(5), receipt(6)))
    assert other.receipts["r1"].amount_fen == 5
    assert other.problems[0].place == "receipts[1] r1"


def test_whole_amounts_may_come_as_text_or_as_a_float_without_a_fraction() -> None:
    rows = [*receipt("1200")["receipts"], *receipt(12.0, n=2)["receipts"]]  # type: ignore[arg-type]
    ledger = read_ledger({"receipts": rows})
    assert [row.amount_fen for row in ledger.receipts.values()] == [1200, 12]
