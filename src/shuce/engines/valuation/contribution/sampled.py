"""The Shapley value of many players, from random orders of arrival, with its error.

Castro, Gómez & Tejada 2009. Each order is used with its reverse (antithetic pairs); the standard
error is that of the mean over pairs. Every order hands out v(N) whole, so that the estimate does.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

MOST_PLAYERS = 1000
MOST_ORDERS = 1_000_000
_MOST_REMEMBERED = 200_000
_PAIRS_A_ROUND = 32


@dataclass(frozen=True)
class SampledShapley:
    """Estimates and their standard errors; `orders` says how many orders of arrival were tried."""

    values: tuple[float, ...]
    standard_errors: tuple[float, ...]
    orders: int
    evaluations: int
    seed: int


def shapley_sampled(
    players: int,
    worth: Callable[[int], float],
    *,
    orders: int,
    seed: int,
    error_wanted: float | None = None,
) -> SampledShapley:
    """Estimate Shapley values from at most `orders` orders (rounded up to an even number).

    With `error_wanted`, stop as soon as every standard error is at or below it.
    """
    if not 0 < players <= MOST_PLAYERS or not 4 <= orders <= MOST_ORDERS or seed < 0:
        raise Refused(
            Obstacle(
                "参与方应当有 1 至 {players} 个，抽样次数在 4 至 {orders} 之间，种子不得为负",
                Clause.G_10,
                field="samples",
                players=MOST_PLAYERS,
                orders=MOST_ORDERS,
            )
        )
    if worth(0):
        raise Refused(Obstacle("空联盟的价值应当为零", Clause.G_10, field="v"))
    rng = np.random.Generator(np.random.PCG64(seed))
    remembered = _Remembered(worth)
    total, squares = np.zeros(players), np.zeros(players)
    wanted, pairs = (orders + 1) // 2, 0
    while pairs < wanted:
        order = rng.permutation(players)
        gains = (remembered.gains(order) + remembered.gains(order[::-1])) / 2
        total += gains
        squares += np.square(gains)
        pairs += 1
        if (
            error_wanted is not None
            and pairs % _PAIRS_A_ROUND == 0
            and _errors(total, squares, pairs).max() <= error_wanted
        ):
            break
    return SampledShapley(
        tuple(map(float, total / pairs)),
        tuple(map(float, _errors(total, squares, pairs))),
        2 * pairs,
        remembered.evaluations,
        seed,
    )


class _Remembered:
    """A game whose coalitions are worked out once, as far as memory allows."""

    def __init__(self, worth: Callable[[int], float]) -> None:
        self._worth = worth
        self._known: dict[int, float] = {0: 0.0}
        self.evaluations = 0

    def gains(self, order: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what each player adds when they arrive in `order`, by player."""
        gains, coalition, before = np.empty(len(order)), 0, 0.0
        for player in order.tolist():
            coalition |= 1 << player
            after = self._value(coalition)
            gains[player], before = after - before, after
        return gains

    def _value(self, coalition: int) -> float:
        if coalition in self._known:
            return self._known[coalition]
        value = float(self._worth(coalition))
        self.evaluations += 1
        if len(self._known) < _MOST_REMEMBERED:
            self._known[coalition] = value
        return value


def _errors(
    total: NDArray[np.float64], squares: NDArray[np.float64], pairs: int
) -> NDArray[np.float64]:
    variance = np.maximum(squares - np.square(total) / pairs, 0) / (pairs - 1)
    errors: NDArray[np.float64] = np.sqrt(variance / pairs)
    return errors
