"""What a column's name and comment say about its content.

Chinese names are head-final (法定代表人身份证号 is a number, not a person), so is English in
snake case: of several words that match, the one that ends last counts, then the longest.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from shuce.engines.scan.rulebook import name_rules
from shuce.engines.scan.types import SemanticType

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TAIL_CHINESE = re.compile(
    r"^(?:号码|号|码|代码|编码|名称|信息|[\d一二三]|[((（].*[))）]|[\s:：])*$"
)
_NEUTRAL_TAIL = {"no", "num", "number", "code", "id", "str", "val", "value", "cn", "text", "raw"}
_AGAINST = "none"

# How much a name is worth: as the whole name, or as its end.
_WHOLE_CHINESE, _END_CHINESE, _INSIDE_CHINESE = 0.95, 0.85, 0.25
_WHOLE_LATIN, _END_LATIN = 0.85, 0.65
_END_INITIALS = 0.55


@dataclass(frozen=True)
class NameEvidence:
    """How strongly the words speak for each type, 0 to 1; `against` for content of no type."""

    strengths: dict[SemanticType, float]
    against: float
    word: str

    def strength(self, of: SemanticType) -> float:
        return self.strengths.get(of, 0.0)


def read_name(name: str, comment: str = "") -> NameEvidence:
    """Weigh a column's name and comment. The comment, if it says anything, outweighs the name."""
    spoken = [found for found in (_weigh(comment), _weigh(name)) if found]
    strengths: dict[SemanticType, float] = {}
    against, word = 0.0, ""
    for rank, found in enumerate(spoken):
        worth = 1.0 if rank == 0 else 0.5
        for kind, (strength, matched) in found.items():
            if kind == _AGAINST:
                against = max(against, strength * worth)
            else:
                of = SemanticType(kind)
                strengths[of] = max(strengths.get(of, 0.0), strength * worth)
            word = word or matched
    if strengths and against and max(strengths.values()) > against:
        against = 0.0
    return NameEvidence(strengths, against, word)


def meaning_of(name: str) -> bool:
    """Say whether a cell reads like the name of a column."""
    return bool(_weigh(name.strip())) if name.strip() else False


@lru_cache(maxsize=4096)
def _weigh(phrase: str) -> dict[str, tuple[float, str]]:
    phrase = phrase.strip()
    if not phrase:
        return {}
    return _weigh_chinese(phrase) if _CHINESE.search(phrase) else _weigh_latin(phrase)


def _weigh_chinese(phrase: str) -> dict[str, tuple[float, str]]:
    matches: list[tuple[int, int, float, str, str]] = []
    for kind, chinese in _chinese_words():
        at = phrase.rfind(chinese)
        if at < 0:
            continue
        end = at + len(chinese)
        if len(chinese) == len(phrase):
            strength = _WHOLE_CHINESE
        elif _TAIL_CHINESE.match(phrase[end:]):
            strength = _END_CHINESE
        else:
            strength = _INSIDE_CHINESE
        matches.append((end, len(chinese), strength, kind, chinese))
    if not matches:
        return {}
    # A longer word that covers the end (证件号码 over 号码) beats any shorter one.
    last = max(matches)[:2]
    best = [match for match in matches if match[:2] == last]
    return {kind: (strength, word) for _, _, strength, kind, word in best}


def _weigh_latin(phrase: str) -> dict[str, tuple[float, str]]:
    tokens = [t for t in re.split(r"[^A-Za-z]+", _CAMEL.sub("_", phrase).lower()) if t]
    tokens = [t for t in tokens if t not in ("col", "f", "c", "t", "fld", "column", "field")]
    if not tokens:
        return {}
    whole = "_".join(tokens)
    joined = "".join(tokens)
    initials, full = _latin_words()
    found: dict[str, tuple[float, str]] = {}

    def add(kinds: frozenset[str], strength: float, word: str) -> None:
        for kind in kinds:
            if strength > found.get(kind, (0.0, ""))[0]:
                found[kind] = (strength, word)

    for candidate in {whole, joined}:
        add(full.get(candidate, frozenset()), _WHOLE_LATIN, candidate)
        add(initials.get(candidate, frozenset()), _WHOLE_LATIN, candidate)
    if found:
        return found
    trimmed = list(tokens)
    while len(trimmed) > 1 and trimmed[-1] in _NEUTRAL_TAIL:
        trimmed.pop()
    for ending in (tokens, trimmed):
        for start in range(len(ending)):
            word = "_".join(ending[start:])
            strength = _END_LATIN if start else _WHOLE_LATIN - 0.1
            add(full.get(word, frozenset()), strength, word)
            add(initials.get(word, frozenset()), strength, word)
            if found:
                return found
    if len(tokens) == 1:
        for size in range(len(joined) - 1, 1, -1):
            word = joined[-size:]
            add(initials.get(word, frozenset()), _END_INITIALS if size > 2 else 0.4, word)
            if found:
                return found
    return found


@cache
def _chinese_words() -> tuple[tuple[str, str], ...]:
    return tuple(
        (kind, word) for kind, rule in name_rules().items() for word in rule.get("chinese", [])
    )


@cache
def _latin_words() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    both: tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]] = ({}, {})
    for kind, rule in name_rules().items():
        for index, key in enumerate(("initials", "full")):
            for word in rule.get(key, []):
                table = both[index]
                table[word] = table.get(word, frozenset()) | {kind}
                if index == 1 and "_" in word:
                    joined = word.replace("_", "")
                    table[joined] = table.get(joined, frozenset()) | {kind}
    return both
