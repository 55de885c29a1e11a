import pytest

from shuce.engines.scan.names import read_name


def meant(name: str, comment: str = "") -> str:
    found = read_name(name, comment)
    return max(found.strengths, key=lambda t: found.strengths[t]).value if found.strengths else ""


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("法定代表人身份证号", "id_card"),
        ("法定代表人", "person_name"),
        ("联系人电话", "mobile"),
        ("身份证地址", "address"),
        ("user_phone", "mobile"),
        ("userPhone", "mobile"),
        ("phone_no", "mobile"),
        ("fddbrsfzh", "id_card"),
        ("SFZH", "id_card"),
        ("credit_code", "uscc"),
        ("client_ip", "ip"),
        ("订单号", ""),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_the_last_word_of_a_name_says_what_it_is(name, type_):
    assert meant(name) == type_


def test_a_comment_outweighs_a_name():
    assert meant("c17", "护照号码") == "passport"
    assert meant("xm", "项目名称") != "person_name" or read_name("xm", "项目名称").against > 0.8


def test_what_only_mentions_a_thing_is_not_the_thing():
    assert read_name("手机品牌").strengths == {}
    assert max(read_name("手机型号规格").strengths.values(), default=0) < 0.5
