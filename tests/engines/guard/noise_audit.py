"""An audit of noised answers: what runs over two neighbouring data sets tell of one person.

Both sets are asked the same question many times, each time by a guard that remembers nothing. An
event that tells them apart is chosen on one half of the answers; on the other half its two
probabilities are bounded (Clopper and Pearson). If the answers are (epsilon, delta)-private, then
P(event | one) <= e^epsilon P(event | other) + delta; so the bounds give a lower bound of epsilon.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from shuce.engines.guard.memory import Memory
from shuce.engines.guard.policy import read_policy
from shuce.engines.guard.session import Session
from tests.engines.guard.fuzzing import Near

Answer = Mapping[str, float]
Table = NDArray[np.float64]
MISSING = math.nan
_CONFIDENCE = 0.999
_MOST_CUTS = 60
# One person is in the second set only: with the largest values there are, in the smallest group.
ONE_MORE = (1_000, "乙", 50_000, 100)
PEOPLE = [(i, "甲" if i % 4 else "乙", 900 + 37 * i % 4000, 20 + i % 50) for i in range(160)]
FEW = [each for each in PEOPLE if each[1] == "甲"] + [(500 + i, "乙", 3000, 40) for i in range(9)]


@dataclass(frozen=True)
class Scene:
    """A question, and the people of the smaller of the two sets."""

    name: str
    sql: str
    people: Sequence[tuple[int, str, int, int]] = tuple(PEOPLE)
    delta: float = 1e-6


SCENES = [
    Scene("count", "SELECT count(*) AS n FROM people"),
    Scene("sum", "SELECT sum(income) AS s FROM people"),
    Scene("avg", "SELECT avg(income) AS m FROM people"),
    Scene("people of a group", "SELECT area, count(*) AS n FROM people GROUP BY area"),
    Scene(
        "several figures of a group",
        "SELECT area, count(*) AS n, sum(income) AS s, avg(age) AS a FROM people GROUP BY area",
    ),
    Scene(
        "groups and their total",
        "SELECT area, count(*) AS n, sum(age) AS s FROM people GROUP BY ROLLUP (area)",
    ),
    Scene("two figures of parts", "SELECT count(*) FILTER (WHERE age >= 60) AS n,"
          " sum(CASE WHEN area = '乙' THEN income ELSE 0 END) AS s FROM people"),
    # Ten people with the one, nine without: a group appears with probability delta at most.
    Scene("a group at the minimum", "SELECT area, count(*) AS n FROM people GROUP BY area",
          tuple(FEW), delta=0.05),
]  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What an audit can prove: epsilon is at least `at_least` (each bound 99.9 % sure)."""

    scene: str
    epsilon: float
    delta: float
    runs: int
    at_least: float

    @property
    def is_violated(self) -> bool:
        return self.at_least > self.epsilon


def audit(scene: Scene, epsilon: float, runs: int, folder: Path) -> Found:
    """Ask both sets so many times, and return the largest epsilon that the answers prove."""
    sides = [_answers(scene, epsilon, runs, folder, more) for more in (False, True)]
    return Found(scene.name, epsilon, scene.delta, runs, proven(*sides, delta=scene.delta))


def proven(here: Sequence[Answer], there: Sequence[Answer], *, delta: float) -> float:
    """Return a lower bound of epsilon, from answers of two neighbouring sets."""
    half = len(here) // 2
    names = sorted({name for answer in (*here, *there) for name in answer})
    a, b = _table(here, names), _table(there, names)
    score = _Score(a[:half], b[:half])
    best = 0.0
    for one, other in ((a, b), (b, a)):
        sign = 1 if one is a else -1
        learnt = sign * score.of(one[:half]), sign * score.of(other[:half])
        judged = sign * score.of(one[half:]), sign * score.of(other[half:])
        scores = np.concatenate(learnt)
        cuts = np.unique(np.quantile(scores, np.linspace(0, 1, _MOST_CUTS), method="nearest"))
        promised = [(_ratio(*learnt, cut=float(cut), delta=delta), float(cut)) for cut in cuts]
        _, cut = max(promised)
        best = max(best, _ratio(*judged, cut=cut, delta=delta))
    return best


def _ratio(one: Table, other: Table, *, cut: float, delta: float) -> float:
    """Return ln((p - delta) / q), p and q bounded, of the event that a score reaches `cut`."""
    low = lower(int((one >= cut).sum()), len(one)) - delta
    high = upper(int((other >= cut).sum()), len(other))
    return math.log(low / high) if low > 0 else -math.inf


class _Score:
    """How much more an answer looks like the first set than like the second."""

    def __init__(self, a: Table, b: Table) -> None:
        self._here, self._there = (np.nanmedian(_filled(each), axis=0) for each in (a, b))
        both = np.concatenate([a - self._here, b - self._there])
        self._scale = np.maximum(np.nanmean(np.abs(_filled(both)), axis=0), 1e-9)
        gone_here, gone_there = (np.isnan(each).mean(axis=0) for each in (a, b))
        n = len(a)
        self._if_gone = np.log((gone_here + 1 / n) / (gone_there + 1 / n))
        self._if_told = np.log((1 - gone_here + 1 / n) / (1 - gone_there + 1 / n))

    def of(self, answers: Table) -> Table:
        near = np.abs(answers - self._there) - np.abs(answers - self._here)
        told = near / self._scale + self._if_told
        return np.where(np.isnan(answers), self._if_gone, told).sum(axis=1)


def _filled(table: Table) -> Table:
    """Return the table with columns that nobody was told as zeros."""
    table = table.copy()
    table[:, np.isnan(table).all(axis=0)] = 0.0
    return table


def _table(answers: Sequence[Answer], names: Sequence[str]) -> Table:
    return np.array([[each.get(name, MISSING) for name in names] for each in answers])


def _answers(scene: Scene, epsilon: float, runs: int, folder: Path, more: bool) -> list[Answer]:
    place = folder / ("more" if more else "fewer")
    place.mkdir(parents=True, exist_ok=True)
    people = [*scene.people, *([ONE_MORE] if more else [])]
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE people (id BIGINT, area VARCHAR, income BIGINT, age BIGINT)")
        engine.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", people)
        engine.execute(f"COPY people TO '{place}/people.parquet' (FORMAT parquet)")
    policy = read_policy({
        "subject": {"table": "people", "key": "id"},
        "minimum_group": 10,
        "tables": {"people": {"columns": {
            "id": {"use": ["count_distinct"]},
            "area": {"use": ["group", "filter"]},
            "age": {"use": ["group", "filter", "aggregate"], "bounds": [0, 100]},
            "income": {"use": ["aggregate"], "bounds": [0, 50000]},
        }}},
        "privacy": {"mode": "dp", "epsilon_total": 1e9, "epsilon_per_query": epsilon,
                    "delta": scene.delta},
    })  # fmt: skip
    files = {"people": place / "people.parquet"}
    session = Session(policy, files)
    session._worker = Near(policy, files)
    told = []
    for _ in range(runs):
        session.memory = Memory()
        verdict = session.ask(scene.sql)
        answer = {"kept back": float(verdict.suppressed_groups)} if verdict.is_released else {}
        for row in verdict.rows:
            keys = json.dumps([v for v in row if v is None or isinstance(v, str)])
            figures = [v for v in row if v is not None and not isinstance(v, str)]
            answer |= {f"{keys} {i}": float(value) for i, value in enumerate(figures)}
        told.append(answer)
    return told


def lower(hits: int, runs: int) -> float:
    """Return the Clopper-Pearson lower bound of a probability."""
    if hits == 0:
        return 0.0
    return _solved(lambda p: 1 - _at_most(hits - 1, runs, p), 1 - _CONFIDENCE)


def upper(hits: int, runs: int) -> float:
    """Return the Clopper-Pearson upper bound of a probability."""
    if hits == runs:
        return 1.0
    return _solved(lambda p: 1 - _at_most(hits, runs, p), _CONFIDENCE)


def _solved(rising: Callable[[float], float], wanted: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def _at_most(hits: int, runs: int, p: float) -> float:
    """Return the probability of at most `hits` of `runs`."""
    k = np.arange(hits + 1)
    chosen = _log_factorials(runs)
    ways = chosen[runs] - chosen[k] - chosen[runs - k]
    return float(np.exp(ways + k * math.log(p) + (runs - k) * math.log1p(-p)).sum())


class _Factorials(dict[int, Table]):
    def __call__(self, most: int) -> Table:
        if most not in self:
            steps = np.log(np.arange(1, most + 1))
            self[most] = np.concatenate([[0.0], np.cumsum(steps)])
        return self[most]


_log_factorials = _Factorials()
