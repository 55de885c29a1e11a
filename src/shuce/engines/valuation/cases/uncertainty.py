"""Cases of uncertainty: simulation, tornado, Sobol indices, forecasts."""

from collections.abc import Callable, Mapping
from itertools import count

import numpy as np

from shuce.engines.valuation.cases.appraisal import APPRAISAL
from shuce.engines.valuation.cases.finance import FINANCE, TIMINGS
from shuce.engines.valuation.cases.reader import Answer, Inputs, flags_of, pair, refused
from shuce.engines.valuation.distributions import (
    Beta,
    Distribution,
    Draws,
    Fixed,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    pert,
)
from shuce.engines.valuation.expression import Formula, read_formula
from shuce.engines.valuation.flows import Timing
from shuce.engines.valuation.forecast import forecast
from shuce.engines.valuation.monte_carlo import (
    Model,
    Spread,
    described,
    generator,
    growing_income,
    monte_carlo,
    refuse_draws,
)
from shuce.engines.valuation.numbers import exact
from shuce.engines.valuation.sensitivity import sobol, tornado

_SEED, _DRAWS, _SAMPLES = 20240101, 100_000, 2**16
_LOW = ("low", "min", "a", "lower")
_HIGH = ("high", "max", "b", "upper")
_MEAN = ("mean", "mu")
_SPREAD = ("sd", "sigma", "std", "deviation")


def _monte_carlo(case: Inputs) -> Answer:
    draws, seed = case.whole("draws", "n", default=_DRAWS), case.whole("seed", default=_SEED)
    if "dist" in case:
        given = case.get("dist")
        if isinstance(given, str):
            return _shown(_of_expression(given, draws, seed))
        alone = {"x": _distribution(given, "dist")}
        return _shown(monte_carlo(lambda of: of["x"], alone, draws=draws, seed=seed))
    distributions = _distributions(case)
    spread = monte_carlo(
        _model(case), distributions, _correlation(case, distributions), draws=draws, seed=seed
    )
    return _shown(spread)


def _of_expression(text: str, draws: int, seed: int) -> Spread:
    """Simulate one expression such as exp(N(0, 0.5)); each capital function is drawn afresh."""
    formula, rng, drawn = read_formula(text), generator(seed), count(1)

    def sampler(distribution: Distribution) -> Draws:
        refuse_draws(draws, next(drawn))
        return distribution.draw(rng, draws)

    refuse_draws(draws, 1)
    return described(formula({}, sampler), draws, seed)


def _shown(spread: Spread) -> Answer:
    return {
        "mean": spread.mean,
        "sd": spread.deviation,
        "standard_error": spread.standard_error,
        "min": spread.lowest,
        "max": spread.highest,
        "median": spread.percentiles[50.0],
        **{f"p{at:g}": value for at, value in spread.percentiles.items()},
        "negative_part": spread.negative_part,
        "seed": spread.replay.seed,
        "draws": spread.replay.draws,
    }


def _distributions(case: Inputs) -> dict[str, Distribution]:
    given = case.inside("inputs", "parameters", "distributions")
    return {name: _distribution(given.get(name), name) for name in given.names()}


def _distribution(value: object, field: str) -> Distribution:
    """Read {"type": "normal", "mean": …, "sd": …}, "N(0, 1)" or a plain number."""
    if isinstance(value, str) and "(" in value:
        found: list[Distribution] = []

        def sampler(distribution: Distribution) -> Draws:
            found.append(distribution)
            return np.zeros(1)

        result = read_formula(value)({}, sampler)
        if len(found) != 1 or result.any():
            raise refused("“{name}”应当是一个分布", field)
        return found[0]
    if not isinstance(value, dict):
        return Fixed(float(exact(value, field)))
    of = Inputs(value, field)
    shapes: dict[str, Callable[[], Distribution]] = {
        "normal": lambda: Normal(of.real(*_MEAN), of.real(*_SPREAD)),
        "lognormal": lambda: Lognormal(of.real(*_MEAN), of.real(*_SPREAD)),
        "uniform": lambda: Uniform(of.real(*_LOW), of.real(*_HIGH)),
        "triangular": lambda: Triangular(
            of.real("low", "min", "a"), of.real("mode", "c", "likely"), of.real("high", "max", "b")
        ),
        "pert": lambda: pert(of.real("low", "min"), of.real("mode"), of.real("high", "max")),
        "beta": lambda: Beta(
            of.real("alpha", "a"),
            of.real("beta", "b"),
            of.real("low", "min", default=0.0),
            of.real("high", "max", default=1.0),
        ),
        "fixed": lambda: Fixed(of.real("value")),
    }
    kind = of.name_of("type", "dist", "kind")
    return of.word(kind or "type", shapes)()


def _correlation(
    case: Inputs, distributions: Mapping[str, Distribution]
) -> dict[tuple[str, str], float]:
    """Read {"a,b": 0.5}, [["a", "b", 0.5]] or a whole matrix in the order of the inputs."""
    if "correlation" not in case:
        return {}
    given = case.get("correlation")
    if isinstance(given, dict):
        return {
            _names(str(key)): float(exact(value, f"correlation.{key}"))
            for key, value in given.items()
        }
    rows = case.items("correlation")
    if all(isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) for row in rows):
        return {(str(r[0]), str(r[1])): float(exact(r[2], "correlation")) for r in _lists(rows)}
    names = list(distributions)
    if len(rows) != len(names) or any(len(row) != len(names) for row in _lists(rows)):
        raise refused("“{name}”应当是与参数同阶的方阵", "correlation")
    matrix = [[float(exact(x, "correlation")) for x in row] for row in _lists(rows)]
    if any(matrix[i][j] != matrix[j][i] for i in range(len(names)) for j in range(i)):
        raise refused("“{name}”应当对称", "correlation")
    return {
        (one, other): matrix[i][j]
        for i, one in enumerate(names)
        for j, other in enumerate(names)
        if j >= i and (i != j or matrix[i][i] != 1) and (matrix[i][j] or i == j)
    }


def _names(key: str) -> tuple[str, str]:
    parts = [part.strip() for part in key.split(",")]
    one, other = pair(parts, "correlation")
    return str(one), str(other)


def _lists(rows: object) -> list[list[object]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise refused("“{name}”应当是表格", "correlation")
    return rows


def _model(case: Inputs) -> Model:
    """Read a model: a formula in the parameters' names, or `income_direct` over growing benefit."""
    text = case.text("model", "formula")
    if text.strip() in ("income_direct", "income_royalty", "income_split"):
        mid = case.word("timing", TIMINGS, Timing.END) is Timing.MID
        return growing_income(case.whole("years"), mid_year=mid)
    return read_formula(text)


def _sobol(case: Inputs) -> Answer:
    model, distributions = _test_function(case)
    indices = sobol(
        model,
        distributions,
        samples=case.whole("samples", "n", "N", default=_SAMPLES),
        seed=case.whole("seed", default=_SEED),
    )
    return {
        "S1": list(indices.first),
        "ST": list(indices.total),
        "S1_error": list(indices.first_error),
        "ST_error": list(indices.total_error),
        "variance": indices.variance,
        "names": list(indices.names),
    }


def _test_function(case: Inputs) -> tuple[Model, dict[str, Distribution]]:
    """Read a model with its inputs, or one of the field's test functions by name."""
    if "function" not in case:
        return _model(case), _distributions(case)
    match case.text("function").strip().lower().replace("-", "_"):
        case "ishigami":
            a, b = case.real("a", default=7.0), case.real("b", default=0.1)
            around = Uniform(-np.pi, np.pi)
            return _ishigami(a, b), {"x1": around, "x2": around, "x3": around}
        case "g" | "g_function" | "sobol_g":
            factors = [float(x) for x in case.numbers("a")]
            return _g_function(factors), {f"x{i}": Uniform(0, 1) for i in range(len(factors))}
        case "linear" | "additive":
            slopes = [float(x) for x in case.numbers("coefficients", "a")]
            return _linear(slopes), {f"x{i}": Uniform(0, 1) for i in range(len(slopes))}
    return read_formula(case.text("function")), _distributions(case)


def _ishigami(a: float, b: float) -> Model:
    def worth(of: Mapping[str, Draws]) -> Draws:
        x1, x2, x3 = of["x1"], of["x2"], of["x3"]
        return np.sin(x1) * (1 + b * x3**4) + a * np.square(np.sin(x2))

    return worth


def _g_function(factors: list[float]) -> Model:
    if any(a <= -1 for a in factors):
        raise refused("“{name}”应当大于 -1", "a")

    def worth(of: Mapping[str, Draws]) -> Draws:
        parts = [(np.abs(4 * of[f"x{i}"] - 2) + a) / (1 + a) for i, a in enumerate(factors)]
        product: Draws = np.prod(parts, axis=0)
        return product

    return worth


def _linear(slopes: list[float]) -> Model:
    return lambda of: sum((slope * of[f"x{i}"] for i, slope in enumerate(slopes)), np.asarray(0.0))


def _tornado(case: Inputs) -> Answer:
    ranges = {}
    given = case.inside("ranges")
    for name in given.names():
        low, high = pair(given.get(name), name)
        ranges[name] = (float(exact(low, name)), float(exact(high, name)))
    model, base = _tornado_model(case, list(ranges))
    bars = tornado(model, base, ranges)
    return {
        "base_value": model(base),
        "bars": [
            {"name": bar.name, "low": bar.at_low, "high": bar.at_high, "swing": bar.swing}
            for bar in bars
        ],
        "order": [bar.name for bar in bars],
    }


def _tornado_model(
    case: Inputs, names: list[str]
) -> tuple[Callable[[Mapping[str, float]], float], dict[str, float]]:
    """Read a formula with its base figures, or any kind of case with a value, at its inputs."""
    given = case.get("model", "formula")
    if isinstance(given, dict):
        inner = Inputs(given, "model")
        kind, inputs = inner.text("kind"), inner.get("inputs")
        answers = {**FINANCE, **APPRAISAL}
        if kind not in answers or not isinstance(inputs, dict):
            raise refused("没有“{name}”这种算例", kind)
        output = inner.text("output", default="value" if kind in APPRAISAL else "npv")
        fixed = Inputs(inputs, "inputs")

        def by_kind(values: Mapping[str, float]) -> float:
            answer = answers[kind](Inputs({**inputs, **values}))
            return float(exact(answer.get(output), output))

        return by_kind, {name: fixed.real(name) for name in names}
    formula: Formula = read_formula(case.text("model", "formula"))

    def by_formula(values: Mapping[str, float]) -> float:
        result = float(formula({name: np.asarray(value) for name, value in values.items()}))
        if not np.isfinite(result):
            raise refused("“{name}”没有有限的结果", "model")
        return result

    base = case.inside("base").all_numbers()
    return by_formula, {name: float(value) for name, value in base.items()}


def _forecast(case: Inputs) -> Answer:
    result = forecast(
        [float(figure) for figure in case.numbers("series")],
        case.whole("season", default=1),
        case.whole("horizon"),
        inside=case.real("inside", default=0.9),
    )
    return {
        "method": result.method.value,
        "forecast": list(result.values),
        "low": list(result.low),
        "high": list(result.high),
        "trials": result.trials,
        "trial_errors": {m.value: error for m, error in result.trial_errors.items()},
        "flags": flags_of(result.flags),
    }


UNCERTAINTY: dict[str, Callable[[Inputs], Answer]] = {
    "monte_carlo": _monte_carlo,
    "sobol": _sobol,
    "tornado": _tornado,
    "forecast": _forecast,
}
