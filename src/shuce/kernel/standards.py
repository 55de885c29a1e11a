"""Code lists of national standards: asset classes (GB/T 14885-2022), industries (GB/T 4754-2017).

The asset classes are the main classes and the branch of intangible assets down to A0806 in full;
the industries are sections and divisions. `sure` says how far a code was checked: H is held with
high confidence and not yet compared with the printed standard, M with less.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Code:
    """One entry of a standard's code list, and the entry above it."""

    code: str
    name: str
    above: str
    sure: str


@cache
def asset_classes() -> dict[str, Code]:
    return _read("asset_classes.csv")


@cache
def industries() -> dict[str, Code]:
    """Return sections (a letter) and divisions (two digits), each section before its divisions."""
    return _read("industries.csv")


def below(codes: dict[str, Code], top: str) -> Iterator[Code]:
    """Yield the entries under `top` at every depth, in the order of the standard."""
    for one in codes.values():
        above = one.above
        while above and above != top:
            above = codes[above].above
        if above == top:
            yield one


def path_of(codes: dict[str, Code], code: str) -> list[Code]:
    """Return the entry and those above it, the highest first; nothing for an unknown code."""
    path: list[Code] = []
    while code and code in codes:
        path.insert(0, codes[code])
        code = codes[code].above
    return path


def _read(name: str) -> dict[str, Code]:
    lines = files("shuce.kernel").joinpath(name).read_text("utf-8").splitlines()
    return {row["code"]: Code(**row) for row in csv.DictReader(lines)}
