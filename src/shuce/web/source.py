"""The page of one source: what it is, its scans, and the tables they found."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.inventory import queries as inventory
from shuce.lifecycle.inventory.tables import ResourceTable, ScanTable
from shuce.lifecycle.sources.queries import obstacles_to_close, source_seen

_NEWEST = 10
_MOST = 200


@login_required
def show(request: SignedRequest, source_id: str) -> HttpResponse:
    """One source with everything found in it."""
    source = source_seen(source_id, request.user)
    may = request.user.may
    actions = []
    if may(Permission.SCAN_RUN, source.organization):
        actions.append(
            Action(
                say("扫描"),
                reverse("inventory:scan", args=[source.id]),
                icon="search",
                primary=True,
                post=True,
                obstacles=inventory.obstacles_to_scan(source),
            )
        )
    if may(Permission.SOURCE_MANAGE, source.organization):
        actions.append(
            Action(
                say("停用"),
                reverse("sources:close", args=[source.id]),
                icon="unlink",
                post=True,
                danger=True,
                confirm=say("停用后节点立即删除其地址，不能再扫描。确定停用吗？"),
                obstacles=obstacles_to_close(source),
            )
        )
    resources = inventory.resources_of(source).order_by("table_name")
    return render(
        request,
        "source/source.html",
        {
            "source": source,
            "title": source.name,
            "state": source.state,
            "crumbs": [Crumb(say("数据源"), reverse("sources:sources"))],
            "actions": actions,
            "facts": [
                (say("类型"), source.kind.label),
                (say("单位"), source.organization),
                (say("接入时间"), source.connected_at),
                (say("接入时表数"), source.tables),
                (say("说明"), source.description),
                (say("节点"), source.node or say("本系统内置的节点")),
                (say("地址"), say("由节点加密保管，本系统不保存")),
            ],
            "scans": ScanTable(list(inventory.scans_of(source)[:_NEWEST]), request=request),
            "resources": ResourceTable(
                list(resources[:_MOST]),
                request=request,
                exclude=("source", "organization"),
                orderable=False,
            ),
            "count": resources.count(),
            "more": resources.count() > _MOST,
        },
    )
