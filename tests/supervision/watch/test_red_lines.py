"""Red lines over what every room keeps: lawful dealings raise nothing, crossed ones do."""

from datetime import timedelta

import pytest

from shuce.engines.breaches import red_lines
from shuce.foundation.approvals.models import Matter
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.money import Money
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.valuation import commands as valuation
from shuce.lifecycle.valuation.models import Appraisal
from shuce.lifecycle.valuation.rules import AppraisalState, Method
from shuce.supervision.watch import commands
from shuce.supervision.watch.dealings import bodies_dealing, dealings_of
from shuce.supervision.watch.models import Alert
from shuce.supervision.watch.words import RuleCode
from tests import make
from tests.lifecycle import granted, make_market
from tests.lifecycle.granted import TODAY


@pytest.fixture
def asset(city, home, rules, shelf):
    return shelf.take("watched register", lambda: granted.registered(city, home), home)


def appraised(asset, benefit: str, day=TODAY) -> str:
    """Have the asset valued by its income and adopt what the appraiser reports."""
    ordered = valuation.order_appraisal(
        asset.card, purpose="定价参考", scene="行业统计", base_date=day, by=asset.keeper
    )
    expert = asset.sign(Role.APPRAISER, ordered.appraiser)
    valuation.give_opinion(
        ordered, Method.INCOME, {"benefit": [benefit] * 5, "rate": "12%"}, by=expert
    )
    done = valuation.report(
        ordered,
        {Method.INCOME: 100},
        "收益有合同支撑。",
        single_reason="没有可比交易，成本与价值无关。",
        by=expert,
    )
    if valuation.adopt(done, by=asset.keeper).state == AppraisalState.IN_APPROVAL:
        granted.finish(Matter.VALUE_ADJUSTMENT, done.id)
    return done.number


def crossed(body, day=TODAY) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in red_lines(dealings_of(body, day), as_of=day):
        found.setdefault(one.code.value, []).append(one.why)
    return found


@pytest.mark.clause("G-15")
def test_two_values_close_to_each_other_are_lawful_and_far_apart_they_raise_an_alert(asset):
    assert list(bodies_dealing()) == []
    first = appraised(asset, "300000")
    assert list(bodies_dealing()) == [asset.city.unit]
    appraised(asset, "310000")
    assert "R10" not in crossed(asset.city.unit)
    assert commands.run_rules(make.NOON) == sum(map(len, crossed(asset.city.unit).values()))

    last = appraised(asset, "900000")
    [why] = crossed(asset.city.unit)["R10"]
    assert "超过 30%" in why
    commands.run_rules(make.NOON + timedelta(minutes=10))
    [alert] = [one for one in Alert.objects.all() if one.facts.get("code") == "R10"]
    assert alert.rule.code == RuleCode.RED_LINE
    assert alert.card_id == asset.card_id
    assert alert.organization == asset.city.unit
    assert alert.text == f"触及红线R10：{why}"
    assert {first, last} <= set(alert.facts["records"].split("、"))
    assert alert.facts["amount"] in why
    assert commands.run_rules(make.NOON + timedelta(minutes=20)) == 0


@pytest.mark.clause("G-9")
def test_appraisers_in_turn_are_lawful_and_one_four_times_in_a_row_is_not(asset):
    for number in range(4):
        appraised(asset, f"30000{number}")
    # Lots fall as they fall: here by turns, and then four times the same.
    first, other = Organization.objects.filter(kind=Kind.APPRAISER)[:2]
    Appraisal.objects.update(appraiser=first)
    Appraisal.objects.filter(id=Appraisal.objects.order_by("id")[2].id).update(appraiser=other)
    assert "R11" not in crossed(asset.city.unit)
    Appraisal.objects.update(appraiser=first)
    assert "连续 4 次" in crossed(asset.city.unit)["R11"][0]


@pytest.mark.clause("G-15")
def test_a_value_within_twice_its_cost_is_lawful_and_beyond_it_is_a_high_premium(asset):
    number = appraised(asset, "300000")
    [one] = dealings_of(asset.city.unit, TODAY)["appraisals"]
    Card.objects.filter(id=asset.card_id).update(cost=Money(one["value_fen"] // 2))
    assert "R09" not in crossed(asset.city.unit)
    Card.objects.filter(id=asset.card_id).update(cost=Money(one["value_fen"] // 3))
    assert "R09" in crossed(asset.city.unit)
    assert number == one["id"]


@pytest.mark.clause("N-4")
def test_revenue_of_a_lawful_contract_is_quiet_and_above_its_appraisal_it_is_not(asset):
    market = make_market.opened(asset)
    make_market.priced(market)
    contract = make_market.signed(market)
    make_market.received(market, contract, 1000, "B1")
    later = TODAY + timedelta(days=60)
    assert crossed(asset.city.unit, later) == {}
    # Used and paid on one day: no silence afterwards makes it a sham.
    assert "R05" not in crossed(asset.city.unit, TODAY + timedelta(days=300))
    appraised(asset, "0.10")
    dealings = dealings_of(asset.city.unit, later)
    [deal] = dealings["contracts"]
    assert deal["fee_fen"] == dealings["receipts"][0]["amount_fen"]
    assert deal["appraisal_fen"] < deal["fee_fen"]
    assert contract.number in crossed(asset.city.unit, later)["R06"][0]


@pytest.mark.clause("N-6")
def test_a_card_closed_past_every_command_has_no_reply_and_is_seen(asset):
    assert crossed(asset.city.unit) == {}
    Card.objects.filter(id=asset.card_id).update(closed_on=TODAY)
    assert list(bodies_dealing()) == [asset.city.unit]
    assert "没有批复文号" in crossed(asset.city.unit)["R13"][0]


def test_the_page_of_an_alert_shows_amount_and_records(asset, client):
    appraised(asset, "300000")
    appraised(asset, "900000")
    commands.run_rules(make.NOON)
    [alert] = [one for one in Alert.objects.all() if one.facts.get("code") == "R10"]
    officer = asset.sign(Role.SECURITY_OFFICER, asset.city.unit)
    client.force_login(officer.member)
    page = client.get(f"/watch/alerts/{alert.id}/").content.decode()
    assert alert.facts["amount"] in page
    assert alert.facts["records"] in page
