"""Every Chinese sentence people read has its English, and nothing Chinese escapes translation."""

import re

from django.utils import translation

from shuce.foundation.organizations.permissions import Role
from shuce.web import catalogue

_PLACES = re.compile(r"\{\w+[^}]*\}|%\(\w+\)s")
_HAN = re.compile(r"[㐀-鿿]")
# The name of a language in itself, and the numbers of the three documents, stay as they are.
_NAMES = ("中文", "沪财资〔2024〕6号", "财资〔2023〕141号", "财资〔2024〕1号")


def test_every_sentence_has_its_english():
    english = catalogue.read()
    missing = {
        sentence: places[0]
        for sentence, places in catalogue.sentences().items()
        if sentence not in english or not english[sentence].string
    }
    assert missing == {}


def test_the_english_holds_the_same_facts():
    for message in catalogue.read():
        if message.id:
            assert set(_PLACES.findall(message.id)) == set(_PLACES.findall(message.string)), (
                message.id
            )


def test_templates_say_nothing_outside_a_translation():
    loose = {}
    for file in sorted(catalogue.SOURCE.rglob("*.html")):
        text = file.read_text("utf-8")
        text = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", "", text, flags=re.S)
        text = re.sub(
            r"\{%\s*blocktrans(?:late)?.*?endblocktrans(?:late)?\s*%\}", "", text, flags=re.S
        )
        text = re.sub(r"\{[%{].*?[%}]\}", "", text, flags=re.S)
        for name in _NAMES:
            text = text.replace(name, "")
        if found := _HAN.findall(text):
            loose[file.relative_to(catalogue.SOURCE).as_posix()] = "".join(found)
    assert loose == {}


def test_a_page_reads_in_english_when_asked(city, client):
    catalogue.compile_if_changed()
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    with translation.override("en"):
        answer = client.get("/inbox/", headers={"accept-language": "en"})
    assert "Inbox" in answer.content.decode()
