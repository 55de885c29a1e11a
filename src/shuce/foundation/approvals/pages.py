"""Pages of cases."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shuce.engines.procedure import Ballot, TaskKind, Verdict
from shuce.foundation.approvals import bulk as deciding
from shuce.foundation.approvals import commands, queries
from shuce.foundation.approvals.forms import (
    BulkForm,
    DecideForm,
    DelegateForm,
    MinutesForm,
    ResubmitForm,
    VoteForm,
)
from shuce.foundation.approvals.tables import CaseFilters, CaseTable
from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import Refused
from shuce.kernel.words import say


@login_required
def cases(request: SignedRequest) -> HttpResponse:
    """Every case the reader may see."""
    return list_page(
        request,
        rows=queries.cases_seen_by(request.user),
        table=CaseTable,
        filters=CaseFilters,
        title=say("审批事项"),
        empty=say("还没有审批事项。提交卡片登记、授权申请等事项后会出现在这里。"),
    )


@login_required
def case(request: SignedRequest, case_id: str) -> HttpResponse:
    """One case: what it is about, where it stands, what was decided, and what the reader may do."""
    found = queries.case_seen(case_id, request.user)
    return render(
        request,
        "approvals/case.html",
        {
            "case": found,
            "title": found.title,
            "drawing": queries.drawing_of(found),
            "decisions": queries.decisions_of(found),
            "mine": queries.task_of(found, request.user),
            "waiting": [
                (task, task.is_overdue(request.signature.today))
                for task in found.tasks.select_related("organization", "member")
            ],
            "reminders": queries.reminders_of(found),
            "may_withdraw": found.maker_id == request.user.pk and found.is_open,
        },
    )


@login_required
def handle(request: SignedRequest, case_id: str, step: str) -> HttpResponse:
    """Do what waits for the reader at one step of a case."""
    found = queries.case_seen(case_id, request.user)
    task = queries.task_seen(found, step, request.user)
    page = {
        "case": found,
        "task": task,
        "drawing": queries.drawing_of(found),
        "decisions": queries.decisions_of(found),
    }
    here = partial(
        act,
        request,
        title=say(task.title),
        then=reverse("inbox"),
        template="approvals/handle.html",
        context=page,
        back=reverse("approvals:case", args=[found.id]),
    )
    by = request.signature
    match TaskKind(task.kind):
        case TaskKind.REVIEW:
            form = partial(
                DecideForm,
                procedure=found.procedure,
                targets=queries.return_targets(found, step),
            )
            return here(
                form=form,
                do=lambda f: commands.decide(
                    found,
                    step,
                    Verdict(f.cleaned_data["verdict"]),
                    opinion=f.cleaned_data["opinion"],
                    return_to=f.cleaned_data.get("return_to") or None
                    if f.cleaned_data["verdict"] == Verdict.RETURN
                    else None,
                    by=by,
                ),
                done=say("已办理"),
                submit=say("提交"),
            )
        case TaskKind.VOTE | TaskKind.MINUTES if not queries.has_voted(found, step, request.user):
            return here(
                form=VoteForm,
                do=lambda f: commands.vote(
                    found,
                    step,
                    Ballot(f.cleaned_data["ballot"]),
                    opinion=f.cleaned_data["opinion"],
                    by=by,
                ),
                done=say("已表决"),
                submit=say("提交表决"),
                then=reverse("approvals:case", args=[found.id]),
            )
        case TaskKind.VOTE | TaskKind.MINUTES:
            return here(
                form=MinutesForm,
                do=lambda f: commands.record_minutes(found, step, **f.cleaned_data, by=by),
                done=say("会议纪要已登记"),
                submit=say("登记会议纪要"),
            )
        case TaskKind.ANSWER:
            return here(
                form=ResubmitForm,
                do=lambda f: commands.resubmit(found, remark=f.cleaned_data["remark"], by=by),
                done=say("已重新提交"),
                submit=say("重新提交"),
            )


@login_required
def bulk(request: SignedRequest) -> HttpResponse:
    """Decide several steps of the same kind with one opinion; say of each what came of it."""
    picks = (request.POST if request.method == "POST" else request.GET).getlist("pick")
    try:
        tasks = deciding.picked(picks, request.user)
    except Refused as refusal:
        for obstacle in refusal.obstacles:
            messages.error(request, str(obstacle))
        return redirect("inbox")
    form = BulkForm(request.POST) if request.method == "POST" else BulkForm()
    page = {
        "title": say("批量办理：{step}", step=say(tasks[0].title)),
        "tasks": tasks,
        "picks": picks,
        "form": form,
        "submit": say("办理这 {n} 件", n=len(tasks)),
        "back": reverse("inbox"),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "approvals/bulk.html", page, status=422 if form.errors else 200)
    results = deciding.decide_each(
        tasks,
        picks,
        Verdict(form.cleaned_data["verdict"]),
        form.cleaned_data["opinion"],
        by=request.signature,
    )
    return render(request, "approvals/bulk_done.html", page | {"results": results})


@login_required
def delegate(request: SignedRequest, case_id: str, step: str) -> HttpResponse:
    """Hand a step to a colleague."""
    found = queries.case_seen(case_id, request.user)
    queries.task_seen(found, step, request.user)
    return act(
        request,
        partial(DelegateForm, member=request.user),
        lambda f: commands.delegate(found, step, f.cleaned_data["to"], by=request.signature),
        title=say("委托办理"),
        then=reverse("inbox"),
        done=say("已委托"),
        back=reverse("approvals:handle", args=[found.id, step]),
    )


@login_required
def withdraw(request: SignedRequest, case_id: str) -> HttpResponse:
    """Take one's own matter back."""
    found = queries.case_seen(case_id, request.user)
    return press(
        request,
        lambda: commands.withdraw(found, by=request.signature),
        then=reverse("approvals:case", args=[found.id]),
        done=say("已撤回"),
    )
