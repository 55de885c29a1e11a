"""The Shapley value of every training row for a K-nearest-neighbour classifier, exactly.

Jia et al. 2019 (arXiv 1908.08619), theorem 1. v(S) is the number of right labels among the
min(K, |S|) nearest rows of S, over K. With rows ordered by distance, from the farthest inwards:

    s_N = 1[y_N = y] · min(K, N) / (K·N)
    s_i = s_{i+1} + (1[y_i = y] − 1[y_{i+1} = y]) / K · min(K, i) / i
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

_CELLS_A_BLOCK = 1 << 20
"""Distances worked out at once (8 MB): small enough to stay near the processor."""


def knn_shapley_ordered(right: Sequence[bool], k: int) -> tuple[Fraction, ...]:
    """Return the exact values for one test row; `right[i]`: the i-th nearest has its label."""
    if not right or k < 1:
        raise Refused(Obstacle("近邻数 K 应当不小于 1，且至少有一行数据", Clause.G_10, field="k"))
    count = len(right)
    values = [Fraction(right[-1] * min(k, count), k * count)]
    for i in range(count - 1, 0, -1):
        step = Fraction((right[i - 1] - right[i]) * min(k, i), k * i)
        values.append(values[-1] + step)
    return tuple(reversed(values))


def knn_shapley(
    rows: ArrayLike, labels: ArrayLike, test_rows: ArrayLike, test_labels: ArrayLike, k: int
) -> NDArray[np.float64]:
    """Return each row's value, the mean over the test rows; Euclidean distance, ties by order.

    `rows` and `test_rows` are (count × features); labels are any values that compare equal.
    The values sum to the mean of v(all rows) over the test rows.
    """
    train, test = _table(rows, "train"), _table(test_rows, "test")
    known, wanted = _codes(labels, test_labels)
    if len(known) != len(train) or len(wanted) != len(test) or train.shape[1] != test.shape[1]:
        raise Refused(Obstacle("数据的行数、列数与标签数应当一致", Clause.G_10, field="labels"))
    if k < 1:
        raise Refused(Obstacle("近邻数 K 应当不小于 1", Clause.G_10, field="k"))
    count = len(train)
    weights = _weights(count, k)
    totals = np.zeros(count)
    # Distances are differences of large sums of squares: take out the common part first.
    centre = train.mean(axis=0)
    train, test = train - centre, test - centre
    squares = np.square(train).sum(axis=1)
    block = max(1, _CELLS_A_BLOCK // count)
    for start in range(0, len(test), block):
        part = test[start : start + block]
        distances = squares - 2 * (part @ train.T) + np.square(part).sum(axis=1)[:, None]
        typical = float(np.median(squares)) + np.square(part).sum(axis=1)
        order = _ordered(distances, typical)
        right = (known[order] == wanted[start : start + block, None]).astype(np.int8)
        # One table of steps from each place to the next, summed up from the far end.
        steps = right.astype(np.float64)
        steps[:, :-1] -= right[:, 1:]
        steps *= weights
        values = np.cumsum(steps[:, ::-1], axis=1)[:, ::-1]
        totals += np.bincount(order.ravel(), weights=values.ravel(), minlength=count)
    return totals / len(test)


def _weights(count: int, k: int) -> NDArray[np.float64]:
    places = np.arange(1, count + 1, dtype=np.float64)
    return np.minimum(places, k) / (places * k)


def _ordered(distances: NDArray[np.float64], typical: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order of each row of distances, equal ones by their index.

    The bits of a float that is not negative sort like a whole number. The lowest of them make room
    for the index, so that one fast sort of whole numbers gives order and tie-break at once; at
    least 16 bits go, which also makes equal what differs by the rounding of the distances. That
    rounding is as large as the coordinates, not as the distance: hence `typical`, their size, is
    added first.
    """
    count = distances.shape[1]
    bits = max(16, (count - 1).bit_length())
    room = np.uint64((1 << bits) - 1)
    distances = np.maximum(distances, 0.0, out=distances)
    distances += typical[:, None]
    keys = distances.view(np.uint64)
    keys += np.uint64(1 << (bits - 1))  # to the nearest, not down: noise around 0 stays 0
    keys &= ~room
    keys |= np.arange(count, dtype=np.uint64)
    keys.sort(axis=1)
    keys &= room
    return keys.view(np.int64)


def _table(rows: ArrayLike, field: str) -> NDArray[np.float64]:
    table = np.array(rows, dtype=np.float64)
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise Refused(Obstacle("“{name}”应当是数字表", Clause.G_10, field=field, name=field))
    return table


def _codes(
    labels: ArrayLike, test_labels: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return both lists of labels as whole numbers that compare equal where the labels do."""
    known, wanted = np.asarray(labels), np.asarray(test_labels)
    _, codes = np.unique(np.concatenate([known.ravel(), wanted.ravel()]), return_inverse=True)
    return codes[: known.size], codes[known.size :]
