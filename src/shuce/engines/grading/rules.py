"""The dated settings of grading, read into plain values."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from shuce.engines.grading.levels import ImpactDegree, ImpactObject, Level


@dataclass(frozen=True)
class GradingRules:
    """Matrix, floors and thresholds in force from `since`; a bureau may hand in its own."""

    since: date
    basis: dict[str, str]
    matrix: dict[tuple[ImpactObject, ImpactDegree], Level]
    floors: dict[str, Level]
    large_persons: int
    large_from: Level
    large_ceiling: Level
    duty_persons: int
    minors_below: int
    minors_level: Level

    def floor_of(self, semantic_type: str) -> Level:
        """Return the least level of a column of this type; L1 for a type without a floor."""
        return self.floors.get(semantic_type, Level.L1)


@cache
def default_rules() -> GradingRules:
    """Return the rules this release comes with."""
    text = (files(__package__ or "") / "settings.toml").read_text(encoding="utf-8")
    return read_rules(tomllib.loads(text))


def read_rules(settings: dict[str, Any]) -> GradingRules:
    """Build the rules from parsed settings of the shape of settings.toml."""
    volume, minors, floors = settings["volume"], settings["minors"], settings["floors"]
    return GradingRules(
        since=max(part["since"] for part in settings.values()),
        basis={name: part["basis"] for name, part in settings.items()},
        matrix={
            (ImpactObject(about), ImpactDegree(degree)): Level(level)
            for about, row in settings["matrix"].items()
            if isinstance(row, dict)
            for degree, level in row.items()
        },
        floors={
            semantic_type: level for level in Level for semantic_type in floors.get(level.value, [])
        },
        large_persons=volume["large_persons"],
        large_from=Level(volume["large_from"]),
        large_ceiling=Level(volume["large_ceiling"]),
        duty_persons=volume["duty_persons"],
        minors_below=minors["age_below"],
        minors_level=Level(minors["level"]),
    )
