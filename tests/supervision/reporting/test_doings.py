"""Tables 4 to 7 count what was granted, earned, disposed of and befell, each fen and case once."""

from datetime import timedelta

import pytest

from shuce.foundation.approvals.models import Matter
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.disposal.commands import carry_out, deal_with_copy, propose_disposal
from shuce.lifecycle.disposal.models import Copy, Disposal
from shuce.lifecycle.disposal.rules import DisposalKind, Treatment
from shuce.lifecycle.revenue import commands as revenue
from shuce.lifecycle.revenue.rules import LineState
from shuce.lifecycle.rights.commands import withdraw_grant
from shuce.supervision.reporting.figures import FIGURES, Scope, compute
from shuce.supervision.watch.commands import install_rules
from shuce.supervision.watch.incidents import open_incident
from shuce.supervision.watch.words import IncidentKind
from tests.lifecycle import granted, make_market
from tests.lifecycle.disposal import world as disposing
from tests.make import NOON

YEAR = NOON.year


def cards_behind(code, scope):
    return list(FIGURES[code].cards(scope))


@pytest.fixture
def market(city, home, shelf):
    def build():
        market = make_market.opened(granted.registered(city, home))
        make_market.priced(market)
        return market

    return shelf.take("priced market", build, home)


@pytest.mark.clause("N-11", "N-7")
def test_revenue_is_counted_once_and_shares_by_their_party(city, market):
    contract = make_market.signed(market)
    receipt = make_market.received(market, contract, 1000, "B-1")
    distribution = revenue.distribute(receipt, by=market.agent())
    unit, top = Scope(city.unit.path, YEAR), Scope(city.bureau.path, YEAR)
    before = compute(unit)
    assert before["5.billed.amount"] == before["5.received.amount"] == Money(80_000).fen
    assert before["5.due.amount"] == before["5.outstanding.amount"] == Money(24_000).fen
    assert before["5.remitted.amount"] == 0
    [line] = distribution.lines.filter(state=LineState.DUE)
    revenue.remit(line, "JK-2026-01", by=market.finance(3))
    after = compute(top)
    assert after["5.remitted.amount"] == Money(24_000).fen
    assert after["5.outstanding.amount"] == 0
    # The operator stands outside the tree: its share is not the bureau's income.
    assert after["5.kept.amount"] == 0
    for line_key in ("billed", "received", "due", "remitted"):
        assert after[f"5.{line_key}.count"] == 1
        assert cards_behind(f"5.{line_key}.amount", top) == [market.world.card]
    assert compute(Scope(city.other_unit.path, YEAR))["5.billed.count"] == 0


@pytest.mark.clause("N-11", "N-4")
def test_grants_count_while_they_run(city, market):
    scope = Scope(city.unit.path, YEAR)
    figures = compute(scope)
    assert figures["4.grants.approved"] == figures["4.grant_FREE.running"] == 1
    assert figures["4.grants.count"] == 1
    assert cards_behind("4.grant_FREE.count", scope) == [market.world.card]
    assert cards_behind("4.grant_PAID.count", scope) == []
    # The grant runs a year from noon: next year begins with it and ends without it.
    assert compute(Scope(city.unit.path, YEAR + 1))["4.grants.running"] == 0
    mid = Scope(city.unit.path, YEAR + 1, until=(NOON + timedelta(days=300)).date())
    assert compute(mid)["4.grants.running"] == 1
    withdraw_grant(market.grant, "不再需要", by=market.world.sign(Role.ASSET_KEEPER, days=9))
    assert compute(scope)["4.grants.running"] == 0
    assert compute(scope)["4.grants.approved"] == 1


@pytest.mark.clause("N-11", "N-6")
def test_a_disposal_counts_when_it_is_done(city, home):
    world = disposing.asset(city, home)
    keeper = world.sign(Role.ASSET_KEEPER)
    disposal = propose_disposal(
        world.fresh(), DisposalKind.TRANSFER, "机构调整", recipient="市疾控监测所", by=keeper
    )
    disposing.finish(Matter.DISPOSAL, disposal.id)
    scope = Scope(city.department.path, YEAR)
    assert compute(scope)["6.total.count"] == 0
    later = world.sign(Role.ASSET_KEEPER, days=30)
    for copy in Copy.objects.filter(disposal=disposal):
        deal_with_copy(copy, Treatment.HANDED_OVER, "随资产移交", by=later)
    carry_out(Disposal.objects.get(id=disposal.id), "交接清单", by=later)
    figures = compute(scope)
    assert figures["6.TRANSFER.count"] == figures["6.total.count"] == 1
    assert figures["6.total.cost"] == world.card.cost.fen
    assert figures["8.decrease.count"] == 1
    assert figures["1.total.count"] == 0
    assert cards_behind("6.total.count", scope) == [world.card]


@pytest.mark.clause("N-11", "G-13")
def test_incidents_count_and_drills_stand_apart(city, home):
    install_rules(by=city.sign(Role.BUREAU_REVIEWER, city.bureau))
    world = disposing.asset(city, home)
    officer = world.sign(Role.SECURITY_OFFICER, days=20)
    told = {"persons_affected": 300, "loss": Money.from_yuan(5_000)}
    open_incident(world.fresh(), IncidentKind.LEAK, "外发", **told, by=officer)
    open_incident(world.fresh(), IncidentKind.LOSS, "演练", is_drill=True, **told, by=officer)
    figures = compute(Scope(city.unit.path, YEAR))
    assert figures["7.total.count"] == figures["7.LEAK.count"] == 1
    assert figures["7.total.persons"] == 300
    assert figures["7.total.loss"] == Money.from_yuan(5_000).fen
    assert figures["7.total.unsettled"] == 1
    assert figures["7.drills.count"] == 1
    assert figures["7.LOSS.count"] == 0
