from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc

from shuce.kernel import identifiers as ids
from shuce.kernel.regions import every_code

TODAY = date(2026, 11, 23)
DIGITS = st.text("0123456789", min_size=1, max_size=19)


@pytest.mark.parametrize(
    "code",
    [
        "9144030071526726XG",
        "91350100M000100Y43",
        "91410105MA9GTY6C54",
        "113100000000000191",
        "12310000425000014Y",
    ],
)
def test_good_social_credit_codes_pass_and_any_changed_character_fails(code):
    assert ids.is_uscc(code)
    for place, was in enumerate(code):
        for now in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if now != was:
                assert not ids.is_uscc(code[:place] + now + code[place + 1 :])


@pytest.mark.parametrize(
    "code", ["", "9144030071526726X", "9144030071526726Xg", "91440300715267I6XG"]
)
def test_malformed_social_credit_codes_fail(code):
    assert not ids.is_uscc(code)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_social_credit_check_characters_agree_with_stdnum(first_17):
    assert ids.uscc_check_character(first_17) == uscc.calc_check_digit(first_17)


def test_the_inner_body_code_has_its_own_check_character():
    assert ids.body_check_character("71526726") == "X"
    assert ids.body_check_character("00000000") == "0"
    assert ids.body_check_character("42500001") == "4"


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "11010519491231002x",
        "310101199001010012",
        "310115200002290021",
        "310230197001010037",
        "810000199506150041",
    ],
)
def test_good_resident_ids_pass(number):
    assert ids.is_resident_id(number, today=TODAY)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("440524188001010014", "born before 1900"),
        ("310101199001010013", "wrong check digit"),
        ("310115200102290028", "no such day"),
        ("999999199001010010", "no such area"),
        ("31010119900101001", "too short"),
        ("３１０１０１１９９００１０１００１２", "full-width digits"),
    ],
)
def test_bad_resident_ids_fail(number, why):
    assert not ids.is_resident_id(number, today=TODAY), why


def test_the_standards_example_of_1880_passes_where_that_year_is_allowed():
    assert ids.is_resident_id("440524188001010014", today=TODAY, earliest_year=1800)


def test_nobody_is_born_after_today():
    assert not ids.is_resident_id("310101199001010012", today=date(1989, 12, 31))
    assert ids.is_resident_id("310101199001010012", today=date(1990, 1, 1))


@st.composite
def _resident_ids(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    first_17 = f"{draw(st.sampled_from(every_code()))}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return first_17 + ids.resident_check_character(first_17)


@given(_resident_ids(), st.integers(0, 16), st.integers(1, 9))
def test_any_single_changed_digit_of_a_resident_id_is_found(number, place, by):
    assert ids.is_resident_id(number, today=TODAY)
    assert ric.calc_check_digit(number) == number[17]
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not ids.is_resident_id(changed, today=TODAY)


@pytest.mark.parametrize(
    "number", ["6228480402564890018", "6222021000000000017", "6217001234567890122"]
)
def test_good_bank_cards_pass_luhn(number):
    assert ids.passes_luhn(number)


@given(DIGITS)
def test_luhn_agrees_with_stdnum(digits):
    assert ids.passes_luhn(digits) == luhn.is_valid(digits)


@given(DIGITS, st.data())
def test_any_single_changed_digit_breaks_luhn(digits, data):
    good = digits + luhn.calc_check_digit(digits)
    place = data.draw(st.integers(0, len(good) - 1))
    by = data.draw(st.integers(1, 9))
    bad = good[:place] + str((int(good[place]) + by) % 10) + good[place + 1 :]
    assert ids.passes_luhn(good)
    assert not ids.passes_luhn(bad)


@pytest.mark.parametrize("text", ["", "abc", "６２２８", "6228 4804"])
def test_what_is_not_plain_digits_never_passes_luhn(text):
    assert not ids.passes_luhn(text)


def test_new_ids_are_ulids_that_never_repeat():
    made = [ids.new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {len(one) for one in made} == {26}
    assert sorted(one[:10] for one in made) == [one[:10] for one in made]
