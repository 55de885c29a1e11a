"""Appraisals are drawn, given by two methods, reported and adopted with care."""

import pytest

from shuce.foundation.approvals.models import Matter
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Refused
from shuce.lifecycle.register.queries import card_seen
from shuce.lifecycle.valuation import commands, queries
from shuce.lifecycle.valuation.models import Appraisal, Opinion
from shuce.lifecycle.valuation.rules import AppraisalState, Method
from shuce.lifecycle.valuation.showing import lots_of, shown_inputs
from tests.lifecycle import granted
from tests.lifecycle.granted import TODAY

COST = {"components": {"直接成本": "1000000"}, "delta": "0.9"}
INCOME = {"benefit": ["300000"] * 5, "rate": "12%"}
DEAR = {"benefit": ["90000000"] * 5, "rate": "12%", "cost": "100000"}


def ordered(world) -> Appraisal:
    return commands.order_appraisal(
        world.card,
        purpose="授权运营定价参考",
        scene="面向行业的统计分析",
        base_date=TODAY,
        by=world.keeper,
    )


def expert_of(world, appraisal):
    return world.sign(Role.APPRAISER, appraisal.appraiser)


def reported(world, income=INCOME) -> Appraisal:
    appraisal = ordered(world)
    by = expert_of(world, appraisal)
    commands.give_opinion(appraisal, Method.COST, COST, by=by)
    commands.give_opinion(appraisal, Method.INCOME, income, by=by)
    return commands.report(
        appraisal, {Method.COST: 40, Method.INCOME: 60}, "收益有合同支撑，权重较高。", by=by
    )


@pytest.mark.clause("G-9")
def test_the_draw_is_drawn_again_to_the_same_appraiser_who_alone_may_work(world):
    appraisal = ordered(world)
    lots = lots_of(appraisal)
    assert lots[0].chosen
    assert lots[0].organization == appraisal.appraiser
    assert {lot.organization for lot in lots} == {
        world.city.appraiser,
        world.city.other_appraiser,
    }
    passed_over = world.sign(Role.APPRAISER, lots[1].organization)
    with pytest.raises(NotPermitted):
        commands.give_opinion(appraisal, Method.COST, COST, by=passed_over)
    with pytest.raises(NotFound):
        queries.appraisal_seen(appraisal.id, passed_over.member)
    assert card_seen(world.card_id, expert_of(world, appraisal).member)
    with pytest.raises(NotPermitted):
        commands.order_appraisal(
            world.card, purpose="x", scene="y", base_date=TODAY, by=world.officer
        )


@pytest.mark.clause("G-9")
def test_one_method_without_a_reason_is_refused_and_with_one_is_reported(world):
    appraisal = ordered(world)
    by = expert_of(world, appraisal)
    commands.give_opinion(appraisal, Method.COST, COST, by=by)
    with pytest.raises(Refused, match="两种以上方法"):
        commands.report(appraisal, {Method.COST: 1}, "说明", by=by)
    with pytest.raises(Refused, match="权重"):
        commands.report(appraisal, {Method.COST: 0}, "说明", "仅有成本资料", by=by)
    done = commands.report(appraisal, {Method.COST: 1}, "说明", "仅有成本资料", by=by)
    assert done.value == Money.from_yuan(900_000)
    with pytest.raises(Conflict):
        commands.give_opinion(appraisal, Method.INCOME, INCOME, by=by)


def test_an_opinion_given_again_replaces_the_first_with_every_step_on_record(world):
    appraisal = ordered(world)
    by = expert_of(world, appraisal)
    commands.give_opinion(appraisal, Method.COST, COST | {"delta": "0.5"}, by=by)
    opinion = commands.give_opinion(appraisal, Method.COST, COST, by=by)
    assert Opinion.objects.get() == opinion
    assert opinion.value == Money.from_yuan(900_000)
    assert ("价值调整系数", "0.9") in shown_inputs(opinion)
    assert opinion.steps[-1]["value"] == "900,000.0000"


@pytest.mark.clause("G-15")
def test_a_plain_value_is_adopted_at_once_and_stands_on_the_card(world):
    appraisal = reported(world)
    assert not appraisal.flags
    done = commands.adopt(appraisal, by=world.keeper)
    assert done.state == AppraisalState.ADOPTED
    assert world.card.value == done.value == queries.last_value_of(world.card)
    with pytest.raises(NotFound):
        card_seen(world.card_id, expert_of(world, appraisal).member)
    with pytest.raises(Refused):
        commands.adopt(appraisal, by=world.keeper)


@pytest.mark.clause("G-15")
def test_a_flagged_value_goes_to_approval_before_it_stands_on_the_card(world):
    before = world.card.value
    appraisal = reported(world, DEAR)
    assert appraisal.flags
    asked = commands.adopt(appraisal, by=world.keeper)
    assert asked.state == AppraisalState.IN_APPROVAL
    assert world.card.value == before
    granted.finish(Matter.VALUE_ADJUSTMENT, appraisal.id)
    appraisal.refresh_from_db()
    assert appraisal.state == AppraisalState.ADOPTED
    assert world.card.value == appraisal.value
