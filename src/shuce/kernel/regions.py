"""Administrative division codes (GB/T 2260), with the codes that were abolished."""

import csv
from functools import cache
from importlib.resources import files

_GROUPING_NAMES = ("市辖区", "县", "市")
_RESIDENCE_PERMIT_ONLY = "830000"  # Taiwan in residence permits; elsewhere it is 710000


def was_ever_a_region(code: str) -> bool:
    """Say whether the six digits were ever given to a region. Ids keep abolished codes for life."""
    return code in _stretches()


def is_region(code: str) -> bool:
    """Say whether the six digits are a region's code in force."""
    return code in _names_in_force() and code != _RESIDENCE_PERMIT_ONLY


def region_name(code: str) -> str:
    """Return the region's own name, its last one if the code was abolished, or '' if unknown."""
    stretches = _stretches().get(code)
    return stretches[-1][0] if stretches else ""


def full_name(code: str) -> str:
    """Return the name with those above it, as an address begins: 上海市黄浦区; '' if unknown."""
    name = region_name(code)
    if not name:
        return ""
    above = parent_region(code)
    if not above:
        return name
    return full_name(above) + ("" if _is_grouping(code) else name)


def parent_region(code: str) -> str:
    """Return the code of the city or province above, leaving out mere groupings such as 市辖区.

    A province has none: ''. A county directly under its province has the province above it.
    """
    if code.endswith("0000"):
        return ""
    city = code[:4] + "00"
    if city != code and was_ever_a_region(city) and not _is_grouping(city):
        return city
    province = code[:2] + "0000"
    return province if was_ever_a_region(province) else ""


def is_within(code: str, other: str) -> bool:
    """Say whether the region of `code` is that of `other` or lies inside it."""
    while code and code != other:
        code = parent_region(code)
    return bool(code)


def regions_in(prefix: str) -> tuple[str, ...]:
    """Return the codes in force that begin with `prefix`, in order, without mere groupings."""
    return tuple(
        code
        for code in sorted(_names_in_force())
        if code.startswith(prefix) and is_region(code) and not _is_grouping(code)
    )


def every_code() -> tuple[str, ...]:
    """Return every code that was ever given, in order: what a set-wise check compares with."""
    return tuple(sorted(_stretches()))


def _is_grouping(code: str) -> bool:
    """Say whether the code only gathers districts or counties and names no government."""
    name = region_name(code)
    return name in _GROUPING_NAMES or "直辖" in name


@cache
def _stretches() -> dict[str, list[tuple[str, str]]]:
    """Return for each code the (name, first year no longer in force or '') it had, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    text = (files("shuce.kernel") / "regions.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["code"], []).append((row["name"], row["until"]))
    return found


@cache
def _names_in_force() -> dict[str, str]:
    return {
        code: name
        for code, stretches in _stretches().items()
        for name, until in stretches
        if not until
    }
