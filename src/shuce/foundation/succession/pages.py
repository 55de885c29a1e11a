"""Pages of successions: the plan, what it passes and to whom, and what passed."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.foundation.succession import commands, queries, showing
from shuce.foundation.succession.forms import AssignForm, PlanForm
from shuce.foundation.succession.rules import SuccessionState
from shuce.foundation.succession.tables import (
    PassedFilters,
    PassedTable,
    PlanFilters,
    PlannedTable,
    PlanTable,
)
from shuce.kernel.words import say


@login_required
def plans(request: SignedRequest) -> HttpResponse:
    """Every plan of succession that the reader may see."""
    draft = Action(say("拟订承继方案"), reverse("succession:draft"), icon="plus", primary=True)
    may = Permission.SUCCESSION_PROPOSE in request.user.permissions
    return list_page(
        request,
        rows=queries.successions_seen_by(request.user),
        table=PlanTable,
        filters=PlanFilters,
        title=say("主体承继"),
        empty=say("还没有承继方案。单位合并、分立或被收购时，由资产管理员在这里拟订方案。"),
        actions=[draft] if may else [],
    )


@login_required
def draft(request: SignedRequest) -> HttpResponse:
    """Plan who succeeds whom."""
    return act(
        request,
        partial(PlanForm, member=request.user),
        lambda form: commands.draft_succession(**form.plan(), by=request.signature),
        title=say("拟订承继方案"),
        intro=say("批准之前不会变更任何事项；保存后可以预览全部承继内容。"),
        submit=say("保存并预览"),
        then=lambda plan: reverse("succession:plan", args=[plan.id]),
        done=say("方案已保存，请核对承继内容后提交审批"),
        back=reverse("succession:plans"),
    )


@login_required
def plan(request: SignedRequest, succession_id: str) -> HttpResponse:
    """One plan: its bodies, how much passes to whom, and what stands in the way."""
    found = queries.succession_seen(succession_id, request.user)
    return render(request, "succession/plan.html", showing.page_of(found, request))


@login_required
def things(request: SignedRequest, succession_id: str) -> HttpResponse:
    """Every single thing: before it passes as a preview, afterwards as it passed."""
    found = queries.succession_seen(succession_id, request.user)
    back = Action(say("返回方案"), reverse("succession:plan", args=[found.id]))
    listed: dict[str, Any] = (
        {"rows": queries.passings_of(found), "table": PassedTable, "filters": PassedFilters}
        if found.state == SuccessionState.DONE
        else {"rows": queries.preview_of(found), "table": PlannedTable}
    )
    return list_page(
        request,
        **listed,
        title=say("承继事项清单：{number}", number=found.number),
        empty=say("原主体名下没有可以承继的事项。"),
        actions=[back],
        page_size=50,
    )


@login_required
def assign(request: SignedRequest, succession_id: str, estate: str) -> HttpResponse:
    """In a division: tick things of one kind, and say who gets them."""
    found = queries.succession_seen(succession_id, request.user)
    listed = queries.things_of(found, estate)
    back = reverse("succession:plan", args=[found.id])
    return act(
        request,
        partial(AssignForm, plan=found, things=listed),
        lambda form: commands.assign_things(
            found,
            estate,
            form.cleaned_data["things"],
            form.cleaned_data["heir"],
            by=request.signature,
        ),
        title=say("分配：{kind}", kind=listed[0].kind if listed else estate),
        intro=say("勾选事项，选择由谁承继。随资产的事项不必单独分配，跟随其资产。"),
        submit=say("分配勾选的事项"),
        then=reverse("succession:assign", args=[found.id, estate]),
        done=say("已分配"),
        back=back,
        obstacles=queries.obstacles_to_change(found, request.user),
    )


@login_required
def submit(request: SignedRequest, succession_id: str) -> HttpResponse:
    """Put a plan to approval."""
    found = queries.succession_seen(succession_id, request.user)
    return press(
        request,
        lambda: commands.submit_succession(found, by=request.signature),
        then=reverse("succession:plan", args=[found.id]),
        done=say("方案已提交审批"),
    )


@login_required
def abandon(request: SignedRequest, succession_id: str) -> HttpResponse:
    """Give a plan up."""
    found = queries.succession_seen(succession_id, request.user)
    return press(
        request,
        lambda: commands.abandon_succession(found, by=request.signature),
        then=reverse("succession:plan", args=[found.id]),
        done=say("方案已放弃"),
    )
