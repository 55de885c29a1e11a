"""Files of cases: siblings of the published ones, cases at fault, and the command's exit status."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from shuce.engines.valuation import command
from shuce.engines.valuation.cases import KINDS, answer


def ask(kind, **inputs):
    return answer([{"id": "x", "kind": kind, "inputs": inputs}])["x"]


def test_income_may_come_as_a_list_or_as_growth_and_its_term_from_the_shortest_life():
    listed = ask("income_direct", benefit=[100, 110, 121], rate=0.1)
    grown = ask(
        "income_direct", first_year_benefit=100, growth="0.1", rate="1/10", legal_years=9,
        contract_years=5, timeliness_years=3,
    )  # fmt: skip
    assert listed["value"] == pytest.approx(grown["value"]) == pytest.approx(300 / 1.1)
    assert grown["flags"] == []
    middle = ask("income_direct", benefit=[100], rate=0.21, timing="mid-year")
    assert middle["value"] == pytest.approx(100 / 1.1)


def test_split_income_takes_one_share_or_one_for_each_year():
    many = ask("income_split", revenue=[500, 600], K=["0.12", "0.10"], rate=0)
    one = ask("income_royalty", revenue=[500, 600], royalty=0.1, rate=0, tax=0.25)
    assert (many["value"], one["value"]) == (120, 82.5)
    assert [flag["kind"] for flag in many["flags"]] == ["rate_outside_range"]


def test_market_values_by_weight_and_by_median():
    cases = [{"price": 100, "weight": 3}, {"price": 200}, {"price": 120}]
    assert ask("market_comparables", cases=cases, aggregate="weighted_mean")["value"] == 124
    assert ask("market_comparables", cases=cases, aggregate="median")["value"] == 120
    assert ask("market_comparables", cases=cases, aggregate="weighted-median")["value"] == 100
    additive = [{"price": 100, "adj": [0.1, -0.05]}]
    assert ask("market_comparables", cases=additive, adjustment="additive")["value"] == 105


def test_ahp_with_gaps_and_other_methods():
    upper = [[1, 2, 4], ["1/2", 1, None], ["1/4", "?", 1]]
    result = ask("ahp", matrix=upper, method="geometric-mean")
    assert result["weights"] == pytest.approx([4 / 7, 2 / 7, 1 / 7], abs=1e-6)
    assert result["missing"] == 1


def test_guided_prices_carry_an_excess_into_the_next_cycle():
    first = ask("guided_price", cost=1200, subsidy=200, profit_rate_on_net_cost=0.06, tax=65,
                actual_revenue=1180)  # fmt: skip
    assert first["next_cycle_max_revenue"] == 1070
    under = ask("guided_price", cost=1000, profit_rate_on_net_cost=0.06, tax=65,
                actual_revenue=1100)  # fmt: skip
    assert (under["excess"], under["shortfall"]) == (0, 25)
    second = ask("guided_price", cost=1000, profit_rate_on_net_cost=0.06, tax=65,
                 carried_excess=first["deducted_next_cycle"], actual_revenue=1070)  # fmt: skip
    assert (second["max_revenue"], second["excess"]) == (1070, 0)
    at_cap = ask("guided_price_cap", caps={"a": 0.3}, invoices=[{"item": "a", "unit_price": "0.3"},
                 {"item": "b", "unit_price": 1}])  # fmt: skip
    assert (at_cap["breaches"], at_cap["without_cap"]) == ([], [1])
    free = ask("guided_price_cap", caps={}, invoices=[{"item": "a", "unit_price": 0.01}],
               public_interest_items=["a"])  # fmt: skip
    assert free["breaches"] == [0]


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("fee_score", {"bids": [18, 20, 24, 45], "base": 20, "weight": 15},
         {"scores": [13.5, 15, 12, 0]}),
        ("amortisation_units_fen", {"cost_fen": 100, "total_units": 3, "units": [1, 1, 1]},
         {"charges_fen": [33, 33, 34]}),
        ("amortisation_straight_line_fen", {"cost_fen": 100, "months": 3, "rule": "cumulative"},
         {"schedule_fen": [33, 34, 33]}),
        ("nominal_value", {}, {"value_fen": 100}),
        ("quality_score", {"scores": [0.9, 0.8], "weights": ["1/3", "2/3"]},
         {"score": pytest.approx(2.5 / 3)}),
        ("shapley", {"players": ["A", "B"], "v": {"A": 1, "B , A": "7/2"}},
         {"phi": {"A": "9/4", "B": "5/4"}}),
        ("banzhaf", {"players": ["A", "B"], "v": {"A,B": 1}}, {"beta": {"A": "1/2", "B": "1/2"}}),
        ("shapley_sampled", {"costs": {"A": 4, "B": 4}, "samples": 10},
         {"phi": {"A": 2.0, "B": 2.0}}),
        ("knn_shapley", {"k": 1, "train": [[0], [1]], "labels": ["a", "b"], "test": [[0]],
                         "test_labels": ["a"]}, {"phi": [1.0, 0.0]}),
        ("rate_net_down", {"pre_tax_rate": 0.12, "tax": 0.25}, {"post_tax_rate_simple": 0.09}),
        ("rate_wacc", {"equity": 3, "debt": 1, "re": 0.2, "rd": 0.04}, {"rate": 0.16}),
        ("npv_mid", {"rate": 0.21, "flows_t1": [11]}, {"npv": 10}),
        ("conclusion", {"results": {"a": 100, "b": 120}, "weights": {"a": 0.5, "b": "1/2"}},
         {"value": 110}),
    ],
)  # fmt: skip
def test_siblings_of_the_published_kinds(kind, inputs, expected):
    result = ask(kind, **inputs)
    assert {name: result.get(name) for name in expected} == expected, result


def test_simulations_take_expressions_shapes_and_models():
    text = ask("monte_carlo", dist="N(10, 2) + U(0, 2)", draws=20_000)
    shape = ask("monte_carlo", dist={"type": "triangular", "low": 0, "mode": 1, "high": 5}, seed=4)
    model = ask(
        "monte_carlo", model="benefit * share", draws=20_000, seed=1,
        inputs={"benefit": "N(100, 10)", "share": {"type": "uniform", "low": 0, "high": 1}},
        correlation={"benefit,share": 0.5},
    )  # fmt: skip
    assert text["mean"] == pytest.approx(11, abs=0.1)
    assert shape["mean"] == pytest.approx(2, abs=0.02)
    assert model["mean"] > 50.5
    income = ask("monte_carlo", model="income_direct", years=3, draws=100,
                 inputs={"benefit": 100, "growth": 0, "rate": 0.1})  # fmt: skip
    assert income["mean"] == pytest.approx(ask("npv_end", rate=0.1, flows_t1=[100] * 3)["npv"])


def test_a_tornado_runs_over_a_formula_or_over_a_whole_case():
    formula = ask(
        "tornado", model="a * b", base={"a": 2, "b": 3}, ranges={"a": [1, 3], "b": [0, 6]}
    )
    assert formula["order"] == ["b", "a"]
    inner = {
        "kind": "income_direct",
        "inputs": {"first_year_benefit": 100, "years": 3, "rate": 0.1},
    }
    case = ask(
        "tornado", model=inner, ranges={"rate": [0.08, 0.12], "first_year_benefit": [90, 110]}
    )
    assert case["order"] == ["first_year_benefit", "rate"]


@pytest.mark.parametrize(
    ("kind", "inputs", "named"),
    [
        ("palm_reading", {}, "palm_reading"),
        ("npv_end", {"flows_t1": [1]}, "rate"),
        ("npv_end", {"rate": -1, "flows_t1": [1]}, "折现率"),
        ("npv_end", {"rate": True, "flows_t1": [1]}, "rate"),
        ("npv_end", {"rate": 0.1, "flows_t1": []}, "flows_t1"),
        ("npv_end", {"rate": 0.1, "flows_t1": [1, "x"]}, "flows_t1[1]"),
        ("irr", {"flows_t0": [1, 2]}, "内部收益率"),
        ("pv_annuity", {"rate": 0.1, "periods": 10**25, "payment": 1}, "期数"),
        ("xnpv", {"rate": 0.1, "flows": [["2024-13-01", 1]]}, "flows[0]"),
        ("xnpv", {"rate": 0.1, "flows": [["2024-01-01"]]}, "flows[0]"),
        ("income_direct", {"benefit": [1], "rate": -0.1}, "折现率"),
        ("income_direct", {"first_year_benefit": 1, "years": 10**9, "rate": 0.1}, "期数"),
        ("income_direct", {"benefit": [1], "rate": 0.1, "timing": "sometimes"}, "timing"),
        ("rate_buildup", {"rf": 0.02, "security": -0.01}, "security"),
        ("rate_gross_up", {"post_tax_rate": 0.1, "tax": 1}, "税率"),
        ("rate_wacc", {"e_share": 1.2, "re": 0.1, "rd": 0.1}, "e_share"),
        ("split_rate", {"low": 0.4, "high": 0.3, "lambda": 0.5}, "下限"),
        ("effective_life", {}, "legal_years"),
        ("cost", {"components": {"a": -1}, "delta": 1}, "a"),
        ("cost_indexed", {"historic": [[2022, 1]], "index": {"2026": 1}, "valuation_year": 2026,
                          "remaining_life": 1, "total_life": 1}, "2022"),
        ("amortisation_straight_line_fen", {"cost_fen": 1.5, "months": 3}, "cost_fen"),
        ("amortisation_straight_line_fen", {"cost_fen": 10, "months": 0}, "期数"),
        ("shapley", {"players": ["A"], "v": {"A,Z": 1}}, "A,Z"),
        ("shapley", {"players": ["A", "A"], "v": {}}, "players"),
        ("shapley", {"players": [str(i) for i in range(13)], "v": {}}, "12"),
        ("shapley_weighted_voting", {"weights": [-1], "quota": 1}, "权重"),
        ("shapley_bankruptcy", {"claims": [1], "estate": 2}, "可分财产"),
        ("knn_shapley", {"k": 0, "test_label": 1, "labels_by_distance": [1]}, "K"),
        ("monte_carlo", {"dist": "open('x')", "draws": 10}, "open"),
        ("monte_carlo", {"dist": "N(0,1)", "draws": 10**12}, "模拟次数"),
        ("sobol", {"function": "riddle"}, "inputs"),
        ("forecast", {"series": [1, 2, 3], "horizon": 0}, "预测期"),
        ("ahp", {"matrix": [[1, 2], [3, 1]]}, "倒数"),
        ("ahp", {"matrix": "identity"}, "matrix"),
    ],
)  # fmt: skip
def test_a_case_at_fault_says_what_is_wrong_and_stops_no_other(kind, inputs, named):
    good = {"id": "good", "kind": "nominal_value", "inputs": {}}
    results = answer([{"id": "bad", "kind": kind, "inputs": inputs}, good])
    assert named in results["bad"]["error"], results["bad"]
    assert results["good"]["value_fen"] == 100


def test_cases_of_no_shape_at_all_are_answered_too_and_none_is_lost():
    good = {"id": "x", "kind": "nominal_value", "inputs": {}}
    results = answer([3, None, {"id": "y"}, good, good, {"kind": "cost"}, {**good, "id": 7}])
    assert set(results) == {"#0", "#1", "y", "x", "x#4", "#5", "7"}
    assert [name for name, result in results.items() if "error" not in result] == ["x", "7"]


@pytest.fixture
def other_engines(monkeypatch):
    """Engines of price and shares that answer one kind each."""
    for name in command._OTHER_ENGINES:
        module = ModuleType(name)
        module.KINDS = {name: lambda inputs: {"echo": dict(inputs)}}
        monkeypatch.setitem(sys.modules, name, module)


def test_the_command_answers_a_file_with_every_engines_kinds(tmp_path, other_engines):
    cases, out = tmp_path / "cases.json", tmp_path / "results.json"
    asked = [
        {"id": "a", "kind": "shuce.engines.auction.cases", "inputs": {"bid": 1}},
        {"id": "b", "kind": "effective_life", "inputs": {"legal_years": 2, "product_years": 1.5}},
        {"id": "c", "kind": "unknown", "inputs": {}},
    ]
    cases.write_text(json.dumps(asked), encoding="utf-8")
    assert command.run(cases, out) == 0
    results = json.loads(out.read_text(encoding="utf-8"))
    assert results["a"] == {"echo": {"bid": 1}}
    assert results["b"] == {"years": 1.5, "binding": "product_years"}
    assert results["c"]["error"]


@pytest.mark.parametrize("content", ["", "{", '{"id": 1}', "\x00", "[" * 100_000])
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(tmp_path, capsys, content):
    cases = tmp_path / "cases.json"
    cases.write_text(content, encoding="utf-8")
    assert command.run(cases, tmp_path / "out.json") == 2
    assert command.run(tmp_path / "nowhere.json", tmp_path / "out.json") == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 2
    assert not (tmp_path / "out.json").exists()


def test_every_kind_refuses_empty_inputs_or_answers_them_but_never_breaks():
    for kind in KINDS:
        result = ask(kind)
        assert "error" not in result or "无法计算" not in result["error"], (kind, result)


def test_the_command_answers_every_published_case_of_value_price_and_shares(tmp_path):
    sample = Path(__file__).resolve().parents[2] / "data" / "valuation_sample.json"
    assert command.run(sample, tmp_path / "out.json") == 0
    results = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert len(results) == 40
    assert not [name for name, result in results.items() if "error" in result]
