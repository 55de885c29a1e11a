"""Pages of inspections, of the evidence, and of what carries out each clause."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.evidence import queries as evidence
from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.supervision.oversight import commands, queries
from shuce.supervision.oversight.forms import FindingForm, InspectionForm, RectifyForm
from shuce.supervision.oversight.tables import (
    EntryFilters,
    EntryTable,
    InspectionFilters,
    InspectionTable,
)


@login_required
def inspections(request: SignedRequest) -> HttpResponse:
    open_one = Action(
        say("开展检查"), reverse("oversight:open_inspection"), icon="plus", primary=True
    )
    may = Permission.INSPECTION_RUN in request.user.permissions
    return list_page(
        request,
        rows=queries.inspections_seen_by(request.user),
        table=InspectionTable,
        filters=InspectionFilters,
        title=say("监督检查"),
        empty=say("还没有监督检查。监督人员可以点“开展检查”。"),
        actions=[open_one] if may else [],
    )


@login_required
def open_inspection(request: SignedRequest) -> HttpResponse:
    def do(form: InspectionForm) -> object:
        facts = dict(form.cleaned_data)
        return commands.open_inspection(facts.pop("organization"), **facts, by=request.signature)

    return act(
        request,
        partial(InspectionForm, member=request.user),
        do,
        title=say("开展检查"),
        then=reverse("oversight:inspections"),
        done=say("检查已开始"),
        back=reverse("oversight:inspections"),
    )


@login_required
def inspection(request: SignedRequest, inspection_id: str) -> HttpResponse:
    """One inspection: its problems, their rectification, and what the reader may do."""
    found = queries.inspection_seen(inspection_id, request.user)
    may = request.user.may
    return render(
        request,
        "oversight/inspection.html",
        {
            "inspection": found,
            "title": found.title,
            "findings": queries.findings_of(found),
            "inspects": may(Permission.INSPECTION_RUN, found.organization),
            "rectifies": may(Permission.FINDING_RECTIFY, found.organization),
        },
    )


@login_required
def find_problem(request: SignedRequest, inspection_id: str) -> HttpResponse:
    found = queries.inspection_seen(inspection_id, request.user)
    here = reverse("oversight:inspection", args=[found.id])
    return act(
        request,
        FindingForm,
        lambda form: commands.find_problem(found, **form.cleaned_data, by=request.signature),
        title=say("登记问题"),
        then=here,
        done=say("问题已登记"),
        back=here,
    )


@login_required
def rectify(request: SignedRequest, finding_id: str) -> HttpResponse:
    finding = queries.finding_seen(finding_id, request.user)
    here = reverse("oversight:inspection", args=[finding.inspection_id])
    return act(
        request,
        RectifyForm,
        lambda form: commands.rectify(
            finding, form.cleaned_data["rectification"], by=request.signature
        ),
        title=say("报告整改"),
        intro=finding.text,
        then=here,
        done=say("整改情况已报告，等待复核"),
        back=here,
    )


@login_required
def recheck(request: SignedRequest, finding_id: str, verdict: str) -> HttpResponse:
    finding = queries.finding_seen(finding_id, request.user)
    return press(
        request,
        lambda: commands.recheck(finding, verdict == "pass", by=request.signature),
        then=reverse("oversight:inspection", args=[finding.inspection_id]),
        done=say("已复核"),
    )


@login_required
def close_inspection(request: SignedRequest, inspection_id: str) -> HttpResponse:
    found = queries.inspection_seen(inspection_id, request.user)
    return press(
        request,
        lambda: commands.close_inspection(found, by=request.signature),
        then=reverse("oversight:inspection", args=[found.id]),
        done=say("检查已办结"),
    )


@login_required
def entries(request: SignedRequest) -> HttpResponse:
    """The evidence explorer."""
    return list_page(
        request,
        rows=queries.entries_seen_by(request.user),
        table=EntryTable,
        filters=EntryFilters,
        title=say("存证"),
        empty=say("还没有您可以查阅的存证。"),
        page_size=50,
    )


@login_required
def entry(request: SignedRequest, entry_id: int) -> HttpResponse:
    """One entry with its proof, which anyone can check again."""
    found = queries.entry_seen(entry_id, request.user)
    told = evidence.tell(found)
    return render(
        request,
        "oversight/entry.html",
        {
            "entry": found,
            "told": told,
            "title": told.label,
            "by": queries.names_of([told.member_id]).get(told.member_id, told.member_id),
            "card": queries.cards_named([told.asset_id]).get(told.asset_id, ""),
            "body": bytes(found.body).decode(),
            "proof": evidence.proof_of(found) if evidence.is_proved(found) else None,
        },
    )


@login_required
def proof(request: SignedRequest, entry_id: int) -> HttpResponse:
    """The proof as a file, for a verifier of one's own."""
    found = queries.entry_seen(entry_id, request.user)
    answer = JsonResponse(
        vars(evidence.proof_of(found)), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = f'attachment; filename="proof-{found.index}.json"'
    return answer


@login_required
def coverage(request: SignedRequest) -> HttpResponse:
    """For every clause, the acts that carry it out and how often each happened."""
    return render(
        request,
        "oversight/coverage.html",
        {"title": say("履责情况"), "covered": queries.coverage(request.user)},
    )
