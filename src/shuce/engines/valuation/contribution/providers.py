"""The shares of bodies whose rows made a product, safe against false names and cloned data.

A plain Shapley value rewards whoever shows the same data under a second name. Here
1. names of one identity are one player;
2. a row belongs to the provider that brought it first: a copy of it, exact or nearly so, earns
   nothing under any name, one's own or another's. (Sharing the value of a row among all who hold it
   would not do: five false names would take five parts of it.)
3. a provider's value is the sum of its rows' KNN-Shapley values, so that splitting one's data over
   many names changes nothing either.

What it cannot see: copies disturbed by more than `CloneGuard` allows for, and rows made up.
Distances are measured on the scale of the test rows, which no provider can bend.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from shuce.engines.valuation.assumptions import CloneGuard
from shuce.engines.valuation.contribution.games import MOST_PLAYERS, shapley
from shuce.engines.valuation.contribution.knn import knn_shapley
from shuce.engines.valuation.contribution.sampled import shapley_sampled
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

Table = NDArray[np.float64]
Labels = NDArray[np.int64]
Utility = Callable[[Table, Labels], float]


@dataclass(frozen=True)
class Holding:
    """What one name brought: rows of features and their labels.

    `identity` is who stands behind the name (its credit code, or that of its controller). `keys`,
    where rows have a natural key or a digest, decide what is a copy instead of the features, which
    is right where honest rows may coincide.
    """

    name: str
    identity: str
    rows: Table
    labels: Labels
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProviderValue:
    """One name's contribution; `value` may be negative, `share` is its part of what is positive.

    `error` is the standard error of `value`, 0 where it is exact.
    """

    name: str
    identity: str
    value: float
    share: float
    rows: int
    copies: int
    error: float = 0.0


def knn_contributions(
    holdings: Sequence[Holding],
    test_rows: Table,
    test_labels: Labels,
    k: int,
    guard: CloneGuard | None = None,
) -> tuple[ProviderValue, ...]:
    """Return each name's value in the order of arrival: the sum of its own rows' values."""
    first = rows_first_held(holdings, test_rows, guard or CloneGuard())
    rows = np.concatenate([h.rows[f] for h, f in zip(holdings, first, strict=True)])
    labels = np.concatenate([h.labels[f] for h, f in zip(holdings, first, strict=True)])
    scale = _scale(test_rows)
    values = knn_shapley(rows / scale, labels, test_rows / scale, test_labels, k)
    ends = np.cumsum([int(f.sum()) for f in first])
    by_name = [float(part.sum()) for part in np.split(values, ends[:-1])]
    return _shared(holdings, first, by_name, [0.0] * len(holdings))


def shapley_contributions(
    holdings: Sequence[Holding],
    test_rows: Table,
    utility: Utility,
    *,
    guard: CloneGuard | None = None,
    orders: int = 2000,
    seed: int = 0,
) -> tuple[ProviderValue, ...]:
    """Return each identity's Shapley value under any utility of rows and labels.

    Exact to 12 identities, estimated with a stated error above. Each identity's value goes to the
    first name it used; its other names get nothing of their own. `utility` of no rows is 0.
    """
    first = rows_first_held(holdings, test_rows, guard or CloneGuard())
    players = list(dict.fromkeys(h.identity for h in holdings))
    place = np.array([players.index(h.identity) for h in holdings])
    owner = np.concatenate([np.full(int(f.sum()), p) for f, p in zip(first, place, strict=True)])
    rows = np.concatenate([h.rows[f] for h, f in zip(holdings, first, strict=True)])
    labels = np.concatenate([h.labels[f] for h, f in zip(holdings, first, strict=True)])

    def worth(coalition: int) -> float:
        inside = np.array([coalition >> p & 1 for p in range(len(players))], dtype=bool)[owner]
        return float(utility(rows[inside], labels[inside])) if inside.any() else 0.0

    if len(players) <= MOST_PLAYERS:
        values = [float(v) for v in shapley(len(players), lambda c: Fraction(worth(c)))]
        errors = [0.0] * len(players)
    else:
        estimate = shapley_sampled(len(players), worth, orders=orders, seed=seed)
        values, errors = list(estimate.values), list(estimate.standard_errors)
    leads = {p: list(place).index(p) for p in range(len(players))}
    heads = [leads[p] == i for i, p in enumerate(place)]
    return _shared(
        holdings,
        first,
        [values[p] if head else 0.0 for p, head in zip(place, heads, strict=True)],
        [errors[p] if head else 0.0 for p, head in zip(place, heads, strict=True)],
    )


def rows_first_held(
    holdings: Sequence[Holding], test_rows: Table, guard: CloneGuard
) -> list[NDArray[np.bool_]]:
    """Say for each holding which of its rows nobody, itself included, brought before."""
    _check(holdings)
    if any(h.keys for h in holdings):
        return _first_by_key(holdings)
    scale = _scale(test_rows)
    first: list[NDArray[np.bool_]] = []
    earlier: list[tuple[dict[int, cKDTree], float]] = []
    for holding in holdings:
        if not len(holding.rows):
            first.append(np.zeros(0, dtype=bool))
            continue
        rows = holding.rows / scale
        own = _without_repeats(rows, holding.labels)
        for trees, gap in earlier:
            away = _distances(rows, holding.labels, trees, gap)
            copied = away <= guard.nearness
            near = away <= guard.clone_nearness
            if near.mean() >= guard.clone_part:
                copied |= near
            own &= ~copied
        first.append(own)
        kept_rows, kept_labels = rows[own], holding.labels[own]
        if len(kept_rows):
            trees = {int(y): cKDTree(kept_rows[kept_labels == y]) for y in np.unique(kept_labels)}
            earlier.append((trees, _typical_gap(kept_rows)))
    return first


def _check(holdings: Sequence[Holding]) -> None:
    widths = {h.rows.shape[1] if h.rows.ndim == 2 else None for h in holdings}
    if len(widths) != 1 or None in widths or any(len(h.rows) != len(h.labels) for h in holdings):
        raise Refused(Obstacle("各提供方的数据应当列数相同，且每行有一个标签", Clause.G_10))
    if any(h.keys for h in holdings) and any(len(h.keys) != len(h.rows) for h in holdings):
        raise Refused(Obstacle("各提供方的每一行都应当有主键", Clause.G_10, field="keys"))
    if not any(len(h.rows) for h in holdings):
        raise Refused(Obstacle("没有任何数据可供计量贡献", Clause.G_10, field="rows"))


def _first_by_key(holdings: Sequence[Holding]) -> list[NDArray[np.bool_]]:
    seen: set[str] = set()
    first = []
    for holding in holdings:
        fresh = np.zeros(len(holding.keys), dtype=bool)
        for place, key in enumerate(holding.keys):
            fresh[place] = key not in seen
            seen.add(key)
        first.append(fresh)
    return first


def _without_repeats(rows: Table, labels: Labels) -> NDArray[np.bool_]:
    fresh = np.zeros(len(rows), dtype=bool)
    _, places = np.unique(np.column_stack([rows, labels]), axis=0, return_index=True)
    fresh[places] = True
    return fresh


def _distances(rows: Table, labels: Labels, trees: dict[int, cKDTree], gap: float) -> Table:
    """Return how far each row is from an earlier provider's nearest of its label, in `gap`s."""
    away = np.full(len(rows), np.inf)
    for label, tree in trees.items():
        same = np.flatnonzero(labels == label)
        if len(same):
            distances, _ = tree.query(rows[same])
            # Below 10⁻¹² standard deviations, two rows differ by rounding only.
            away[same] = np.where(distances <= 1e-12, 0.0, distances / max(gap, 1e-300))
    return away


def _typical_gap(rows: Table) -> float:
    """Return the median distance of a provider's rows to their nearest neighbour of its own."""
    if len(rows) < 2:
        return 0.0
    gaps, _ = cKDTree(rows).query(rows, k=2)
    return float(np.median(gaps[:, 1]))


def _scale(test_rows: Table) -> Table:
    spread: Table = np.asarray(test_rows, dtype=np.float64).std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def _shared(
    holdings: Sequence[Holding],
    first: Sequence[NDArray[np.bool_]],
    values: Sequence[float],
    errors: Sequence[float],
) -> tuple[ProviderValue, ...]:
    whole = sum(max(value, 0.0) for value in values)
    return tuple(
        ProviderValue(
            holding.name,
            holding.identity,
            value,
            max(value, 0.0) / whole if whole > 0 else 0.0,
            len(holding.rows),
            int(len(holding.rows) - own.sum()),
            error,
        )
        for holding, own, value, error in zip(holdings, first, values, errors, strict=True)
    )
