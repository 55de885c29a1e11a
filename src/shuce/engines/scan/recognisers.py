"""Recognisers a bureau adds as data: names, shapes of values, and what they stand for.

SHUCE_RECOGNISERS names a TOML file, or a folder of them. docs/scan.md shows one.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shuce.engines.scan.shapes import SourceUnreadable
from shuce.engines.scan.types import SemanticType
from shuce.kernel.words import say

VARIABLE = "SHUCE_RECOGNISERS"
_KEYS = {"type", "names", "values", "why", "alone"}
_ALONE = 0.7


@dataclass(frozen=True)
class Recogniser:
    """What a bureau knows of one kind of column; `alone` is the confidence values carry alone."""

    type: SemanticType
    names: tuple[str, ...]
    values: re.Pattern[str] | None
    why: str
    alone: float


def added() -> tuple[Recogniser, ...]:
    """Return the recognisers that were added; raise SourceUnreadable naming what is wrong."""
    return _read(os.environ.get(VARIABLE, ""))


@cache
def _read(place: str) -> tuple[Recogniser, ...]:
    if not place:
        return ()
    path = Path(place)
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return tuple(recogniser for file in files for recogniser in _of_file(file))


def _of_file(file: Path) -> list[Recogniser]:
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        return [_recogniser(entry) for entry in told["recogniser"]]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error) as error:
        raise _fault(file, str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise _fault(file, say("缺少或写错了 {what}", what=error)) from error


def _recogniser(entry: Mapping[str, Any]) -> Recogniser:
    if unknown := set(entry) - _KEYS:
        raise KeyError("、".join(sorted(unknown)))
    of = SemanticType(entry["type"])
    names = tuple(str(name) for name in entry.get("names", ()))
    values = re.compile(entry["values"]) if "values" in entry else None
    alone = float(entry.get("alone", _ALONE))
    if not (names or values) or not 0 <= alone <= 1:
        raise ValueError("names, values, alone")
    return Recogniser(of, names, values, str(entry.get("why", "")), alone)


def _fault(file: Path, why: str) -> SourceUnreadable:
    return SourceUnreadable(say("识别规则文件有误：{file}：{why}", file=file, why=why))
