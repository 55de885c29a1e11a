"""Original value and its spreading, by value."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.foundation.organizations.rules import Kind
from shuce.kernel.money import Money
from shuce.lifecycle.books.comparing import LedgerLine, OnCard, compared, read_ledger
from shuce.lifecycle.books.rules import (
    Asset,
    Plan,
    Terms,
    charge_of,
    months_due,
    obstacles_to_book,
    obstacles_to_impair,
)
from shuce.lifecycle.books.words import Carrying, CostBasis, DifferenceKind, LifeGround, Spread
from shuce.lifecycle.register.words import Acquisition, CardState
from tests.lifecycle.books.terms import COST, TERMS, TODAY

ASSET = Asset(CardState.IN_FORCE, Acquisition.PURCHASED, COST, date(2026, 1, 15), Kind.INSTITUTION)
NOMINAL = replace(
    TERMS,
    basis=CostBasis.NOMINAL,
    cost=Money.from_yuan(1),
    spread=Spread.NONE,
    decision_number="办公会纪要〔2026〕3号",
)


def refusals(asset: Asset, terms: Terms) -> str:
    return "；".join(map(str, obstacles_to_book(asset, terms, TODAY)))


@pytest.mark.clause("G-15")
def test_a_purchase_is_booked_at_its_cost_and_by_nothing_else():
    assert refusals(ASSET, TERMS) == ""
    appraised = refusals(ASSET, replace(TERMS, basis=CostBasis.APPRAISED))
    assert "购置取得的资产，原值不能按评估价值确定（G-15）" in appraised


@pytest.mark.clause("G-15")
def test_a_by_product_without_a_cost_is_booked_at_one_yuan_after_a_decision():
    produced = replace(ASSET, acquisition=Acquisition.PRODUCED, cost=Money(0))
    assert refusals(produced, NOMINAL) == ""
    assert "决定文号" in refusals(produced, replace(NOMINAL, decision_number=""))
    assert "人民币1元" in refusals(produced, replace(NOMINAL, cost=Money.from_yuan(2)))
    assert "不摊销" in refusals(produced, replace(NOMINAL, spread=Spread.STRAIGHT_LINE))
    costly = replace(produced, cost=COST)
    assert "卡片上有可靠的原值" in refusals(costly, NOMINAL)


@pytest.mark.clause("G-15")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"cost": Money.from_yuan(5)}, "须与卡片原值"),
        ({"cost": Money(0)}, "备查簿"),
        ({"months": 0}, "摊销期限"),
        ({"spread": Spread.NONE}, "应当摊销"),
        ({"spread": Spread.UNITS}, "预计总工作量"),
        ({"life_ground": LifeGround.INDEFINITE}, "不摊销"),
        ({"life_ground": LifeGround.ESTIMATE}, "请写明预计年限"),
        ({"account_code": " "}, "会计科目"),
        ({"voucher_number": ""}, "凭证号"),
        ({"booked_on": date(2026, 1, 14)}, "取得日期与今天之间"),
        ({"treatment": Carrying.INTANGIBLE}, "不适用"),
    ],
)
def test_terms_that_do_not_hold_are_refused_by_name(changes, why):
    assert why in refusals(ASSET, replace(TERMS, **changes))


@pytest.mark.clause("G-15")
def test_enterprises_follow_their_own_standards():
    firm = replace(ASSET, holder_kind=Kind.ENTERPRISE)
    assert refusals(firm, replace(TERMS, treatment=Carrying.INTANGIBLE)) == ""
    stock = replace(TERMS, treatment=Carrying.INVENTORY, spread=Spread.NONE)
    assert refusals(firm, stock) == ""
    produced = replace(firm, acquisition=Acquisition.PRODUCED, cost=Money(0))
    assert "企业不能按名义金额入账" in refusals(
        produced, replace(NOMINAL, treatment=Carrying.INTANGIBLE)
    )


def test_an_asset_is_booked_once_and_only_while_it_is_in_force():
    assert "已经入账" in refusals(replace(ASSET, is_booked=True), TERMS)
    assert "在册" in refusals(replace(ASSET, state=CardState.DRAFT), TERMS)


@pytest.mark.clause("G-15")
def test_360_000_over_60_months_is_6_000_a_month_from_the_month_of_acquisition():
    plan = Plan(date(2026, 1, 1), Money.from_yuan(360_000), Spread.STRAIGHT_LINE, 60)
    assert charge_of(plan, date(2025, 12, 1)) == Money(0)
    assert charge_of(plan, date(2026, 1, 1)) == Money.from_yuan(6_000)
    assert charge_of(plan, date(2030, 12, 1)) == Money.from_yuan(6_000)
    assert charge_of(plan, date(2031, 1, 1)) == Money(0)


def test_the_month_of_disposal_is_not_charged():
    due = months_due(date(2026, 1, 15), date(2026, 6, 3), date(2026, 4, 30))
    assert due == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]


@given(st.integers(1, 10**12), st.integers(1, 90))
def test_a_whole_life_of_months_comes_to_the_cost_exactly(fen, months):
    plan = Plan(date(2026, 1, 1), Money(fen), Spread.STRAIGHT_LINE, months)
    whole = [
        charge_of(plan, date(2026 + place // 12, place % 12 + 1, 1)) for place in range(months)
    ]
    assert Money.total(whole) == Money(fen)


@given(st.integers(1, 10**10), st.lists(st.integers(0, 500), min_size=1, max_size=30))
def test_work_done_never_charges_more_than_the_cost(fen, worked):
    plan = Plan(date(2026, 1, 1), Money(fen), Spread.UNITS, total_units=1_000)
    charges = [
        charge_of(plan, date(2028, 1, 1), tuple(worked[: place + 1]))
        for place in range(len(worked))
    ]
    assert all(Money(0) <= charge for charge in charges)
    assert Money.total(charges) <= Money(fen)
    if sum(worked) >= 1_000:
        assert Money.total(charges) == Money(fen)


@pytest.mark.clause("G-15")
def test_only_enterprises_write_down_and_never_below_nothing():
    carried = Money.from_yuan(100)

    def why(treatment: Carrying, yuan: int, reason: str = "市场价格下跌") -> str:
        amount = Money.from_yuan(yuan)
        return "；".join(map(str, obstacles_to_impair(treatment, amount, carried, reason)))

    assert why(Carrying.INTANGIBLE, 100) == ""
    assert "不计提减值准备" in why(Carrying.GOVERNMENT, 50)
    assert "不超过账面价值" in why(Carrying.INVENTORY, 101)
    assert "原因" in why(Carrying.INTANGIBLE, 50, " ")


@pytest.mark.clause("N-8")
def test_cards_and_ledger_are_compared_by_number_to_the_fen():
    cards = [
        OnCard("A", "一致", Money(100), Money(10)),
        OnCard("B", "原值不同", Money(100), Money(10)),
        OnCard("C", "只有卡片", Money(100), Money(0)),
    ]
    lines = [
        LedgerLine("A", Money(60), Money(4)),
        LedgerLine("A", Money(40), Money(6)),
        LedgerLine("B", Money(101), Money(9)),
        LedgerLine("D", Money(7), Money(0)),
    ]
    agreed, found = compared(cards, lines)
    assert agreed == 1
    assert [(one.number, one.kind) for one in found] == [
        ("B", DifferenceKind.COST),
        ("B", DifferenceKind.CHARGED),
        ("C", DifferenceKind.ONLY_CARD),
        ("D", DifferenceKind.ONLY_LEDGER),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_ledger_file_gives_its_lines_and_tells_of_each_it_cannot_read(encoding):
    text = (
        '科目,资产编号,原值,累计摊销\n1701,A-1,"360,000.00",6000\n1701,,5,0\n'
        "1701,A-2,不详,0\n\n1701,A-3,¥12.5,\n"
    )
    lines, unread = read_ledger("总账.csv", text.encode(encoding))
    assert lines == [
        LedgerLine("A-1", Money.from_yuan(360_000), Money.from_yuan(6_000)),
        LedgerLine("A-3", Money(1250), Money(0)),
    ]
    assert unread == [(3, "没有资产编号"), (4, "“不详”不是金额")]
