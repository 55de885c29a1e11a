"""Make the set in DuckDB: treat each column, blank rare values, leave out groups that are small.

A group is what the quasi-identifiers of a row say; where a person's rows can be told to be one
person's, by the pseudonym, it is what all of that person's rows say together.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import duckdb

from shuce.engines.deidentify.recipe import Part, PartRole, Recipe, Technique
from shuce.engines.deidentify.report import Diversity, Report

MOST_ROWS, MOST_CELLS = 200_000, 1_000_000
_WHOLE: tuple[str, ...] = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
)
_BROKEN = ("DOUBLE", "FLOAT", "DECIMAL")
_DAYS = ("DATE", "TIMESTAMP")


class Refusal(Exception):
    """The set cannot be made; a sentence with the facts it names, and no value."""

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts


@dataclass(frozen=True)
class Bounds:
    """What making a set may use."""

    memory_mb: int = 1024
    threads: int = 2
    seconds: float = 60.0


def make_set(
    source: Path,
    target: Path,
    recipe: Recipe,
    subject: str,
    row_filter: str = "",
    bounds: Bounds | None = None,
) -> Report:
    """Write the set made of `source` (Parquet) to `target`, and return what may be told of it.

    `subject` is the column that says whom a row is about; rows without one are left out. `target`
    holds the set's columns in the recipe's order, its rows in an order that tells nothing.
    """
    bounds = bounds or Bounds()
    engine = duckdb.connect(
        config={"memory_limit": f"{bounds.memory_mb}MB", "threads": bounds.threads}
    )
    clock = threading.Timer(bounds.seconds, engine.interrupt)
    clock.start()
    try:
        return _Making(engine, recipe, subject, row_filter).run(source, target)
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise Refusal("数据量过大，没有在限定的时间和内存内做完") from None
    except duckdb.Error:
        # The engine's own words may quote a value.
        raise Refusal("数据现在读不出来") from None
    finally:
        clock.cancel()
        engine.close()


class _Making:
    def __init__(
        self, engine: duckdb.DuckDBPyConnection, recipe: Recipe, subject: str, row_filter: str
    ) -> None:
        self._engine = engine
        self._recipe = recipe
        self._subject = subject
        self._filter = row_filter
        self._quasi = [_q(part.column) for part in recipe.of_role(PartRole.QUASI)]
        self._sensitive = [_q(part.column) for part in recipe.of_role(PartRole.SENSITIVE)]
        self._linked = bool(recipe.of_role(PartRole.SUBJECT))

    def run(self, source: Path, target: Path) -> Report:
        self._treat(source)
        blanked = self._blank_rare_values()
        self._group()
        self._choose()
        report = self._report(blanked)
        self._write(target)
        return report

    def _do(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._engine.execute(text, list(values)).fetchall()
        return found

    def _one(self, text: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._engine.execute(text).fetchone()
        assert row is not None
        return row

    def _treat(self, source: Path) -> None:
        """Table `treated`: `_who`, `_kept` (is it within the grant's rows) and the new columns."""
        place = "'" + str(source).replace("'", "''") + "'"
        self._do(f"CREATE VIEW held AS SELECT * FROM read_parquet({place})")
        kinds = {name.lower(): str(kind) for name, kind, *_ in self._do("DESCRIBE held")}
        if self._subject.lower() not in kinds:
            raise Refusal("数据中没有字段 {column}", column=self._subject)
        made = []
        for part in self._recipe.parts:
            if part.column.lower() not in kinds:
                raise Refusal("数据中没有字段 {column}", column=part.column)
            if part.role is not PartRole.SUBJECT:
                made.append(f"{_treated(part, kinds[part.column.lower()])} AS {_q(part.column)}")
        kept = f"coalesce(({self._filter}), false)" if self._filter else "true"
        columns = ", ".join([f"{_q(self._subject)} AS _who", f"{kept} AS _kept", *made])
        self._do(
            f"CREATE TABLE treated AS SELECT {columns} FROM held WHERE {_q(self._subject)}"
            " IS NOT NULL"
        )
        most = min(MOST_ROWS, MOST_CELLS // max(1, len(self._recipe.parts)))
        if self._one("SELECT count_if(_kept) FROM treated")[0] > most:
            raise Refusal("这些字段的去标识化数据集最多 {most} 行，请减少字段或行范围", most=most)

    def _blank_rare_values(self) -> dict[str, int]:
        """Blank a sensitive value that fewer than k people have: it would point at them."""
        found = {}
        for column in self._sensitive:
            had = self._one(f"SELECT count({column}) FROM treated WHERE _kept")[0]
            self._do(
                f"UPDATE treated SET {column} = NULL WHERE {column} IN (SELECT {column} FROM"
                f" treated WHERE _kept GROUP BY {column}"
                f" HAVING count(DISTINCT _who) < {self._recipe.k})"
            )
            left = self._one(f"SELECT count({column}) FROM treated WHERE _kept")[0]
            found[column] = ceil(100 * (had - left) / had) if had else 0
        return found

    def _group(self) -> None:
        """Table `grouped`: each row within the grant with its group's number; and `population`."""
        says = f"row({', '.join(self._quasi)})" if self._quasi else "row(0)"
        group = says
        if self._linked:
            group = f"list_sort(list({says}) OVER (PARTITION BY _who, _kept))"
        self._do(f"CREATE TABLE said AS SELECT *, {group} AS _says FROM treated")
        self._do(
            "CREATE TABLE grouped AS SELECT * EXCLUDE (_says, _kept),"
            " dense_rank() OVER (ORDER BY _says) AS _group, _says FROM said WHERE _kept"
        )
        # Everybody in the source whom the same words would describe, granted or not.
        everybody = f"SELECT _who, {says} AS _says FROM treated"
        if self._linked:
            everybody = f"SELECT _who, list_sort(list({says})) AS _says FROM treated GROUP BY _who"
        self._do(
            "CREATE TABLE population AS SELECT _says, count(DISTINCT _who) AS people"
            f" FROM ({everybody}) GROUP BY _says"
        )

    def _choose(self) -> None:
        """Table `chosen`: the groups that hold k people, with l values of each sensitive column."""
        k, least = self._recipe.k, self._recipe.diversity
        self._do(
            "CREATE TABLE chosen AS SELECT _group, any_value(_says) AS _says,"
            " count(DISTINCT _who) AS people FROM grouped GROUP BY _group"
            f" HAVING count(DISTINCT _who) >= {k}"
        )
        for column in self._sensitive:
            self._do(
                "DELETE FROM chosen WHERE _group NOT IN (SELECT _group FROM"
                f" ({self._kinds_of(column)}) GROUP BY _group HAVING count(DISTINCT kind) >="
                f" {least})"
            )
        if self._one("SELECT count(*) FROM chosen")[0] == 0:
            raise Refusal(
                "按这样处理没有一组达到 {k} 人和 {l} 种取值，请处理得更粗一些", k=k, l=least
            )

    def _kinds_of(self, column: str) -> str:
        """Select (group, what one subject shows in `column`): a value, or all of a person's."""
        if self._linked:
            return (
                f"SELECT _group, list_sort(list({column})"
                f" FILTER ({column} IS NOT NULL)) AS kind FROM grouped GROUP BY _group, _who"
            )
        return f"SELECT _group, {column} AS kind FROM grouped"

    def _report(self, blanked: dict[str, int]) -> Report:
        k = self._recipe.k
        rows, people = self._one("SELECT count(*), count(DISTINCT _who) FROM grouped")
        rows_left, people_left = self._one(
            "SELECT count(*), count(DISTINCT _who) FROM grouped WHERE _group IN"
            " (SELECT _group FROM chosen)"
        )
        groups, smallest, mean = self._one(
            "SELECT count(*), min(people), avg(1.0 / people) FROM chosen"
        )
        crowd = self._one(
            "SELECT min(population.people) FROM chosen JOIN population"
            " ON population._says = chosen._says"
        )[0]
        parts = self._recipe.of_role(PartRole.SENSITIVE)
        return Report(
            k=k,
            diversity=self._recipe.diversity,
            rows=rows_left // k * k,
            people=people_left // k * k,
            rows_lost=ceil(100 * (rows - rows_left) / rows) if rows else 0,
            people_lost=ceil(100 * (people - people_left) / people) if people else 0,
            groups=groups,
            smallest_group=smallest,
            prosecutor=round(1 / smallest, 4),
            prosecutor_mean=round(float(mean), 4),
            journalist=round(1 / max(crowd or smallest, smallest), 4),
            sensitive=tuple(
                self._diversity_of(part, column, blanked[column])
                for part, column in zip(parts, self._sensitive, strict=True)
            ),
        )

    def _diversity_of(self, part: Part, column: str, blanked: int) -> Diversity:
        fewest, largest = self._one(
            "WITH kinds AS (SELECT _group, kind, count(*) AS n FROM"
            f" ({self._kinds_of(column)}) WHERE kind IS NOT NULL AND _group IN"
            " (SELECT _group FROM chosen) GROUP BY _group, kind), groups AS"
            " (SELECT _group, count(*) AS kinds, max(n) / sum(n) AS share FROM kinds"
            " GROUP BY _group) SELECT min(kinds), max(share) FROM groups"
        )
        return Diversity(part.column, fewest, round(float(largest), 2), blanked)

    def _write(self, target: Path) -> None:
        columns = []
        for part in self._recipe.parts:
            if part.role is PartRole.SUBJECT:
                self._name_anew()
                columns.append(f"names.name AS {_q(part.column)}")
            else:
                columns.append(f"grouped.{_q(part.column)}")
        names = " JOIN names ON names.who = CAST(grouped._who AS VARCHAR)" if self._linked else ""
        place = "'" + str(target).replace("'", "''") + "'"
        self._do(
            f"COPY (SELECT {', '.join(columns)} FROM grouped{names} WHERE _group IN"
            f" (SELECT _group FROM chosen) ORDER BY random()) TO {place} (FORMAT parquet)"
        )

    def _name_anew(self) -> None:
        """Give each person a name under a key that is forgotten: two sets never match by it."""
        key = secrets.token_bytes(32)
        people = [
            text for (text,) in self._do("SELECT DISTINCT CAST(_who AS VARCHAR) FROM grouped")
        ]
        names = [
            "P" + hmac.new(key, one.encode(), hashlib.sha256).hexdigest()[:20] for one in people
        ]
        self._do(
            "CREATE TABLE names AS SELECT unnest(?) AS who, unnest(?) AS name", [people, names]
        )


def _treated(part: Part, kind: str) -> str:
    """Return the column as it leaves. Raises Refusal where the way does not fit what it holds."""
    name = _q(part.column)
    match part.way:
        case Technique.KEEP:
            if kind.startswith(_DAYS) or kind.startswith("TIME"):
                return f"CAST({name} AS VARCHAR)"
            return name
        case Technique.MONTH | Technique.YEAR if kind.startswith(_DAYS):
            return f"strftime({name}, '{'%Y-%m' if part.way is Technique.MONTH else '%Y'}')"
        case Technique.MASK:
            text = f"CAST({name} AS VARCHAR)"
            rest = f"greatest(length({text}) - {part.keep}, 0)"
            return f"left({text}, {part.keep}) || repeat('*', {rest})"
        case Technique.CLIP if _is_number(kind):
            ends = [_number(end) for end in (part.low, part.high) if end is not None]
            if part.low is None:
                return f"CASE WHEN {name} IS NOT NULL THEN least({name}, {ends[0]}) END"
            if part.high is None:
                return f"CASE WHEN {name} IS NOT NULL THEN greatest({name}, {ends[0]}) END"
            low, high = ends
            return f"CASE WHEN {name} IS NOT NULL THEN least(greatest({name}, {low}), {high}) END"
        case Technique.BAND if _is_number(kind):
            return _banded(part, name, kind)
    raise Refusal("字段 {column} 不能用“{way}”处理", column=part.column, way=part.way.label)


def _banded(part: Part, name: str, kind: str) -> str:
    assert part.width is not None
    width = _number(part.width)
    whole = kind.startswith(_WHOLE) and part.width == int(part.width)
    start = f"floor({name} / {width}) * {width}"
    if whole:
        low = f"CAST({start} AS BIGINT)"
        band = f"{low} || '–' || ({low} + {int(part.width) - 1})"
    else:
        low = f"round({start}, 6)"
        band = f"'[' || {low} || ', ' || round({start} + {width}, 6) || ')'"
    cases = [f"WHEN {name} IS NULL THEN NULL"]
    if part.low is not None:
        cases.append(f"WHEN {name} < {_number(part.low)} THEN '<{_plain(part.low)}'")
    if part.high is not None:
        cases.append(f"WHEN {name} >= {_number(part.high)} THEN '≥{_plain(part.high)}'")
    return f"CASE {' '.join(cases)} ELSE {band} END"


def _is_number(kind: str) -> bool:
    return kind.startswith((*_WHOLE, *_BROKEN))


def _number(value: float) -> str:
    return f"({value:.12g})" if "e" not in f"{value:.12g}" else f"CAST('{value!r}' AS DOUBLE)"


def _plain(value: float) -> str:
    return f"{value:.12g}"


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
