"""The scan's rules, read from the data files beside it."""

import csv
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from shuce.kernel.regions import every_code, region_name


@dataclass(frozen=True)
class Settings:
    """Thresholds; what each means is written in settings.toml."""

    decide_at: float
    name_only_at: float
    name_only_confidence: float
    undecidable_at: float
    values_per_column: int
    text_values_per_column: int
    sample_rows: int
    sample_ranges: int
    sparse_nulls: float
    sparse_values: int
    exact_distinct_rows: int
    top_values: int
    pattern_width: int
    check_share: float


@dataclass(frozen=True)
class Words:
    """Dictionaries of values."""

    surnames: frozenset[str]
    compound_surnames: tuple[str, ...]
    not_names: frozenset[str]
    never_given: frozenset[str]
    ethnicities: frozenset[str]
    religions: frozenset[str]
    genders: frozenset[str]
    gender_codes: frozenset[str]
    medical_terms: re.Pattern[str]
    placeholders: frozenset[str]


@cache
def settings() -> Settings:
    raw = _toml("settings.toml")
    raw.pop("since")
    return Settings(**raw)


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in _toml("patterns.toml").items()}


@cache
def words() -> Words:
    raw = _toml("words.toml")
    places = {_without_kind(region_name(code)) for code in every_code()}
    groups = raw["ethnicities"]
    return Words(
        surnames=frozenset(raw["surnames"]),
        compound_surnames=tuple(raw["compound_surnames"]),
        not_names=frozenset(raw["not_names"]) | places,
        never_given=frozenset(raw["never_given"]),
        ethnicities=frozenset(groups) | {f"{group}族" for group in groups},
        religions=frozenset(raw["religions"]),
        genders=frozenset(raw["genders"]),
        gender_codes=frozenset(raw["gender_codes"]),
        medical_terms=re.compile("|".join(map(re.escape, raw["medical_terms"]))),
        placeholders=frozenset(raw["placeholders"]),
    )


@cache
def issuers() -> tuple[str, ...]:
    """Return the known bank card prefixes, longest first."""
    text = read_rule_file("issuers.csv").splitlines()
    return tuple(sorted((row["prefix"] for row in csv.DictReader(text)), key=len, reverse=True))


@cache
def name_rules() -> dict[str, dict[str, list[str]]]:
    """Return {type: {"chinese" | "patterns" | "initials" | "full" | "alone": words}}.

    Every one of `starts` followed by every one of `ends` is a Chinese word too.
    """
    rules = _toml("names.toml")
    for rule in rules.values():
        made = [start + end for start in rule.get("starts", []) for end in rule.get("ends", [])]
        rule["chinese"] = [*dict.fromkeys([*rule.get("chinese", []), *made])]
    return rules


def _without_kind(region: str) -> str:
    """Return a region's name as people say it: 黄浦 for 黄浦区."""
    return region[:-1] if len(region) > 2 and region[-1] in "省市区县旗盟" else region


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(read_rule_file(name))


def read_rule_file(name: str) -> str:
    """Return the text of one file of rules."""
    return (files("shuce.engines.scan") / "rules" / name).read_text(encoding="utf-8")
