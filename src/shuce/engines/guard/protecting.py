"""Inside the worker: from a unit's exact cells to those that may leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from shuce.engines.guard.auditing import MOST_HIDDEN, Audit, read_of
from shuce.engines.guard.memory import name_of

Row = tuple[Any, ...]
_MOST_SIZES = 5_000


@dataclass
class Cells:
    """What a unit releases: `rows` as text with `types` and `names` of DuckDB's own."""

    names: list[str]
    types: list[str]
    rows: list[list[str | None]]
    suppressed: int
    is_empty: bool
    report: dict[str, Any] = field(default_factory=dict)

    def put_into(self, engine: duckdb.DuckDBPyConnection, unit: str) -> None:
        """Make the table `unit` of these cells."""
        import pyarrow as pa

        texts = list(zip(*self.rows, strict=True)) if self.rows else [()] * len(self.names)
        columns = zip(self.names, texts, strict=True)
        table = pa.table({name: pa.array(list(text), pa.string()) for name, text in columns})
        engine.register("arriving", table)
        casts = zip(self.names, self.types, strict=True)
        wanted = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in casts)
        engine.execute(f'CREATE TABLE "{unit}" AS SELECT {wanted} FROM arriving')
        engine.unregister("arriving")


@dataclass
class Sizes:
    """How many people stand in cells known before: by the SQL of a whole, and family by family.

    `wholes` lasts as long as the data; `families` are those of the question at hand, in order.
    """

    wholes: dict[str, int] = field(default_factory=dict)
    families: list[list[int] | None] = field(default_factory=list)

    def of(self, engine: duckdb.DuckDBPyConnection, check: Mapping[str, Any]) -> list[int] | None:
        """Return the sizes of the cells that a check compares with, if they are known."""
        if "before" in check:
            return self.families[int(check["before"])]
        if "size" not in check:
            known: list[int] | None = check["counts"]
            return known
        if check["size"] not in self.wholes:
            row = engine.execute(check["size"]).fetchone()
            self.wholes[check["size"]] = int(row[0]) if row else 0
        return [self.wholes[check["size"]]]


def protect(
    engine: duckdb.DuckDBPyConnection,
    unit: Mapping[str, Any],
    audit: Audit | None = None,
    sizes: Sizes | None = None,
) -> Cells:
    """Compute a unit and keep back every cell and figure of too few people."""
    if unit.get("stuck"):
        return _stuck(unit["stuck"])
    described = engine.execute(f"DESCRIBE {unit['sql']}").fetchall()
    shown = unit["keys"] + 1 + unit["aggregates"]
    names = [name for name, *_ in described]
    types = [kind for _, kind, *_ in described][:shown]
    texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in names[:shown])
    numbers = "".join(f", coalesce({name}, 0)" for name in names[shown:])
    found = engine.execute(f"SELECT {texts}, gs{numbers} FROM ({unit['sql']})")
    rows = found.fetchmany(unit["most_cells"] + 1)
    empty = Cells(names[:shown], types, [], 0, True)
    if len(rows) > unit["most_cells"]:
        empty.report = {"rule": "CELLS"}
        return empty
    return _Protection(unit, rows, shown, sizes or Sizes()).released(
        engine, audit, names[:shown], types
    )


def _stuck(rows: Mapping[str, Any]) -> Cells:
    """Return cells that were released before, exactly as they were."""
    return Cells(
        list(rows["names"]), list(rows["types"]), [list(row) for row in rows["rows"]],
        rows["suppressed"], not rows["rows"], {"errors": rows["errors"]},
    )  # fmt: skip


class _Protection:
    def __init__(
        self, unit: Mapping[str, Any], rows: Sequence[Row], shown: int, sizes: Sizes
    ) -> None:
        self._unit = unit
        self._sizes = sizes
        self._least = int(unit["minimum"])
        self._keys = int(unit["keys"])
        self._rows = rows
        self._shown = shown
        # After the shown texts: gs as a number, n, then the guards.
        self._set = [int(row[shown]) for row in rows]
        self._people = [int(row[shown + 1]) for row in rows]
        self._out = [n < self._least for n in self._people]

    def released(
        self,
        engine: duckdb.DuckDBPyConnection,
        audit: Audit | None,
        names: list[str],
        types: list[str],
    ) -> Cells:
        if self._unit.get("noise"):
            return self._noised(names, types)
        too_fine = self._is_too_fine()
        differing = self._differing(engine)
        self._complement()
        combining, hidden = self._audited(audit)
        self._complement()
        rows: list[list[str | None]] = []
        withheld = sum(self._out)
        for place, row in enumerate(self._rows):
            if not self._out[place]:
                cells, is_hidden = self._figures(row)
                withheld += is_hidden
                rows.append(cells)
        if too_fine:
            rows = []
        counts = [self._counts(part) for part in range(len(self._unit["parts"]))]
        self._sizes.families += counts
        report: dict[str, Any] = {"differencing": differing or combining, "counts": counts}
        if any(len(each) > MOST_HIDDEN for each in hidden):
            report["rule"] = "CELLS"
        report["hidden"] = hidden
        return Cells(names, types, rows, withheld, not rows, report)

    def _noised(self, names: list[str], types: list[str]) -> Cells:
        # Here, not above: only noised questions pay for loading the noise.
        from shuce.engines.guard.noising import noised_cells

        spec = self._unit["noise"]
        left = [place for place, out in enumerate(self._out) if not out]
        rows, withheld, errors = noised_cells(
            spec,
            self._least,
            [self._rows[place][: self._shown] for place in left],
            [self._rows[place][self._shown + 1 :] for place in left],
            sum(self._out),
        )
        kinds = [*types[: self._keys + 1], *spec["types"]]
        stuck = {"names": names, "types": kinds, "rows": rows, "suppressed": withheld}
        report = {"stuck": {**stuck, "errors": errors}, "errors": errors}
        return Cells(names, kinds, rows, withheld, not rows, report)

    def _is_too_fine(self) -> bool:
        """Say whether most of the people stand in groups too small, in the finest set."""
        everyone, small = 0, 0
        finest = min(self._set, default=0)
        for people, number in zip(self._people, self._set, strict=True):
            if number == finest:
                everyone += people
                small += people if people < self._least else 0
        return bool(small > everyone * self._unit["most_suppressed"])

    def _figures(self, row: Row) -> tuple[list[str | None], bool]:
        """Return a cell's texts, with figures over too few people taken out."""
        texts: list[str | None] = list(row[: self._shown])
        guards = row[self._shown + 2 :]
        hidden: set[int] = set()
        for place, mine in enumerate(self._unit["guards"]):
            if any(guards[guard] < self._least for guard in mine):
                hidden.add(place)
        for first, second, guard in self._unit["pairs"]:
            if 0 < guards[guard] < self._least:
                hidden |= {first, second}
        for place in hidden:
            texts[self._keys + 1 + place] = None
        return texts, bool(hidden)

    def _differing(self, engine: duckdb.DuckDBPyConnection) -> bool:
        """Keep back the cells whose difference from an earlier release is a few people."""
        found = False
        for check in self._unit["checks"]:
            if not self._near(check, self._sizes.of(engine, check)):
                continue
            flagged = {tuple(row[0]) for row in engine.execute(check["sql"]).fetchall()}
            if not flagged:
                continue
            chosen = self._unit["sets"][check["set"]]
            number = self._number_of(chosen)
            for place, row in enumerate(self._rows):
                if self._set[place] == number and tuple(row[i] for i in chosen) in flagged:
                    self._out[place] = True
                    found = True
        return found

    def _audited(self, audit: Audit | None) -> tuple[bool, list[list[str]]]:
        """Keep back the cells that earlier releases, combined, bring too near; name the hidden."""
        hidden: list[list[str]] = [[] for _ in self._unit["parts"]]
        found = False
        coarse_first = sorted(
            range(len(hidden)),
            key=lambda part: (
                self._unit["parts"][part][2],
                len(self._unit["sets"][self._unit["parts"][part][0]]),
            ),
        )
        for part in coarse_first:
            chosen = self._unit["sets"][self._unit["parts"][part][0]]
            number = self._number_of(chosen)
            named = {
                name_of(row[i] for i in chosen): place
                for place, row in enumerate(self._rows)
                if self._set[place] == number
            }
            if audit is None:
                small = self._unit["audits"][part][4]
                reach = (n for n, p in named.items() if self._people[p] >= small)
                hidden[part] = [name for name in reach if self._out[named[name]]]
                continue
            *read, minimum = self._unit["audits"][part]
            for name in audit.kept_back(read_of(read)).intersection(named):
                found = found or not self._out[named[name]]
                self._out[named[name]] = True
            shown = {name for name, place in named.items() if not self._out[place]}
            near, hidden[part] = audit.check(read_of(read), minimum, shown)
            for name in near:
                self._out[named[name]] = True
                found = True
        return found, hidden

    def _near(self, check: Mapping[str, Any], old: list[int] | None) -> bool:
        """Say whether some cell could be within a few people of an earlier one, by size alone."""
        new = self._counts(check["part"])
        if old is None or new is None:
            return True
        place = 0
        for size in new:
            while place < len(old) and old[place] <= size - self._least:
                place += 1
            if place < len(old) and old[place] < size + self._least:
                return True
        return False

    def _counts(self, part: int) -> list[int] | None:
        """Return the sizes, from the minimum up, of the cells of one of the unit's families."""
        chosen, guard, is_leaf = self._unit["parts"][part]
        if is_leaf and guard < 0:
            return None
        number = self._number_of(self._unit["sets"][chosen])
        column = self._shown + 2 + guard if is_leaf else self._shown + 1
        sizes = {
            int(row[column])
            for row, its_set in zip(self._rows, self._set, strict=True)
            if its_set == number and row[column] >= self._least
        }
        return sorted(sizes) if len(sizes) <= _MOST_SIZES else None

    def _complement(self) -> None:
        """Keep back more where a total and its shown parts would give a small rest away.

        Between every two grouping sets of the unit, one inside the other.
        """
        sets = [tuple(each) for each in self._unit["sets"]]
        changed = True
        while changed:
            changed = False
            for fine in sets:
                for coarse in sets:
                    if set(coarse) < set(fine):
                        changed = self._hide_rests(fine, coarse) or changed

    def _hide_rests(self, fine: tuple[int, ...], coarse: tuple[int, ...]) -> bool:
        number = self._number_of(fine)
        families: dict[Row, list[int]] = {}
        for place, row in enumerate(self._rows):
            if self._set[place] == number:
                families.setdefault(tuple(row[i] for i in coarse), []).append(place)
        changed = False
        for members in families.values():
            # Among cells of one size always the same, whatever order the engine tells them in.
            shown = sorted((p for p in members if not self._out[p]), key=self._smallest_first)
            while shown and 0 < self._rest(members) < self._least:
                self._out[shown.pop(0)] = True
                changed = True
        return changed

    def _smallest_first(self, place: int) -> tuple[int, str]:
        return self._people[place], name_of(self._rows[place][: self._keys])

    def _rest(self, members: list[int]) -> int:
        hidden = [self._people[place] for place in members if self._out[place]]
        # One person may stand in several cells; then only the largest is sure.
        return sum(hidden) if self._unit["additive"] else max(hidden, default=0)

    def _number_of(self, chosen: Sequence[int]) -> int:
        """Return GROUPING's number for a grouping set."""
        if len(self._unit["sets"]) == 1:
            return 0
        return sum(1 << (self._keys - 1 - i) for i in range(self._keys) if i not in chosen)
