"""Questions drawn at random, against an oracle that knows who stands in each cell."""

import os
import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.guard.fuzzing import Fuzz, draw, make_village


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzz]:
    folder = tmp_path_factory.mktemp("village")
    make_village(folder)
    opened = Fuzz(folder)
    yield opened
    opened.close()


@pytest.mark.clause("G-8")
@given(chance=st.randoms(use_true_random=False))
@settings(
    # SHUCE_FUZZ=500 for a longer run; bench/guard_fuzz.py for ten thousand, in shards.
    max_examples=int(os.environ.get("SHUCE_FUZZ", "30")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_group_or_part_under_the_minimum_ever_leaves(
    village: Fuzz, chance: random.Random
) -> None:
    assert village.leaks(draw(chance)) == []
    assert village.engine_errors == []


def test_the_oracle_would_see_a_leak(village: Fuzz) -> None:
    """The same questions by a guard that protects fewer people are found out."""
    lax = Fuzz(village.folder, minimum=3)
    found = [leak for seed in range(12) for leak in lax.leaks(draw(random.Random(seed)))]
    lax.close()
    assert found


@pytest.mark.clause("G-8")
@pytest.mark.parametrize("seed", [8929])
def test_what_once_leaked_leaks_no_more(village: Fuzz, seed: int) -> None:
    assert village.leaks(draw(random.Random(seed))) == []
