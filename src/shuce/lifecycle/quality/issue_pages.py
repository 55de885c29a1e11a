"""Pages of quality issues: the list, one issue with its steps, and every act."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.quality import commands, queries
from shuce.lifecycle.quality.forms import AssignForm, CloseForm, OpenForm, ProgressForm
from shuce.lifecycle.quality.pages import tabs
from shuce.lifecycle.quality.tables import IssueFilters, IssueTable


@login_required
def issues(request: SignedRequest) -> HttpResponse:
    """The issues of places in reach: the open ones first, due soonest at the top."""
    return list_page(
        request,
        rows=queries.issues_standing(request.user, request.signature.today),
        table=IssueTable,
        filters=IssueFilters,
        title=say("质量问题"),
        template="quality/list.html",
        empty=say("没有质量问题。评价中未达标的规则会自动列入，也可以在资产的质量规则页登记。"),
        context=tabs("quality:issues"),
    )


@login_required
def open_issue(request: SignedRequest, card_id: str) -> HttpResponse:
    """Open an issue that a person saw."""
    card = queries.card_to_manage(card_id, request.user)
    return act(
        request,
        partial(OpenForm, card=card),
        lambda form: commands.open_issue(card, **form.cleaned_data, by=request.signature),
        title=say("登记质量问题"),
        submit=say("登记"),
        intro=str(card),
        then=queries.page_of,
        done=lambda issue: say("已登记，编号 {number}", number=issue.number),
        back=reverse("quality:card", args=[card.id]),
    )


@login_required
def issue(request: SignedRequest, issue_id: str) -> HttpResponse:
    """One issue: how grave, who answers for it, by when, and every step."""
    found = queries.issue_seen(issue_id, request.user)
    late = not found.closed_at and found.due_on < request.signature.today
    return render(
        request,
        "quality/issue.html",
        {
            "title": found.number,
            "state": found.state,
            "subtitle": found.sentence,
            "crumbs": [Crumb(say("质量问题"), reverse("quality:issues"))],
            "actions": _actions(request, found),
            "issue": found,
            "late": late,
            "facts": [
                (
                    say("数据资产"),
                    found.card,
                    f"{reverse('register:card', args=[found.card_id])}?tab=quality",
                ),
                (say("字段"), found.column or say("整行")),
                (say("类别"), found.kind.label),
                (say("严重程度"), found.severity),
                (say("来源"), found.origin.label),
                (say("责任人"), found.owner),
                (say("登记时间"), found.opened_at),
                (say("整改期限"), found.due_on),
                (say("重新打开次数"), found.reopened),
                (
                    say("最近一次未达标的评价") if found.assessment else "",
                    found.assessment and found.assessment.measured_at,
                    reverse("quality:assessment", args=[found.assessment_id])
                    if found.assessment_id
                    else "",
                ),
                (say("问题原因") if found.cause else "", found.cause),
                (say("整改措施") if found.measure else "", found.measure),
                (say("销号时间") if found.closed_at else "", found.closed_at),
            ],
            "moments": queries.moments_of(found),
        },
    )


def _actions(request: SignedRequest, issue: queries.Workable) -> list[Action]:
    ids, why = [issue.id], queries.obstacles_to_work_on(issue)
    note = Action(say("记录进展"), reverse("quality:note", args=ids), icon="edit", obstacles=why)
    if not request.user.may(Permission.QUALITY_MEASURE, issue.card.holder):
        return [note] if issue.owner_id == request.user.pk else []
    return [
        Action(
            say("整改销号"),
            reverse("quality:close", args=ids),
            icon="check",
            primary=True,
            obstacles=why,
        ),
        note,
        Action(say("指定责任人"), reverse("quality:assign", args=ids), icon="user", obstacles=why),
    ]


@login_required
def assign(request: SignedRequest, issue_id: str) -> HttpResponse:
    """Name the person who puts it right."""
    found = queries.issue_seen(issue_id, request.user)
    return act(
        request,
        partial(AssignForm, card=found.card, initial={"owner": found.owner_id}),
        lambda form: commands.assign_issue(found, form.owner(), by=request.signature),
        title=say("指定责任人"),
        intro=found.sentence,
        then=queries.page_of,
        done=lambda issue: say("责任人：{name}", name=issue.owner),
        back=queries.page_of(found),
        obstacles=queries.obstacles_to_work_on(found),
    )


@login_required
def note(request: SignedRequest, issue_id: str) -> HttpResponse:
    """Write down how far it has been put right."""
    found = queries.issue_seen(issue_id, request.user)
    return act(
        request,
        ProgressForm,
        lambda form: commands.note_progress(found, form.cleaned_data["text"], by=request.signature),
        title=say("记录进展"),
        intro=found.sentence,
        then=queries.page_of,
        done=say("已记录"),
        back=queries.page_of(found),
        obstacles=queries.obstacles_to_work_on(found),
    )


@login_required
def close(request: SignedRequest, issue_id: str) -> HttpResponse:
    """Close it with its cause and the measure taken."""
    found = queries.issue_seen(issue_id, request.user)
    return act(
        request,
        CloseForm,
        lambda form: commands.close_issue(found, **form.cleaned_data, by=request.signature),
        title=say("整改销号"),
        submit=say("销号"),
        intro=say("{text}。销号后，下次评价仍未达标的，问题自动重新打开。", text=found.sentence),
        then=queries.page_of,
        done=say("问题已销号"),
        back=queries.page_of(found),
        obstacles=queries.obstacles_to_close(found),
    )
