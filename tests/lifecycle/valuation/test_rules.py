"""The draw, the methods and the adoption, from plain values."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Refused
from shuce.lifecycle.valuation import rules
from shuce.lifecycle.valuation.forms import CostForm, IncomeForm, MarketForm, ReportForm
from shuce.lifecycle.valuation.methods import work_out
from shuce.lifecycle.valuation.rules import AppraisalState, Method


@given(st.lists(st.text(min_size=1), min_size=2, unique=True), st.text())
def test_anyone_draws_the_same_appraiser_in_whatever_order_they_take_them(candidates, seed):
    chosen = rules.draw(candidates, seed)
    assert chosen == rules.draw(candidates[::-1], seed)
    by_hand = min(candidates, key=lambda one: sha256(f"{seed}:{one}".encode()).hexdigest())
    assert chosen == by_hand
    assert rules.lots(candidates, seed)[0][1] == chosen


def test_another_seed_may_draw_another():
    assert len({rules.draw(["a", "b"], str(seed)) for seed in range(20)}) == 2


@pytest.mark.clause("G-9")
def test_one_method_needs_a_reason_and_two_do_not():
    assert not list(rules.obstacles_to_report([Method.COST, Method.INCOME], ""))
    assert not list(rules.obstacles_to_report([Method.COST], "市场无可比案例，收益无法预测"))
    [missing] = rules.obstacles_to_report([Method.COST], " ")
    assert (missing.field, missing.clause) == ("single_reason", Clause.G_9)
    assert list(rules.obstacles_to_report([], "理由"))


@pytest.mark.clause("G-9")
def test_an_appraisal_needs_two_candidates_a_scene_a_grade_and_a_card_on_the_register():
    order = rules.obstacles_to_order
    assert not list(order(["a", "b"], "面向行业", on_register=True, has_grade=True))
    assert len(list(order(["a"], " ", on_register=False, has_grade=False))) == 4


def test_only_a_reported_value_is_adopted():
    assert not list(rules.obstacles_to_adopt(AppraisalState.REPORTED))
    for state in set(AppraisalState) - {AppraisalState.REPORTED}:
        assert list(rules.obstacles_to_adopt(state))


def test_each_form_gives_what_its_method_is_worked_out_from():
    cost = CostForm(
        {
            **{f"component_{at}": str(amount) for at, amount in enumerate((10, 60, 20, 6, 4))},
            "delta": "0.9",
        }
    )
    assert cost.is_valid(), cost.errors
    assert work_out(Method.COST, cost.inputs(), None).value == Money.from_yuan(90)
    income = IncomeForm(
        {"method": "direct", "benefit": "1,100\n1210\n", "rate": "10", "timing": "end"}
    )
    assert income.is_valid(), income.errors
    assert work_out(Method.INCOME, income.inputs(), None).value == Money.from_yuan(2000)
    market = MarketForm({"comparables": "100 1.1 1 1 1 1\n200 0.9 1 1 1 1"})
    assert market.is_valid(), market.errors
    worked = work_out(Method.MARKET, market.inputs(), None)
    assert worked.value > Money(0)
    assert worked.steps


def test_inputs_that_make_no_sense_are_refused_in_words():
    for method, inputs in (
        (Method.COST, {}),
        (Method.COST, {"components": {"直接成本": "abc"}}),
        (Method.INCOME, {"benefit": [], "rate": "10%"}),
        (Method.INCOME, {"benefit": ["1"], "rate": "10%", "method": "magic"}),
        (Method.MARKET, {"comparables": [{"price": "1"}]}),
        (Method.MARKET, {"comparables": "text"}),
        (Method.COST, {"components": ["a"]}),
        (Method.COST, {"components": {"直接成本": "1e25"}}),
    ):
        with pytest.raises(Refused):
            work_out(method, inputs, None)


def test_a_value_far_beyond_its_cost_is_flagged():
    dear = {"benefit": ["9000000"] * 5, "rate": "10%", "cost": "100000"}
    assert "over_cost" in {flag["kind"] for flag in work_out(Method.INCOME, dear, None).flags}
    plain = {"benefit": ["30000"] * 5, "rate": "10%", "cost": "100000"}
    assert not work_out(Method.INCOME, plain, None).flags


def test_the_report_form_asks_a_weight_of_each_method_and_a_reason_of_one_alone():
    both = ReportForm(methods=[Method.COST, Method.INCOME])
    assert list(both.fields) == ["weight_COST", "weight_INCOME", "reconciliation"]
    assert "single_reason" in ReportForm(methods=[Method.COST]).fields
