"""What a grant's questions have released so far, and what that says about the next one.

Two released cells whose people differ by a few give those few away by subtraction, however each
was asked for: by filters, groups, bands or parts of a figure. So each new family of cells is laid
over each earlier one, at the data, and cells that come too close to an earlier cell are kept back.
Three or more releases put together are not searched for here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shuce.engines.guard.fromlist import quoted
from shuce.engines.guard.units import Family

# Distinct sizes of a family's cells, in people; None if there were too many to keep.
Counts = list[int] | None


@dataclass
class Memory:
    """Of one grant, over all operators: what was released, answers that stick, epsilon spent."""

    families: dict[Family, Counts] = field(default_factory=dict)
    # Cells of a family that reach the minimum and were kept back all the same.
    hidden: dict[Family, list[str]] = field(default_factory=dict)
    stuck: dict[str, Any] = field(default_factory=dict)
    spent: float = 0.0
    asked: int = 0

    def remember(self, families: Iterable[tuple[Family, Counts, list[str]]]) -> None:
        """Keep families that were released, with the sizes of their cells and those kept back."""
        for family, counts, hidden in families:
            if family not in self.families:
                self.families[family] = counts
                self.hidden[family] = hidden

    def as_json(self) -> dict[str, Any]:
        return {
            "families": [
                [family.as_json(), counts, self.hidden.get(family, [])]
                for family, counts in self.families.items()
            ],
            "stuck": self.stuck,
            "spent": self.spent,
            "asked": self.asked,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Memory":
        kept = [(Family.from_json(each[0]), *each[1:]) for each in value.get("families", [])]
        return cls(
            {each[0]: each[1] for each in kept},
            {each[0]: list(each[2]) if len(each) > 2 else [] for each in kept},
            dict(value.get("stuck", {})),
            float(value.get("spent", 0.0)),
            int(value.get("asked", 0)),
        )


def comparable(new: Family, old: Family) -> bool:
    """Say whether two families must be laid over one another.

    Also where one counts by fewer columns what the other counts by more: a cell less the one part
    of it that was shown is the rest.
    """
    return new != old and new.private == old.private and new.subject == old.subject


def whole_of(family: Family) -> Family:
    """Return the family of one cell that holds everyone of the same tables."""
    return Family(family.private, (), (), (), family.subject, is_plain=True)


def size_of(whole: Family, *, is_rows: bool) -> str:
    """Return SQL that counts the people of the one cell that holds everyone."""
    each = "count(*)" if is_rows else f"count(DISTINCT {whole.subject})"
    return f"SELECT {each} FROM {whole.private}"


def comparison(new: Family, old: Family, minimum: int, *, is_rows: bool) -> str:
    """Return SQL that yields the keys of cells of `new` too close to a cell of `old`.

    `is_rows` says that a row is a person, which makes counting cheap.
    """
    a, b = _all(new.where), _all(old.where)
    source = new.private
    for table, on in sorted({*new.public, *old.public}):
        source += f" LEFT JOIN {quoted(table)} AS {quoted(table)} ON {on}"
    rows = (
        f"r AS MATERIALIZED (SELECT {new.subject} AS s, coalesce(({a}), false) AS a,"
        f" coalesce(({b}), false) AS b, {_key(new.keys)} AS nk, {_key(old.keys)} AS ok"
        f" FROM {source} WHERE ({a}) OR ({b}))"
    )
    each = "count(*)" if is_rows else "count(DISTINCT s)"
    counts = (
        f"n AS (SELECT nk, {each} AS d FROM r WHERE a GROUP BY nk),"
        f" o AS (SELECT ok, {each} AS d FROM r WHERE b GROUP BY ok),"
        f" x AS (SELECT nk, ok, {each} AS d FROM r WHERE a AND b GROUP BY nk, ok)"
    )
    near = (
        "SELECT x.nk, x.ok FROM x JOIN n USING (nk) JOIN o USING (ok)"
        f" WHERE n.d >= {minimum} AND o.d >= {minimum}"
    )
    if is_rows:
        return (
            f"WITH {rows}, {counts} SELECT DISTINCT nk FROM ({near}"
            f" AND n.d + o.d - 2 * x.d BETWEEN 1 AND {minimum - 1})"
        )
    return (
        f"WITH {rows}, {counts}, c AS ({near} AND abs(n.d - o.d) < {minimum})"
        " SELECT DISTINCT nk FROM (SELECT c.nk AS nk, c.ok FROM c JOIN r"
        " ON (r.a AND r.nk = c.nk) <> (r.b AND r.ok = c.ok)"
        f" GROUP BY c.nk, c.ok HAVING count(DISTINCT s) BETWEEN 1 AND {minimum - 1})"
    )


def vectors_of(family: Family, *, is_rows: bool) -> tuple[str, str, bool]:
    """Return SQL of a family's rows as (k0, …, s), keys and person; of a cell's name; `is_rows`."""
    source = family.private
    for table, on in sorted(set(family.public)):
        source += f" LEFT JOIN {quoted(table)} AS {quoted(table)} ON {on}"
    keys = "".join(f"{key} AS k{place}, " for place, key in enumerate(family.keys))
    rows = f"SELECT {keys}{family.subject} AS s FROM {source} WHERE {_all(family.where)}"
    parts = [f"coalesce(CAST(k{i} AS VARCHAR), chr(30))" for i in range(len(family.keys))]
    return rows, " || chr(31) || ".join(parts) or "''", is_rows


_COLUMN = re.compile(r'"((?:[^"]|"")+)"\."((?:[^"]|"")+)"')


def compact_of(family: Family, subject: tuple[str, str]) -> list[Any]:
    """Return how the family is read from atoms (see `atoms`), or nothing where it cannot be.

    Only families of rows that are people have atoms.
    """
    table, key = subject
    texts = [*family.keys, *family.where, *(on for _, on in family.public)]
    columns = {column for text in texts for t, column in _COLUMN.findall(text) if t == table}
    if key in columns:
        return []
    near = replace(family, private=f"{quoted(table)} AS {quoted(table)}")
    public = sorted({name for name, _ in family.public})
    return [family.private, subject, sorted(columns), public, vectors_of(near, is_rows=True)[0]]


def name_of(texts: Iterable[str | None]) -> str:
    """Return a cell's name as `vectors_of` writes it."""
    return "\x1f".join("\x1e" if text is None else text for text in texts)


def _all(conditions: tuple[str, ...]) -> str:
    return " AND ".join(f"({each})" for each in conditions) or "TRUE"


def _key(keys: tuple[str, ...]) -> str:
    if not keys:
        return "CAST([] AS VARCHAR[])"
    return "[" + ", ".join(f"CAST({key} AS VARCHAR)" for key in keys) + "]"
