"""What inspectors note from outside lets the red lines see security, loans and money in circles."""

from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.engines.breaches import red_lines
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.revenue.models import OutsideRecord
from shuce.lifecycle.revenue.outside import Outside, note_outside_record
from shuce.lifecycle.revenue.rules import OutsideKind
from shuce.supervision.watch import commands
from shuce.supervision.watch.dealings import dealings_of
from shuce.supervision.watch.models import Alert
from tests import make
from tests.lifecycle import granted, make_market
from tests.lifecycle.granted import TODAY

LATER = TODAY + timedelta(days=60)


@pytest.fixture
def deal(city, home, rules, shelf):
    """A unit's contract with a receipt of 80 yuan from its client."""

    def build():
        market = make_market.opened(granted.registered(city, home))
        make_market.priced(market)
        market.contract = make_market.signed(market)
        market.receipt = make_market.received(market, market.contract, 100, "B1")
        return market

    return shelf.take("watched deal", build, home)


def inspector(market, days=30):
    return market.inspector(days)


def note(market, kind, **said):
    facts = {"happened_on": TODAY + timedelta(days=4), "source": "检〔2026〕1号", **said}
    return note_outside_record(market.city.unit, Outside(kind=kind, **facts), by=inspector(market))


def lines(market) -> set[str]:
    data = dealings_of(Organization.objects.get(id=market.city.unit.id), LATER)
    return {one.code.value for one in red_lines(data, as_of=LATER)}


@pytest.mark.clause("N-4")
def test_security_given_for_a_debt_is_seen_and_an_enterprises_is_not_a_breach(deal):
    assert lines(deal) == set()
    note(deal, OutsideKind.PLEDGE, about=deal.world.card.number, party="城建公司",
         amount=Money(500_000_00), text="质押")  # fmt: skip
    assert lines(deal) == {"R01"}
    commands.run_rules(make.NOON + timedelta(days=60))
    assert "R01" in {one.facts.get("code") for one in Alert.objects.all()}
    Organization.objects.filter(id=deal.city.unit.id).update(kind=Kind.ENTERPRISE)
    assert lines(deal) == set()


@pytest.mark.clause("N-4")
def test_a_promise_to_buy_back_is_hidden_debt_and_a_loan_only_with_a_platform(deal):
    note(deal, OutsideKind.LOAN_TIE, about=deal.contract.number, text="流贷2026-7")
    assert lines(deal) == set()
    Organization.objects.filter(id=deal.city.client.id).update(name="某城投公司")
    assert lines(deal) == {"R02"}
    Organization.objects.filter(id=deal.city.client.id).update(name="康宁保险公司")
    note(deal, OutsideKind.BUY_BACK, about=deal.contract.number)
    assert lines(deal) == {"R02"}


@pytest.mark.clause("N-4")
def test_fiscal_money_that_comes_back_is_a_circle_and_money_to_others_is_not(deal):
    to = {"amount": Money(80_00), "source": "拨〔2026〕8号"}
    note(deal, OutsideKind.FISCAL, party="别的公司", **to)
    assert lines(deal) == set()
    note(deal, OutsideKind.FISCAL, party=deal.city.client.name, **to | {"source": "拨〔2026〕9号"})
    assert lines(deal) == {"R03"}


@pytest.mark.clause("N-4")
def test_a_platform_that_pays_with_a_loan_is_seen_and_with_its_own_money_it_is_not(deal):
    Organization.objects.filter(id=deal.city.client.id).update(name="某城投公司")
    own = note(deal, OutsideKind.FUNDING, about=deal.receipt.serial, text="自有资金")
    assert lines(deal) == set()
    OutsideRecord.objects.filter(id=own.id).update(text="银行贷款")
    assert lines(deal) == {"R08"}


@pytest.mark.clause("N-10")
def test_only_an_inspector_notes_and_only_what_concerns_the_body(deal):
    said = Outside(OutsideKind.BUY_BACK, TODAY, "检〔2026〕1号", about=deal.contract.number)
    with pytest.raises(NotPermitted):
        note_outside_record(deal.city.unit, said, by=deal.finance())
    for fault, field in (
        ({"about": ""}, "about"),
        ({"about": "HT-0000"}, "about"),
        ({"source": " "}, "source"),
        ({"happened_on": TODAY + timedelta(days=90)}, "happened_on"),
    ):
        with pytest.raises(Refused) as refusal:
            note(deal, OutsideKind.BUY_BACK, **{"about": deal.contract.number, **fault})
        assert [one.field for one in refusal.value.obstacles] == [field]
    with pytest.raises(Refused) as refusal:
        note(deal, OutsideKind.FISCAL)
    assert [one.field for one in refusal.value.obstacles] == ["party", "amount"]
    assert not OutsideRecord.objects.exists()


@pytest.mark.clause("N-10")
def test_on_its_pages_and_by_program_for_inspectors_alone(deal, client, monkeypatch):
    monkeypatch.setattr(requests, "now", lambda: make.NOON + timedelta(days=40))
    here = reverse("revenue:note_outside")
    typed = {
        "organization": deal.city.unit.id,
        "kind": "BUY_BACK",
        "about": deal.contract.number,
        "happened_on": TODAY.isoformat(),
        "source": "检〔2026〕1号",
    }
    client.force_login(inspector(deal).member)
    assert client.get(here).status_code == 200
    assert client.post(here, typed | {"about": "HT-0"}).status_code == 422
    assert client.post(here, typed).status_code == 302
    assert deal.contract.number in client.get(reverse("revenue:outside")).content.decode()
    api = f"/api/v1/revenue/organizations/{deal.city.unit.id}/outside"
    body = {**typed, "kind": "LOAN_TIE"}
    assert client.post(api, body, content_type="application/json").status_code == 201
    assert len(client.get("/api/v1/revenue/outside").json()) == 2
    # The body itself is not told what its inspectors know.
    client.force_login(deal.finance().member)
    assert client.get("/api/v1/revenue/outside").json() == []
    assert client.post(api, body, content_type="application/json").status_code == 404
    assert client.post(here, typed).status_code == 422
    client.force_login(deal.world.sign(Role.CLIENT_AGENT, deal.city.client).member)
    assert client.post(api, body, content_type="application/json").status_code == 404


@pytest.mark.clause("G-15")
def test_a_nominal_amount_is_no_cost_to_measure_a_premium_by(deal):
    from tests.supervision.watch.test_red_lines import appraised

    appraised(deal.world, "300000")
    card = deal.world.card
    card.cost = Money.from_yuan(1)
    card.save(update_fields=["cost"])
    assert "R09" not in lines(deal)
    card.cost = Money.from_yuan(2)
    card.save(update_fields=["cost"])
    assert "R09" in lines(deal)
