"""What a stocktake compares: tables as scans saw them last, and cards as they were entered."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from shuce.kernel.words import say
from shuce.lifecycle.inventory.models import Resource, Snapshot, Stocktake
from shuce.lifecycle.inventory.rules import Difference, Held, ResourceState, StocktakeState, changes
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import SourceState

Found = dict[tuple[str, Difference], str]
_AT_A_TIME = 500


def find_differences(stocktake: Stocktake) -> Found:
    """Return every difference by table and sort, with what it is."""
    resources = resources_of_stocktake(stocktake)
    since = _counted_last(stocktake)
    # Only where a scan found other columns are the columns of then looked up.
    restructured = frozenset(
        Snapshot.objects.filter(resource__in=resources, restructured=True)
        .order_by()
        .values_list("resource_id", flat=True)
    )
    found: Found = {}
    for resource in resources.prefetch_related("cards__holder").iterator(_AT_A_TIME):
        for difference, note in _differences(resource, since, resource.id in restructured):
            found[resource.id, difference] = note
    return found


def resources_of_stocktake(stocktake: Stocktake) -> QuerySet[Resource]:
    """The tables of the body and of all below it."""
    return Resource.objects.filter(
        organization__path__startswith=stocktake.organization.path
    ).select_related("source", "organization")


def _differences(
    resource: Resource, since: datetime | None, restructured: bool
) -> Iterator[tuple[Difference, str]]:
    known = resource.state in (ResourceState.REGISTERED, ResourceState.MEMORANDUM)
    if resource.missing_since:
        if known:
            yield Difference.SHORTAGE, say("最近一次扫描未发现该表")
        return
    if resource.state == ResourceState.FOUND:
        yield Difference.SURPLUS, say("扫描发现，尚未确认登记")
        return
    card = next((one for one in resource.cards.all() if one.state != "CLOSED"), None)
    if card is None:
        return
    entered = max(filter(None, (card.drafted_at, since)))
    columns = _columns_at(resource, entered) if restructured else None
    told = list(
        changes(
            Held(columns, card.rows, card.grade or "", str(card.holder)),
            Held(
                _types(resource.columns),
                resource.rows,
                resource.proposed_grade,
                str(resource.organization),
            ),
        )
    )
    if told:
        yield Difference.CHANGED, "；".join(told)


def _counted_last(stocktake: Stocktake) -> datetime | None:
    """When the body, or one above it, was counted last: what changed before is concluded."""
    above = stocktake.organization.path.strip("/").split("/")
    earlier = Stocktake.objects.filter(
        organization_id__in=above, state=StocktakeState.SIGNED_OFF, signed_off_at__isnull=False
    )
    return earlier.order_by("-signed_off_at").values_list("signed_off_at", flat=True).first()


def _columns_at(resource: Resource, at: datetime) -> Mapping[str, str] | None:
    """Return the columns as a scan saw them up to then; None where no scan of then was kept."""
    then = Snapshot.objects.filter(resource=resource, taken_at__lte=at).order_by("-id").first()
    return _types(then.columns) if then else None


def _types(columns: list[dict[str, Any]]) -> dict[str, str]:
    return {str(one["name"]): str(one.get("sql_type") or "") for one in columns}


def unscanned(stocktake: Stocktake) -> QuerySet[Source]:
    """Connected sources that were not scanned since the stocktake began: what it did not see."""
    return (
        Source.objects.filter(
            organization__path__startswith=stocktake.organization.path,
            state=SourceState.CONNECTED,
        )
        .exclude(scans__scanned_at__gte=stocktake.opened_at)
        .select_related("organization")
        .order_by("organization__path", "name")
    )


@dataclass(frozen=True)
class Count:
    """What a stocktake counted: sources, tables by state, differences by sort and conclusion."""

    sources: int
    unscanned: int
    tables: int
    registered: int
    memorandum: int
    surplus: int
    shortage: int
    changed: int
    waiting: int


def count_of(stocktake: Stocktake) -> Count:
    """Count what stands behind a stocktake's report."""
    tables = resources_of_stocktake(stocktake).filter(missing_since=None)
    by_state = Counter(tables.order_by().values_list("state", flat=True))
    lines = Counter(stocktake.lines.values_list("difference", flat=True))
    sources = Source.objects.filter(
        organization__path__startswith=stocktake.organization.path, state=SourceState.CONNECTED
    )
    return Count(
        sources=sources.count(),
        unscanned=unscanned(stocktake).count(),
        tables=sum(by_state.values()),
        registered=by_state[ResourceState.REGISTERED],
        memorandum=by_state[ResourceState.MEMORANDUM],
        surplus=lines[Difference.SURPLUS],
        shortage=lines[Difference.SHORTAGE],
        changed=lines[Difference.CHANGED],
        waiting=stocktake.lines.filter(conclusion="").count(),
    )


def open_until(day: date) -> QuerySet[Stocktake]:
    """Stocktakes that are not signed off and are due by `day`."""
    return Stocktake.objects.filter(state=StocktakeState.OPEN, due_on__lte=day)
