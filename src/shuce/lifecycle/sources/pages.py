"""Pages of sources. What later rooms know of one source is gathered on the page in `web`."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import Action, list_page
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.sources import commands, queries
from shuce.lifecycle.sources.forms import ConnectForm
from shuce.lifecycle.sources.tables import SourceFilters, SourceTable


@login_required
def sources(request: SignedRequest) -> HttpResponse:
    """The sources the reader may see."""
    connect = Action(say("接入数据源"), reverse("sources:connect"), icon="plus", primary=True)
    return list_page(
        request,
        rows=queries.sources_seen_by(request.user),
        table=SourceTable,
        filters=SourceFilters,
        title=say("数据源"),
        empty=say("还没有接入数据源。接入后可以扫描，发现其中的数据资源。"),
        actions=[connect] if Permission.SOURCE_MANAGE in request.user.permissions else [],
    )


@login_required
def connect(request: SignedRequest) -> HttpResponse:
    """Connect a source at its node."""
    return act(
        request,
        partial(ConnectForm, member=request.user),
        lambda form: commands.connect_source(
            form.cleaned_data["organization"],
            form.address(),
            node=form.chosen_node,
            by=request.signature,
        ),
        title=say("接入数据源"),
        then=lambda source: reverse("sources:source", args=[source.id]),
        done=lambda source: (
            say("已登记，请数据所有者在节点“{node}”上接通", node=source.node)
            if source.node
            else say("已接入，发现 {count} 张表", count=source.tables)
        ),
        back=reverse("sources:sources"),
    )


@login_required
def close(request: SignedRequest, source_id: str) -> HttpResponse:
    """Close a source: its node forgets the address."""
    found = queries.source_seen(source_id, request.user)
    return press(
        request,
        lambda: commands.close_source(found, by=request.signature),
        then=reverse("sources:source", args=[found.id]),
        done=say("数据源已停用，节点已删除其地址"),
    )
