"""Columns as offices keep them, whose type the name and the columns beside them must settle."""

import hashlib
from datetime import date

import pytest

from shuce.engines.scan import scan

TODAY = date(2026, 11, 23)
USERS = ["zhangs", "lis", "wangw", "sunl", "zhaoq", "zhoub"]
DIGESTS = [hashlib.md5(user.encode(), usedforsecurity=False).hexdigest() for user in USERS]
ACCOUNTS = [
    "16024070010002318",
    "16024070010081197",
    "37101985410051007",
    "16024070019951124",
    "37101988001050123",
    "15102010400072239",
]
EIGHT = ["31507341", "23053423", "31811304", "90211847", "11240955", "56102238"]


def types(tmp_path, columns: dict[str, list[str]]) -> dict[str, str]:
    rows = zip(*columns.values(), strict=True)
    text = "\n".join(",".join(cells) for cells in [list(columns), *map(list, rows)])
    (tmp_path / "t.csv").write_text(text + "\n", encoding="utf-8")
    [table] = scan(str(tmp_path / "t.csv"), today=TODAY).tables
    return {column.name: column.type.value for column in table.columns}


@pytest.mark.parametrize("name", ["银行账号", "收款账号", "yhzh"])
def test_a_plain_name_makes_an_account_of_digits_without_a_check_digit(tmp_path, name):
    assert types(tmp_path, {"户名": USERS, name: ACCOUNTS})[name] == "bank_card"


@pytest.mark.parametrize("name", ["业务流水号", "凭证号", "会员卡号", "v7"])
def test_the_same_digits_under_another_name_are_no_account(tmp_path, name):
    assert types(tmp_path, {"户名": USERS, name: ACCOUNTS})[name] == "none"


@pytest.mark.parametrize("user", ["user_name", "用户名", "yhm"])
def test_a_bare_digest_beside_a_users_name_is_a_password(tmp_path, user):
    assert types(tmp_path, {user: USERS, "cred_v": DIGESTS})["cred_v"] == "password"


@pytest.mark.parametrize("name", ["id", "session_id", "salt", "file_hash", "token"])
def test_a_digest_whose_name_says_what_it_is_is_no_password(tmp_path, name):
    assert types(tmp_path, {"user_name": USERS, name: DIGESTS})[name] == "none"


def test_a_digest_in_a_table_of_files_is_no_password(tmp_path):
    files = [f"附件{n}.pdf" for n in range(6)]
    assert types(tmp_path, {"文件名": files, "hv": DIGESTS})["hv"] == "none"


def test_a_random_row_key_is_no_password(tmp_path):
    keys = [digest[:12] + "4" + digest[13:16] + "a" + digest[17:] for digest in DIGESTS]
    assert types(tmp_path, {"user_name": USERS, "v": keys})["v"] == "none"


def test_eight_digits_are_a_permit_where_the_kind_of_document_says_so(tmp_path):
    assert types(tmp_path, {"zjlx": ["台胞证"] * 6, "zjhm": EIGHT})["zjhm"] == "travel_permit"
    assert types(tmp_path, {"zjlx": ["营业执照"] * 6, "zjhm": EIGHT})["zjhm"] == "none"


def test_telephones_are_landlines_when_they_have_area_codes(tmp_path):
    phones = ["0531-82340011", "0531-82340987", "010-65230187", "4008123456", "0532-85911231"]
    assert types(tmp_path, {"联系电话": phones})["联系电话"] == "landline"


def test_a_disabled_persons_card_and_a_pupils_number_contain_the_residents_number(
    tmp_path, resident_ids
):
    columns = {
        "残疾证号": [number + "43" for number in resident_ids],
        "学籍号": ["G" + number for number in resident_ids],
    }
    assert set(types(tmp_path, columns).values()) == {"id_card"}


@pytest.fixture
def resident_ids() -> list[str]:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    bodies = [f"370102{year}0307{year % 1000:03d}" for year in range(1960, 1972)]
    return [
        body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]
        for body in bodies
    ]
