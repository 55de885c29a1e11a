"""Simulation, sensitivity and forecasts: against closed forms, and the same again on replay."""

import math

import numpy as np
import pytest

from shuce.engines.valuation import FlagKind, forecast, monte_carlo, sobol, tornado
from shuce.engines.valuation.distributions import (
    Beta,
    Fixed,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    pert,
)
from shuce.engines.valuation.expression import read_formula
from shuce.engines.valuation.forecast import ForecastMethod
from shuce.engines.valuation.income import IncomeInputs, IncomeMethod, value_by_income
from shuce.engines.valuation.monte_carlo import drawn, growing_income
from shuce.engines.valuation.numbers import exact, growing
from shuce.kernel.refusals import Refused

SHAPES = [
    (Normal(3, 2), 3.0, 2.0),
    (Lognormal(0, 0.5), math.exp(0.125), math.sqrt((math.exp(0.25) - 1) * math.exp(0.25))),
    (Uniform(1, 4), 2.5, 3 / math.sqrt(12)),
    (Triangular(0, 1, 5), 2.0, math.sqrt((25 + 1 - 5) / 18)),
    (Beta(2, 3, 10, 20), 14.0, 2.0),
    (pert(0, 3, 6), 3.0, 6 * math.sqrt(9 / (36 * 7))),
    (Fixed(7), 7.0, 0.0),
]


@pytest.mark.parametrize(("shape", "mean", "deviation"), SHAPES)
def test_every_shape_has_its_mean_and_deviation_however_it_is_drawn(shape, mean, deviation):
    directly = shape.draw(np.random.default_rng(1), 40_000)
    from_normals = shape.from_normal(np.random.default_rng(2).standard_normal(40_000))
    middles = shape.quantile((np.arange(40_000) + 0.5) / 40_000)
    for draws in (directly, from_normals, middles):
        assert draws.mean() == pytest.approx(mean, abs=0.03)
        assert draws.std() == pytest.approx(deviation, abs=0.03)


def test_a_simulation_is_the_same_to_the_bit_on_replay_and_another_with_another_seed():
    shapes = {
        "benefit": Normal(100, 10),
        "growth": Uniform(0, 0.1),
        "rate": Triangular(0.1, 0.12, 0.2),
    }
    model = growing_income(5)
    runs = [
        monte_carlo(model, shapes, {("benefit", "growth"): 0.5}, draws=5_000, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]
    low, high = runs[0].interval(0.9)
    assert low < runs[0].mean < high


def test_correlated_parameters_are_as_correlated_as_asked():
    shapes = {"a": Normal(0, 1), "b": Lognormal(0, 0.3), "c": Uniform(0, 1), "d": Normal(0, 1)}
    pairs = {("a", "d"): -0.6, ("a", "c"): 0.5}
    draws = drawn(shapes, pairs, draws=50_000, seed=3)
    assert np.corrcoef(draws["a"], draws["d"])[0, 1] == pytest.approx(-0.6, abs=0.02)
    # The rank correlation of a uniform under a normal copula: 6/π·asin(ρ/2).
    rank = np.corrcoef(draws["a"].argsort().argsort(), draws["c"].argsort().argsort())[0, 1]
    assert rank == pytest.approx(6 / math.pi * math.asin(0.25), abs=0.02)
    assert np.corrcoef(draws["a"], draws["b"])[0, 1] == pytest.approx(0, abs=0.02)


def test_impossible_correlations_are_refused_and_perfect_ones_are_not():
    shapes = {name: Normal(0, 1) for name in "abc"}
    with pytest.raises(Refused, match="互相矛盾"):
        drawn(shapes, {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}, draws=10, seed=0)
    with pytest.raises(Refused, match="没有的参数"):
        drawn(shapes, {("a", "z"): 0.5}, draws=10, seed=0)
    with pytest.raises(Refused, match="-1 与 1"):
        drawn(shapes, {("a", "b"): 1.5}, draws=10, seed=0)
    tied = drawn(shapes, {("a", "b"): 1.0}, draws=100, seed=0)
    np.testing.assert_allclose(tied["a"], tied["b"], atol=1e-7)


def test_a_model_without_finite_results_and_malformed_shapes_are_refused():
    with pytest.raises(Refused, match="有限"):
        monte_carlo(read_formula("1 / x"), {"x": Fixed(0)}, draws=10, seed=0)
    for make in (lambda: Normal(0, -1), lambda: Uniform(2, 1), lambda: Triangular(0, 3, 2)):
        with pytest.raises(Refused):
            make()
    with pytest.raises(Refused, match="模拟次数"):
        monte_carlo(read_formula("x"), {"x": Fixed(0)}, draws=10**9, seed=0)


@pytest.mark.parametrize("mid_year", [False, True])
def test_the_fast_model_and_the_exact_method_give_the_same_value(mid_year):
    from shuce.engines.valuation import Timing

    figures = {"benefit": 100.0, "growth": 0.05, "rate": 0.12}
    fast = growing_income(6, mid_year=mid_year)({k: np.asarray(v) for k, v in figures.items()})
    flows = growing(exact(100), exact("0.05"), 6)
    timing = Timing.MID if mid_year else Timing.END
    slow = value_by_income(IncomeInputs(IncomeMethod.DIRECT, flows, exact("0.12"), timing))
    assert float(fast) == pytest.approx(float(slow.value), rel=1e-12)


@pytest.mark.parametrize(
    "formula",
    ["__import__('os')", "x.real", "lambda: 1", "[1]", "f'{x}'", "x if x else 1", "1 +", "y * 2",
     "exp(1, 2)", "True", "x" * 501, "N(0, 1)", "exp(x=1)"],
)  # fmt: skip
def test_a_formula_reaches_nothing_but_arithmetic(formula):
    with pytest.raises(Refused):
        read_formula(formula)({"x": np.asarray(1.0)})


def test_sobol_indices_are_those_of_the_g_function():
    a = np.array([0.0, 1.0, 4.5, 9.0])
    parts = (1 / 3) / (1 + a) ** 2
    variance = np.prod(1 + parts) - 1
    first, total = parts / variance, parts * (variance + 1) / (1 + parts) / variance

    def g(of):
        return np.prod([(abs(4 * of[f"x{i}"] - 2) + v) / (1 + v) for i, v in enumerate(a)], axis=0)

    shapes = {f"x{i}": Uniform(0, 1) for i in range(4)}
    result = sobol(g, shapes, samples=2**14, seed=5)
    assert result.first == pytest.approx(first, abs=0.01)
    assert result.total == pytest.approx(total, abs=0.01)
    assert max(result.first_error) < 0.01
    assert result == sobol(g, shapes, samples=2**14, seed=5)
    with pytest.raises(Refused, match="不随任何参数变化"):
        sobol(lambda of: np.asarray(1.0), shapes, samples=64, seed=5)


def test_a_tornado_puts_the_widest_bar_first():
    def model(of):
        return of["a"] + 10 * of["b"]

    bars = tornado(model, {"a": 1.0, "b": 1.0}, {"a": (0.0, 5.0), "b": (0.5, 2.0)})
    assert [(bar.name, bar.swing) for bar in bars] == [("b", 15.0), ("a", 5.0)]
    with pytest.raises(Refused, match="基准值"):
        tornado(model, {"a": 1.0}, {"b": (0.0, 1.0)})


def test_a_forecast_follows_trend_and_season_when_that_did_better_on_the_past():
    rng = np.random.default_rng(0)
    months = np.arange(60)
    series = 100 + 2 * months + 20 * np.sin(2 * np.pi * months / 12) + rng.normal(0, 2, 60)
    result = forecast(series[:48].tolist(), 12, 12)
    assert result.method is ForecastMethod.HOLT_WINTERS
    assert result.trial_errors[result.method] < result.trial_errors[ForecastMethod.SEASONAL_NAIVE]
    inside = (series[48:] >= result.low) & (series[48:] <= result.high)
    assert inside.mean() >= 0.75
    assert not result.flags


def test_a_series_that_only_repeats_is_forecast_by_repeating_it():
    result = forecast([10.0, 20.0, 30.0, 25.0] * 8, 4, 6)
    assert result.method is ForecastMethod.SEASONAL_NAIVE
    assert result.values == (10, 20, 30, 25, 10, 20)


def test_a_short_series_is_forecast_naively_and_flagged():
    result = forecast([10.0, 12.0, 11.0], 1, 3)
    assert result.method is ForecastMethod.SEASONAL_NAIVE
    assert result.values == (11, 11, 11)
    assert [flag.kind for flag in result.flags] == [FlagKind.SHORT_HISTORY]
    assert result.high[0] < result.high[2]
    with pytest.raises(Refused, match="历史数据"):
        forecast([1.0], 1, 1)
