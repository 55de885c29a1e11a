"""Use, receipts and remittances, from plain values."""

from datetime import date

import pytest

from shuce.foundation.organizations.rules import Kind
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import Period
from shuce.lifecycle.revenue import rules
from shuce.lifecycle.revenue.rules import Account, BillState, LineState, Posting

TERM = Period(date(2026, 1, 1), date(2027, 1, 1))


def test_a_use_is_metered_once_within_its_contract():
    assert not list(rules.obstacles_to_meter(1, date(2026, 12, 31), TERM, False))
    for quantity, day, known, running in (
        (0, date(2026, 5, 1), False, True),
        (1, date(2027, 1, 1), False, True),
        (1, date(2026, 5, 1), True, True),
        (1, date(2026, 5, 1), False, False),
    ):
        found = list(rules.obstacles_to_meter(quantity, day, TERM, known, running=running))
        assert len(found) == 1


@pytest.mark.clause("N-5")
def test_free_use_is_not_billed():
    assert [o.clause for o in rules.obstacles_to_bill(3, Money(0))] == [Clause.N_5]
    assert not list(rules.obstacles_to_bill(3, Money(1)))


@pytest.mark.clause("N-7")
def test_exactly_what_was_billed_is_received_and_once():
    def to_book(amount: int, state: BillState = BillState.ISSUED, known: bool = False):
        return [o.field for o in rules.obstacles_to_book(state, Money(amount), Money(100), known)]

    assert to_book(100) == []
    assert to_book(101) == ["amount"]
    assert to_book(99) == ["amount"]
    assert to_book(100, BillState.PAID) == [""]
    assert to_book(100, known=True) == ["serial"]


@pytest.mark.clause("N-7")
def test_the_share_of_a_public_body_goes_to_the_treasury_and_of_an_enterprise_does_not():
    assert rules.goes_to_treasury(Kind.ADMINISTRATIVE)
    assert rules.goes_to_treasury(Kind.INSTITUTION)
    assert not rules.goes_to_treasury(Kind.ENTERPRISE)
    assert not rules.goes_to_treasury(Kind.OPERATOR)


@pytest.mark.clause("N-7")
def test_a_remittance_needs_its_own_slip():
    assert not list(rules.obstacles_to_remit(LineState.DUE, "JK-1", False))
    assert list(rules.obstacles_to_remit(LineState.DUE, " ", False))
    assert list(rules.obstacles_to_remit(LineState.DUE, "JK-1", True))
    assert list(rules.obstacles_to_remit(LineState.REMITTED, "JK-1", False))


def test_an_entry_balances_or_is_none():
    debit = Posting(Account.BANK, "a", Money(100))
    assert rules.balanced((debit, Posting(Account.INCOME, "a", Money(-100))))
    assert not rules.balanced((debit, Posting(Account.INCOME, "a", Money(-99))))
