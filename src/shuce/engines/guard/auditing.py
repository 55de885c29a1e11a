"""Inside the worker: whether sums and differences of many releases would give a few people away.

Each released cell is a vector: how often each person stands in it. Whoever holds the cells can
compute their linear combinations and nothing finer (a total less its parts, a tracker over many
questions, by whomever they were asked). So a new cell is compared with the whole span of the cells
released before it: where its distance from the span is that of a few people, some combination
isolates those few, and the cell is kept back; where it is zero, the cell was known already.

People are put into buckets by a keyed hash, which keeps combinations: what is of few people fills
few buckets. See docs/decisions/0009-combinations-of-releases.md for what this stops and what not.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from shuce.engines.guard.atoms import Atoms, AtomTables, Compact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float64]

BUCKETS = 4096
MOST_FIGURES = 2000  # independent figures held; a family beyond them counts by its sum alone
MOST_HIDDEN = 5000
_KNOWN = 1e-6  # of a cell's own length: what rounding leaves of a vector of the span
_COLLISIONS = 3
_JITTER = 1e-7  # keeps the factors of what depends on one another apart from zero


@dataclass(frozen=True)
class Read:
    """How a family is read: SQL of its rows and of a cell's name, and from atoms where it can be.

    `is_rows` says that a row is a person; `minimum` is the fewest people of a cell.
    """

    sql: str
    name: str
    is_rows: bool
    compact: Compact | None
    minimum: int


def read_of(value: Sequence[Any]) -> Read:
    """Return what a request says of reading a family."""
    sql, name, is_rows, compact, minimum = value
    return Read(str(sql), str(name), bool(is_rows), Compact.from_json(compact), int(minimum))


@dataclass(frozen=True)
class Kept:
    """A family released earlier: how it is read, and its cells that were kept back."""

    read: Read
    hidden: tuple[str, ...]


@dataclass
class _Span:
    """An orthonormal basis of what was released; `figures` is its dimension."""

    basis: "Vectors"
    figures: int = 0


@dataclass
class Audit:
    """The span of everything released under a grant, built again from its memory when needed."""

    engine: duckdb.DuckDBPyConnection
    _salt: int = field(default_factory=lambda: secrets.randbits(62))
    _history: tuple[Kept, ...] = ()
    _span: _Span | None = None
    _spread: float | None = None
    _trial: _Span | None = None
    _read: "dict[Read, tuple[list[str], Vectors]]" = field(default_factory=dict)
    _atoms: Atoms | None = None
    _hidden: dict[Read, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tables = AtomTables(self.engine)

    def begin(self, history: Sequence[Sequence[Any]], ahead: Sequence[Sequence[Any]] = ()) -> None:
        """Take up what was released so far, in order; what a crash left unsaid is forgotten.

        `ahead` are the families that this question will check.
        """
        kept = tuple(Kept(read_of(read), tuple(hidden)) for *read, hidden in history)
        compacts = [each.read.compact for each in kept] + [read_of(each).compact for each in ahead]
        atoms = self._tables.for_all(compacts)
        if (
            self._span is None
            or atoms is not self._atoms
            or self._history != kept[: len(self._history)]
        ):
            self._atoms = atoms
            self._read.clear()
            self._history, self._span = (), _Span(self._zeros(0))
        for each in kept[len(self._history) :]:
            names, vectors = self._vectors(each.read)
            left = [place for place, name in enumerate(names) if name not in set(each.hidden)]
            self._add(self._span, vectors[left])
        self._history = kept
        self._hidden = {each.read: set(each.hidden) for each in kept}
        self._read.clear()
        self._trial = _Span(self._span.basis, self._span.figures)

    def kept_back(self, read: Read) -> set[str]:
        """Return the names of a family's cells that were kept back before, and so stay back.

        Of two cells that could hide a third, another one would be chosen the next time.
        """
        return self._hidden.get(read, set())

    def check(self, read: Read, minimum: int, candidates: set[str]) -> tuple[set[str], list[str]]:
        """Return the names of cells that come too near, and of all that must count as hidden.

        `read` has the smallest minimum of the policy, by which families are read again later;
        `candidates` are the cells that would leave otherwise; the largest are taken first.
        """
        near, hidden = self._checked(read, minimum, candidates)
        self._hidden.setdefault(read, set(hidden))
        return near, hidden

    def _checked(
        self, read: Read, minimum: int, candidates: set[str]
    ) -> tuple[set[str], list[str]]:
        import numpy as np

        names, vectors = self._vectors(read)
        spread = 1.0 if read.is_rows or self._atoms else self._rows_each(read.sql)
        sizes = (vectors**2 if self._atoms else vectors).sum(axis=1)
        trial = self._trial
        assert trial is not None, "begin comes first"
        order = np.argsort(-sizes, kind="stable").tolist()
        chosen = [place for place in order if names[place] in candidates]
        rest = self._apart(trial, vectors[chosen])
        near: set[str] = set()
        far = self._all_far(rest, vectors[chosen], minimum * spread * spread)
        if far is not None:
            self._grow(trial, far, vectors[chosen])
            return near, [name for name in names if name not in candidates]
        fresh = self._zeros(len(chosen))
        count = 0
        for row, place in enumerate(chosen):
            own = vectors[place]
            left = self._off(rest[row], fresh[:count])
            length, size = float(left @ left), float(sizes[place])
            if length <= _KNOWN * max(1.0, float(own @ own)):
                continue
            share = min(1.0, size / spread / (4 * minimum))
            if _is_of_few(left, length, minimum, share, spread):
                near.add(names[place])
                continue
            fresh[count] = left / np.sqrt(length)
            count += 1
        if count:
            self._grow(trial, fresh[:count], vectors[chosen])
        hidden = [name for name in names if name in near or name not in candidates]
        return near, hidden

    def _add(self, span: _Span, vectors: "Vectors") -> None:
        import numpy as np

        rest = self._apart(span, vectors)
        far = self._all_far(rest, vectors, 1.0)
        if far is not None:
            self._grow(span, far, vectors)
            return
        fresh = self._zeros(len(vectors))
        count = 0
        for own, off in zip(vectors, rest, strict=True):
            left = self._off(off, fresh[:count])
            length = float(left @ left)
            if length > _KNOWN * max(1.0, float(own @ own)):
                fresh[count] = left / np.sqrt(length)
                count += 1
        if count:
            self._grow(span, fresh[:count], vectors)

    @staticmethod
    def _all_far(rest: "Vectors", vectors: "Vectors", enough: float) -> "Vectors | None":
        """Return an orthonormal basis of what is left, if each vector is known or far from all.

        All at once, by Cholesky's factors, whose pivots are the distances from the vectors before.
        None where one is in between, and must be looked at by itself.
        """
        import numpy as np

        if not len(rest):
            return rest
        enough += _COLLISIONS
        own = np.maximum((vectors * vectors).sum(axis=1), 1.0)
        left = np.arange(len(rest))
        for _ in range(4):
            gram = rest[left] @ rest[left].T
            try:
                factor = np.linalg.cholesky(gram + np.eye(len(left)) * _JITTER)
            except np.linalg.LinAlgError:
                return None
            pivots = np.diag(factor) ** 2 - _JITTER
            known = pivots <= _KNOWN * own[left]
            if not known.any():
                if (pivots <= enough).any():
                    return None
                return np.asarray(np.linalg.solve(factor, rest[left]))
            left = left[~known]
            if not len(left):
                return rest[:0]
        return None

    @staticmethod
    def _off(left: "Vectors", basis: "Vectors") -> "Vectors":
        for _ in range(2 if len(basis) else 0):
            left = left - basis.T @ (basis @ left)
        return left

    def _grow(self, span: _Span, fresh: "Vectors", vectors: "Vectors") -> None:
        import numpy as np

        if not len(fresh):
            return
        if span.figures + len(fresh) > MOST_FIGURES:
            total = self._apart(span, vectors.sum(axis=0, keepdims=True))[0]
            length = float(total @ total)
            if (
                length <= _KNOWN * max(1.0, float(vectors.sum()) ** 2)
                or span.figures >= BUCKETS // 2
            ):
                return
            fresh = (total / np.sqrt(length))[None, :]
        span.basis = np.concatenate([span.basis[: span.figures], fresh])
        span.figures += len(fresh)

    @staticmethod
    def _apart(span: _Span, vectors: "Vectors") -> "Vectors":
        """Return what is left of vectors off the span; twice, since rounding leaves a little."""
        basis = span.basis[: span.figures]
        for _ in range(2):
            vectors = vectors - (vectors @ basis.T) @ basis
        return vectors

    def _zeros(self, rows: int) -> "Vectors":
        import numpy as np

        return np.zeros((rows, len(self._atoms.people) if self._atoms else BUCKETS))

    def _vectors(self, read: Read) -> tuple[list[str], "Vectors"]:
        """Return the names of the cells that reach the minimum, and their vectors."""
        import numpy as np

        if read in self._read:
            return self._read[read]
        if self._atoms is not None:
            self._read[read] = self._by_atoms(read, self._atoms)
            return self._read[read]
        sql, name, is_rows, minimum = read.sql, read.name, read.is_rows, read.minimum
        keys = ", ".join(f"k{place}" for place in range(name.count("CAST(")))
        bucket = f"(hash(s, {self._salt}) % {BUCKETS})::INTEGER"
        found = (
            self.engine.cursor()
            .sql(
                f"SELECT {name} AS k, b, n FROM (SELECT {keys + ', ' if keys else ''}{bucket} AS b,"
                f" count(*) AS n FROM ({sql}) GROUP BY ALL)"
            )
            .to_arrow_table()
        )
        encoded = found.column("k").combine_chunks().dictionary_encode()
        held = encoded.dictionary.to_pylist()
        vectors = np.zeros((len(held), BUCKETS))
        places = encoded.indices.to_numpy(), found.column("b").to_numpy()
        vectors[places] = found.column("n").to_numpy()
        if is_rows:
            reach = vectors.sum(axis=1) >= minimum
        else:
            grouped = f"SELECT {name} AS k FROM ({sql}) GROUP BY {keys or 'TRUE'}"
            rows = self.engine.execute(
                f"{grouped} HAVING count(DISTINCT s) >= {minimum}"
            ).fetchall()
            large = {row[0] for row in rows}
            reach = np.array([each in large for each in held], dtype=bool)
        names = [each for each, is_large in zip(held, reach, strict=True) if is_large]
        self._read[read] = names, vectors[reach]
        return self._read[read]

    def _by_atoms(self, read: Read, atoms: Atoms) -> tuple[list[str], "Vectors"]:
        """Return names and vectors over atoms, whose lengths and angles are those over people."""
        import numpy as np

        assert read.compact is not None
        found = atoms.read(read.compact, read.name, self.engine)
        encoded = found.column("k").combine_chunks().dictionary_encode()
        held = encoded.dictionary.to_pylist()
        vectors = self._zeros(len(held))
        numbers = found.column("s").to_numpy()
        vectors[encoded.indices.to_numpy(), numbers] = np.sqrt(atoms.people[numbers])
        # Rounding aside, the squares of a cell add up to its people.
        reach = (vectors**2).sum(axis=1) >= read.minimum - 0.5
        names = [each for each, is_large in zip(held, reach, strict=True) if is_large]
        return names, vectors[reach]

    def _rows_each(self, sql: str) -> float:
        """Return how many rows a person has, by quadratic mean: 1 where a row is a person."""
        if self._spread is None:
            found = self.engine.execute(
                f"SELECT sqrt(avg(n * n)) FROM (SELECT count(*) AS n FROM ({sql}) GROUP BY s)"
            ).fetchone()
            self._spread = float(found[0] or 1.0) if found else 1.0
        return self._spread


def _is_of_few(left: "Vectors", length: float, minimum: int, share: float, spread: float) -> bool:
    """Say whether what is left of a cell can be that of fewer people than the minimum.

    If some combination t is of so few, then left = t - (its part in the span), so that
    t · left = |left|², and by Cauchy the buckets of t hold at least |left|⁴ / |t|² of |left|².
    What is left only because shares of many people remain is thinner than that.
    """
    import numpy as np

    most = (minimum - 1 + _COLLISIONS) * share * spread * spread
    if length > most:
        return False
    squares = left * left
    if minimum <= len(squares):  # fewer combinations than that are all looked at
        squares = np.partition(squares, -minimum)[len(squares) - (minimum - 1) :]
    return bool(float(squares.sum()) >= length * length / most)
