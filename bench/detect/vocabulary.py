"""The words of the labelled tables, in two halves: rules are tuned on one, scored on the other."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from zlib import crc32

Half = Literal["tune", "held"]
_HERE = Path(__file__).parent
_LEAST = 2  # a half with fewer words than this takes the whole list


@dataclass(frozen=True)
class Role:
    """What a column is for: its true type, who makes its values, and the names offices give it."""

    type: str
    maker: str
    domains: str
    chinese: tuple[str, ...]
    english: tuple[str, ...]


def half_of(words: Sequence[str], half: Half) -> tuple[str, ...]:
    """Return the words of one half, the same ones in every run."""
    wanted = 0 if half == "tune" else 1
    chosen = tuple(word for word in words if crc32(word.encode()) % 2 == wanted)
    return chosen if len(set(chosen)) >= _LEAST else tuple(words)


@cache
def words(kind: str, half: Half) -> tuple[str, ...]:
    """Return one half of a list of words.toml."""
    return half_of(tuple(_lists()[kind]), half)


@cache
def roles(half: Half) -> tuple[Role, ...]:
    """Return every role with the names of one half."""
    found = []
    for line in (_HERE / "roles.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            of, maker, domains, chinese, english = (part.strip() for part in line.split("|"))
            found.append(
                Role(
                    of,
                    maker,
                    domains,
                    half_of(chinese.split(), half),
                    half_of(english.split(), half),
                )
            )
    return tuple(found)


@cache
def look_alikes() -> tuple[tuple[str, str], ...]:
    """Return (name, maker) of columns that only look like something."""
    lines = (_HERE / "look_alikes.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("|") for line in lines if line and not line.startswith("#"))
    return tuple((name.strip(), maker.strip()) for name, maker in pairs)


def both(kind: str) -> tuple[str, ...]:
    """Return a list whole: codes that the world gives, not words to be learned by heart."""
    return tuple(_lists()[kind])


@cache
def _lists() -> dict[str, Sequence[str]]:
    return tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))
