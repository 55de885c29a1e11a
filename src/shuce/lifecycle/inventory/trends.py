"""Charts and sentences of how a resource's data changed over its scans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.timezone import localtime

from shuce.engines.scan.drift import DriftKind, day_range, shift_of
from shuce.kernel.words import say
from shuce.lifecycle.inventory.models import Snapshot

# As many scans as one chart shows.
MOST = 60
# From here on a distribution is usually taken as another one.
_ANOTHER = 0.25


@dataclass(frozen=True)
class Chart:
    title: str
    option: Mapping[str, Any]


@dataclass(frozen=True)
class DriftShown:
    """One change since the scan before, as people read it."""

    kind: DriftKind
    column: str
    before: str
    after: str
    size: str


def charts_of(oldest_first: Sequence[Snapshot]) -> list[Chart]:
    """The charts of a whole table; none before the second scan."""
    if len(oldest_first) < 2:
        return []
    rows = [one.rows for one in oldest_first]
    greatest = [one.psi_hundredths / 100 for one in oldest_first]
    lag = [
        (localtime(one.taken_at).date() - one.newest_on).days if one.newest_on else None
        for one in oldest_first
    ]
    charts = [
        Chart(say("行数"), _line(oldest_first, [(say("行数"), rows)])),
        Chart(
            say("分布变化（各字段 PSI 最大值）"),
            _line(oldest_first, [("PSI", greatest)], limit=_ANOTHER),
        ),
    ]
    if any(days is not None for days in lag):
        charts.append(
            Chart(
                say("最新日期距扫描的天数"),
                _line(oldest_first, [(oldest_first[-1].newest_in, lag)]),
            )
        )
    return charts


def charts_of_column(oldest_first: Sequence[Snapshot], column: str) -> list[Chart]:
    """The charts of one column: gaps, distinct values, distribution, and days if it holds them."""
    found = [_column(one, column) for one in oldest_first]
    if len(found) < 2 or not any(found):
        return []
    gaps = [_gaps(one) for one in found]
    distinct = [one["profile"].get("distinct") if one else None for one in found]
    # Each against the scan before it; of the first there is nothing to tell.
    shifts = [None, *(_shift(was, now) for was, now in pairwise(found))]
    charts = [
        Chart(say("空值比例（%）"), _line(oldest_first, [(column, gaps)])),
        Chart(say("不同值个数"), _line(oldest_first, [(column, distinct)])),
        Chart(
            say("分布变化（与上次相比的 PSI）"),
            _line(oldest_first, [(column, shifts)], limit=_ANOTHER),
        ),
    ]
    spans = [day_range(one) if one else None for one in found]
    if any(spans):
        lag = [
            (localtime(one.taken_at).date() - span[1]).days if span else None
            for one, span in zip(oldest_first, spans, strict=True)
        ]
        length = [(span[1] - span[0]).days if span else None for span in spans]
        charts.append(
            Chart(
                say("日期范围（天）"),
                _line(
                    oldest_first,
                    [(say("最新日期距扫描"), lag), (say("首尾日期相隔"), length)],
                ),
            )
        )
    return charts


def drifts_shown(snapshot: Snapshot) -> list[DriftShown]:
    """What the last scan found changed, structure first, then the greatest."""
    return [
        DriftShown(DriftKind(one["kind"]), one["column"], one["before"], one["after"], _sized(one))
        for one in snapshot.drifts
    ]


def _sized(drift: Mapping[str, Any]) -> str:
    size = int(drift["size"])
    match DriftKind(drift["kind"]):
        case DriftKind.ROWS | DriftKind.DISTINCT:
            return f"{size:+d}%"
        case DriftKind.NULLS:
            return say("{points} 个百分点", points=f"{size:+d}")
        case DriftKind.VALUES:
            return f"PSI {size / 100:.2f}"
    return ""


def _column(snapshot: Snapshot, name: str) -> Mapping[str, Any] | None:
    return next((one for one in snapshot.columns if one["name"] == name), None)


def _gaps(column: Mapping[str, Any] | None) -> float | None:
    if column is None:
        return None
    profile = column["profile"]
    rows = profile.get("rows") or 0
    empty = (profile.get("nulls") or 0) + (profile.get("blanks") or 0)
    return round(100 * empty / rows, 2) if rows else None


def _shift(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> float | None:
    moved = shift_of(was, now) if was and now else None
    return None if moved is None else round(moved, 4)


def _line(
    oldest_first: Sequence[Snapshot],
    lines: Sequence[tuple[str, Sequence[float | None]]],
    limit: float | None = None,
) -> dict[str, Any]:
    marked = {"markLine": {"symbol": "none", "data": [{"yAxis": limit}]}} if limit else {}
    return {
        "grid": {"left": 8, "right": 48, "top": 16, "bottom": 32, "containLabel": True},
        **({"legend": {"bottom": 0}} if len(lines) > 1 else {}),
        "xAxis": {
            "type": "category",
            "data": [f"{localtime(one.taken_at):%Y-%m-%d}" for one in oldest_first],
        },
        "yAxis": {"type": "value"},
        "series": [
            {"type": "line", "name": name, "data": list(values), "connectNulls": True, **marked}
            for name, values in lines
        ],
    }
