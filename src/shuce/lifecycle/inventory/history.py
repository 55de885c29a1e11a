"""What each scan saw of a resource, kept: how its data change over time (G-7)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from shuce.engines.scan.drift import STRUCTURE, Drift, DriftKind, Seen, drifts, newest_day
from shuce.foundation.evidence.recording import in_command
from shuce.foundation.organizations.models import Signature
from shuce.lifecycle.inventory.models import Resource, Scan, Snapshot

_OF_COLUMN = ("name", "comment", "sql_type", "type", "grade")
_OF_PROFILE = ("rows", "nulls", "blanks", "distinct", "min", "max", "lengths", "numbers")
_MOST_VALUES = 10
_MOST_DRIFTS = 100
# The column of a snapshot that holds the greatest change of a kind.
_GREATEST = {
    DriftKind.ROWS: "rows_percent",
    DriftKind.NULLS: "nulls_points",
    DriftKind.DISTINCT: "distinct_percent",
    DriftKind.VALUES: "psi_hundredths",
}
_MOST = 2_000_000_000


def keep_snapshots(
    scan: Scan, resources: Sequence[Resource], before: Mapping[str, Seen], by: Signature
) -> int:
    """Keep what a scan saw of each resource, beside what the scan `before` saw; return how many."""
    assert in_command(), "snapshots are kept by the command that files a scan"
    Snapshot.objects.filter(resource__in=resources, is_newest=True).update(is_newest=False)
    made = [_snapshot(scan, one, before.get(one.id), by) for one in resources]
    return len(Snapshot.objects.bulk_create(made, batch_size=200))


def seen_of(resource: Resource) -> Seen:
    return Seen(resource.rows, resource.columns)


def _snapshot(scan: Scan, resource: Resource, before: Seen | None, by: Signature) -> Snapshot:
    found = drifts(before, seen_of(resource)) if before else ()
    newest = newest_day(resource.columns, by.today)
    return Snapshot(
        resource=resource,
        scan=scan,
        rows=resource.rows,
        sampled=scan.sampled,
        columns=[_kept(column) for column in resource.columns],
        newest_in=newest[0] if newest else "",
        newest_on=newest[1] if newest else None,
        drifts=[asdict(one) | {"kind": one.kind.value} for one in found[:_MOST_DRIFTS]],
        restructured=any(one.kind in STRUCTURE for one in found),
        taken_at=by.at,
        **{name: _greatest(found, kind) for kind, name in _GREATEST.items()},
    )


def _greatest(found: Sequence[Drift], kind: DriftKind) -> int:
    return min(_MOST, max((abs(one.size) for one in found if one.kind is kind), default=0))


def _kept(column: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a column's profile is compared over time; values stay masked as they came."""
    profile = column.get("profile") or {}
    seen: dict[str, Any] = {name: profile.get(name) for name in _OF_PROFILE}
    seen["top"] = list(profile.get("top") or ())[:_MOST_VALUES]
    seen["patterns"] = list(profile.get("patterns") or ())[:_MOST_VALUES]
    return {name: column.get(name) for name in _OF_COLUMN} | {"profile": seen}
