"""Pages of fusion: two grants picked, a question over both, what came of it."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import blend_queries, blend_showing, blending, queries, showing
from shuce.lifecycle.cleanroom.blend_rules import BlendSide, obstacles_to_blend
from shuce.lifecycle.cleanroom.blend_tables import BlendTable
from shuce.lifecycle.cleanroom.forms import BlendForm, PairForm


@login_required
def blends(request: SignedRequest) -> HttpResponse:
    """Every fusion the reader may see, with what came of it."""
    may_ask = Permission.CLEANROOM_ASK in request.user.permissions
    new = Action(say("发起融合"), reverse("cleanroom:pair"), icon="plus", primary=True)
    return list_page(
        request,
        rows=blend_queries.blends_seen_by(request.user),
        table=BlendTable,
        title=say("融合加工"),
        empty=say("还没有融合加工。两份允许融合的授权，可以按人求交后汇总。"),
        actions=[new] if may_ask else [],
    )


@login_required
def pair(request: SignedRequest) -> HttpResponse:
    """Pick the two grants."""
    grants = list(blend_queries.grants_to_blend(request.user))
    return act(
        request,
        partial(PairForm, grants=grants),
        lambda filled: filled.cleaned_data,
        title=say("融合加工：选择两份授权"),
        submit=say("下一步"),
        intro=""
        if len(grants) > 1
        else say("本单位还没有两份允许融合加工的有效授权。申请授权时勾选“申请融合加工”。"),
        then=lambda told: reverse("cleanroom:blend_new", args=[told["left"], told["right"]]),
        done="",
        back=reverse("cleanroom:blends"),
    )


@login_required
def blend_new(request: SignedRequest, left_id: str, right_id: str) -> HttpResponse:
    """Ask over two grants: what each side gives, what it costs, and what each party learns."""
    left, right, sides = _sides(request, left_id, right_id)
    return act(
        request,
        partial(BlendForm, sides=sides),
        lambda filled: blending.ask_blend(left, right, filled.spec(), by=request.signature),
        title=say("融合加工"),
        submit=say("提交融合"),
        then=lambda made: reverse("cleanroom:blend", args=[made.id]),
        done=say("双方节点已开始融合"),
        obstacles=[
            *queries.obstacles_to_ask_here(left, request.user, request.signature.today),
            *queries.obstacles_to_ask_here(right, request.user, request.signature.today),
        ],
        template="cleanroom/blend_new.html",
        context={
            "sides": [(say("第一方"), left, sides[0]), (say("第二方"), right, sides[1])],
            "here": reverse("cleanroom:blend_new", args=[left.id, right.id]),
            "foresee": reverse("cleanroom:blend_foresee", args=[left.id, right.id]),
            "crumbs": [
                Crumb(say("数据净室"), reverse("cleanroom:studio")),
                Crumb(say("融合加工"), reverse("cleanroom:blends")),
            ],
        },
    )


@login_required
def blend_foresee(request: SignedRequest, left_id: str, right_id: str) -> HttpResponse:
    """What the question ticked so far would cost: a part of the page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _, _, sides = _sides(request, left_id, right_id)
    form = BlendForm(request.POST, sides=sides)
    page: dict[str, Any] = {}
    if form.is_valid():
        spec = form.spec()
        page["obstacles"] = list(obstacles_to_blend(*sides, spec))
        if not page["obstacles"]:
            page["foresight"] = blend_showing.foresight_of(*sides, spec)
    return render(request, "cleanroom/_blend_foresight.html", page)


@login_required
def blend(request: SignedRequest, blend_id: str) -> HttpResponse:
    """One fusion: under way with its progress, or with its answer and both receipts."""
    found = blend_queries.blend_seen(blend_id, request.user)
    job = blend_queries.job_of(found)
    page: dict[str, Any] = {
        "title": say("融合加工"),
        "blend": found,
        "sentence": blend_showing.sentence_of(found),
        "job": job,
        "is_running": blend_queries.is_running(found, job),
        "question": found.question,
        "crumbs": [
            Crumb(say("数据净室"), reverse("cleanroom:studio")),
            Crumb(say("融合加工"), reverse("cleanroom:blends")),
        ],
        "facts": [
            ("第一方资产", found.left.card),
            ("第一方授权", found.left.number, reverse("rights:grant", args=[found.left_id])),
            ("第二方资产", found.right.card),
            ("第二方授权", found.right.number, reverse("rights:grant", args=[found.right_id])),
            ("运营主体", found.left.operator),
            ("提交人", found.member),
            ("提交时间", found.asked_at),
        ],
    }
    if found.question:
        page["state"] = found.question.verdict
        # Bars are named by one column; two would make several of the same name.
        if found.spec_groups <= 1:
            page["chart_option"] = showing.chart_of(found.question)
        page["may_export"] = queries.may_export(found.question, request.user)
    part = request.headers.get("HX-Request") == "true" and "part" in request.GET
    return render(request, "cleanroom/_blend.html" if part else "cleanroom/blend.html", page)


def _sides(
    request: SignedRequest, left_id: str, right_id: str
) -> tuple[Any, Any, tuple[BlendSide, BlendSide]]:
    left = queries.studio_seen(left_id, request.user)
    right = queries.studio_seen(right_id, request.user)
    return left, right, (blend_showing.side_of(left), blend_showing.side_of(right))
