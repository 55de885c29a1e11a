"""Weights from pairwise judgements (层次分析法, Saaty 1980), with their consistency.

    CI = (λ_max − n) / (n − 1),   CR = CI / RI,   acceptable below 0.10

Three ways to the weights: the principal eigenvector, the geometric mean of rows (logarithmic least
squares, Crawford & Williams 1985) and the mean of normalised columns. Judgements may be missing as
long as the rest connects all criteria: they are completed so that λ_max is least (Bozóki, Fülöp &
Rónyai 2010), and RI is lowered for the freedom this leaves (Ágoston & Csató 2022).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from shuce.engines.valuation.assumptions import (
    AHP_TOLERATED_RATIO,
    DEFAULT_RANDOM_INDICES,
    RANDOM_INDICES,
)
from shuce.engines.valuation.outcome import Flag, FlagKind, flag
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

Judgements: TypeAlias = Sequence[Sequence[Fraction | None]]

_RECIPROCAL_TOLERANCE = Fraction(2, 100)
"""Judgements typed as decimals (0.33 for a third) still count as reciprocal."""


class AhpMethod(Choice):
    EIGENVECTOR = "principal_eigenvector", "特征向量法"
    GEOMETRIC_MEAN = "geometric_mean", "几何平均法（方根法）"
    COLUMN_MEAN = "column_mean", "列和归一平均法（和积法）"


@dataclass(frozen=True)
class AhpResult:
    """Weights that sum to 1, and how consistent the judgements behind them are.

    `ri_table` names the table of random indices, without which `cr` cannot be compared. `cr` is 0
    where no inconsistency is possible. `doubtful` is the pair of rows whose judgement differs most
    from the weights, to be asked again first.
    """

    weights: tuple[float, ...]
    lambda_max: float
    ci: float
    cr: float
    ri: float
    ri_table: str
    missing: int
    doubtful: tuple[int, int] | None

    @property
    def acceptable(self) -> bool:
        return self.cr < AHP_TOLERATED_RATIO

    @property
    def flags(self) -> tuple[Flag, ...]:
        if self.acceptable:
            return ()
        return (
            flag(
                FlagKind.INCONSISTENT,
                "判断矩阵一致性比例 {cr} 不小于 0.10，应当重新判断",
                Clause.G_9,
                cr=f"{self.cr:.3f}",
            ),
        )


def ahp(
    judgements: Judgements,
    method: AhpMethod = AhpMethod.EIGENVECTOR,
    *,
    ri: float | None = None,
    ri_table: str = DEFAULT_RANDOM_INDICES,
) -> AhpResult:
    """Return the weights of the criteria judged pairwise; None where no judgement was made.

    The lower half may be left out, being the reciprocal of the upper. `ri` overrides the table.
    """
    matrix, gaps = _checked(judgements)
    order = len(matrix)
    if gaps:
        matrix = _completed(matrix, gaps)
    weights = _WEIGHTS[method](matrix)
    largest = _perron(matrix)[0] if method is AhpMethod.EIGENVECTOR else _ratio(matrix, weights)
    ci = max((largest - order) / (order - 1), 0.0) if order > 1 else 0.0
    index = _random_index(order, len(gaps), ri, ri_table)
    return AhpResult(
        tuple(float(w) for w in weights),
        largest,
        ci,
        ci / index if index > 0 else 0.0,
        index,
        "given" if ri is not None else ri_table,
        len(gaps),
        _most_doubtful(matrix, weights) if order > 2 else None,
    )


def _random_index(order: int, missing: int, given: float | None, table: str) -> float:
    if given is not None:
        if given < 0:
            raise Refused(Obstacle("随机一致性指标不得为负", Clause.G_9, field="ri"))
        return given
    if table not in RANDOM_INDICES:
        raise Refused(
            Obstacle("没有随机一致性指标表“{name}”", Clause.G_9, field="ri_table", name=table)
        )
    free = (order - 1) * (order - 2)
    return RANDOM_INDICES[table][order - 1] * (1 - 2 * missing / free if free else 1)


def _checked(judgements: Judgements) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """Return the reciprocal matrix, with 1 at the gaps, and the gaps above the diagonal."""
    order, most = len(judgements), len(RANDOM_INDICES[DEFAULT_RANDOM_INDICES])
    if not 0 < order <= most or any(len(row) != order for row in judgements):
        raise Refused(
            Obstacle("判断矩阵应当是 1 至 {most} 阶的方阵", Clause.G_9, field="matrix", most=most)
        )
    matrix, gaps = np.ones((order, order)), []
    for i in range(order):
        if judgements[i][i] not in (None, 1):
            raise _refused_entry("判断矩阵第 {i} 行与自身比较应当为 1", i, i)
        for j in range(i + 1, order):
            here, there = judgements[i][j], judgements[j][i]
            if any(entry is not None and entry <= 0 for entry in (here, there)):
                raise _refused_entry("判断矩阵第 {i} 行第 {j} 列应当大于零", i, j)
            if here is None and there is None:
                gaps.append((i, j))
                continue
            if here is None or there is None:
                value = here if here is not None else 1 / (there or Fraction(1))
            elif abs(here * there - 1) > _RECIPROCAL_TOLERANCE:
                raise _refused_entry("判断矩阵第 {i} 行第 {j} 列与其对称项不互为倒数", i, j)
            else:
                # Of a pair typed as decimals, the one above 1 lost less to rounding.
                value = here if here >= 1 else 1 / there
            matrix[i, j], matrix[j, i] = float(value), float(1 / value)
    _refuse_disconnected(order, gaps)
    return matrix, gaps


def _refused_entry(sentence: str, i: int, j: int) -> Refused:
    return Refused(Obstacle(sentence, Clause.G_9, field="matrix", i=i + 1, j=j + 1))


def _refuse_disconnected(order: int, gaps: list[tuple[int, int]]) -> None:
    missing, reached, fresh = set(gaps), {0}, [0]
    while fresh:
        i = fresh.pop()
        for j in set(range(order)) - reached:
            if (min(i, j), max(i, j)) not in missing:
                reached.add(j)
                fresh.append(j)
    if len(reached) < order:
        raise Refused(Obstacle("缺失的判断过多，各指标之间没有连通", Clause.G_9, field="matrix"))


def _completed(matrix: NDArray[np.float64], gaps: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Fill the gaps so that λ_max is least: convex in the logarithms of the missing entries."""
    rows, columns = (np.array(side) for side in zip(*gaps, strict=True))

    def filled(logs: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = matrix.copy()
        whole[rows, columns], whole[columns, rows] = np.exp(logs), np.exp(-logs)
        return whole

    def largest(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        whole = filled(logs)
        top, right = _perron(whole)
        left = _perron(whole.T)[1]
        slope = left[rows] * whole[rows, columns] * right[columns]
        slope = slope - left[columns] * whole[columns, rows] * right[rows]
        return top, slope / (left @ right)

    start = _least_squares(matrix, gaps)
    best = minimize(largest, start[rows] - start[columns], jac=True, method="BFGS", tol=1e-12)
    return filled(best.x)


def _least_squares(matrix: NDArray[np.float64], gaps: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Return log-weights fitting the known judgements: the row means where none is missing."""
    known = np.ones(matrix.shape)
    for i, j in gaps:
        known[i, j] = known[j, i] = 0
    laplacian = np.diag(known.sum(axis=1)) - known
    fitted: NDArray[np.float64] = np.linalg.pinv(laplacian) @ (known * np.log(matrix)).sum(axis=1)
    return fitted


def _perron(matrix: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    values, vectors = np.linalg.eig(matrix)
    place = int(np.argmax(values.real))
    vector: NDArray[np.float64] = np.abs(vectors[:, place].real)
    return float(values[place].real), vector / vector.sum()


def _ratio(matrix: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    ratios: NDArray[np.float64] = matrix @ weights / weights
    return float(ratios.mean())


def _eigenvector(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return _perron(matrix)[1]


def _geometric_mean(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = np.exp(np.log(matrix).mean(axis=1))
    weights: NDArray[np.float64] = rows / rows.sum()
    return weights


def _column_mean(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = (matrix / matrix.sum(axis=0)).mean(axis=1)
    return weights


_WEIGHTS = {
    AhpMethod.EIGENVECTOR: _eigenvector,
    AhpMethod.GEOMETRIC_MEAN: _geometric_mean,
    AhpMethod.COLUMN_MEAN: _column_mean,
}


def _most_doubtful(matrix: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[int, int]:
    error = np.abs(np.log(matrix * weights[None, :] / weights[:, None]))
    i, j = divmod(int(np.argmax(np.triu(error))), len(matrix))
    return i, j
