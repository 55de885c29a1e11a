"""Pages of bodies' own nodes: which there are, whether they are there, what waits for them."""

from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.sources import node_commands, queries
from shuce.lifecycle.sources.forms import NodeForm, ReasonForm
from shuce.lifecycle.sources.node_rules import NodeState
from shuce.lifecycle.sources.tables import (
    NodeFilters,
    NodeGrantTable,
    NodeOrderTable,
    NodeTable,
    SourceTable,
)
from shuce.node.enrolling import fingerprint

_NEWEST = 20


@login_required
def nodes(request: SignedRequest) -> HttpResponse:
    """The nodes of the bodies the reader may see."""
    invite = Action(say("新增节点"), reverse("sources:invite"), icon="plus", primary=True)
    may = Permission.NODE_MANAGE in request.user.permissions
    return list_page(
        request,
        rows=queries.nodes_seen_by(request.user),
        table=NodeTable,
        filters=NodeFilters,
        title=say("数据节点"),
        empty=say(
            "还没有单位自己的节点，数据源都由本系统内置的节点接通。数据不便出机房的单位，可以新增"
            "一个节点，在数据旁边运行；它只向外呼叫，不开放端口。"
        ),
        actions=[invite] if may else [],
    )


@login_required
def invite(request: SignedRequest) -> HttpResponse:
    """Enter a node and show the code that lets it in, once."""
    return act(
        request,
        partial(NodeForm, member=request.user),
        lambda form: node_commands.invite_node(**form.cleaned_data, by=request.signature),
        title=say("新增节点"),
        intro=say("提交后显示一次性登记码，一小时内在数据旁边的机器上用它登记。"),
        then=lambda made: reverse("sources:node", args=[made[0].id]),
        # The code is in the message, which the next page shows once and forgets.
        done=_shown_once,
        back=reverse("sources:nodes"),
    )


@login_required
def node(request: SignedRequest, node_id: str) -> HttpResponse:
    """One node: is it there, what lies at it, what it accepted, what waits for it."""
    found = queries.node_seen(node_id, request.user)
    pulse = queries.pulse_of(found)
    may = request.user.may(Permission.NODE_MANAGE, found.organization)
    state = NodeState(found.state)
    key = found.public_key
    sources = queries.sources_at(found)
    grants = queries.grants_at(found)
    return render(
        request,
        "sources/node.html",
        {
            "node": found,
            "title": found.name,
            "state": state,
            "presence": queries.presence_of(found, request.signature.at),
            "crumbs": [Crumb(say("数据节点"), reverse("sources:nodes"))],
            "actions": _actions(found.id, queries.obstacles_to_revoke(found)) if may else [],
            "facts": [
                (say("单位"), found.organization),
                (say("最近联系"), pulse.seen_at if pulse else say("尚未联系")),
                (say("接入时间"), found.enrolled_at),
                (say("程序版本"), pulse.version if pulse else ""),
                (say("公钥指纹"), fingerprint(bytes.fromhex(key)) if key else "—"),
                (say("等待的任务"), queries.waiting_orders(found)),
            ],
            "is_invited": state is NodeState.INVITED,
            "is_active": state is NodeState.ACTIVE,
            "code_expires_at": found.code_expires_at,
            "code_is_good": bool(
                found.code_expires_at and request.signature.at < found.code_expires_at
            ),
            # Nodes speak HTTPS only, however this page was reached.
            "address": settings.SHUCE_ADDRESS or f"https://{request.get_host()}",
            "sources": SourceTable(
                list(sources), request=request, exclude=("organization", "node"), orderable=False
            ),
            "sources_count": sources.count(),
            "grants": NodeGrantTable(list(grants), request=request, orderable=False),
            "grants_count": grants.count(),
            "orders": NodeOrderTable(
                list(queries.orders_of(found)[:_NEWEST]), request=request, orderable=False
            ),
        },
    )


@login_required
def replace(request: SignedRequest, node_id: str) -> HttpResponse:
    """Shut a node out, and show the code for the one that takes its place."""
    found = queries.node_seen(node_id, request.user)
    return press(
        request,
        lambda: node_commands.replace_node(found, by=request.signature),
        then=reverse("sources:node", args=[found.id]),
        done=_shown_once,
    )


@login_required
def revoke(request: SignedRequest, node_id: str) -> HttpResponse:
    """Believe a node no more."""
    found = queries.node_seen(node_id, request.user)
    page = reverse("sources:node", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: node_commands.revoke_node(found, **form.cleaned_data, by=request.signature),
        title=say("吊销节点"),
        intro=say("吊销后节点“{node}”立即不能再联系登记簿，其上的数据源不能再用。", node=found),
        then=page,
        done=say("节点已吊销"),
        back=page,
        obstacles=queries.obstacles_to_revoke(found),
    )


def _shown_once(made: tuple[object, str]) -> str:
    return say("登记码只显示这一次，一小时内有效：{code}", code=made[1])


def _actions(node_id: str, obstacles: list[Obstacle]) -> list[Action]:
    return [
        Action(
            say("换用新节点"),
            reverse("sources:replace", args=[node_id]),
            icon="refresh",
            post=True,
            confirm=say(
                "现在的节点立即停用，等待的任务取消。新节点登记后须重新接通和接受。确定吗？"
            ),
            obstacles=obstacles,
        ),
        Action(
            say("吊销"),
            reverse("sources:revoke", args=[node_id]),
            icon="ban",
            danger=True,
            obstacles=obstacles,
        ),
    ]
