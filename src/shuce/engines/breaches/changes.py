"""Many units, re-examined only where something changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from shuce.engines.breaches.finding import find_in
from shuce.engines.breaches.findings import Finding
from shuce.engines.breaches.ledger import Ledger, read_ledger
from shuce.engines.breaches.settings import DEFAULTS, Settings
from shuce.engines.breaches.tables import RowProblem


@dataclass(frozen=True, slots=True)
class Change:
    """One row of one unit's table, new or in place of the row with the same id.

    `row` None takes the row named by `row_id` away.
    """

    unit: str
    table: str
    row_id: str
    row: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Watch:
    """What was found in every unit as of a day, and the data it was found in."""

    as_of: date
    settings: Settings
    data: Mapping[str, Mapping[str, object]]
    findings: Mapping[str, tuple[Finding, ...]]
    problems: Mapping[str, tuple[RowProblem, ...]]


def find_all(
    units: Mapping[str, Mapping[str, object]], *, as_of: date, settings: Settings = DEFAULTS
) -> Watch:
    """Examine every unit."""
    ledgers = {unit: read_ledger(data) for unit, data in units.items()}
    return _watch(units, ledgers, {}, {}, as_of, settings)


def find_changed(
    before: Watch, changes: Iterable[Change], *, as_of: date | None = None
) -> tuple[Watch, tuple[str, ...]]:
    """Return the findings after `changes`, and the units that were examined for it.

    Only units with a changed row are read again, each as a whole: money is followed first in,
    first out through the unit, so one row may move any later finding of it, but of no other
    unit. A later `as_of` examines every unit, since time alone makes things overdue.
    """
    data = dict(before.data)
    touched: dict[str, None] = {}
    by_unit: dict[str, list[Change]] = {}
    for change in changes:
        by_unit.setdefault(change.unit, []).append(change)
    for unit, its_changes in by_unit.items():
        changed = _apply(data.get(unit, {}), its_changes)
        if changed != data.get(unit):
            data[unit] = changed
            touched[unit] = None
    day = as_of or before.as_of
    if day != before.as_of:
        touched = dict.fromkeys(data)
    ledgers = {unit: read_ledger(data[unit]) for unit in touched}
    watch = _watch(data, ledgers, before.findings, before.problems, day, before.settings)
    return watch, tuple(touched)


def _apply(data: Mapping[str, object], changes: list[Change]) -> dict[str, object]:
    after = dict(data)
    by_table: dict[str, list[Change]] = {}
    for change in changes:
        by_table.setdefault(change.table, []).append(change)
    for table, its_changes in by_table.items():
        old = after.get(table)
        rows: dict[str, object] = {}
        for number, row in enumerate(old if isinstance(old, list | tuple) else ()):
            named = row.get("id") if isinstance(row, Mapping) else None
            rows[f"{number}" if named is None else f"id:{named}"] = row
        for change in its_changes:
            if change.row is None:
                rows.pop(f"id:{change.row_id}", None)
            else:
                rows[f"id:{change.row_id}"] = change.row
        after[table] = list(rows.values())
    return after


def _watch(
    data: Mapping[str, Mapping[str, object]],
    ledgers: Mapping[str, Ledger],
    findings: Mapping[str, tuple[Finding, ...]],
    problems: Mapping[str, tuple[RowProblem, ...]],
    as_of: date,
    settings: Settings,
) -> Watch:
    found = {
        unit: find_in(ledger, as_of=as_of, settings=settings) for unit, ledger in ledgers.items()
    }
    bad = {unit: ledger.problems for unit, ledger in ledgers.items()}
    return Watch(
        as_of,
        settings,
        MappingProxyType(dict(data)),
        MappingProxyType({**findings, **found}),
        MappingProxyType({**problems, **bad}),
    )
