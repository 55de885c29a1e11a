"""What a column's name and comment say about its content.

Chinese names are head-final (法定代表人身份证号 is a number, not a person), so is English in
snake case: of several words that match, the one that ends last counts, then the longest. Every
Chinese word counts in pinyin too, and by its initials from three characters on.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from shuce.engines.scan.pinyin import spellings
from shuce.engines.scan.recognisers import added
from shuce.engines.scan.rulebook import name_rules, patterns
from shuce.engines.scan.types import SemanticType

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BRACKETS = re.compile(r"[(\[【<].*?[)\]】>]")
_DECORATION = re.compile(r"^(?:[*#※\s]|\d{1,3}[.、)])+|[\s:*_\-]+$")
_NEUTRAL_TAIL = {
    "no", "num", "number", "code", "id", "str", "val", "value", "cn", "text", "raw", "info",
    "data", "new", "old", "cd", "txt", "dm", "mc", "s",
}  # fmt: skip
_PREFIXES = {"col", "f", "c", "t", "fld", "column", "field", "v", "fd"}
_NEUTRAL_INITIALS = ("mc", "dm", "bm", "hm", "xx", "bh", "h")
_AGAINST = "none"

# How much a name is worth: as the whole name, or as its end.
_WHOLE_CHINESE, _PATTERN, _END_CHINESE, _INSIDE_CHINESE = 0.95, 0.9, 0.85, 0.25
_WHOLE_LATIN, _END_LATIN = 0.85, 0.65
_DERIVED, _SHARED = 0.8, 0.6
_END_OF_TOKEN = {2: 0.42, 3: 0.55, 4: 0.65}
# A name people can read that names nothing personal: it counts a little against everything.
_READABLE, _LATIN_READABLE = 0.4, 0.25


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
    found = _weigh(name.strip()) if name.strip() else {}
    return any(strength > _READABLE for strength, _ in found.values())


@lru_cache(maxsize=4096)
def _weigh(phrase: str) -> dict[str, tuple[float, str]]:
    phrase = unicodedata.normalize("NFKC", phrase).strip()
    if not phrase:
        return {}
    if not _CHINESE.search(phrase):
        return _weigh_latin(phrase)
    outside = _DECORATION.sub("", _BRACKETS.sub("", phrase))
    if _CHINESE.search(outside):
        return _weigh_chinese(outside)
    return _weigh_chinese(_DECORATION.sub("", phrase))


def _weigh_chinese(phrase: str) -> dict[str, tuple[float, str]]:
    phrase = phrase.upper()
    matches: list[tuple[int, int, float, str, str]] = []
    for kind, chinese in _chinese_words():
        at = phrase.rfind(chinese)
        if at < 0:
            continue
        end = at + len(chinese)
        if len(chinese) == len(phrase):
            strength = _WHOLE_CHINESE
        elif patterns()["name_tail"].match(phrase[end:]):
            strength = _END_CHINESE
        else:
            strength = _INSIDE_CHINESE
        matches.append((end, len(chinese), strength, kind, chinese))
    # A longer word that covers the end (证件号码 over 号码) beats any shorter one.
    last = max(matches)[:2] if matches else (0, 0)
    best = [match for match in matches if match[:2] == last]
    if last[1] < len(phrase):
        for kind, pattern in _whole_names():
            if pattern.fullmatch(phrase):
                return {kind: (_PATTERN, phrase)}
    if best:
        return {kind: (strength, word) for _, _, strength, kind, word in best}
    return {} if patterns()["name_says_nothing"].match(phrase) else {_AGAINST: (_READABLE, phrase)}


def _weigh_latin(phrase: str) -> dict[str, tuple[float, str]]:
    tokens = [t for t in re.split(r"[^A-Za-z]+", _CAMEL.sub("_", phrase).lower()) if t]
    while tokens and tokens[0] in _PREFIXES:
        tokens.pop(0)
    if not tokens:
        return {}
    words, alone = _latin_words()
    if found := words.get(phrase.lower()):  # codes of exchange standards have digits
        return {kind: (worth, phrase) for kind, worth in found.items()}
    trimmed = list(tokens)
    while len(trimmed) > 1 and trimmed[-1] in _NEUTRAL_TAIL:
        trimmed.pop()
    for ending in (tokens, trimmed):
        for candidate in ("_".join(ending), "".join(ending)):
            found = alone.get(candidate) or words.get(candidate)
            if found:
                less = 0.1 if ending is not tokens else 0.0
                return {kind: (worth - less, candidate) for kind, worth in found.items()}
    for ending in (tokens, trimmed):
        for start in range(1, len(ending)):
            word = "_".join(ending[start:])
            if found := words.get(word):
                return {k: (min(_END_LATIN, worth), word) for k, worth in found.items()}
    if len(tokens) == 1:
        return _weigh_initials(tokens[0])
    if tokens[-1] in alone or sum(len(token) >= 3 for token in tokens) >= 2:
        return {_AGAINST: (_LATIN_READABLE, "_".join(tokens))}
    return {}


def _weigh_initials(token: str) -> dict[str, tuple[float, str]]:
    """Weigh the end of an abbreviation: fddbrsfzh ends in sfzh."""
    words, _ = _latin_words()
    for tail in _NEUTRAL_INITIALS:
        rest = token.removesuffix(tail)
        if rest != token and len(rest) >= 2 and (found := words.get(rest)):
            worth = 0.5 if len(rest) == 2 else 0.75
            return {kind: (min(worth, whole), rest) for kind, whole in found.items()}
    for size in range(len(token) - 1, 1, -1):
        word = token[-size:]
        if found := words.get(word):
            worth = _END_OF_TOKEN[min(size, 4)]
            return {kind: (min(worth, whole), word) for kind, whole in found.items()}
    return {}


@cache
def _rules() -> dict[str, dict[str, list[str]]]:
    """Return the shipped words of names with those a bureau added."""
    rules = {kind: dict(rule) for kind, rule in name_rules().items()}
    for recogniser in added():
        rule = rules.setdefault(recogniser.type.value, {})
        for name in recogniser.names:
            key = "chinese" if _CHINESE.search(name) else "full"
            word = name if key == "chinese" else name.lower()
            rule[key] = [*rule.get(key, []), word]
    return rules


def forget_words() -> None:
    """Read the words again at the next name: recognisers were added or taken away."""
    for kept in (_rules, _chinese_words, _whole_names, _latin_words, _weigh):
        kept.cache_clear()


@cache
def _chinese_words() -> tuple[tuple[str, str], ...]:
    return tuple(
        (kind, word.upper()) for kind, rule in _rules().items() for word in rule.get("chinese", [])
    )


@cache
def _whole_names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(pattern))
        for kind, rule in _rules().items()
        for pattern in rule.get("patterns", [])
    )


@cache
def _latin_words() -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Return {word: {type: worth}}: words that count at the end of a name, and only alone."""
    words: dict[str, dict[str, float]] = {}
    alone: dict[str, dict[str, float]] = {}

    def add(table: dict[str, dict[str, float]], word: str, kind: str, worth: float) -> None:
        known = table.setdefault(word, {})
        known[kind] = max(worth, known.get(kind, 0.0))

    for kind, rule in _rules().items():
        for word in rule.get("alone", []):
            add(alone, word, kind, _WHOLE_LATIN)
        for word in (*rule.get("initials", []), *rule.get("full", [])):
            add(words, word, kind, _WHOLE_LATIN)
            add(words, word.replace("_", ""), kind, _WHOLE_LATIN)
    # What an office lists as an abbreviation is meant; what only could be one gives way to it.
    listed = set(words)
    for kind, rule in _rules().items():
        for chinese in rule.get("chinese", []):
            for spoken in spellings(chinese):
                add(words, "".join(spoken), kind, _DERIVED)
                short = "".join(syllable[0] for syllable in spoken)
                if len(short) >= 3 and kind != _AGAINST:
                    add(words, short, kind, _SHARED if short in listed else _DERIVED)
                elif len(short) >= 3 and short not in listed:
                    add(words, short, kind, _DERIVED)
    return words, alone
