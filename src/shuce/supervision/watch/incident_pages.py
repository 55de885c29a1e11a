"""Pages of incidents: the list, one incident with its clock and timeline, and every act."""

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
from shuce.kernel.words import say
from shuce.supervision.watch import commands, queries, showing
from shuce.supervision.watch.forms import CloseForm, ExtentForm, NoteForm, OpenForm, ReportForm
from shuce.supervision.watch.tables import IncidentFilters, IncidentTable


@login_required
def incidents(request: SignedRequest) -> HttpResponse:
    """The incidents and drills of places in reach."""
    open_one = Action(say("报告事件"), reverse("watch:open"), icon="plus", primary=True)
    return list_page(
        request,
        rows=queries.incidents_seen_by(request.user),
        table=IncidentTable,
        filters=IncidentFilters,
        title=say("安全事件"),
        empty=say("没有安全事件。发现泄露、损毁、丢失、篡改时立即报告；也可以在这里组织演练。"),
        actions=[open_one] if Permission.INCIDENT_HANDLE in request.user.permissions else [],
    )


@login_required
def open_incident(request: SignedRequest) -> HttpResponse:
    """Open an incident or a drill; `?card=` picks the card beforehand."""
    return act(
        request,
        partial(OpenForm, member=request.user, initial={"card": request.GET.get("card")}),
        lambda form: commands.open_incident(**form.cleaned_data, by=request.signature),
        title=say("报告事件"),
        then=lambda incident: _page(incident.id),
        done=lambda incident: say(
            "事件{number}已登记，等级：{severity}",
            number=incident.number,
            severity=incident.severity.label,
        ),
        back=reverse("watch:incidents"),
    )


@login_required
def incident(request: SignedRequest, incident_id: str) -> HttpResponse:
    """One incident: clock, plan, timeline, and what was suspended."""
    found = queries.incident_seen(incident_id, request.user)
    return render(
        request,
        "watch/incident.html",
        {
            "title": found.number,
            "state": found.state,
            "subtitle": found.description,
            "crumbs": [Crumb(say("安全事件"), reverse("watch:incidents"))],
            "facts": showing.incident_facts(found),
            "actions": showing.incident_actions(found, request.user),
            "incident": found,
            "clock": showing.clock_of(found, request.signature.at),
            "moments": queries.moments_of(found),
            "frozen": queries.frozen_of(found),
            "reports": queries.reports_of(found),
        },
    )


@login_required
def contain(request: SignedRequest, incident_id: str) -> HttpResponse:
    """Freeze everything over the card at once."""
    found = queries.incident_seen(incident_id, request.user)
    return press(
        request,
        lambda: commands.contain(found, by=request.signature),
        then=_page(found.id),
        done=(say("演练：未暂停任何授权") if found.is_drill else say("事态已控制，有效授权已暂停")),
    )


@login_required
def note(request: SignedRequest, incident_id: str) -> HttpResponse:
    """Add to the timeline."""
    found = queries.incident_seen(incident_id, request.user)
    return act(
        request,
        NoteForm,
        lambda form: commands.add_note(found, form.cleaned_data["text"], by=request.signature),
        title=say("记录处置情况"),
        then=_page(found.id),
        done=say("已记录"),
        back=_page(found.id),
    )


@login_required
def report(request: SignedRequest, incident_id: str) -> HttpResponse:
    """Note that the incident was reported outside."""
    found = queries.incident_seen(incident_id, request.user)
    return act(
        request,
        partial(ReportForm, incident=found),
        lambda form: commands.report_incident(found, **form.cleaned_data, by=request.signature),
        title=say("上报"),
        then=_page(found.id),
        done=lambda made: say("已登记上报（超时）") if made.late else say("已登记上报"),
        back=_page(found.id),
    )


@login_required
def reassess(request: SignedRequest, incident_id: str) -> HttpResponse:
    """Find the severity again."""
    found = queries.incident_seen(incident_id, request.user)
    return act(
        request,
        partial(ExtentForm, incident=found),
        lambda form: commands.reassess(found, **form.cleaned_data, by=request.signature),
        title=say("重新定级"),
        then=_page(found.id),
        done=lambda made: say("等级：{severity}", severity=made.severity.label),
        back=_page(found.id),
    )


@login_required
def close(request: SignedRequest, incident_id: str) -> HttpResponse:
    """Draw the lessons and ask to close."""
    found = queries.incident_seen(incident_id, request.user)
    return act(
        request,
        CloseForm,
        lambda form: commands.close_incident(found, **form.cleaned_data, by=request.signature),
        title=say("申请结案"),
        obstacles=queries.obstacles_to_close(found),
        then=_page(found.id),
        done=say("已提交结案审批"),
        back=_page(found.id),
    )


@login_required
def settle(request: SignedRequest, incident_id: str) -> HttpResponse:
    """Carry out what was decided for the suspended grants."""
    found = queries.incident_seen(incident_id, request.user)
    return press(
        request,
        lambda: commands.settle_grants(found, by=request.signature),
        then=_page(found.id),
        done=say("暂停的授权已按结案决定处理"),
    )


def _page(incident_id: str) -> str:
    return reverse("watch:incident", args=[incident_id])
