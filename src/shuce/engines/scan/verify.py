"""Check digits over every row, as one SQL statement a table.

Long numbers are split into chunks of at most nine digits, whole integers all the way: 17 digits
through DOUBLE would lose a quarter of good numbers. With q_i = chunk // 10^i, digit i is
q_i - 10 q_(i+1), so a weighted digit sum is a weighted sum of the q_i, without any remainder.
"""

from collections.abc import Sequence
from datetime import date

import duckdb

from shuce.engines.scan.rulebook import patterns
from shuce.engines.scan.shapes import Loaded, Verification
from shuce.engines.scan.sources.base import literal, quoted
from shuce.engines.scan.types import SemanticType as T
from shuce.kernel.regions import every_code

_FULL = "０１２３４５６７８９ＸＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＹ"
_HALF = "0123456789XABCDEFGHJKLMNPQRTUWY"
_DROPPED = " \u3000\t-–—\u200b\ufeff"
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VERIFIABLE = frozenset((T.ID_CARD, T.BANK_CARD, T.USCC, T.ORG_CODE, T.REGION_CODE))


def verify_columns(
    engine: duckdb.DuckDBPyConnection, loaded: Loaded, columns: dict[str, T], today: date
) -> dict[str, Verification]:
    """Count, over all rows, the values of the right shape and the valid ones, for each column."""
    wanted = [(name, of) for name, of in columns.items() if of in VERIFIABLE]
    found = verify_columns_of(engine, loaded.relation, wanted, today)
    return {name: counted for (name, _), counted in zip(wanted, found, strict=True)}


def verify_columns_of(
    engine: duckdb.DuckDBPyConnection,
    relation: str,
    wanted: Sequence[tuple[str, T]],
    today: date,
) -> list[Verification]:
    """Return the counts for each (column, type), in order; the types must be VERIFIABLE."""
    if not wanted:
        return []
    prepare_regions(engine)
    # Normalized first and split second, in nested selects: DuckDB shares no common expressions.
    cleaned = ", ".join(
        f"{cleaned_sql(quoted(name))} AS v{i}" for i, (name, _) in enumerate(wanted)
    )
    chunked: list[str] = []
    counted: list[str] = []
    for i, (_, of) in enumerate(wanted):
        chunks, shaped, valid = _test(of, f"v{i}", i, today)
        chunked += [f"v{i}", *chunks]
        counted += [f"count_if(v{i} <> '')", f"count_if({shaped})", f"count_if({valid})"]
    row = engine.execute(
        f"SELECT {', '.join(counted)} FROM (SELECT {', '.join(chunked)} FROM "
        f"(SELECT {cleaned} FROM {relation}))"
    ).fetchone()
    found = [int(n or 0) for n in row or ()]
    return [Verification(*found[3 * i : 3 * i + 3]) for i in range(len(wanted))]


def prepare_regions(engine: duckdb.DuckDBPyConnection) -> None:
    """Put every region code ever given where `IN` finds it."""
    known = engine.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = '_regions'"
    ).fetchone()
    if known and known[0]:
        return
    engine.execute("CREATE TEMP TABLE _regions (code INTEGER)")
    engine.execute(
        "INSERT INTO _regions SELECT unnest(?::INTEGER[])", [[int(c) for c in every_code()]]
    )


def cleaned_sql(column: str) -> str:
    """Return SQL for the column as numbers are compared: half width, no separators, upper case."""
    text = f"upper(CAST({column} AS VARCHAR))"
    translated = f"translate({text}, {literal(_FULL + _DROPPED)}, {literal(_HALF)})"
    # translate() is ten times dearer than finding out that nothing needs it.
    plain = f"CASE WHEN regexp_full_match({text}, '[0-9A-Z]*') THEN {text} ELSE {translated} END"
    return f"regexp_replace({plain}, '\\.0+$', '')"


def digit_sum(chunk: str, width: int, weights: Sequence[int]) -> str:
    """Return SQL for the weighted sum of a chunk's `width` digits, weights from the left."""
    from_right = list(reversed(weights))
    terms = []
    for i in range(width):
        weight = from_right[i] - (10 * from_right[i - 1] if i else 0)
        terms.append(f"{weight} * ({chunk} // {10**i})" if i else f"{weight} * {chunk}")
    return "(" + " + ".join(terms) + ")"


def resident_valid(text: str, a: str, b: str, today: date) -> tuple[str, str]:
    """Return SQL (shaped, valid) for an 18-digit id: `a` its first nine digits, `b` eight more."""
    year, month, day = (
        f"({a} % 1000 * 10 + {b} // 10000000)",
        f"({b} // 100000 % 100)",
        (f"({b} // 1000 % 100)"),
    )
    last_day = (
        f"(CASE WHEN {month} IN (4, 6, 9, 11) THEN 30 WHEN {month} <> 2 THEN 31 "
        f"WHEN {year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0) THEN 29 ELSE 28 END)"
    )
    born = f"({year} * 10000 + {month} * 100 + {day})"
    shaped = (
        f"(length({text}) = 18 AND {a} IS NOT NULL AND {b} IS NOT NULL AND {born} BETWEEN 19000101 "
        f"AND {today:%Y%m%d} AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND {last_day} "
        f"AND {a} // 1000 IN (SELECT code FROM _regions))"
    )
    total = f"({digit_sum(a, 9, _RESIDENT_WEIGHTS[:9])} + {digit_sum(b, 8, _RESIDENT_WEIGHTS[9:])})"
    check = f"substr('10X98765432', CAST({total} % 11 AS INTEGER) + 1, 1) = substr({text}, 18, 1)"
    return shaped, f"({shaped} AND {check})"


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


def uscc_valid(text: str) -> str:
    """Return SQL for the check character of a unified social credit code."""
    alphabet = literal(_USCC_ALPHABET)
    values = [f"(instr({alphabet}, substr({text}, {i + 1}, 1)) - 1)" for i in range(18)]
    total = " + ".join(f"{pow(3, i, 31)} * {values[i]}" for i in range(17))
    return f"((31 - ({total}) % 31) % 31 = {values[17]})"


def org_code_valid(text: str) -> str:
    """Return SQL for the check character of an organization body code."""
    alphabet = literal("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = " + ".join(
        f"{w} * (instr({alphabet}, substr({text}, {i + 1}, 1)) - 1)" for i, w in enumerate(weights)
    )
    return f"(substr('0X987654321', CAST(({total}) % 11 AS INTEGER) + 1, 1) = substr({text}, 9, 1))"


def _test(of: T, text: str, i: int, today: date) -> tuple[list[str], str, str]:
    """Return (chunks to select, SQL for shaped, SQL for valid)."""
    if of is T.ID_CARD:
        chunks = [
            f"TRY_CAST(substr({text}, 1, 9) AS BIGINT) AS a{i}",
            f"TRY_CAST(substr({text}, 10, 8) AS BIGINT) AS b{i}",
        ]
        shaped, valid = resident_valid(text, f"a{i}", f"b{i}", today)
        return chunks, shaped, valid
    if of is T.BANK_CARD:
        padded = f"lpad({text}, 19, '0')"
        chunks = [
            f"TRY_CAST(substr({padded}, {start}, {width}) AS BIGINT) AS {name}{i}"
            for name, start, width in (("a", 11, 9), ("b", 2, 9), ("c", 1, 1))
        ]
        shaped = f"regexp_full_match({text}, '[0-9]{{15,19}}')"
        return chunks, shaped, f"({shaped} AND {luhn_valid(f'a{i}', f'b{i}', f'c{i}')})"
    if of is T.REGION_CODE:
        chunks = [f"TRY_CAST(substr({text}, 1, 6) AS INTEGER) AS a{i}"]
        shaped = f"(length({text}) IN (6, 9, 12) AND a{i} IS NOT NULL)"
        return chunks, shaped, f"({shaped} AND a{i} IN (SELECT code FROM _regions))"
    shaped = f"regexp_matches({text}, {literal(patterns()[of.value].pattern)})"
    valid = uscc_valid(text) if of is T.USCC else org_code_valid(text)
    return [], shaped, f"({shaped} AND {valid})"
