"""How a table differs from what an earlier scan saw: rows, gaps, values, days, structure.

Works on columns as a register files them (plain data), masked values included: a value that is
hidden is hidden alike each time, so shares can still be compared.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from shuce.kernel.choices import Choice

_LEAST_SHARE = 0.0001  # what nobody was counted for still has a share, or its logarithm has none
_COVERED = 0.8  # the commonest values tell of a column if they make up so much of it
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_DAY = re.compile(r"(\d{4})[^\d](\d{1,2})[^\d](\d{1,2})(?!\d)|(\d{4})(\d{2})(\d{2})$")
_FIRST, _LAST = 1900, 2200

Filed = Mapping[str, Any]


class DriftKind(Choice):
    """What changed between two scans."""

    ROWS = "rows", "行数"
    NULLS = "nulls", "空值比例"
    DISTINCT = "distinct", "不同值个数"
    VALUES = "values", "取值分布"
    GONE = "gone", "字段减少"
    NEW = "new", "字段增加"
    RETYPED = "retyped", "字段类型"


STRUCTURE = (DriftKind.GONE, DriftKind.NEW, DriftKind.RETYPED)


@dataclass(frozen=True)
class Seen:
    """What one scan saw of a table."""

    rows: int
    columns: Sequence[Filed]


@dataclass(frozen=True)
class Drift:
    """One change; `size`: per cent of rows or distinct values, points of gaps, PSI × 100."""

    kind: DriftKind
    column: str
    before: str
    after: str
    size: int


def drifts(before: Seen, after: Seen) -> tuple[Drift, ...]:
    """Return every change between two scans of a table, whatever its size."""
    found = [_percent(DriftKind.ROWS, "", before.rows, after.rows)]
    was = {str(column["name"]): column for column in before.columns}
    now = {str(column["name"]): column for column in after.columns}
    for name in was.keys() - now.keys():
        found.append(Drift(DriftKind.GONE, name, str(was[name].get("sql_type") or ""), "", 100))
    for name in now.keys() - was.keys():
        found.append(Drift(DriftKind.NEW, name, "", str(now[name].get("sql_type") or ""), 100))
    for name in now:
        if name in was:
            found.extend(_of_column(name, was[name], now[name]))
    kept = [one for one in found if one is not None and one.size]
    return tuple(sorted(kept, key=lambda one: (one.kind not in STRUCTURE, -one.size, one.column)))


def _of_column(name: str, was: Filed, now: Filed) -> Iterator[Drift | None]:
    types = str(was.get("sql_type") or ""), str(now.get("sql_type") or "")
    if types[0] != types[1] and all(types):
        yield Drift(DriftKind.RETYPED, name, *types, 100)
    gaps = [_gaps(one) for one in (was, now)]
    points = round(100 * (gaps[1] - gaps[0]))
    yield Drift(DriftKind.NULLS, name, f"{gaps[0]:.1%}", f"{gaps[1]:.1%}", points)
    old, new = (_profile(one) for one in (was, now))
    if old.get("distinct") is not None and new.get("distinct") is not None:
        yield _percent(DriftKind.DISTINCT, name, int(old["distinct"]), int(new["distinct"]))
    moved = shift_of(was, now)
    if moved is not None:
        yield Drift(DriftKind.VALUES, name, "", f"{moved:.3f}", round(100 * moved))


def _percent(kind: DriftKind, column: str, was: int, now: int) -> Drift | None:
    if was == now:
        return None
    size = round(100 * (now - was) / was) if was else 100
    return Drift(kind, column, f"{was:,}", f"{now:,}", size)


def shift_of(was: Filed, now: Filed) -> float | None:
    """Return the population stability index between two profiles of a column; None if unknown.

    Of numbers by the bins of their quantiles, of columns with few values by these, of others by
    the shapes of their values.
    """
    old, new = _profile(was), _profile(now)
    if not _filled(old) or not _filled(new):
        return None
    if old.get("numbers") and new.get("numbers"):
        return _of_numbers(old["numbers"], new["numbers"])
    if _tells(old) and _tells(new):
        return _of_values(old, new)
    if old.get("patterns") and new.get("patterns"):
        shapes = [{str(k): int(n) for k, n in one["patterns"]} for one in (old, new)]
        names = sorted(shapes[0].keys() | shapes[1].keys())
        return psi(*([counts.get(name, 0) for name in names] for counts in shapes))
    return None


def psi(expected: Sequence[float], actual: Sequence[float]) -> float:
    """Return the population stability index of two counts over the same bins.

    Below 0.1 a distribution is taken as the same, above 0.25 as another.
    """
    wholes = sum(expected), sum(actual)
    if not all(wholes):
        return 0.0
    total = 0.0
    for was, now in zip(expected, actual, strict=True):
        e, a = (
            max(count / whole, _LEAST_SHARE)
            for count, whole in zip((was, now), wholes, strict=True)
        )
        total += (a - e) * math.log(a / e)
    return total


def _of_numbers(old: Filed, new: Filed) -> float:
    """Count the new numbers in the bins between the old quantiles, along their own quantiles."""
    edges = sorted({float(one) for one in old["quantiles"]})
    was = [_below(edge, old) for edge in edges]
    now = [_below(edge, new) for edge in edges]
    return psi(_steps(was), _steps(now))


def _below(edge: float, numbers: Filed) -> float:
    """Return the share of numbers up to `edge`, between known quantiles along a straight line."""
    known = [
        (float(numbers["minimum"]), 0.0),
        *zip((float(one) for one in numbers["quantiles"]), _QUANTILES, strict=True),
        (float(numbers["maximum"]), 1.0),
    ]
    share = 0.0
    for (low, below), (high, above) in pairwise(known):
        if edge >= high:
            share = above
        elif edge > low:
            return below + (above - below) * (edge - low) / (high - low)
        else:
            return share
    return share


def _steps(below: Sequence[float]) -> list[float]:
    ends = [0.0, *below, 1.0]
    return [max(0.0, high - low) for low, high in pairwise(ends)]


def _tells(profile: Filed) -> bool:
    counted = sum(int(count) for _, count in profile.get("top") or ())
    return counted >= _COVERED * _filled(profile)


def _of_values(old: Filed, new: Filed) -> float:
    counts = [{str(k): int(n) for k, n in one["top"]} for one in (old, new)]
    whole = [int(one.get("distinct") or 0) <= len(one["top"]) for one in (old, new)]
    # A value missing from a list that is not whole may be there, uncounted: it is among the others.
    names = {
        name
        for name in counts[0].keys() | counts[1].keys()
        if all(name in of or complete for of, complete in zip(counts, whole, strict=True))
    }
    bins = [
        [*(of.get(name, 0) for name in sorted(names)), max(0, _filled(profile) - _known(of, names))]
        for of, profile in zip(counts, (old, new), strict=True)
    ]
    return psi(*bins)


def _known(counts: Mapping[str, int], names: set[str]) -> int:
    return sum(count for name, count in counts.items() if name in names)


def _profile(column: Filed) -> Filed:
    found: Filed = column.get("profile") or {}
    return found


def _filled(profile: Filed) -> int:
    return int(profile.get("rows") or 0) - int(profile.get("nulls") or 0)


def _gaps(column: Filed) -> float:
    profile = _profile(column)
    rows = int(profile.get("rows") or 0)
    empty = int(profile.get("nulls") or 0) + int(profile.get("blanks") or 0)
    return empty / rows if rows else 0.0


def newest_day(columns: Sequence[Filed], until: date) -> tuple[str, date] | None:
    """Return the column with the newest day that is not after `until`, and that day."""
    found: list[tuple[date, str]] = []
    for column in columns:
        ends = [_day(_profile(column).get(end)) for end in ("min", "max")]
        if all(ends) and ends[1] is not None and ends[1] <= until:
            found.append((ends[1], str(column["name"])))
    if not found:
        return None
    day, name = max(found)
    return name, day


def day_range(column: Filed) -> tuple[date, date] | None:
    """Return the first and last day of a column of days."""
    first, last = (_day(_profile(column).get(end)) for end in ("min", "max"))
    return (first, last) if first and last else None


def _day(value: object) -> date | None:
    """Read a day: as ISO or offices write it, or as eight digits; other numbers are none."""
    text = str(value)
    if not isinstance(value, str | int) or (isinstance(value, int) and len(text) != 8):
        return None
    match = _DAY.match(text)
    if match is None:
        return None
    try:
        found = date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None
    return found if _FIRST <= found.year <= _LAST else None
