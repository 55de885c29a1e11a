"""Pages of de-identified sets: made, reviewed, taken, withdrawn."""

from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import queries, set_showing, sets, showing
from shuce.lifecycle.cleanroom.rules import FileForm
from shuce.lifecycle.cleanroom.set_forms import DatasetForm, ReasonForm
from shuce.lifecycle.cleanroom.set_rules import SetState, obstacles_to_withdraw
from shuce.lifecycle.cleanroom.tables import DatasetFilters, DatasetTable


@login_required
def datasets(request: SignedRequest) -> HttpResponse:
    """The de-identified sets that the reader may see."""
    return list_page(
        request,
        rows=queries.datasets_seen_by(request.user, grant_id=request.GET.get("grant", "")),
        table=DatasetTable,
        filters=DatasetFilters,
        title=say("去标识化数据集"),
        empty=say("还没有去标识化数据集。在数据净室中选择授权，点“制作去标识化数据集”。"),
    )


@login_required
def make(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Say what becomes of each column, and have the node make the set."""
    grant = queries.studio_seen(grant_id, request.user)
    offered = set_showing.offered(grant)
    desk = reverse("cleanroom:ask", args=[grant.id])
    return act(
        request,
        partial(DatasetForm, columns=offered.columns, subject=offered.subject, least=offered.least),
        lambda form: sets.make_dataset(grant, form.making(), form.recipe(), by=request.signature),
        title=say("制作去标识化数据集"),
        submit=say("制作并评估"),
        template="cleanroom/make_set.html",
        context={
            "grant": grant,
            "kept_back": offered.kept_back,
            "crumbs": [
                Crumb(say("数据净室"), reverse("cleanroom:studio")),
                Crumb(grant.number or "", desk),
            ],
        },
        then=lambda made: reverse("cleanroom:dataset", args=[made.id]),
        done=lambda made: say("已制作，编号 {number}。请核对评估结果。", number=made.number),
        back=desk,
        obstacles=queries.obstacles_to_ask_here(grant, request.user, request.signature.today)
        + offered.obstacles,
    )


@login_required
def dataset(request: SignedRequest, set_id: str) -> HttpResponse:
    """One set: how it was treated, how safe it is, how its review stands, and its file."""
    found = queries.dataset_seen(set_id, request.user)
    state = SetState(found.state)
    own = found.grant.operator_id == request.user.organization_id
    asks = own and Permission.CLEANROOM_ASK in request.user.permissions
    page: dict[str, Any] = set_showing.page_of(found)
    actions = []
    if asks and state is SetState.MADE:
        actions.append(
            Action(
                say("提交出域审查"),
                reverse("cleanroom:submit_set", args=[found.id]),
                icon="send",
                primary=True,
                post=True,
            )
        )
    if queries.may_withdraw_dataset(found, request.user) and not list(
        obstacles_to_withdraw(state, "-")
    ):
        actions.append(
            Action(say("撤回"), reverse("cleanroom:withdraw_set", args=[found.id]), danger=True)
        )
    return render(
        request,
        "cleanroom/set.html",
        page
        | {
            "title": found.title,
            "state": state,
            "subtitle": found.number,
            "dataset": found,
            "case": queries.review_of(found, request.user),
            "actions": actions,
            "takes": asks and state is SetState.PASSED,
            "obstacles": queries.obstacles_to_take_dataset(found, request.signature.today)
            if state is SetState.PASSED
            else [],
            "crumbs": [
                Crumb(say("去标识化数据集"), reverse("cleanroom:datasets")),
                Crumb(found.number),
            ],
        },
    )


@login_required
def submit(request: SignedRequest, set_id: str) -> HttpResponse:
    """Put a set to the holder's egress review."""
    found = queries.dataset_seen(set_id, request.user)
    return press(
        request,
        lambda: sets.submit_dataset(found, by=request.signature),
        then=reverse("cleanroom:dataset", args=[found.id]),
        done=say("已提交出域审查"),
    )


@login_required
def withdraw(request: SignedRequest, set_id: str) -> HttpResponse:
    """Withdraw a set."""
    found = queries.dataset_seen(set_id, request.user)
    here = reverse("cleanroom:dataset", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: sets.withdraw_dataset(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("撤回数据集"),
        intro=say("撤回后立即不能再下载；已下载的文件凭水印可以追溯。"),
        then=here,
        done=say("数据集已撤回"),
        back=here,
        obstacles=list(obstacles_to_withdraw(SetState(found.state), "-")),
    )


@login_required
def export(request: SignedRequest, set_id: str, form: str) -> HttpResponse:
    """Take a passed set out as a file."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = queries.dataset_seen(set_id, request.user)
    taken = sets.take_dataset(found, FileForm(form), by=request.signature)
    return cast(HttpResponse, showing.as_file(taken))
