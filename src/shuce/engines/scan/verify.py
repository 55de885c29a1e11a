"""Check digits over every row, in DuckDB's own SQL: exact whole numbers all the way.

Seventeen digits fit a 64-bit integer, nineteen an unsigned one; through DOUBLE a quarter of good
numbers would be lost. With q_i = number // 10^i, digit i is q_i - 10 q_(i+1), so a weighted digit
sum is a weighted sum of the q_i, without any remainder. DuckDB shares no common expression inside
CASE: what is used twice gets a name in a nested select, level by level.

Values that are plain already take a short way; the others are cleaned first (full width,
separators, lower case). Both end in the same tests. Other engines' spelling: portable.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from shuce.engines.scan.rulebook import patterns
from shuce.engines.scan.shapes import Verification
from shuce.engines.scan.sources.base import literal, quoted
from shuce.engines.scan.types import SemanticType as T
from shuce.kernel.regions import every_code

FULL_WIDTH = "０１２３４５６７８９ＸＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＹ"
HALF_WIDTH = "0123456789XABCDEFGHJKLMNPQRTUWY"
DROPPED = " \u3000\t-–—\u200b\ufeff"
RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
VERIFIABLE = frozenset((T.ID_CARD, T.BANK_CARD, T.USCC, T.ORG_CODE, T.REGION_CODE))


@dataclass(frozen=True)
class CheckSql:
    """The test of one column: names defined level by level, and the three conditions to count."""

    levels: tuple[Mapping[str, str], ...]
    filled: str
    shaped: str
    valid: str

    @property
    def counts(self) -> tuple[str, str, str]:
        return f"count_if({self.filled})", f"count_if({self.shaped})", f"count_if({self.valid})"


def verify_columns_of(
    engine: duckdb.DuckDBPyConnection,
    relation: str,
    wanted: Sequence[tuple[str, T]],
    today: date,
) -> list[Verification]:
    """Return the counts for each (column, type), in order; the types must be VERIFIABLE."""
    if not wanted:
        return []
    prepare_codes(engine, today)
    checks = [check_sql(name, of, f"_check{i}") for i, (name, of) in enumerate(wanted)]
    counted = ", ".join(count for check in checks for count in check.counts)
    row = engine.execute(f"SELECT {counted} FROM {nested(relation, checks)}").fetchone()
    found = [int(n or 0) for n in row or ()]
    return [Verification(*found[3 * i : 3 * i + 3]) for i in range(len(wanted))]


def nested(relation: str, checks: Sequence[CheckSql]) -> str:
    """Return SQL for the relation with the names that the checks need beside its columns."""
    for level in range(max((len(check.levels) for check in checks), default=0)):
        named = [
            f"{sql} AS {name}"
            for check in checks
            if level < len(check.levels)
            for name, sql in check.levels[level].items()
        ]
        relation = f"(SELECT *, {', '.join(named)} FROM {relation}) AS _level{level}"
    return relation


def prepare_codes(engine: duckdb.DuckDBPyConnection, today: date) -> None:
    """Put every region code ever given, and every possible birthday, where `IN` finds it."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE _regions AS SELECT unnest(?::INTEGER[]) AS code",
        [[int(code) for code in every_code()]],
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE _birthdays AS "
        "SELECT CAST(year(day) * 10000 + month(day) * 100 + day(day) AS BIGINT) AS day "
        "FROM (SELECT unnest(range(DATE '1900-01-01', ?::DATE + 1, INTERVAL 1 DAY)) AS day)",
        [today],
    )


def cleaned_sql(column: str) -> str:
    """Return SQL for the column as numbers are compared: half width, no separators, upper case."""
    text = f"upper(CAST({column} AS VARCHAR))"
    translated = f"translate({text}, {literal(FULL_WIDTH + DROPPED)}, {literal(HALF_WIDTH)})"
    # translate() is ten times dearer than finding out that nothing needs it.
    return (
        f"CASE WHEN regexp_full_match({text}, '[0-9A-Z]*') THEN {text} "
        f"WHEN regexp_full_match({text}, '[ -~]*') THEN "
        f"regexp_replace(replace(replace({text}, ' ', ''), '-', ''), '\\.0+$', '') "
        f"ELSE regexp_replace({translated}, '\\.0+$', '') END"
    )


def check_sql(column: str, of: T, prefix: str) -> CheckSql:
    """Return the test of a column for a VERIFIABLE type; its names begin with `prefix`."""
    text = f"CAST({quoted(column)} AS VARCHAR)"
    if of is T.ID_CARD:
        return _resident_check(text, prefix)
    if of is T.BANK_CARD:
        return _bank_check(text, prefix)
    if of is T.USCC:
        return _uscc_check(text, prefix)
    clean, shaped = f"{prefix}_clean", f"{prefix}_shaped"
    if of is T.REGION_CODE:
        matches = f"regexp_full_match({clean}, '[0-9]{{6}}([0-9]{{3}}){{0,2}}')"
        code = f"{prefix}_code"
        return CheckSql(
            (
                {clean: cleaned_sql(text)},
                {code: f"CASE WHEN {matches} THEN CAST(left({clean}, 6) AS INTEGER) END"},
            ),
            f"{clean} <> ''",
            f"{code} IS NOT NULL",
            f"{code} IN (SELECT code FROM _regions)",
        )
    assert of is T.ORG_CODE
    matches = f"regexp_matches({clean}, {literal(patterns()[of.value].pattern)})"
    return CheckSql(
        ({clean: cleaned_sql(text)}, {shaped: matches}),
        f"{clean} <> ''",
        shaped,
        f"CASE WHEN {shaped} THEN {org_code_valid(clean)} END",
    )


def _resident_check(text: str, prefix: str) -> CheckSql:
    first, plain, clean, number, check, shaped = (
        f"{prefix}_{name}" for name in ("first", "plain", "clean", "number", "check", "shaped")
    )
    total = digit_sum(number, RESIDENT_WEIGHTS)
    return CheckSql(
        (
            {
                first: f"CASE WHEN strlen({text}) = 18 AND {text} >= '1' "
                f"THEN TRY_CAST({text} AS BIGINT) END"
            },
            {plain: _if_digits(first, text, 10**17)},
            {clean: f"CASE WHEN {plain} IS NULL THEN {cleaned_sql(text)} END"},
            {
                number: f"CASE WHEN {plain} IS NOT NULL THEN {plain} // 10 "
                f"WHEN regexp_full_match({clean}, '[0-9]{{17}}[0-9X]') "
                f"THEN CAST(left({clean}, 17) AS BIGINT) END",
                check: f"CASE WHEN {plain} IS NOT NULL THEN {plain} % 10 "
                f"ELSE strpos('0123456789X', substr({clean}, 18, 1)) - 1 END",
            },
            {
                shaped: f"{number} // 100000000000 IN (SELECT code FROM _regions) "
                f"AND {number} // 1000 % 100000000 IN (SELECT day FROM _birthdays)"
            },
        ),
        f"{plain} IS NOT NULL OR {clean} <> ''",
        shaped,
        f"{shaped} AND ({total} + {check}) % 11 = 1",  # GB 11643: weight 1 for the check itself
    )


def _bank_check(text: str, prefix: str) -> CheckSql:
    first, plain, clean, number = (
        f"{prefix}_{name}" for name in ("first", "plain", "clean", "number")
    )
    length = f"strlen({text})"
    least = f"{[10**k for k in range(14, 19)]}[{length} - 14]"
    low, middle, high = (f"{prefix}_{name}" for name in ("low", "middle", "high"))
    return CheckSql(
        (
            {
                first: f"CASE WHEN {length} BETWEEN 15 AND 19 AND {text} >= '1' "
                f"THEN TRY_CAST({text} AS UBIGINT) END"
            },
            {plain: _if_digits(first, text, least)},
            {clean: f"CASE WHEN {plain} IS NULL THEN {cleaned_sql(text)} END"},
            {
                number: f"CASE WHEN {plain} IS NOT NULL THEN {plain} "
                f"WHEN regexp_full_match({clean}, '[0-9]{{15,19}}') "
                f"THEN CAST({clean} AS UBIGINT) END"
            },
            {
                low: f"CAST({number} % 1000000000 AS BIGINT)",
                middle: f"CAST({number} // 1000000000 % 1000000000 AS BIGINT)",
                high: f"CAST({number} // 1000000000000000000 AS BIGINT)",
            },
        ),
        f"{plain} IS NOT NULL OR {clean} <> ''",
        f"{number} IS NOT NULL",
        luhn_valid(low, middle, high),
    )


def _uscc_check(text: str, prefix: str) -> CheckSql:
    plain, clean, code = (f"{prefix}_{name}" for name in ("plain", "clean", "code"))
    pattern = literal(patterns()[T.USCC.value].pattern)
    levels: list[Mapping[str, str]] = [
        {plain: f"CASE WHEN regexp_matches({text}, {pattern}) THEN {text} END"},
        {clean: f"CASE WHEN {plain} IS NULL THEN {cleaned_sql(text)} END"},
        {
            code: f"CASE WHEN {plain} IS NOT NULL THEN {plain} "
            f"WHEN regexp_matches({clean}, {pattern}) THEN {clean} END"
        },
    ]
    more, valid = uscc_valid(code, prefix)
    return CheckSql(
        (*levels, *more), f"{plain} IS NOT NULL OR {clean} <> ''", f"{code} IS NOT NULL", valid
    )


def _if_digits(number: str, text: str, least: int | str) -> str:
    """Return SQL for `number`, cast from `text`, if it is all the text says, else NULL.

    TRY_CAST also takes spaces, points, underscores and exponents, each instead of a digit, so that
    the number has a digit less: it is not `least`. Only an exponent makes up for it, with zeros.
    """
    return (
        f"CASE WHEN {number} < {least} THEN NULL WHEN {number} % 100 <> 0 THEN {number} "
        f"WHEN regexp_full_match({text}, '[0-9]*') THEN {number} END"
    )


def digit_sum(number: str, weights: Sequence[int]) -> str:
    """Return SQL for the weighted sum of a number's digits, weights from the left."""
    from_right = list(reversed(weights))
    terms = []
    for i, weight in enumerate(from_right):
        factor = weight - (10 * from_right[i - 1] if i else 0)
        terms.append(f"{factor} * ({number} // {10**i})" if i else f"{factor} * {number}")
    return "(" + " + ".join(terms) + ")"


def luhn_valid(low: str, middle: str, high: str) -> str:
    """Return SQL for the Luhn rule over 19 digits: the last nine, the nine before, the first.

    Modulo 10, digit i counts as q_i, and doubled as 2 q_i - 2 q_(i+1) + h_(i+1), where h is the q
    of the doubled chunk: h_(i+1) - 2 q_(i+1) says whether the digit is 5 or more.
    """
    terms = [high]
    for chunk, first_is_doubled in ((low, False), (middle, True)):
        weights = [0] * 10
        for i in range(9):
            if (i % 2 == 0) == first_is_doubled:
                weights[i] += 2
                weights[i + 1] -= 2
                terms.append(f"2 * {chunk} // {10 ** (i + 1)}")
            else:
                weights[i] += 1
        terms += [f"{w} * ({chunk} // {10**i})" for i, w in enumerate(weights) if w]
    return f"(({' + '.join(terms)}) % 10 = 0)"


def uscc_valid(code: str, prefix: str) -> tuple[list[Mapping[str, str]], str]:
    """Return levels and condition for the check character of a unified social credit code.

    Its characters, in the order of the code's own alphabet of 31, are the coefficients of powers of
    3; with the check character itself the sum is a multiple of 31 (GB 32100). Eight characters are
    taken at once as the eight bytes of an integer: bytes become values 0 to 30, then neighbours
    are added in pairs, twos and fours, each lane wide enough for its sum.
    """
    words = [f"{prefix}_word{i}" for i in range(3)]
    widths = (8, 8, 2)
    taken = {
        word: f"CAST(CAST(encode(substr({code}, {8 * i + 1}, {width})) AS BIT) AS UBIGINT)"
        for i, (word, width) in enumerate(zip(words, widths, strict=True))
    }
    values = [f"{prefix}_values{i}" for i in range(3)]
    valued = {
        value: _alphabet_values(word, width)
        for value, word, width in zip(values, words, widths, strict=True)
    }
    pairs, fours = ([f"{prefix}_{name}{i}" for i in range(2)] for name in ("pairs", "fours"))
    of_two, of_four, of_eight = 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0xFFFFFFFF
    paired = {
        pair: f"(({value} >> 8) & {of_two}) + 3 * ({value} & {of_two})"
        for pair, value in zip(pairs, values[:2], strict=True)
    }
    in_fours = {
        four: f"(({pair} >> 16) & {of_four}) + 9 * ({pair} & {of_four})"
        for four, pair in zip(fours, pairs, strict=True)
    }
    eights = [f"(({four} >> 32) + 81 * ({four} & {of_eight}))" for four in fours]
    body, check = f"({values[2]} >> 8)", f"({values[2]} & 255)"
    total = f"{eights[0]} + {3**8 % 31} * {eights[1]} + {3**16 % 31} * {body} + {check}"
    return [taken, valued, paired, in_fours], f"(({total}) % 31 = 0)"


def _alphabet_values(word: str, width: int) -> str:
    """Return SQL that makes of each byte its place in 0-9A-HJ-NPQRTUWXY: I, O, S, V are left out.

    A byte is above a letter where adding 127 less the letter carries into its highest bit.
    """

    def every_byte(value: int) -> int:
        return int.from_bytes(bytes([value] * width), "big")

    def above(letter: str) -> str:
        return f"((({word} + {every_byte(127 - ord(letter))}) >> 7) & {every_byte(1)})"

    left_out = " - ".join(above(letter) for letter in "IOSV")
    return f"{word} - {every_byte(ord('0'))} - 7 * {above('9')} - {left_out}"


def org_code_valid(text: str) -> str:
    """Return SQL for the check character of an organization body code."""
    alphabet = literal("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    total = " + ".join(
        f"{w} * (instr({alphabet}, substr({text}, {i + 1}, 1)) - 1)"
        for i, w in enumerate(ORG_WEIGHTS)
    )
    return f"(substr('0X987654321', CAST(({total}) % 11 AS INTEGER) + 1, 1) = substr({text}, 9, 1))"
