import pytest

from shuce.kernel.regions import (
    full_name,
    is_region,
    is_within,
    parent_region,
    region_name,
    regions_in,
    was_ever_a_region,
)

SHANGHAI = [
    f"3101{district:02}" for district in (1, 4, 5, 6, 7, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 51)
]


def test_shanghai_has_its_sixteen_districts():
    assert [code for code in regions_in("31") if not code.endswith("00")] == SHANGHAI
    assert region_name("310101") == "黄浦区"
    assert full_name("310151") == "上海市崇明区"


@pytest.mark.parametrize("code", ["310103", "310108", "310119", "310230", "110103", "330103"])
def test_an_abolished_code_was_once_a_region_and_is_none_now(code):
    assert was_ever_a_region(code)
    assert not is_region(code)
    assert region_name(code)


@pytest.mark.parametrize("code", ["710000", "810000", "820000", "830000"])
def test_taiwan_hong_kong_and_macau_count_for_ids(code):
    assert was_ever_a_region(code)


@pytest.mark.parametrize("code", ["000000", "999999", "310199", "31010", "", "３１０１０１"])
def test_what_was_never_given_is_no_region(code):
    assert not was_ever_a_region(code)
    assert region_name(code) == full_name(code) == ""


def test_there_are_34_provinces():
    assert len([code for code in regions_in("") if code.endswith("0000")]) == 34


def test_the_region_above_leaves_out_mere_groupings():
    assert parent_region("310115") == "310000"
    assert parent_region("320508") == "320500"
    assert parent_region("429004") == "420000"
    assert parent_region("320500") == "320000"
    assert parent_region("320000") == ""
    assert full_name("320508") == "江苏省苏州市姑苏区"
    assert full_name("429004") == "湖北省仙桃市"
    assert full_name("310100") == "上海市"


def test_every_region_in_force_stands_under_a_province_in_force():
    for code in regions_in(""):
        above = code
        while parent_region(above):
            above = parent_region(above)
        assert above.endswith("0000")
        assert is_region(above)


def test_a_district_lies_within_its_city_and_no_other():
    assert is_within("310101", "310000")
    assert is_within("310000", "310000")
    assert is_within("330106", "330100")
    assert not is_within("310000", "310101")
    assert not is_within("330106", "310000")
    assert not is_within("", "310000")
