"""Noise is as large as its epsilon says, and the ledger never overspends."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.privacy import BudgetExhausted, LaplaceNoise, Ledger


def test_laplace_noise_spreads_as_its_scale_and_is_centred() -> None:
    noise = LaplaceNoise(sensitivity=2, epsilon=0.5)
    told = noise.noised([0] * 8_000)
    assert abs(sum(told) / len(told)) < 0.4
    assert sum(map(abs, told)) / len(told) == pytest.approx(4, rel=0.1)
    inside = sum(abs(value) <= noise.half_width(0.95) for value in told) / len(told)
    assert inside == pytest.approx(0.95, abs=0.02)


def test_neighbouring_counts_are_told_apart_no_better_than_epsilon_allows() -> None:
    noise = LaplaceNoise(sensitivity=1, epsilon=1.0)
    draws = 8_000
    here, there = noise.noised([100] * draws), noise.noised([101] * draws)
    for threshold in range(97, 105):
        a = sum(value >= threshold for value in here) / draws
        b = sum(value >= threshold for value in there) / draws
        assert b <= math.e * a + _slack(a, b, draws)
        assert (1 - a) <= math.e * (1 - b) + _slack(1 - b, 1 - a, draws)


@pytest.mark.parametrize(("sensitivity", "epsilon"), [(0, 1.0), (1, 0.0), (1, -1.0)])
def test_nonsense_is_refused(sensitivity: int, epsilon: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        LaplaceNoise(sensitivity, epsilon)


@given(st.floats(0.1, 10), st.lists(st.floats(0, 3), max_size=20))
def test_a_ledger_never_spends_more_than_its_total(total: float, costs: list[float]) -> None:
    ledger = Ledger(total)
    for cost in costs:
        try:
            ledger = ledger.spend(cost)
        except BudgetExhausted:
            assert ledger.spent + cost > total
    assert ledger.spent <= total + 1e-9


def test_released_cells_of_neighbouring_sets_keep_to_their_epsilon() -> None:
    from shuce.engines.guard.noising import noised_cells

    figures = [{"kind": "people", "scale": 1}, {"kind": "sum", "scale": 1, "sensitivity": 101}]
    spec = {"figures": figures, "epsilon": 1.0, "delta": 1e-6, "rows": 1, "sets": 1}
    draws = 800

    def scores(people: int, total: int) -> list[float]:
        """Return, of each draw, what tells most of one person of value 100: both figures."""
        cell = [["x", "0", str(people), str(total)]]
        told = [noised_cells(spec, 10, cell, [[people]], 0)[0] for _ in range(draws)]
        return [int(row[2] or 0) + int(row[3] or 0) / 100 for ((row),) in told if row]

    here, there = scores(200, 9_000), scores(201, 9_100)
    assert len(here) == len(there) == draws
    for threshold in range(284, 300, 2):
        a = sum(value >= threshold for value in here) / draws
        b = sum(value >= threshold for value in there) / draws
        assert b <= math.e * a + _slack(a, b, draws)
        assert (1 - a) <= math.e * (1 - b) + _slack(1 - b, 1 - a, draws)


def _slack(small: float, large: float, draws: int) -> float:
    """Return five standard errors of `large` - e * `small`."""
    spread = large * (1 - large) + math.e**2 * small * (1 - small)
    return 5 * math.sqrt((spread + 1 / draws) / draws)
