"""Every fen on its way: metered, billed, received, shared, remitted, and what is found missing."""

import pytest
from django.db.models import Sum

from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.market.models import Contract
from shuce.lifecycle.market.rules import Share
from shuce.lifecycle.revenue import commands, queries
from shuce.lifecycle.revenue.models import BreachFinding, JournalEntry, JournalLine, ShareLine
from shuce.lifecycle.revenue.rules import Account, LineState, Standing
from shuce.lifecycle.revenue.trails import entries_about, trail_of
from tests.lifecycle import make_market
from tests.lifecycle.make_market import Market


@pytest.fixture
def sold(market) -> tuple[Market, Contract]:
    make_market.priced(market)
    return market, make_market.signed(market)


def shared(market: Market, contract: Contract, quantity: int, serial: str) -> dict[str, ShareLine]:
    """Receive and share out; the lines by the name of their party."""
    receipt = make_market.received(market, contract, quantity, serial)
    done = commands.distribute(receipt, by=market.agent())
    return {line.party.name: line for line in done.lines.select_related("party")}


def codes(market: Market, days: float) -> list[str]:
    found = commands.scan_breaches(market.city.unit, by=market.inspector(days))
    return [one.code for one in found]


@pytest.mark.clause("G-10")
def test_receipts_are_shared_to_the_fen_however_many_there_are(market):
    make_market.priced(market, Money(1))
    shares = (Share(market.city.unit.id, 1), Share(market.city.operator.id, 2))
    contract = make_market.signed(market, unit_price=Money(1), shares=shares)
    for number, quantity in enumerate((1, 1, 1, 100, 7, 1), 1):
        lines = shared(market, contract, quantity, f"B{number}")
        assert sum(line.amount.fen for line in lines.values()) == quantity
        so_far = ShareLine.objects.filter(distribution__receipt__bill__contract=contract)
        whole = sum(line.amount.fen for line in so_far)
        units = sum(line.amount.fen for line in so_far.filter(party=market.city.unit))
        # The running quota: after each receipt everyone is within a fen of the exact share.
        assert abs(3 * units - whole) < 3
    assert JournalLine.objects.aggregate(all=Sum("amount"))["all"] in (0, Money(0))


@pytest.mark.clause("N-7")
def test_a_share_is_remitted_in_full_under_its_slip_and_the_trail_leads_back(sold):
    market, contract = sold
    lines = shared(market, contract, 1000, "B1")
    ours, theirs = lines[market.city.unit.name], lines[market.city.operator.name]
    assert (ours.amount, theirs.amount) == (Money(24_000), Money(56_000))
    assert (ours.state, theirs.state) == (LineState.DUE, LineState.KEPT)
    with pytest.raises(NotPermitted):
        commands.remit(ours, "JK-1", by=market.agent())
    with pytest.raises(Refused, match="缴款书"):
        commands.remit(ours, "", by=market.finance())
    done = commands.remit(ours, "JK-1", by=market.finance())
    assert done.state == LineState.REMITTED
    with pytest.raises(Refused):
        commands.remit(ours, "JK-2", by=market.finance())

    told = " ".join(f"{step.label} {step.text}" for step in trail_of(done))
    for words in (contract.number, "U-B1", "1000 × ¥0.80 ＝ ¥800.00", "B1", "30／100", "JK-1"):
        assert words in told
    assert all(step.href for step in trail_of(done))
    assert len(entries_about(done)) == 4

    operator, unit = queries.balances(market.city.operator), queries.balances(market.city.unit)
    assert operator[Account.BANK] == Money(56_000)
    assert operator[Account.INCOME] == Money(-56_000)
    assert operator[Account.RECEIVABLE] == operator[Account.UNSHARED] == Money(0)
    assert unit == {Account.TREASURY_DUE: Money(0)}


def test_a_bank_serial_and_a_use_count_once_and_a_receipt_is_shared_once(sold):
    market, contract = sold
    receipt = make_market.received(market, contract, 10, "B1")
    commands.distribute(receipt, by=market.agent())
    with pytest.raises(Conflict):
        commands.distribute(receipt, by=market.agent())
    by = market.agent()
    with pytest.raises(Refused, match="不能重复"):
        commands.meter_usage(contract, 10, by.today, "U-B1", by=by)
    with pytest.raises(Refused, match="没有尚未开单"):
        commands.issue_bill(contract, by=by)
    commands.meter_usage(contract, 5, by.today, "U-3", by=by)
    bill = commands.issue_bill(contract, by=by)
    with pytest.raises(Refused, match="该银行流水已经登记"):
        commands.book_receipt(bill, bill.amount, "专户", "B1", by.today, by=by)


def test_a_mistake_is_reversed_by_its_mirror_and_once(sold):
    market, contract = sold
    make_market.received(market, contract, 10, "B1")
    entry = JournalEntry.objects.order_by("id").first()
    assert entry is not None
    with pytest.raises(Refused):
        commands.reverse_entry(entry, "", by=market.agent())
    mirror = commands.reverse_entry(entry, "记账有误", by=market.agent())
    assert {(line.account, line.amount.fen) for line in mirror.lines.all()} == {
        (line.account, -line.amount.fen) for line in entry.lines.all()
    }
    with pytest.raises(Conflict):
        commands.reverse_entry(entry, "记账有误", by=market.agent())


@pytest.mark.clause("N-7")
def test_a_lawful_ledger_yields_nothing_and_an_unremitted_share_is_not_remitted(sold):
    market, contract = sold
    first = shared(market, contract, 1000, "B1")[market.city.unit.name]
    shared(market, contract, 333, "B2")
    commands.remit(first, "JK-1", by=market.finance())
    assert codes(market, 5) == []
    assert codes(market, 11) == ["V05"]
    finding = BreachFinding.objects.get()
    assert finding.title == "不缴"
    assert finding.amount == Money(7_992)
    assert "B2" in finding.why
    assert codes(market, 20) == ["V05"]
    assert BreachFinding.objects.count() == 1
    named = dict(queries.named_in(finding.refs, market.inspector().member))
    assert named["B2"] is not None

    with pytest.raises(NotPermitted):
        commands.conclude_finding(finding, "已补缴", by=market.finance(20))
    commands.conclude_finding(finding, "已责令补缴", by=market.inspector(20))
    with pytest.raises(Conflict):
        commands.conclude_finding(finding, "已责令补缴", by=market.inspector(20))
    second = ShareLine.objects.get(state=LineState.DUE)
    commands.remit(second, "JK-2", by=market.finance(21))
    assert codes(market, 22) == []


@pytest.mark.clause("N-7")
def test_money_not_shared_out_use_not_billed_and_bills_not_paid_are_found(sold):
    market, contract = sold
    make_market.received(market, contract, 1000, "B1")
    by = market.agent()
    commands.meter_usage(contract, 100, by.today, "U-2", by=by)
    unpaid = commands.issue_bill(contract, by=by)
    commands.meter_usage(contract, 50, by.today, "U-3", by=by)
    assert codes(market, 5) == []
    commands.scan_breaches(market.city.unit, by=market.finance(65))
    found = {one.code: one for one in BreachFinding.objects.exclude(code="V03")}
    assert set(found) == {"V05"}
    assert found["V05"].amount == Money(24_000)
    missing = BreachFinding.objects.filter(code="V03")
    assert {one.amount for one in missing} == {Money(8_000), Money(4_000)}
    assert any(unpaid.number in one.why for one in missing)


@pytest.mark.clause("N-7")
def test_money_booked_to_a_persons_account_is_embezzled(sold):
    market, contract = sold
    by = market.agent()
    commands.meter_usage(contract, 1000, by.today, "U-1", by=by)
    bill = commands.issue_bill(contract, by=by)
    receipt = commands.book_receipt(bill, bill.amount, "个人账户", "B1", by.today, by=by)
    commands.distribute(receipt, by=by)
    assert codes(market, 1) == ["V06"]


def test_only_supervisors_and_the_units_own_finance_officer_scan(sold):
    market, _ = sold
    unit = market.city.unit
    for stranger in (
        market.agent(),
        market.world.keeper,
        market.world.sign(Role.FINANCE_OFFICER, market.city.other_unit),
    ):
        with pytest.raises(NotPermitted):
            commands.scan_breaches(unit, by=stranger)
    assert commands.scan_breaches(unit, by=market.finance()) == []


def test_what_is_overdue_stands_first(sold):
    market, contract = sold
    line = shared(market, contract, 1000, "B1")[market.city.unit.name]
    member = market.finance().member
    assert line.remit_by is not None
    [on_the_day] = queries.remittances_seen_by(member, line.remit_by)
    assert on_the_day.standing == Standing.DUE
    assert not queries.overdue_for_remittance(line.remit_by)
    late = market.finance(30).today
    assert queries.remittances_seen_by(member, late).get().standing == Standing.OVERDUE
    assert queries.overdue_for_remittance(late).get() == line
