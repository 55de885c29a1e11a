"""Forecasts of use and revenue, with intervals, and only as clever as the past allows.

Three methods compete on the series' own past: the seasonal naive (the same month of last year), the
damped trend (Gardner & McKenzie 1985) and the damped trend with an additive season (Holt-Winters).
Each forecasts from many earlier moments what then happened; the least mean absolute error wins, and
the seasonal naive wins ties. Smoothing parameters are fitted by least squares on one-step errors,
afresh at every moment, never on figures that lay ahead. A series too short for this trial gets the
seasonal naive and a flag.

Intervals come from the errors made in the trial at each distance ahead (never narrowing with
distance), under a normal shape; they are as honest as the past is like the future.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import minimize

from shuce.engines.valuation.outcome import Flag, FlagKind, flag
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

LONGEST_SERIES = 1000
MOST_TRIALS = 12
FEWEST_TRIALS = 4
_LONGEST_HORIZON = 240


class ForecastMethod(Choice):
    SEASONAL_NAIVE = "seasonal_naive", "同期值法"
    DAMPED_TREND = "damped_trend", "阻尼趋势指数平滑"
    HOLT_WINTERS = "holt_winters_damped", "阻尼霍尔特-温特斯（加法季节）"


@dataclass(frozen=True)
class Forecast:
    """The method that did best on the past, its forecast, bounds and the trial's record.

    `trial_errors` holds the mean absolute error of every method tried. `low` and `high` bound the
    middle `inside` of what may come.
    """

    method: ForecastMethod
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    inside: float
    trials: int
    trial_errors: Mapping[ForecastMethod, float]
    flags: tuple[Flag, ...]


def forecast(
    series: Sequence[float], season: int, horizon: int, *, inside: float = 0.9
) -> Forecast:
    """Forecast `horizon` periods of a series with `season` periods a year (1: no season)."""
    past = np.asarray(series, dtype=np.float64)
    _check(past, season, horizon, inside)
    moments = _moments(len(past), season, horizon)
    methods: dict[ForecastMethod, _Method] = {ForecastMethod.SEASONAL_NAIVE: _naive}
    if len(moments) >= FEWEST_TRIALS:
        methods[ForecastMethod.DAMPED_TREND] = _damped_trend
        if season > 1:
            methods[ForecastMethod.HOLT_WINTERS] = _holt_winters
    errors = {m: _trial(run, past, season, horizon, moments) for m, run in methods.items()}
    mean_errors = {m: float(np.nanmean(np.abs(e))) if e.size else 0.0 for m, e in errors.items()}
    best = min(methods, key=lambda method: mean_errors[method])
    values = methods[best](past, season, horizon)
    spread = _spread(errors[best], past, season, horizon)
    reach = float(special.ndtri((1 + inside) / 2)) * spread
    short = len(moments) < FEWEST_TRIALS
    return Forecast(
        best,
        tuple(map(float, values)),
        tuple(map(float, values - reach)),
        tuple(map(float, values + reach)),
        inside,
        len(moments),
        mean_errors if moments else {},
        (_SHORT,) if short else (),
    )


_SHORT = flag(FlagKind.SHORT_HISTORY, "历史数据过短，未能回测，只按上年同期值预测", Clause.G_9)
_Method = Callable[[NDArray[np.float64], int, int], NDArray[np.float64]]


def _check(past: NDArray[np.float64], season: int, horizon: int, inside: float) -> None:
    if not np.isfinite(past).all() or not 2 <= len(past) <= LONGEST_SERIES:
        raise Refused(
            Obstacle(
                "历史数据应当是 2 至 {most} 个数", Clause.G_9, field="series", most=LONGEST_SERIES
            )
        )
    if not 1 <= season <= len(past) or not 1 <= horizon <= _LONGEST_HORIZON or not 0 < inside < 1:
        raise Refused(
            Obstacle(
                "季节长度不得超过历史，预测期应当在 1 至 {most} 之间，置信水平在 0 与 1 之间",
                Clause.G_9,
                field="horizon",
                most=_LONGEST_HORIZON,
            )
        )


def _moments(length: int, season: int, horizon: int) -> list[int]:
    """Return the moments to forecast from: two seasons of past (8 periods at least) behind each."""
    earliest = max(2 * season + 2, 8)
    every = range(earliest, length)
    step = max(1, -(-len(every) // MOST_TRIALS))
    return list(every[::-1][::step])[::-1]


def _trial(
    run: _Method, past: NDArray[np.float64], season: int, horizon: int, moments: list[int]
) -> NDArray[np.float64]:
    """Return errors by (moment, distance); NaN where the future is not known yet."""
    errors = np.full((len(moments), horizon), np.nan)
    for row, moment in enumerate(moments):
        ahead = past[moment : moment + horizon]
        errors[row, : len(ahead)] = run(past[:moment], season, len(ahead)) - ahead
    return errors


def _spread(
    errors: NDArray[np.float64], past: NDArray[np.float64], season: int, horizon: int
) -> NDArray[np.float64]:
    """Return the typical error at each distance ahead."""
    known = np.isfinite(errors)
    counts = known.sum(axis=0)
    if not len(errors) or counts[0] < FEWEST_TRIALS:
        # The seasonal naive's own theory: its error grows with the root of the years passed.
        changes = past[season:] - past[:-season] if len(past) > season else np.zeros(1)
        years = np.arange(horizon) // season + 1
        lone: NDArray[np.float64] = np.sqrt(np.mean(np.square(changes)) * years)
        return lone
    squares = np.where(known, np.square(errors), 0.0).sum(axis=0)
    spread, last = np.empty(horizon), 0.0
    for distance in range(horizon):
        if counts[distance] >= FEWEST_TRIALS:
            last = max(last, float(np.sqrt(squares[distance] / counts[distance])))
            tried = distance + 1
            spread[distance] = last
        else:
            # Beyond what was tried, errors are taken to grow like a random walk's.
            spread[distance] = last * np.sqrt((distance + 1) / tried)
    return spread


def _naive(past: NDArray[np.float64], season: int, horizon: int) -> NDArray[np.float64]:
    return np.resize(past[-season:], horizon)


def _damped_trend(past: NDArray[np.float64], season: int, horizon: int) -> NDArray[np.float64]:
    return _smoothed(past, 1, horizon)


def _holt_winters(past: NDArray[np.float64], season: int, horizon: int) -> NDArray[np.float64]:
    return _smoothed(past, season, horizon)


def _smoothed(past: NDArray[np.float64], season: int, horizon: int) -> NDArray[np.float64]:
    """Fit alpha, beta, gamma, phi by least squares on one-step errors, and run on."""
    figures = past.tolist()
    scale = float(np.abs(past).mean()) or 1.0
    bounds = [(0.01, 0.99), (0.001, 0.5), (0.001, 0.5), (0.8, 0.98)]
    if season == 1:
        bounds[2] = (0.0, 0.0)

    def loss(parameters: NDArray[np.float64]) -> float:
        return _run(figures, season, parameters.tolist())[0] / (scale * scale * len(figures))

    start = np.array([0.3, 0.05, 0.1 if season > 1 else 0.0, 0.95])
    best = minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40})
    phi = float(best.x[3])
    _, level, trend, seasons = _run(figures, season, best.x.tolist())
    reach = np.cumsum(phi ** np.arange(1, horizon + 1))
    return level + trend * reach + np.resize(np.array(seasons), horizon)


def _run(
    past: list[float], season: int, parameters: list[float]
) -> tuple[float, float, float, list[float]]:
    """Run the recursion; return squared one-step error, level, trend and the seasons ahead."""
    alpha, beta, gamma, phi = parameters
    level, trend, seasons = _start(past, season)
    total = 0.0
    for t, figure in enumerate(past):
        place = t % season
        damped = phi * trend
        error = figure - (level + damped + seasons[place])
        total += error * error
        level += damped + alpha * error
        trend = damped + alpha * beta * error
        seasons[place] += gamma * (1 - alpha) * error
    turn = len(past) % season
    return total, level, trend, seasons[turn:] + seasons[:turn]


def _start(past: list[float], season: int) -> tuple[float, float, list[float]]:
    """Take the first state from the first two seasons (of which every trial has at least two)."""
    if season == 1:
        return past[0], 0.0, [0.0]
    first, second = sum(past[:season]) / season, sum(past[season : 2 * season]) / season
    trend = (second - first) / season
    middle = (season - 1) / 2
    seasons = [
        (past[i] - first + past[i + season] - second) / 2 - trend * (i - middle)
        for i in range(season)
    ]
    return first - trend * (middle + 1), trend, seasons
