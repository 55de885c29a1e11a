"""How Chinese is read: the pinyin of a text without tones, and pinyin taken apart.

The readings are pypinyin's (MIT): one for each character, and phrases in which a character is
read otherwise (银行, 重庆). Its own way through a sentence costs 20 µs a character, which a million
cards do not have; here only the phrases that differ are looked for, longest first.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

_LONGEST_PHRASE = 4
# More ways to take one word apart than this are not of use to anybody.
_MOST_READINGS = 6
_LONGEST_WORD = 40


def syllables(han: str) -> list[str]:
    """Return the reading of each character; '' for one that has none."""
    single, phrases, beginnings = _readings(), _phrases(), _beginnings()
    found = [single.get(character, "") for character in han]
    for place, character in enumerate(han):
        if character not in beginnings:
            continue
        for length in range(min(_LONGEST_PHRASE, len(han) - place), 1, -1):
            reading = phrases.get(han[place : place + length])
            if reading:
                found[place : place + length] = reading
                break
    return found


@lru_cache(maxsize=4096)
def readings(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which letters are whole syllables: xian is 'xian' and 'xi an'.

    Where none is, the last syllable may be unfinished, as it is while somebody types.
    """
    if not 2 <= len(word) <= _LONGEST_WORD:
        return ()
    whole = tuple(_first(_apart(word, unfinished=False)))
    return whole or tuple(_first(_apart(word, unfinished=True)))


def _first(ways: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for _, way in zip(range(_MOST_READINGS), ways, strict=False):
        yield way


def _apart(word: str, *, unfinished: bool) -> Iterator[tuple[str, ...]]:
    known, begun = _syllables()
    ends = {len(word): True}

    def can_end(start: int) -> bool:
        # Remembered for each place, so that a long word without a way is given up at once.
        if start not in ends:
            ends[start] = any(True for _ in steps(start))
        return ends[start]

    def steps(start: int) -> Iterator[int]:
        for end in range(min(start + 6, len(word)), start, -1):
            if word[start:end] in known and can_end(end):
                yield end
        if unfinished and start > 0 and word[start:] in begun:
            yield len(word)

    def walk(start: int) -> Iterator[tuple[str, ...]]:
        if start == len(word):
            yield ()
            return
        for end in dict.fromkeys(steps(start)):
            for rest in walk(end):
                yield (word[start:end], *rest)

    return walk(0)


def is_syllable(text: str) -> bool:
    return text in _syllables()[0]


@cache
def _readings() -> dict[str, str]:
    from pypinyin.constants import PINYIN_DICT

    return {
        chr(code): _toneless(several.split(",")[0])
        for code, several in PINYIN_DICT.items()
        if _toneless(several.split(",")[0])
    }


@cache
def _phrases() -> dict[str, list[str]]:
    """The phrases in which some character is not read as it is alone."""
    from pypinyin.constants import PHRASES_DICT

    single = _readings()
    found = {}
    for phrase, several in PHRASES_DICT.items():
        reading = [_toneless(one[0]) for one in several]
        usual = [single.get(character, "") for character in phrase]
        if 1 < len(phrase) <= _LONGEST_PHRASE and len(reading) == len(phrase) and reading != usual:
            found[phrase] = reading
    return found


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in _phrases())


@cache
def _syllables() -> tuple[frozenset[str], frozenset[str]]:
    """Every syllable there is, and every beginning of one."""
    vowels = set("aeiouv")
    known = frozenset(one for one in _readings().values() if vowels & set(one))
    return known, frozenset(one[:end] for one in known for end in range(1, len(one)))


def _toneless(reading: str) -> str:
    # ü is typed v.
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    for marked in "ǖǘǚǜ":
        reading = reading.replace(marked, "v")
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    return "".join(c for c in plain if c.isascii() and c.isalpha())
