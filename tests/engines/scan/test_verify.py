"""The check digits in SQL, against python-stdnum and against our own single-value rules."""

import random
from collections.abc import Sequence
from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from bench.scan_tables import Office
from shuce.engines.scan.checks import is_bank_card, is_org_code, is_vin
from shuce.engines.scan.sampled import clean, compact
from shuce.engines.scan.types import SemanticType as T
from shuce.engines.scan.verify import verify_columns_of
from shuce.kernel.identifiers import is_resident_id, is_uscc

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        yield connection


def valid_in_sql(engine: duckdb.DuckDBPyConnection, values: Sequence[str], of: T) -> int:
    engine.execute("CREATE OR REPLACE TEMP TABLE t (v VARCHAR)")
    engine.execute("INSERT INTO t SELECT unnest(?)", [list(values)])
    return verify_columns_of(engine, "t", [("v", of)], TODAY)[0].valid


def damaged(value: str, seed: int) -> str:
    """Return the value with one character replaced."""
    r = random.Random(seed)
    place = r.randrange(len(value))
    return value[:place] + r.choice("0123456789X") + value[place + 1 :]


def test_resident_ids_in_sql_equal_those_of_the_kernel(engine):
    o = Office(1)
    values = [o.id_card() for _ in range(400)]
    values += [damaged(o.id_card(), i) for i in range(2000)]
    values += ["310101190002290011", "310101200002300011", "31010119900101001", "", "x" * 18]
    expected = sum(is_resident_id(v, today=TODAY) for v in values)
    assert 400 <= expected < len(values)
    assert valid_in_sql(engine, values, T.ID_CARD) == expected


def test_each_day_of_the_calendar_is_judged_alike(engine):
    from shuce.kernel.identifiers import resident_check_character

    firsts = [
        f"310101{y}{m:02}{d:02}123"
        for y in (1900, 2000, 2023, 2024)
        for m in range(14)
        for d in range(33)
    ]
    values = [first + resident_check_character(first) for first in firsts]
    assert valid_in_sql(engine, values, T.ID_CARD) == sum(
        is_resident_id(v, today=TODAY) for v in values
    )


def test_bank_cards_in_sql_equal_stdnum(engine):
    o = Office(2)
    values = [o.bank_card(wrong=0.5) for _ in range(500)]
    values += [o.digits(length) for length in (15, 16, 17, 18, 19) for _ in range(300)]
    assert valid_in_sql(engine, values, T.BANK_CARD) == sum(map(luhn.is_valid, values))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("0123456789", min_size=14, max_size=20), min_size=1, max_size=40))
def test_luhn_in_sql_equals_the_rule_on_any_digits(engine, values):
    assert valid_in_sql(engine, values, T.BANK_CARD) == sum(map(is_bank_card, values))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("0123456789exX. _+-ａ１", min_size=14, max_size=20), min_size=1, max_size=40)
)
def test_only_digits_make_a_number_whatever_a_cast_would_take(engine, values):
    values += ["1.0e17", "110101194912.31e54", "0x2386F26FC100001", "1_1010519491231002", "1e18"]
    values += ["11010519491231002.", "622202020000000000e1", "0000000000000000018"]

    def meant(value: str) -> str:
        return compact(clean(value))

    cards = sum(is_bank_card(meant(v)) for v in values)
    people = sum(is_resident_id(meant(v), today=TODAY) for v in values)
    assert valid_in_sql(engine, values, T.BANK_CARD) == cards
    assert valid_in_sql(engine, values, T.ID_CARD) == people


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("0189AHIOSVWYZ", min_size=10, max_size=10), max_size=20), st.data())
def test_any_social_credit_code_is_judged_alike(engine, ends, data):
    values = [f"91310115{end}" for end in ends]
    body = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9)
    firsts = [f"91310115{data.draw(body)}" for _ in range(10)]
    values += [first + uscc.calc_check_digit(first) for first in firsts]
    assert valid_in_sql(engine, values, T.USCC) == sum(map(is_uscc, values)) >= 10


def test_social_credit_codes_in_sql_equal_stdnum_and_kernel(engine):
    o = Office(3)
    values = [o.uscc(wrong=0.3) for _ in range(500)]
    values += ["91350100M000100Y43", "9144030071526726XG", "91410105MA9GTY6C54"]
    assert valid_in_sql(engine, values, T.USCC) == sum(map(is_uscc, values))
    assert sum(map(is_uscc, values)) == sum(uscc.calc_check_digit(v[:17]) == v[17] for v in values)


def test_body_codes_in_sql_equal_the_kernel(engine):
    o = Office(4)
    values = [o.digits(9) for _ in range(2000)] + ["71526726X", "M00010043"]
    assert valid_in_sql(engine, values, T.ORG_CODE) == sum(map(is_org_code, values))


def test_full_width_digits_spaces_and_lower_case_count_as_what_they_mean(engine):
    values = [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X ",
    ]
    assert valid_in_sql(engine, values, T.ID_CARD) == 3


def test_the_check_digit_of_a_vehicle_is_its_ninth_character():
    assert is_vin("1M8GDM9AXKP042788")
    assert is_vin("11111111111111111")
    assert not is_vin("1M8GDM9A1KP042788")
    assert not is_vin("1M8GDM9AXKP04278")
