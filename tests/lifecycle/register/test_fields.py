"""The catalogue of a card's facts: everything said is taken once, kept once, and told again."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.kernel.money import Money
from shuce.kernel.standards import asset_classes, below, industries, path_of
from shuce.lifecycle.register.catalogue import (
    GROUPS,
    Field,
    FieldKind,
    by_key,
    fields,
    missing,
    options,
    typed_fields,
)
from shuce.lifecycle.register.history import FACTS, changed, facts_from, sheet_of
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.rules import obstacles_to_draft
from shuce.lifecycle.register.values import (
    Wrong,
    as_text,
    obstacles_to_more,
    taken,
    taken_all,
    worded,
)
from shuce.lifecycle.register.words import Booking
from tests.lifecycle import assets

TODAY = date(2026, 3, 20)
_TEXTS = st.text("甲乙丙数据aZ09-()/.:=+<&\"'，", min_size=1, max_size=12)


def values_of(field: Field) -> st.SearchStrategy[object]:
    """Return values that the field may keep."""
    match field.kind:
        case FieldKind.FLAG:
            return st.booleans()
        case FieldKind.DAY:
            return st.dates().map(date.isoformat)
        case FieldKind.MONEY | FieldKind.WHOLE | FieldKind.DAYS:
            return st.integers(min_value=0, max_value=10**12)
        case FieldKind.LEVEL:
            return st.integers(min_value=1, max_value=5)
        case FieldKind.NUMBER:
            return st.decimals(min_value=-(10**9), max_value=10**9, places=3).map(
                lambda number: taken(field, number)
            )
        case FieldKind.CLASS_CODE | FieldKind.DIVISION | FieldKind.CHOICE | FieldKind.INDUSTRY:
            return st.sampled_from([code for code, _ in options(field)])
        case FieldKind.REGION:
            return st.just("310000")
        case FieldKind.ROWS:
            row = st.lists(_TEXTS, min_size=len(field.parts), max_size=len(field.parts))
            return st.lists(row, min_size=1, max_size=3)
    return _TEXTS


@pytest.mark.clause("G-4")
def test_the_four_groups_hold_every_fact_once_and_every_column_of_a_card():
    keys = [field.key for field in fields()]
    assert len(keys) == len(set(keys)) > 140
    assert {field.group for field in fields()} == set(GROUPS)
    columns = {field.name for field in Card._meta.concrete_fields}
    own = {field.key for field in fields() if field.held in ("card", "made")}
    # By the second, beside the day that is a fact: what was raised or joined since.
    moments = {"grade_confirmed_at", "grade_raised_at"}
    not_facts = {"id", "resource", "more", "batch", "key_in_source", *moments}
    assert own <= columns
    assert columns - own - not_facts == set()
    assert {f.key for f in fields() if f.held == "card"} == set(FACTS)
    assert all(field.source and field.sure in "VHD" for field in fields())
    for key in ("holding_obtained", "under_privacy", "public_register_number", "account_code"):
        assert key in by_key()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_kept_is_written_as_text_and_taken_back_unchanged(data):
    for field in data.draw(st.lists(st.sampled_from(typed_fields()), min_size=8, max_size=8)):
        value = data.draw(values_of(field))
        assert taken(field, value) == value
        assert taken(field, as_text(field, value)) == value
        assert worded(field, value)


def test_values_are_taken_as_people_write_them():
    def took(key, value):
        return taken(by_key()[key], value)

    assert took("cost", "¥1,234.5元") == took("cost", 1234.5) == 123_450
    assert took("cost", 5) == 5
    assert took("cost", Money(7)) == 7
    for written in (
        "2026年3月5日",
        "2026/3/5",
        "20260305",
        "2026-03-05 00:00:00",
        date(2026, 3, 5),
    ):
        assert took("enabled_on", written) == "2026-03-05"
    assert took("region_code", 310000.0) == "310000"
    assert took("mlps_level", "第三级") == took("mlps_level", "3") == 3
    assert took("acquisition", "生产加工") == "PRODUCED"
    assert took("industry_division", "84 卫生") == "84"
    assert took("under_privacy", "否") is False
    assert took("standards", "GB/T 36344｜质量\nGB/T 43697") == [
        ["GB/T 36344", "质量"],
        ["GB/T 43697", ""],
    ]
    assert took("scene", "  ") is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cost", "一万"),
        ("cost", "1.234"),
        ("enabled_on", "2026-02-30"),
        ("enabled_on", "三月"),
        ("under_privacy", "也许"),
        ("acquisition", "偷来"),
        ("volume", "9" * 16),
        ("volume", "NaN"),
        ("english_name", "x" * 101),
        ("standards", [["a", "b", "c"]]),
        ("standards", [["a|b", ""]]),
        ("industry_division", "00"),
        ("update_cycle_days", "1.5"),
    ],
)
def test_a_value_the_field_cannot_hold_is_refused_with_its_name(key, value):
    with pytest.raises(Wrong):
        taken(by_key()[key], value)
    [obstacle] = taken_all({key: value}, by_key())[1]
    assert obstacle.field == key


def test_a_sheet_and_its_facts_are_the_same_thing():
    facts = assets.replaced(more={"storage_place": "市政务云", "under_privacy": False})
    assert facts_from(sheet_of(facts)) == facts
    after = changed(facts, {"storage_place": None, "cost": 500})
    assert dict(after.more) == {"under_privacy": False}
    assert after.cost == Money(500)
    assert "structure" in [field.key for field in missing(sheet_of(facts))]


@pytest.mark.clause("N-5")
def test_facts_that_cannot_stand_together_are_refused():
    def fields_at_fault(**more):
        return [obstacle.field for obstacle in obstacles_to_more(more, by_key())]

    assert fields_at_fault(storage_place="市政务云") == []
    assert fields_at_fault(nothing="x") == ["nothing"]
    assert fields_at_fault(enabled_on="2026/3/5") == ["enabled_on"]
    assert fields_at_fault(holding_from="2026-02-01", holding_until="2026-01-01") == [
        "holding_until"
    ]
    assert fields_at_fault(secrecy="STATE") == ["secrecy_basis"]


@pytest.mark.clause("N-8")
def test_an_entry_in_the_books_names_account_voucher_and_day():
    booked = assets.replaced(booking=Booking.BOOKED)
    at_fault = [one.field for one in obstacles_to_draft(booked, TODAY)]
    assert at_fault == ["account_code", "voucher_number", "booked_on"]
    whole = assets.replaced(
        booking=Booking.BOOKED, account_code="1701", voucher_number="记-9", booked_on=TODAY
    )
    assert not list(obstacles_to_draft(whole, TODAY))


def test_industries_and_classes_are_trees_with_known_roots():
    codes = industries()
    assert [one.code for one in codes.values() if not one.above] == list("ABCDEFGHIJKLMNOPQRST")
    assert sorted(code for code in codes if code.isdigit()) == [f"{n:02}" for n in range(1, 98)]
    assert [one.name for one in path_of(codes, "84")] == ["卫生和社会工作", "卫生"]
    software = [one.code for one in below(asset_classes(), "A08060300")]
    assert software == ["A08060301", "A08060302", "A08060303", "A08060399"]
    assert path_of(asset_classes(), "A99") == []
    wrong = assets.replaced(more={"industry_division": "65"})
    assert [one.field for one in obstacles_to_draft(wrong, TODAY)] == ["industry_division"]
    unknown = assets.replaced(class_code="A08060299")
    assert [one.field for one in obstacles_to_draft(unknown, TODAY)] == ["class_code"]
