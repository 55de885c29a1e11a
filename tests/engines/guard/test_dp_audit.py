"""A short audit of noised answers; bench/dp_audit.py has the long one."""

from pathlib import Path

import pytest

from shuce.engines.guard import noising
from shuce.engines.privacy import LaplaceNoise
from tests.engines.guard.noise_audit import SCENES, audit, lower, upper

BY_NAME = {scene.name: scene for scene in SCENES}


class Weak(LaplaceNoise):
    """Noise of a sixth of what was asked for."""

    def __init__(self, sensitivity: int, epsilon: float) -> None:
        super().__init__(sensitivity, epsilon * 6)


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("name", ["people of a group", "a group at the minimum"])
def test_answers_over_neighbouring_sets_prove_no_more_than_their_epsilon(
    tmp_path: Path, name: str
) -> None:
    assert not audit(BY_NAME[name], 1.0, 120, tmp_path).is_violated


@pytest.mark.clause("G-8")
def test_noise_too_small_for_its_epsilon_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noising, "LaplaceNoise", Weak)
    assert audit(BY_NAME["people of a group"], 1.0, 120, tmp_path).is_violated


def test_bounds_of_probabilities_are_those_of_clopper_and_pearson() -> None:
    beta = pytest.importorskip("scipy.stats").beta
    for hits, runs in [(0, 10), (1, 10), (5, 10), (10, 10), (37, 400)]:
        low = beta.ppf(0.001, hits, runs - hits + 1) if hits else 0.0
        high = beta.ppf(0.999, hits + 1, runs - hits) if hits < runs else 1.0
        assert lower(hits, runs) == pytest.approx(low, abs=1e-6)
        assert upper(hits, runs) == pytest.approx(high, abs=1e-6)
