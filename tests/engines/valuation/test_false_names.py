"""A provider cannot raise its share by showing its data twice, under its own or a false name."""

import numpy as np
import pytest

from shuce.engines.valuation import CloneGuard
from shuce.engines.valuation.contribution.providers import (
    Holding,
    knn_contributions,
    shapley_contributions,
)
from shuce.kernel.refusals import Refused

RNG = np.random.default_rng(7)
TEST = RNG.normal(size=(150, 6))
CENTRES = RNG.normal(size=(3, 6))


def labels_of(rows):
    return np.argmin(np.square(rows[:, None] - CENTRES).sum(axis=2), axis=1)


def holding(name, seed, size=120, identity=""):
    rows = np.random.default_rng(seed).normal(size=(size, 6))
    return Holding(name, identity or name, rows, labels_of(rows))


HONEST = [holding("A", 1), holding("B", 2), holding("C", 3, 200), holding("D", 4, 60)]


def accuracy(rows, labels) -> float:
    """The part of test rows whose nearest row has their label."""
    nearest = np.argmin(np.square(TEST[:, None] - rows).sum(axis=2), axis=1)
    return float((labels[nearest] == labels_of(TEST)).mean())


def shares(holdings, guard=None) -> dict[str, float]:
    values = knn_contributions(holdings, TEST, labels_of(TEST), 5, guard)
    return {value.name: value.share for value in values}


def cloned(rows=slice(None), jitter=0.0):
    a = HONEST[0]
    noise = np.random.default_rng(9).normal(scale=jitter, size=a.rows[rows].shape)
    return Holding("A'", "someone else", a.rows[rows] + noise, a.labels[rows])


@pytest.mark.clause("G-10")
@pytest.mark.parametrize(
    "clone",
    [cloned(), cloned(slice(0, 70)), cloned(jitter=0.02), cloned(jitter=0.1)],
    ids=["whole", "in part", "disturbed by 2 %", "disturbed by 10 %"],
)
def test_cloning_ones_data_moves_no_share_by_more_than_a_point(clone):
    before, after = shares(HONEST), shares([*HONEST, clone])
    assert abs(after["A"] + after["A'"] - before["A"]) <= 0.01
    for name in "BCD":
        assert abs(after[name] - before[name]) <= 0.01


def test_copies_among_rows_of_ones_own_are_found_one_by_one():
    own, copied = holding("E", 5, 120), cloned(slice(0, 40), jitter=0.01)
    mixed = Holding(
        "E",
        "E",
        np.concatenate([own.rows, copied.rows]),
        np.concatenate([own.labels, copied.labels]),
    )
    before = shares([*HONEST, own])
    after = knn_contributions([*HONEST, mixed], TEST, labels_of(TEST), 5)
    assert after[-1].copies == 40
    assert {value.name: value.share for value in after} == pytest.approx(before, abs=1e-9)


def test_without_the_guard_the_same_clone_would_pay():
    # Guarding nothing: give every row a key of its own.
    def keyed(h):
        return Holding(
            h.name, h.identity, h.rows, h.labels, tuple(f"{h.name}{i}" for i in range(len(h.rows)))
        )

    before = shares([keyed(h) for h in HONEST])
    after = shares([keyed(h) for h in [*HONEST, cloned()]])
    assert after["A"] + after["A'"] - before["A"] > 0.05


def test_a_rival_who_copies_gets_nothing_for_the_copies():
    values = knn_contributions([*HONEST, cloned()], TEST, labels_of(TEST), 5)
    assert (values[-1].share, values[-1].copies) == (0.0, values[-1].rows)


def test_splitting_ones_data_over_names_changes_nothing():
    a = HONEST[0]
    halves = [
        Holding("A", "A", a.rows[:50], a.labels[:50]),
        Holding("A2", "elsewhere", a.rows[50:], a.labels[50:]),
    ]
    before, after = shares(HONEST), shares([*halves, *HONEST[1:]])
    assert after["A"] + after["A2"] == pytest.approx(before["A"], abs=1e-9)


def test_under_any_utility_clones_and_second_names_of_one_identity_earn_nothing():
    def worths(holdings):
        values = shapley_contributions(holdings, TEST, accuracy)
        return {v.name: v.value for v in values}

    before = worths(HONEST)
    after = worths([*HONEST, cloned(), holding("A''", 1, 120, identity="A")])
    assert after.pop("A'") == after.pop("A''") == 0
    assert after == pytest.approx(before, abs=1e-9)


def test_rows_with_keys_are_copies_only_if_the_keys_repeat():
    rows, labels = np.zeros((2, 6)), np.zeros(2, dtype=np.int64)
    same = [
        Holding("A", "A", rows, labels, ("1", "2")),
        Holding("B", "B", rows, labels, ("2", "3")),
    ]
    values = knn_contributions(same, TEST, labels_of(TEST), 1)
    assert [v.copies for v in values] == [0, 1]


def test_honest_providers_of_like_data_are_not_taken_for_copies():
    values = knn_contributions(HONEST, TEST, labels_of(TEST), 5, CloneGuard())
    assert sum(v.copies for v in values) == 0
    assert sum(v.share for v in values) == pytest.approx(1)


def test_holdings_that_do_not_fit_together_are_refused():
    narrow = Holding("N", "N", np.zeros((3, 2)), np.zeros(3, dtype=np.int64))
    with pytest.raises(Refused, match="列数"):
        shares([HONEST[0], narrow])
    with pytest.raises(Refused, match="没有任何数据"):
        shares([Holding("N", "N", np.zeros((0, 6)), np.zeros(0, dtype=np.int64))])
