"""How a resource's data changed from scan to scan."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.inventory import queries, trends
from shuce.lifecycle.inventory.tables import SnapshotTable


@login_required
def history(request: SignedRequest, resource_id: str) -> HttpResponse:
    """The snapshots of a resource with charts; `?column=` adds those of one column."""
    found = queries.resource_seen(resource_id, request.user)
    snapshots = queries.snapshots_of(found)
    oldest_first = list(snapshots[: trends.MOST])[::-1]
    column = request.GET.get("column", "")
    return list_page(
        request,
        rows=snapshots,
        table=SnapshotTable,
        title=say("概况历史"),
        template="inventory/history.html",
        empty=say("还没有扫描记录。再次扫描后，这里显示数据的变化。"),
        context={
            "subtitle": str(found),
            "crumbs": [
                Crumb(say("数据资源"), reverse("inventory:resources")),
                Crumb(str(found), reverse("inventory:resource", args=[found.id])),
            ],
            "columns": [one["name"] for one in found.columns],
            "column": column,
            "charts": trends.charts_of(oldest_first),
            "column_charts": trends.charts_of_column(oldest_first, column) if column else [],
            "drifts": trends.drifts_shown(oldest_first[-1]) if oldest_first else [],
        },
    )
