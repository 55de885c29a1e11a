"""No fen is lost or counted twice, whatever happens to it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.breaches import DEFAULTS, DETECTORS, find, money, read_ledger
from shuce.engines.breaches.books import open_books
from shuce.engines.breaches.quanta import Fate
from tests.engines.breaches.scenarios import books, moved, paid, receipt, remitted

DAY = date(2026, 6, 30)
fen = st.integers(1, 5_000)
days = st.integers(0, 60).map(lambda n: (date(2026, 3, 1) + timedelta(days=n)).isoformat())
accounts = st.sampled_from(["jb", "zh", "gd", "xj", "gr", "gk"])
places = st.sampled_from(["jb", "zh", "gd", "xj", "gr"])


@st.composite
def happenings(draw: st.DrawFn) -> dict[str, Any]:
    parts = []
    count = draw(st.integers(1, 5))
    for n in range(1, count + 1):
        parts.append(
            receipt(draw(fen), draw(accounts), n=n, date=draw(days), invoice=None, contract=None,
                    fiscal_bp=draw(st.sampled_from([0, 3333, 6000, 10_000])),
                    booked=draw(st.sampled_from(["应缴财政款", "其他应付款"])))
        )  # fmt: skip
    for n in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["remit", "move", "pay"]))
        if kind == "remit":
            deduction = {"receipt": f"r{draw(st.integers(1, count))}", "amount_fen": draw(fen)}
            extra = draw(st.sampled_from([{}, {"withheld": [deduction]}]))
            parts.append(remitted(draw(fen), n=n, of=f"r{draw(st.integers(1, count))}",
                                  date=draw(days), **extra))  # fmt: skip
        elif kind == "move":
            parts.append(moved(draw(fen), draw(places), draw(accounts), draw(days), n=n))
        else:
            amount = draw(fen)
            back = draw(st.lists(st.tuples(days, st.integers(1, amount)), max_size=2))
            parts.append(
                paid(amount, n=n, date=draw(days), account=draw(places),
                     purpose_class=draw(st.sampled_from(["单位支出", "借用", "转出", "投资"])),
                     repaid=[{"date": d, "amount_fen": f} for d, f in back])
            )  # fmt: skip
    return books(*parts)


@given(happenings())
def test_every_fen_received_is_in_exactly_one_place(data: dict[str, Any]) -> None:
    ledger = read_ledger(data)
    opened = open_books(ledger, DAY, DEFAULTS)
    money = opened.money
    kept = sum(r.amount_fen for r in ledger.receipts.values() if r.account != "gk")
    put_back = sum(quantum.put_back for quantum in money.quanta)
    straight = sum(ledger.receipts[named].amount_fen for named in money.straight)
    followed = kept - straight
    assert sum(quantum.fen for quantum in money.quanta) == followed + put_back
    assert all(quantum.fen > 0 for quantum in money.quanta)
    spent = sum(quantum.fen for quanta in money.spent.values() for quantum in quanta)
    assert spent == sum(quantum.fen for quantum in money.quanta if quantum.fate is Fate.SPENT)


@given(happenings())
def test_no_fen_of_a_receipt_carries_two_codes(data: dict[str, Any]) -> None:
    ledger = read_ledger(data)
    opened = open_books(ledger, DAY, DEFAULTS)
    found = [
        finding
        for code, detector in DETECTORS.items()
        if code.is_breach and code.value > "V03"
        for finding in detector(opened)
    ]
    claimable = sum(quantum.fen for quantum in opened.money.quanta)
    untraced = sum(opened.money.untraced.values())
    untraced += sum(extra for _, extra in opened.money.kept_back.values())
    assert sum(finding.amount_fen for finding in found) <= claimable + untraced


@given(happenings())
def test_receipts_that_went_straight_are_found_to_be_what_following_each_step_finds(
    data: dict[str, Any],
) -> None:
    quick = find(data, as_of=DAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(money, "straight_receipts", lambda *_: {})
        step_by_step = find(data, as_of=DAY)
    assert sorted(quick, key=repr) == sorted(step_by_step, key=repr)


def test_a_receipt_goes_straight_only_if_nothing_was_taken_from_its_account_meanwhile() -> None:
    one = receipt(500, date="2026-03-01"), remitted(500, date="2026-03-09")
    for spent_on, expected in (
        ("2026-02-27", {"r1"}),
        ("2026-03-05", set()),
        ("2026-03-10", {"r1"}),
    ):
        ledger = read_ledger(books(*one, paid(100, date=spent_on)))
        assert set(open_books(ledger, DAY, DEFAULTS).money.straight) == expected


@given(st.lists(fen, min_size=1, max_size=6), st.integers(1, 30_000))
def test_spending_takes_the_oldest_receipts_first(amounts: list[int], cost: int) -> None:
    parts = [
        receipt(amount, n=n, date=f"2026-03-{n:02}", invoice=None, contract=None)
        for n, amount in enumerate(amounts, 1)
    ]
    found = find(books(*parts, paid(cost)), as_of=DAY)
    used = sum(f.amount_fen for f in found if f.code.value == "V12")
    left = sum(f.amount_fen for f in found if f.code.value == "V05")
    tolerance = DEFAULTS.tolerance_fen * (len(amounts) + 1)
    assert abs(used - min(cost, sum(amounts))) <= tolerance
    assert abs(used + left - sum(amounts)) <= tolerance
    untouched = [f.refs[0] for f in found if f.code.value == "V05"]
    assert untouched == sorted(untouched)
