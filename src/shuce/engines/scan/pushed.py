"""The same profile and the same check digits, counted inside another engine.

Spark and PostgreSQL count with SQL generated here, each in its own spelling; only the rows drawn
for detection leave them. The rules are those of verify.py, told without what only DuckDB has:
long numbers are split into chunks of at most nine digits, and every number is cast only after its
shape is known, because these engines have no cast that fails quietly, or one that differs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

import pyarrow as pa

from shuce.engines.scan.profiling import FREQUENT, patterns_of, profile_of, shortened
from shuce.engines.scan.rulebook import patterns, settings
from shuce.engines.scan.shapes import Column, Elsewhere, Measured, Verification
from shuce.engines.scan.types import SemanticType as T
from shuce.engines.scan.verify import (
    DROPPED,
    FULL_WIDTH,
    HALF_WIDTH,
    ORG_WEIGHTS,
    RESIDENT_WEIGHTS,
    VERIFIABLE,
    CheckSql,
    nested,
)
from shuce.kernel.regions import every_code

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = r"^\s*[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]{1,2})?\s*$"

Row = Sequence[object]


class Spelling(Protocol):
    """How an engine writes what engines write differently."""

    distinct_exact: bool
    real_type: str

    def quoted(self, identifier: str) -> str: ...
    def literal(self, text: str) -> str: ...
    def text(self, value: str) -> str: ...
    def real(self, value: str) -> str: ...
    def divided(self, value: str, by: int) -> str: ...
    def matches(self, value: str, pattern: str) -> str: ...
    def place(self, of: str, within: str) -> str: ...
    def distinct(self, value: str) -> str: ...
    def quantiles(self, value: str) -> str: ...
    def ordered(self, value: str) -> str: ...


class SparkSpelling(Spelling):
    """Spark SQL."""

    distinct_exact = False
    real_type = "DOUBLE"

    def quoted(self, identifier: str) -> str:
        return "`" + identifier.replace("`", "``") + "`"

    def literal(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def text(self, value: str) -> str:
        return f"CAST({value} AS STRING)"

    def real(self, value: str) -> str:
        return f"try_cast({value} AS DOUBLE)"

    def divided(self, value: str, by: int) -> str:
        return f"({value} DIV {by})"

    def matches(self, value: str, pattern: str) -> str:
        return f"({value} RLIKE {self.literal(pattern)})"

    def place(self, of: str, within: str) -> str:
        return f"instr({within}, {of})"

    def distinct(self, value: str) -> str:
        return f"approx_count_distinct({value}, 0.02)"

    def quantiles(self, value: str) -> str:
        listed = ", ".join(f"{q}D" for q in QUANTILES)
        return f"percentile_approx({value}, array({listed}))"

    def ordered(self, value: str) -> str:
        return value


class PostgreSqlSpelling(Spelling):
    """PostgreSQL; text is ordered by its bytes, not by the server's language."""

    distinct_exact = True
    real_type = "DOUBLE PRECISION"

    def quoted(self, identifier: str) -> str:
        return '"' + identifier.replace('"', '""') + '"'

    def literal(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def text(self, value: str) -> str:
        return f"CAST({value} AS TEXT)"

    def real(self, value: str) -> str:
        number = self.matches(self.text(value), _NUMBER)
        return f"CASE WHEN {number} THEN CAST({value} AS DOUBLE PRECISION) END"

    def divided(self, value: str, by: int) -> str:
        return f"({value} / {by})"

    def matches(self, value: str, pattern: str) -> str:
        return f"({value} ~ {self.literal(pattern)})"

    def place(self, of: str, within: str) -> str:
        return f"strpos({within}, {of})"

    def distinct(self, value: str) -> str:
        return f"count(DISTINCT {value})"

    def quantiles(self, value: str) -> str:
        listed = ", ".join(map(str, QUANTILES))
        return f"percentile_cont(ARRAY[{listed}]) WITHIN GROUP (ORDER BY {value})"

    def ordered(self, value: str) -> str:
        return f'{value} COLLATE "C"'


SPELLINGS: dict[str, Spelling] = {
    "spark": SparkSpelling(),
    "postgresql": PostgreSqlSpelling(),
}


def measure_elsewhere(
    there: Elsewhere,
    columns: Sequence[Column],
    sql_types: Mapping[str, str],
    drawn: pa.Table,
    numeric_text: frozenset[str],
    typed: Mapping[str, T],
    today: date,
) -> Measured:
    """Count there what profiling.measure_table counts in DuckDB; `sql_types` are DuckDB's."""
    speak = SPELLINGS[there.spelling]
    checks = {
        column.name: check_sql(speak, column.name, typed[column.name], f"_check{i}", today)
        for i, column in enumerate(columns)
        if typed.get(column.name) in VERIFIABLE
    }
    frequent = {
        column.name: _frequent(drawn[column.name])
        for column in columns
        if sql_types[column.name] == "VARCHAR"
    }
    parts = [_measures(speak, c.name, sql_types[c.name], c.name in numeric_text) for c in columns]
    found = list(_asked(there, [m for part in parts for m in part], there.relation))
    profiles = {}
    for column, part in zip(columns, parts, strict=True):
        taken, found = found[: len(part)], found[len(part) :]
        profiles[column.name] = profile_of(taken, there.rows, speak.distinct_exact)
    # A statement for each check: in one with all, Spark compiles longer than it counts.
    verified = {
        name: Verification(
            *(
                _whole(count)
                for count in _asked(
                    there,
                    [counted(c) for c in (check.filled, check.shaped, check.valid)],
                    nested(there.relation, [check]),
                )
            )
        )
        for name, check in checks.items()
    }
    wanted = [
        counted(f"{speak.text(speak.quoted(name))} = {speak.literal(value)}")
        for name, values in frequent.items()
        for value in values
    ]
    remaining = iter(_asked(there, wanted, there.relation) if wanted else ())
    tops = {
        name: tuple(
            sorted(
                ((shortened(value), _whole(next(remaining))) for value in values),
                key=lambda pair: (-pair[1], pair[0]),
            )
        )
        for name, values in frequent.items()
    }
    return Measured(
        {
            name: replace(
                profile,
                top=tops.get(name, ()),
                patterns=patterns_of(drawn[name]),
                patterns_of=drawn.num_rows,
            )
            for name, profile in profiles.items()
        },
        verified,
    )


def _asked(there: Elsewhere, wanted: Sequence[str], relation: str) -> Row:
    return there.ask(f"SELECT {', '.join(wanted)} FROM {relation}")


def counted(condition: str) -> str:
    return f"count(CASE WHEN {condition} THEN 1 END)"


def check_sql(speak: Spelling, column: str, of: T, prefix: str, today: date) -> CheckSql:
    """Return the test of a column for a VERIFIABLE type, in the engine's spelling."""
    text = f"upper({speak.text(speak.quoted(column))})"
    translated = (
        f"translate({text}, {speak.literal(FULL_WIDTH + DROPPED)}, {speak.literal(HALF_WIDTH)})"
    )
    clean = f"{prefix}_clean"
    point_zero = speak.literal(r"\.0+$")
    cleaned = {clean: f"regexp_replace({translated}, {point_zero}, '')"}
    filled = f"{clean} <> ''"
    regions = ", ".join(map(str, sorted(int(code) for code in every_code())))

    def chunk(start: int, width: int, of_text: str, matching: str) -> str:
        digits = f"CAST(substr({of_text}, {start}, {width}) AS BIGINT)"
        return f"CASE WHEN {speak.matches(clean, matching)} THEN {digits} END"

    names = [f"{prefix}_{letter}" for letter in "abc"]
    a, b, c = names
    if of is T.ID_CARD:
        pattern = "^[0-9]{17}[0-9X]$"
        level = {a: chunk(1, 9, clean, pattern), b: chunk(10, 8, clean, pattern)}
        shaped = f"{prefix}_shaped"
        possible = {shaped: _resident_shaped(speak, a, b, regions, today)}
        total = " + ".join(
            (
                digit_sum(speak, a, 9, RESIDENT_WEIGHTS[:9]),
                digit_sum(speak, b, 8, RESIDENT_WEIGHTS[9:]),
            )
        )
        last = speak.place(f"substr({clean}, 18, 1)", "'0123456789X'")
        return CheckSql(
            (cleaned, level, possible),
            filled,
            shaped,
            f"{shaped} AND ({total} + {last} - 1) % 11 = 1",
        )
    if of is T.BANK_CARD:
        pattern = "^[0-9]{15,19}$"
        padded = f"lpad({clean}, 19, '0')"
        level = {
            name: chunk(start, width, padded, pattern)
            for name, start, width in ((a, 11, 9), (b, 2, 9), (c, 1, 1))
        }
        return CheckSql((cleaned, level), filled, f"{a} IS NOT NULL", _luhn(speak, a, b, c))
    if of is T.REGION_CODE:
        level = {a: chunk(1, 6, clean, "^[0-9]{6}([0-9]{3}){0,2}$")}
        return CheckSql((cleaned, level), filled, f"{a} IS NOT NULL", f"{a} IN ({regions})")
    pattern = patterns()[of.value].pattern.replace(r"\d", "[0-9]")
    shaped = speak.matches(clean, pattern)

    def value(i: int, alphabet: str) -> str:
        return f"({speak.place(f'substr({clean}, {i + 1}, 1)', speak.literal(alphabet))} - 1)"

    if of is T.USCC:
        total = " + ".join(f"{pow(3, i, 31)} * {value(i, _USCC)}" for i in range(17))
        return CheckSql(
            (cleaned,), filled, shaped, f"{shaped} AND ({total} + {value(17, _USCC)}) % 31 = 0"
        )
    assert of is T.ORG_CODE
    total = " + ".join(f"{w} * {value(i, _BASE36)}" for i, w in enumerate(ORG_WEIGHTS))
    last = speak.place(f"substr({clean}, 9, 1)", "'0X987654321'")
    return CheckSql((cleaned,), filled, shaped, f"{shaped} AND {last} - 1 = ({total}) % 11")


def digit_sum(speak: Spelling, chunk: str, width: int, weights: Sequence[int]) -> str:
    """Return SQL for the weighted sum of a chunk's `width` digits, weights from the left."""
    from_right = list(reversed(weights))
    terms = []
    for i in range(width):
        weight = from_right[i] - (10 * from_right[i - 1] if i else 0)
        terms.append(f"{weight} * {speak.divided(chunk, 10**i)}")
    return "(" + " + ".join(terms) + ")"


def _resident_shaped(speak: Spelling, a: str, b: str, regions: str, today: date) -> str:
    year = f"({a} % 1000 * 10 + {speak.divided(b, 10_000_000)})"
    month = f"({speak.divided(b, 100_000)} % 100)"
    day = f"({speak.divided(b, 1000)} % 100)"
    born = f"({year} * 10000 + {month} * 100 + {day})"
    last_day = (
        f"(CASE WHEN {month} IN (4, 6, 9, 11) THEN 30 WHEN {month} <> 2 THEN 31 "
        f"WHEN {year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0) THEN 29 ELSE 28 END)"
    )
    return (
        f"({born} BETWEEN 19000101 AND {today:%Y%m%d} AND {month} BETWEEN 1 AND 12 "
        f"AND {day} BETWEEN 1 AND {last_day} AND {speak.divided(a, 1000)} IN ({regions}))"
    )


def _luhn(speak: Spelling, low: str, middle: str, high: str) -> str:
    """Return SQL for the Luhn rule; the arithmetic is that of verify.luhn_valid."""
    terms = [high]
    for chunk, first_is_doubled in ((low, False), (middle, True)):
        weights = [0] * 10
        for i in range(9):
            if (i % 2 == 0) == first_is_doubled:
                weights[i] += 2
                weights[i + 1] -= 2
                terms.append(speak.divided(f"(2 * {chunk})", 10 ** (i + 1)))
            else:
                weights[i] += 1
        terms += [f"{w} * {speak.divided(chunk, 10**i)}" for i, w in enumerate(weights) if w]
    return f"(({' + '.join(terms)}) % 10 = 0)"


def _measures(speak: Spelling, column: str, sql_type: str, numeric_text: bool) -> list[str]:
    """Return the column's aggregates in the order of profiling._measures."""
    name = speak.quoted(column)
    text = sql_type == "VARCHAR"
    shown = speak.text(name) if text or sql_type == "BOOLEAN" else name
    measures = [
        f"count({name})",
        counted(f"trim({shown}) = ''") if text else "0",
        speak.distinct(shown),
        f"min({speak.ordered(shown) if text else shown})",
        f"max({speak.ordered(shown) if text else shown})",
        f"min(length({shown}))" if text else "NULL",
        f"CAST(avg(length({shown})) AS {speak.real_type})" if text else "NULL",
        f"max(length({shown}))" if text else "NULL",
    ]
    if sql_type.startswith(NUMBERS) or numeric_text:
        number = speak.real(name)
        return [
            *measures,
            f"avg({number})",
            speak.quantiles(number),
            f"min({number})",
            f"max({number})",
        ]
    return [*measures, "NULL", "NULL", "NULL", "NULL"]


NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def _frequent(values: pa.ChunkedArray) -> tuple[str, ...]:
    often = Counter(v for v in values.to_pylist() if v is not None)
    least = max(2, round(FREQUENT * len(values)))
    return tuple(v for v, n in often.most_common(settings().top_values) if n >= least)


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
