"""Inside the worker: people told apart by a few columns only, each combination once.

Families over the same few columns never tell people of one combination (an atom) apart. So what
their figures give away together can be worked out over atoms, exactly, without the people.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from shuce.engines.guard.fromlist import quoted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_ATOMS = 4096


@dataclass(frozen=True)
class Compact:
    """How a family is read from atoms: FROM of the people, subject, columns, public tables, SQL.

    The SQL reads a table of atoms under the name of the subject's table, with the atom's number in
    place of the subject's key.
    """

    private: str
    subject: tuple[str, str]
    columns: frozenset[str]
    public: tuple[str, ...]
    sql: str

    @classmethod
    def from_json(cls, value: Any) -> "Compact | None":
        if not value:
            return None
        private, subject, columns, public, sql = value
        return cls(private, (subject[0], subject[1]), frozenset(columns), tuple(public), sql)


@dataclass
class Atoms:
    """A table of atoms in an engine of its own, and how many people each stands for."""

    private: str
    columns: frozenset[str]
    engine: duckdb.DuckDBPyConnection
    people: "NDArray[np.float64]"
    _held: set[str] = field(default_factory=set)

    def fits(self, private: str, columns: frozenset[str]) -> bool:
        return private == self.private and columns <= self.columns

    def read(self, compact: Compact, name: str, source: duckdb.DuckDBPyConnection) -> Any:
        """Return an Arrow table of a family: the name `k` of a cell and an atom `s` in it."""
        for table in compact.public:
            if table not in self._held:
                self.engine.register(
                    "arriving", source.cursor().sql(f"FROM {quoted(table)}").to_arrow_table()
                )
                self.engine.execute(f"CREATE TABLE {quoted(table)} AS FROM arriving")
                self.engine.unregister("arriving")
                self._held.add(table)
        return (
            self.engine.cursor().sql(f"SELECT {name} AS k, s FROM ({compact.sql})").to_arrow_table()
        )


class AtomTables:
    """The tables of atoms made so far, and the sets of columns that have too many."""

    def __init__(self, engine: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine
        self._made: list[Atoms] = []
        self._too_many: list[tuple[str, frozenset[str]]] = []

    def for_all(self, families: list[Compact | None]) -> Atoms | None:
        """Return atoms that every one of the families can be read from, if there are few enough."""
        known = [each for each in families if each is not None]
        if len(known) < len(families) or len({(c.private, c.subject) for c in known}) != 1:
            return None
        private, subject = known[0].private, known[0].subject
        columns = frozenset[str]().union(*(each.columns for each in known))
        for atoms in self._made:
            if atoms.fits(private, columns):
                return atoms
        if any(private == p and many <= columns for p, many in self._too_many):
            return None
        made = self._make(private, subject, columns)
        if made is None:
            self._too_many.append((private, columns))
            return None
        self._made.append(made)
        return made

    def _make(
        self, private: str, subject: tuple[str, str], columns: frozenset[str]
    ) -> Atoms | None:
        import numpy as np

        table, key = subject
        names = [quoted(column) for column in sorted(columns)]
        listed = ", ".join(f"{quoted(table)}.{name} AS {name}" for name in names)
        found = (
            self._engine.cursor()
            .sql(
                f"SELECT {listed + ', ' if listed else ''}count(*) AS people FROM {private}"
                f"{' GROUP BY ALL' if listed else ''} LIMIT {MOST_ATOMS + 1}"
            )
            .to_arrow_table()
        )
        if found.num_rows > MOST_ATOMS:
            return None
        people = found.column("people").to_numpy().astype(np.float64)
        numbers = np.arange(len(people))
        engine = duckdb.connect(config={"threads": 1})
        place = found.column_names.index("people")
        engine.register("arriving", found.remove_column(place).append_column(key, [numbers]))
        engine.execute(f"CREATE TABLE {quoted(table)} AS FROM arriving")
        engine.unregister("arriving")
        return Atoms(private, columns, engine, people)
