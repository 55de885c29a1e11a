"""Pages of the ledger, and of what the detectors of N-7 found in it."""

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
from shuce.kernel.refusals import NotPermitted, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.revenue import commands, queries
from shuce.lifecycle.revenue.forms import ConcludeForm, ReverseForm, ScanForm
from shuce.lifecycle.revenue.showing import page_of
from shuce.lifecycle.revenue.tables import EntryFilters, EntryTable, FindingFilters, FindingTable


@login_required
def ledger(request: SignedRequest) -> HttpResponse:
    """The journal, and the balances of every body the reader may look at."""
    return list_page(
        request,
        rows=queries.entries_seen_by(request.user),
        table=EntryTable,
        filters=EntryFilters,
        title=say("账簿"),
        template="revenue/ledger.html",
        empty=say("还没有记账。开具账单、收款、分配和上缴都会自动记账。"),
        context={
            "crumbs": [Crumb(say("账单"), reverse("revenue:bills")), Crumb(say("账簿"))],
            "bodies": [
                (body, queries.balances(body).items())
                for body in queries.bodies_with_ledger(request.user)
            ],
        },
    )


@login_required
def entry(request: SignedRequest, entry_id: str) -> HttpResponse:
    """One journal entry: debits and credits."""
    found = queries.entry_seen(entry_id, request.user)
    lines = list(found.lines.select_related("party"))
    actions = []
    if lines and request.user.may(Permission.USAGE_METER, lines[0].party):
        actions.append(
            Action(
                say("冲销"),
                reverse("revenue:reverse", args=[found.id]),
                danger=True,
                obstacles=(Obstacle("该凭证已经冲销"),) if hasattr(found, "reversal") else (),
            )
        )
    return render(
        request,
        "revenue/entry.html",
        {
            "title": found.number,
            "crumbs": [Crumb(say("账簿"), reverse("revenue:ledger")), Crumb(found.number)],
            "actions": actions,
            "facts": [
                ("摘要", found.text),
                ("记账日期", found.posted_on),
                ("冲销", found.reverses, reverse("revenue:entry", args=[found.reverses_id]))
                if found.reverses_id
                else ("", ""),
            ],
            "lines": lines,
        },
    )


@login_required
def reverse_entry(request: SignedRequest, entry_id: str) -> HttpResponse:
    """Reverse an entry by its mirror image."""
    found = queries.entry_seen(entry_id, request.user)
    first = found.lines.select_related("party")[0]
    request.signature.require(Permission.USAGE_METER, within=first.party)
    return act(
        request,
        ReverseForm,
        lambda form: commands.reverse_entry(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("冲销凭证"),
        intro=say("凭证 {number} 不会被改动，系统另记一张金额相反的凭证。", number=found.number),
        done=say("已冲销"),
        then=lambda made: reverse("revenue:entry", args=[made.id]),
        back=reverse("revenue:entry", args=[found.id]),
    )


@login_required
def breaches(request: SignedRequest) -> HttpResponse:
    """What the detectors found, and how it was handled."""
    actions = []
    if queries.bodies_to_scan(request.user).exists():
        actions.append(
            Action(say("检查账簿"), reverse("revenue:scan"), icon="search", primary=True)
        )
    if Permission.INSPECTION_RUN in request.user.permissions:
        actions.append(Action(say("外部记录"), reverse("revenue:outside"), icon="file-search"))
    return list_page(
        request,
        rows=queries.findings_seen_by(request.user),
        table=FindingTable,
        filters=FindingFilters,
        title=say("收缴违规"),
        empty=say("没有发现收缴违规。可以随时检查单位的账簿。"),
        actions=actions,
    )


@login_required
def scan(request: SignedRequest) -> HttpResponse:
    """Run the detectors over one body's ledger."""
    bodies = queries.bodies_to_scan(request.user)
    if not bodies.exists():
        raise NotPermitted(Obstacle("您没有检查账簿的权限"))
    own = bodies.filter(id=request.user.organization_id).first()
    return act(
        request,
        partial(ScanForm, bodies=bodies, initial={"organization": own}),
        lambda form: commands.scan_breaches(
            form.cleaned_data["organization"], by=request.signature
        ),
        title=say("检查账簿"),
        intro=say(
            "对照“多收、少收、不收、少缴、不缴、侵占、私分、截留、占用、挪用、隐匿、坐支”逐项检查。"
        ),
        done=lambda found: (
            say("发现{count}条线索", count=len(found)) if found else say("未发现违规线索")
        ),
        then="revenue:breaches",
        back=reverse("revenue:breaches"),
    )


@login_required
def breach(request: SignedRequest, finding_id: str) -> HttpResponse:
    """One finding: how much, shown by which records, and how it was handled."""
    found = queries.finding_seen(finding_id, request.user)
    actions = []
    if found.handled_at is None and request.user.may(Permission.INSPECTION_RUN, found.organization):
        actions.append(
            Action(
                say("处理"),
                reverse("revenue:conclude", args=[found.id]),
                icon="edit",
                primary=True,
            )
        )
    return render(
        request,
        "revenue/breach.html",
        {
            "title": f"{found.code} {say(found.title)}",
            "finding": found,
            "crumbs": [Crumb(say("收缴违规"), reverse("revenue:breaches")), Crumb(found.code)],
            "actions": actions,
            "facts": [
                ("单位", found.organization),
                ("金额", found.amount),
                ("发现时间", found.found_at),
                ("处理时间", found.handled_at),
                ("处理结论", found.conclusion),
            ],
            "refs": [
                (number, page_of(thing))
                for number, thing in queries.named_in(found.refs, request.user)
            ],
        },
    )


@login_required
def conclude(request: SignedRequest, finding_id: str) -> HttpResponse:
    """Write down how a finding was handled."""
    found = queries.finding_seen(finding_id, request.user)
    request.signature.require(Permission.INSPECTION_RUN, within=found.organization)
    here = reverse("revenue:breach", args=[found.id])
    return act(
        request,
        ConcludeForm,
        lambda form: commands.conclude_finding(
            found, form.cleaned_data["conclusion"], by=request.signature
        ),
        title=say("处理违规线索"),
        intro=found.why,
        done=say("已处理"),
        then=here,
        back=here,
    )
