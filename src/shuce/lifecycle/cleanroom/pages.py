"""Pages of the clean room: where to ask, asking, and what was asked."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotPermitted, Obstacle, Refused
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import commands, deliveries, queries, showing, tracing
from shuce.lifecycle.cleanroom.forms import AskForm, TraceForm
from shuce.lifecycle.cleanroom.rules import FileForm
from shuce.lifecycle.cleanroom.tables import (
    DeliveryFilters,
    DeliveryTable,
    QuestionFilters,
    QuestionTable,
    StudioFilters,
    StudioTable,
)


@login_required
def studio(request: SignedRequest) -> HttpResponse:
    """The grants under which the reader may ask; for those who oversee, what was asked."""
    if Permission.CLEANROOM_ASK not in request.user.permissions:
        return questions(request)
    history = Action(say("查询记录"), reverse("cleanroom:questions"), icon="history")
    left = Action(say("交付记录"), reverse("cleanroom:deliveries"), icon="download")
    return list_page(
        request,
        rows=queries.studios_of(request.user),
        table=StudioTable,
        filters=StudioFilters,
        title=say("数据净室"),
        empty=say("本单位还没有有效的授权。授权批准后可在这里查询。"),
        actions=[
            Action(say("融合加工"), reverse("cleanroom:blends"), icon="table"),
            Action(say("已存查询"), reverse("cleanroom:saved_queries"), icon="star"),
            Action(say("去标识化数据集"), reverse("cleanroom:datasets"), icon="table"),
            history,
            left,
        ],
    )


@login_required
def questions(request: SignedRequest) -> HttpResponse:
    """Every question the reader may see, with its verdict."""
    return list_page(
        request,
        rows=queries.questions_seen_by(request.user, grant_id=request.GET.get("grant", "")),
        table=QuestionTable,
        filters=QuestionFilters,
        title=say("净室查询记录"),
        empty=say("还没有查询。"),
        actions=[
            Action(say("去标识化数据集"), reverse("cleanroom:datasets"), icon="table"),
            Action(say("融合加工"), reverse("cleanroom:blends"), icon="table"),
            Action(say("交付记录"), reverse("cleanroom:deliveries"), icon="download"),
        ],
    )


@login_required
def ask(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Ask under one grant: what may be asked on the left, the question and its answer beside it."""
    grant = queries.studio_seen(grant_id, request.user)
    answered = request.GET.get("question")
    shown = queries.question_seen(answered, request.user) if answered else None
    examples = showing.examples_of(grant)
    here = reverse("cleanroom:ask", args=[grant.id])

    def form(*sent: Any) -> AskForm:
        chosen = request.GET.get("example", "")
        begun = shown.sql if shown else ""
        if chosen.isdecimal() and int(chosen) < len(examples):
            begun = examples[int(chosen)][1]
        return AskForm(*sent, initial={"sql": begun})

    return act(
        request,
        form,
        lambda filled: commands.ask_question(
            grant, filled.cleaned_data["sql"], by=request.signature
        ),
        title=say("数据净室：{card}", card=grant.card.name),
        submit=say("提交查询"),
        then=lambda made: f"{here}?question={made.id}#result",
        done="",
        obstacles=queries.obstacles_to_ask_here(grant, request.user, request.signature.today),
        template="cleanroom/ask.html",
        context={
            "grant": grant,
            "tables": showing.tables_of(grant),
            "examples": examples,
            "question": shown,
            "may_export": shown is not None and queries.may_export(shown, request.user),
            "chart_option": showing.chart_of(shown) if shown else None,
            "saved": queries.saved_seen_by(request.user, grant_id=grant.id)[:20],
            "history": queries.questions_seen_by(request.user, grant_id=grant.id)[:20],
            "crumbs": [
                Crumb(say("数据净室"), reverse("cleanroom:studio")),
                Crumb(grant.number or ""),
            ],
        },
    )


@login_required
def foresee(request: SignedRequest, grant_id: str) -> HttpResponse:
    """What the question typed so far would cost and how exact it would be: a part of the desk."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    grant = queries.studio_seen(grant_id, request.user)
    sql = request.POST.get("sql", "")
    page: dict[str, Any] = {}
    if sql.strip():
        try:
            page["foresight"] = showing.foresight_of(
                commands.foresee_question(grant, sql, by=request.signature)
            )
        except Refused as refusal:
            page["obstacles"] = refusal.obstacles
    return render(request, "cleanroom/_foresight.html", page)


@login_required
def question(request: SignedRequest, question_id: str) -> HttpResponse:
    """One question with its verdict, what was released, and the node's receipt."""
    found = queries.question_seen(question_id, request.user)
    return render(
        request,
        "cleanroom/question.html",
        {
            "title": say("净室查询"),
            "state": found.verdict,
            "subtitle": found.grant.number,
            "question": found,
            "may_export": queries.may_export(found, request.user),
            "chart_option": showing.chart_of(found),
            "crumbs": [
                Crumb(say("净室查询记录"), reverse("cleanroom:questions")),
                Crumb(found.grant.number or ""),
            ],
            "facts": [
                ("数据资产", found.grant.card.name),
                ("授权编号", found.grant.number, reverse("rights:grant", args=[found.grant_id])),
                ("运营主体", found.grant.operator),
                ("提交人", found.member),
                ("提交时间", found.asked_at),
                ("结果", found.verdict),
                ("已存查询" if found.version else "", found.version and found.version.query.name),
                *showing.values_of(found),
            ],
        },
    )


@login_required
def export(request: SignedRequest, question_id: str, form: str) -> HttpResponse:
    """Take released figures out as a file that says whose it is, openly and by a hidden mark."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = queries.question_seen(question_id, request.user)
    taken = deliveries.deliver_result(found, FileForm(form), by=request.signature)
    return cast(HttpResponse, showing.as_file(taken))


@login_required
def delivered(request: SignedRequest) -> HttpResponse:
    """Every file that left, so far as the reader may know of it."""
    trace_it = Action(say("文件溯源"), reverse("cleanroom:trace"), icon="search", primary=True)
    return list_page(
        request,
        rows=queries.deliveries_seen_by(request.user),
        table=DeliveryTable,
        filters=DeliveryFilters,
        title=say("交付记录"),
        empty=say("还没有交付过文件。从净室导出结果后，会逐份记在这里。"),
        actions=[trace_it] if queries.may_trace(request.user) else [],
    )


@login_required
def trace(request: SignedRequest) -> HttpResponse:
    """Learn whose delivery a file was; the answer stands under the form."""
    if not queries.may_trace(request.user):
        raise NotPermitted(Obstacle("溯源由审计、监督和安全保密人员进行", Clause.G_8))
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    form = TraceForm(request.POST, request.FILES) if request.method == "POST" else TraceForm()
    page: dict[str, Any] = {
        "title": say("文件溯源"),
        "form": form,
        "crumbs": [Crumb(say("交付记录"), reverse("cleanroom:deliveries")), Crumb(say("文件溯源"))],
    }
    if not form.is_bound:
        return render(request, "cleanroom/trace.html", page)
    if not form.is_valid():
        return render(request, "cleanroom/trace.html", page, status=422)
    try:
        page["found"] = tracing.trace(form.content(), request.user)
    except Refused as refusal:
        return render(
            request, "cleanroom/trace.html", page | {"refused": refusal.obstacles}, status=422
        )
    return render(request, "cleanroom/trace.html", page | {"searched": True})
