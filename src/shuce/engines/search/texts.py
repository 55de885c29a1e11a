"""A text as it is searched, and the tokens under which a database finds it.

The text has three regions. What was written, normalised: runs of ASCII letters and digits and runs
of everything else, with one space between. How it sounds, in capitals, each syllable after a
quote: 'MEN'ZHEN. Its initials with points between: M.Z. The first region has no capitals and the
third no quotes, so a needle can only stand where it belongs.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from shuce.engines.search.sounds import syllables

# Parts of a text are kept apart, so that no phrase is found across two of them.
BETWEEN = " | "
_RUNS = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Part:
    """One thing said of a subject; codes and names of columns are not `spoken`."""

    text: str
    spoken: bool = True


def normal(text: str) -> str:
    """Return `text` as it is compared: full width, case, and punctuation make no difference."""
    return " ".join(_runs(text))


def text_of(parts: Iterable[Part]) -> str:
    """Return the text in which needles are looked for."""
    written, sounds, initials, length = [], [], [], 0
    for part in parts:
        length += len(part.text)
        if length > _MOST_CHARACTERS:
            break
        runs = _runs(part.text)
        if not runs:
            continue
        written.append(" " + " ".join(runs))
        for run in runs if part.spoken else ():
            for spoken in _stretches(run):
                sounds.append(in_sounds(spoken))
                initials.append(in_initials(one[0] for one in spoken))
    return f"{BETWEEN.join(written)}{BETWEEN}{' '.join(sounds)}{BETWEEN}{' '.join(initials)}"


def tokens_of(text: str, labels: Collection[str] = ()) -> list[int]:
    """Return the tokens of a text made by `text_of`, with those of `labels`, in order."""
    words = {f"@{one}" for one in labels}
    for word in text.split(" "):
        first = word[:1]
        if first == "'":
            words.update(grams_of_sounds(word[1:].split("'")))
        elif first.isascii():
            words.update(
                grams_of_initials(word.split(".")) if first.isupper() else _grams_of_ascii(word)
            )
        else:
            words.update(word)
            words.update(pairs(word))
    words.discard("|")
    return sorted(token(word) for word in words)


def in_sounds(spoken: Iterable[str]) -> str:
    return "".join(f"'{one.upper()}" for one in spoken)


def in_initials(letters: Iterable[str]) -> str:
    return ".".join(letters).upper()


def label(text: str) -> int:
    """Return the token of a label."""
    return token(f"@{text}")


@lru_cache(maxsize=100_000)
def token(word: str) -> int:
    """Return a word as 32 bits with their sign: what databases index smallest and fastest.

    Two words may share one; whoever is found by tokens is looked at again.
    """
    found = crc32(word.encode())
    return found - (1 << 32) if found >> 31 else found


def pairs(run: str) -> Iterator[str]:
    return (run[place : place + 2] for place in range(len(run) - 1))


def triples(run: str) -> Iterator[str]:
    return (run[place : place + 3] for place in range(len(run) - 2))


def grams_of_sounds(spoken: Sequence[str]) -> Iterator[str]:
    yield from (f"'{one}" for one in spoken)
    yield from (f"'{one}'{two}" for one, two in pairwise(spoken))


def grams_of_initials(capitals: Sequence[str]) -> Iterator[str]:
    joined = "".join(capitals)
    yield from pairs(joined)
    yield from triples(joined)


def is_ascii_run(run: str) -> bool:
    return run[:1].isascii()


def _grams_of_ascii(run: str) -> Iterator[str]:
    yield f"^{run[:1]}"
    yield f"^{run[:2]}"
    yield from triples(run)


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def _stretches(run: str) -> Iterator[list[str]]:
    """Yield the readings of a run, cut where a character has none."""
    if is_ascii_run(run):
        return
    spoken: list[str] = []
    for one in syllables(run):
        if one:
            spoken.append(one)
        elif spoken:
            yield spoken
            spoken = []
    if spoken:
        yield spoken
