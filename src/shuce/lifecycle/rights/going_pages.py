"""Pages of how a right goes on or is handed back: renewal, giving up, and the steps of an exit."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.rights import commands, exit_rules, exits, queries, rules
from shuce.lifecycle.rights.exit_rules import ExitStepKind
from shuce.lifecycle.rights.forms import ExitStepForm, ReasonForm, RenewForm
from shuce.lifecycle.rights.models import Exit
from shuce.lifecycle.rights.settling import unsettled
from shuce.lifecycle.rights.tables import ExitFilters, ExitTable


@login_required
def renew(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Ask to go on with a right from the day it ends."""
    found = queries.grant_seen(grant_id, request.user)
    return act(
        request,
        partial(RenewForm, initial={"fee": found.fee}),
        lambda form: commands.request_renewal(
            found,
            form.cleaned_data["ends_on"],
            form.cleaned_data["fee"] or Money(0),
            by=request.signature,
        ),
        title=say("申请续期：{number}", number=found.number or ""),
        intro=say("自{day}起接续原授权，范围和用途不变；须重新评估并重新审批。", day=found.ends_on),
        submit=say("提交申请"),
        obstacles=queries.obstacles_to_renew(found, request.signature.today),
        then=lambda made: reverse("rights:grant", args=[made.id]),
        done=say("续期申请已提交，等待审批"),
        back=reverse("rights:grant", args=[found.id]),
    )


@login_required
def relinquish(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Give a right up, with the reason."""
    found = queries.grant_seen(grant_id, request.user)
    return act(
        request,
        ReasonForm,
        lambda form: commands.relinquish_grant(found, **form.cleaned_data, by=request.signature),
        title=say("主动退出授权"),
        intro=say("退出后授权立即终止，由它再授出的权利一并终止，并须在规定期限内办结退出事项。"),
        confirm=say("退出后不能恢复，确定退出吗？"),
        obstacles=rules.obstacles_to_withdraw(rules.GrantState(found.state)),
        then=lambda ended: reverse("rights:exit", args=[ended.exit.id]),
        done=say("授权已终止，请办理退出事项"),
        back=reverse("rights:grant", args=[found.id]),
    )


@login_required
def exit_list(request: SignedRequest) -> HttpResponse:
    """Every exit that the reader may see, those not done first."""
    return list_page(
        request,
        rows=queries.exits_seen_by(request.user),
        table=ExitTable,
        filters=ExitFilters,
        title=say("授权退出"),
        empty=say("还没有授权退出。授权到期、收回或主动退出后会列在这里。"),
    )


@login_required
def exit_page(request: SignedRequest, exit_id: str) -> HttpResponse:
    """One exit: what must be done, what is, and what is still owed."""
    found = queries.exit_seen(exit_id, request.user)
    grant = found.grant
    steps = list(found.steps.select_related("done_by", "confirmed_by"))
    owed = [] if found.closed_at else unsettled(grant)
    closing = exit_rules.obstacles_to_close(
        [exits.standing(step) for step in steps],
        closed=found.closed_at is not None,
        unsettled=owed,
    )
    actions = []
    if request.user.may(Permission.GRANT_MANAGE, grant.card.holder) and not found.closed_at:
        close = reverse("rights:close_exit", args=[found.id])
        actions = [
            Action(say("办结退出"), close, icon="check", primary=True, post=True,
                   obstacles=tuple(closing))
        ]  # fmt: skip
    return render(
        request,
        "rights/exit.html",
        {
            "title": say("授权退出：{card}", card=grant.card.name),
            "subtitle": found.number,
            "crumbs": [Crumb(say("授权退出"), reverse("rights:exits")), Crumb(found.number)],
            "actions": actions,
            "exit": found,
            "steps": steps,
            "owed": owed,
            "overdue": found.is_overdue(request.signature.today),
            "facts": [
                ("授权", grant.number, reverse("rights:grant", args=[grant.id])),
                ("持有单位", grant.card.holder),
                ("运营主体", grant.operator),
                ("退出原因", found.reason),
                ("发起时间", found.opened_at),
                ("办理期限", found.due_on),
                ("办结时间", found.closed_at),
            ],
            "does": request.user.may(Permission.GRANT_APPLY, grant.operator),
            "confirms": request.user.may(Permission.ASSESSMENT_MAKE, grant.card.holder),
        },
    )


@login_required
def do_step(request: SignedRequest, exit_id: str, kind: str) -> HttpResponse:
    """Report one thing of an exit as done."""
    found = queries.exit_seen(exit_id, request.user)
    step = _kind(kind)
    return act(
        request,
        ExitStepForm,
        lambda form: exits.do_step(found, step, **form.cleaned_data, by=request.signature),
        title=say("办理：{step}", step=step.label),
        submit=say("提交"),
        then=reverse("rights:exit", args=[found.id]),
        done=say("已提交，等待持有单位确认"),
        back=reverse("rights:exit", args=[found.id]),
    )


@login_required
def confirm_step(request: SignedRequest, exit_id: str, kind: str) -> HttpResponse:
    """Confirm one thing of an exit for the holder."""
    found = queries.exit_seen(exit_id, request.user)
    return press(
        request,
        lambda: exits.confirm_step(found, _kind(kind), by=request.signature),
        then=reverse("rights:exit", args=[found.id]),
        done=say("已确认"),
    )


@login_required
def close_exit(request: SignedRequest, exit_id: str) -> HttpResponse:
    """Close an exit in which everything is done."""
    found: Exit = queries.exit_seen(exit_id, request.user)
    return press(
        request,
        lambda: exits.close_exit(found, by=request.signature),
        then=reverse("rights:exit", args=[found.id]),
        done=say("退出已办结"),
    )


def _kind(code: str) -> ExitStepKind:
    if code not in set(ExitStepKind):
        raise NotFound(Obstacle("没有这个退出事项"))
    return ExitStepKind(code)
