"""Columns of tables whose words the rules were not tuned on: bench/detect publishes the scores."""

import pytest
from pypinyin import pinyin as readings_of
from pypinyin.constants import Style

from bench.detect.__main__ import judged, scores
from bench.detect.tables import harsh_tables, look_alike_tables, office_tables
from bench.detect.vocabulary import words
from shuce.engines.scan.pinyin import spellings
from shuce.engines.scan.rulebook import read_rule_file


def test_columns_as_offices_make_them_are_told_apart_in_words_never_seen():
    score = scores(judged(office_tables("held", seed=8, count=13)))
    assert score["macro_f1"] >= 0.95
    assert score["none_kept_out"] >= 0.98


def test_look_alikes_are_kept_out_in_words_never_seen():
    assert scores(judged(look_alike_tables("held", seed=8, count=4)))["none_kept_out"] >= 0.98


def test_mistreated_columns_are_told_apart_in_words_never_seen():
    score = scores(judged(harsh_tables("held", seed=8, count=9)))
    assert score["macro_f1"] >= 0.85
    assert score["precision"] >= 0.90


@pytest.mark.parametrize("kind", ["surnames", "given", "streets", "brands", "illnesses"])
def test_the_two_halves_of_the_vocabulary_share_no_word(kind):
    assert not set(words(kind, "tune")) & set(words(kind, "held"))


def test_words_are_spelt_as_people_type_them():
    assert ("xing", "bie") in spellings("性别")
    assert ("yin", "hang", "ka", "hao") in spellings("银行卡号")
    assert spellings("IP地址") == ()


def test_every_reading_is_one_the_character_has():
    for line in read_rule_file("pinyin.txt").splitlines():
        reading, _, characters = line.partition(" ")
        for character in characters:
            known = readings_of(character, style=Style.NORMAL, heteronym=True)[0]
            assert reading in known, character
