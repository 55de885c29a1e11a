"""How the Chinese words of the rules are written in pinyin."""

from functools import cache
from itertools import product

from shuce.engines.scan.rulebook import read_rule_file


def spellings(chinese: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways a word's syllables may be read, without tones: 行 is hang or xing.

    A word with Latin letters, or with a character unknown here, has none.
    """
    readings = [_readings().get(character, ()) for character in chinese]
    return tuple(product(*readings)) if all(readings) else ()


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """Return {character: its readings in names of columns}, as pinyin.txt lists them."""
    found: dict[str, tuple[str, ...]] = {}
    for line in read_rule_file("pinyin.txt").splitlines():
        reading, _, characters = line.partition(" ")
        for character in characters:
            found[character] = (*found.get(character, ()), reading)
    return found
