"""Pages of notices: one's own, what one wants to be told, and a body's webhooks."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from shuce.foundation.notices import commands, queries
from shuce.foundation.notices.forms import PreferencesForm, WebhookForm
from shuce.foundation.notices.tables import (
    DeliveryFilters,
    DeliveryTable,
    NoticeFilters,
    NoticeTable,
    WebhookTable,
)
from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import Action, list_page
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say


@login_required
def notices(request: SignedRequest) -> HttpResponse:
    """Everything the reader has been told, the newest first."""
    actions = [Action(say("消息方式"), reverse("notices:preferences"), icon="settings")]
    if queries.unread_count(request.user):
        address = reverse("notices:read_all")
        actions.append(Action(say("全部标为已读"), address, icon="check", post=True))
    return list_page(
        request,
        rows=queries.notices_of(request.user),
        table=NoticeTable,
        filters=NoticeFilters,
        title=say("消息"),
        empty=say("还没有消息。待办到达、临近时限、事项办结时会在这里提醒您。"),
        actions=actions,
    )


@login_required
def open_notice(request: SignedRequest, notice_id: str) -> HttpResponse:
    """Go where a notice leads; it is read then."""
    found = queries.notice_of(notice_id, request.user)
    if found.read_at is None:
        commands.read(found, by=request.signature)
    return redirect(found.url)


@login_required
def read_all(request: SignedRequest) -> HttpResponse:
    return press(
        request,
        lambda: commands.read_all(by=request.signature),
        then="notices:notices",
        done=lambda count: say("{n} 条消息已标为已读", n=count),
    )


@login_required
def preferences(request: SignedRequest) -> HttpResponse:
    """What the reader is told, and by which way."""
    in_app, by_mail = queries.preferences_of(request.user)
    now = {"in_app": in_app, "by_mail": by_mail, "email": request.user.email}
    return act(
        request,
        partial(PreferencesForm, initial=now),
        lambda form: commands.set_preferences(**form.cleaned_data, by=request.signature),
        title=say("消息方式"),
        submit=say("保存"),
        intro=say("邮件和群消息只写明有事项待办和链接，不含事项内容。"),
        then=reverse("notices:notices"),
        done=say("消息方式已保存"),
        back=reverse("notices:notices"),
    )


@login_required
def webhooks(request: SignedRequest) -> HttpResponse:
    """The webhooks of the bodies whose settings the reader manages."""
    actions = []
    if queries.bodies_managed_by(request.user).exists():
        actions.append(
            Action(say("添加渠道"), reverse("notices:add_webhook"), icon="plus", primary=True)
        )
    return list_page(
        request,
        rows=queries.webhooks_seen_by(request.user),
        table=WebhookTable,
        title=say("通知渠道"),
        empty=say("还没有通知渠道。可以把待办提醒发到本单位的企业微信、钉钉或飞书群。"),
        actions=actions,
    )


@login_required
def add_webhook(request: SignedRequest) -> HttpResponse:
    return act(
        request,
        partial(WebhookForm, bodies=queries.bodies_managed_by(request.user)),
        lambda form: commands.add_webhook(**form.cleaned_data, by=request.signature),
        title=say("添加通知渠道"),
        submit=say("保存"),
        intro=say("群消息只写明有事项待办和链接，不含事项内容。"),
        then=lambda made: reverse("notices:webhook", args=[made.id]),
        done=say("渠道已添加，可以试发一条消息"),
        back=reverse("notices:webhooks"),
    )


@login_required
def webhook(request: SignedRequest, webhook_id: str) -> HttpResponse:
    """One webhook, with the log of what was sent to it."""
    found = queries.webhook_seen(webhook_id, request.user)
    actions = []
    if found.stopped_at is None:
        here = [found.id]
        actions = [
            Action(
                say("试发消息"),
                reverse("notices:try", args=here),
                icon="send",
                post=True,
                primary=True,
            ),
            Action(
                say("停用"),
                reverse("notices:stop", args=here),
                icon="ban",
                post=True,
                danger=True,
                confirm=say("停用后不再发送，地址和密钥即行删除。确定停用吗？"),
            ),
        ]
    return list_page(
        request,
        rows=queries.deliveries_of(found),
        table=DeliveryTable,
        filters=DeliveryFilters,
        title=found.name,
        empty=say("还没有向这里发送过消息。"),
        actions=actions,
        context={
            "subtitle": f"{found.organization} · {found.flavour.label} · {found.host}",
            "crumbs": [Crumb(say("通知渠道"), reverse("notices:webhooks"))],
        },
    )


@login_required
def try_webhook(request: SignedRequest, webhook_id: str) -> HttpResponse:
    found = queries.webhook_seen(webhook_id, request.user)
    return press(
        request,
        lambda: commands.try_webhook(found, by=request.signature),
        then=reverse("notices:webhook", args=[found.id]),
        done=say("试发消息已提交，结果见下方记录"),
    )


@login_required
def stop_webhook(request: SignedRequest, webhook_id: str) -> HttpResponse:
    found = queries.webhook_seen(webhook_id, request.user)
    return press(
        request,
        lambda: commands.stop_webhook(found, by=request.signature),
        then="notices:webhooks",
        done=say("渠道已停用"),
    )
