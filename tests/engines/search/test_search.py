"""Words inside phrases, pinyin whole and by initials, parts of codes; tokens never lose a hit."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.search import Part, ask, matches, normal, text_of, tokens_of
from shuce.engines.search.sounds import readings, syllables

CARD = text_of(
    [
        Part("不动产登记信息"),
        Part("91310000MA1FL5XX0K-2026-A0806-000123", spoken=False),
        Part("重庆银行（西安）长江路支行，ＡＢＣ类第5G网"),
        Part("cert_no", spoken=False),
        Part("身份证号"),
    ]
)


@pytest.mark.parametrize(
    "typed",
    [
        "不动产",
        "动产登",
        "登记",
        "记",
        "登记 银行",
        "budongchan",
        "dongchan",
        "bdc",
        "dcdj",
        "sfzh",
        "shenfenzhenghao",
        "budongch",
        "chongqing",
        "yinhang",
        "changjiang",
        "xian",
        "BuDongChan",
        "000123",
        "2026-A0806",
        "2026-a0806-000123",
        "1fl5xx",
        "91",
        "abc",
        "第5g网",
        "cert",
        "no",
        "dj sfz",
    ],
)
def test_what_people_type_finds_the_card(typed):
    assert matches(CARD, ask(typed)), typed


@pytest.mark.parametrize(
    "typed",
    ["不产", "登记信息91", "记信息 气象", "zhongqing", "yinxing", "hen", "310", "000124", "an"],
)
def test_what_does_not_stand_there_is_not_found(typed):
    # Three digits inside a code are found, so 310 is; the others are not there.
    assert matches(CARD, ask(typed)) is (typed in ("310", "an"))


def test_characters_are_read_as_their_phrase_is_read():
    assert syllables("重庆银行长度") == ["chong", "qing", "yin", "hang", "chang", "du"]
    assert syllables("女律") == ["nv", "lv"]


def test_letters_are_taken_apart_in_every_way_that_is_whole():
    assert set(readings("xian")) == {("xian",), ("xi", "an")}
    assert readings("menzhenj") == (("men", "zhen", "j"),)
    assert readings("bdc") == ()
    assert readings("x" * 41) == ()
    # Without memory of dead ends this would take longer than the world has.
    assert len(readings("an" * 19 + "x")) <= 6


def test_width_case_and_punctuation_make_no_difference():
    assert normal("ＡＢＣ－（数据）") == normal("abc 数据") == "abc 数据"
    assert not ask("  ——  ")


WORDS = st.text("数据不动产登记银行重庆abz019-（_ Éя", max_size=12)


@settings(max_examples=300)
@given(parts=st.lists(WORDS, max_size=4), typed=st.data())
def test_tokens_lead_to_every_text_that_answers(parts, typed):
    text = text_of(Part(part, spoken=len(part) % 2 == 0) for part in parts)
    joined = "".join(parts) or "数"
    start = typed.draw(st.integers(0, len(joined) - 1))
    question = ask(
        typed.draw(
            st.one_of(
                st.just(joined[start : start + typed.draw(st.integers(1, 6))]),
                WORDS,
                st.text(string.ascii_lowercase, max_size=6),
            )
        )
    )
    tokens = set(tokens_of(text))
    for needles in question.words:
        for needle in needles:
            assert needle.tokens, needle
            if needle.text in text:
                assert needle.tokens <= tokens, (needle, text)


@given(WORDS)
def test_a_text_is_found_by_any_piece_of_it(part):
    text = text_of([Part(part)])
    runs = normal(part).split(" ")
    for run in runs:
        if len(run) > 2 or not run.isascii():
            assert not run or matches(text, ask(run[-3:]))
