"""What was typed into a search box, as needles and the tokens that lead to them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shuce.engines.search.sounds import is_syllable, readings
from shuce.engines.search.texts import (
    grams_of_sounds,
    in_initials,
    in_sounds,
    is_ascii_run,
    normal,
    pairs,
    token,
    triples,
)

_MOST_WORDS = 8
_MOST_CHARACTERS = 100
_LETTERS = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True)
class Needle:
    """Something that stands in a text, and tokens that the text has then."""

    text: str
    tokens: frozenset[int]


@dataclass(frozen=True)
class Question:
    """Every word must be found, by any of its needles: as written, as initials, as pinyin."""

    words: tuple[tuple[Needle, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.words)


def ask(typed: str) -> Question:
    """Return the question that `typed` puts; words are what spaces divide."""
    words = (normal(word) for word in typed[:_MOST_CHARACTERS].split()[:_MOST_WORDS])
    return Question(tuple(tuple(_needles(word)) for word in dict.fromkeys(words) if word))


def matches(text: str, question: Question) -> bool:
    """Say whether a text made by `text_of` answers the question: what every database must say."""
    return all(any(needle.text in text for needle in needles) for needles in question.words)


def _needles(word: str) -> Iterator[Needle]:
    yield _as_written(word)
    if not _LETTERS.fullmatch(word):
        return
    capitals = word.upper()
    yield _needle(in_initials(word), triples(capitals) if len(word) > 2 else pairs(capitals))
    for way in readings(word):
        whole = [one.upper() for one in way if is_syllable(one)]
        grams = list(grams_of_sounds(whole))
        # A pair of syllables leads to fewer texts than either alone.
        yield _needle(in_sounds(way), grams[len(whole) :] or grams)


def _as_written(word: str) -> Needle:
    runs = word.split(" ")
    if len(runs) == 1 and is_ascii_run(word) and len(word) < 3:
        # One or two letters stand in every code; they are taken as the beginning of one.
        return _needle(f" {word}", [f"^{word}"])
    grams: list[str] = []
    for place, run in enumerate(runs):
        if not is_ascii_run(run):
            grams += pairs(run) if len(run) > 1 else [run]
            continue
        grams += triples(run)
        if place:
            grams.append(f"^{run[:2]}")
    return _needle(word, grams)


def _needle(text: str, grams: Iterable[str]) -> Needle:
    return Needle(text, frozenset(token(gram) for gram in grams))
