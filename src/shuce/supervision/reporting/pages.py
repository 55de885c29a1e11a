"""Pages of reports and of the disclosures behind the portal."""

from functools import partial
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.office.sheets import MEDIA_TYPE
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.supervision.reporting import commands, exporting, queries
from shuce.supervision.reporting.charts import charts_of
from shuce.supervision.reporting.figures import figure_coded
from shuce.supervision.reporting.forms import (
    DisclosureForm,
    PrepareForm,
    ReturnForm,
    WithdrawForm,
    WriteForm,
)
from shuce.supervision.reporting.narrative import in_words, paragraphs
from shuce.supervision.reporting.showing import acts_on, heads_of, tabs_of
from shuce.supervision.reporting.tables import (
    BehindTable,
    DisclosureFilters,
    ManagedTable,
    MemoBehindTable,
    ReportFilters,
    ReportTable,
)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@login_required
def reports(request: SignedRequest) -> HttpResponse:
    """The reports the reader may see."""
    prepare_one = Action(say("编制报告"), reverse("reporting:prepare"), icon="plus", primary=True)
    may = Permission.REPORT_PREPARE in request.user.permissions
    return list_page(
        request,
        rows=queries.reports_seen_by(request.user),
        table=ReportTable,
        filters=ReportFilters,
        title=say("资产报告"),
        empty=say("还没有您可以查阅的报告。编制人员可以点“编制报告”，由系统自动取数。"),
        actions=[prepare_one] if may else [],
    )


@login_required
def prepare(request: SignedRequest) -> HttpResponse:
    # The report of a year is written in the year after it.
    last_year = request.signature.today.year - 1
    return act(
        request,
        partial(PrepareForm, member=request.user, year=last_year),
        lambda form: commands.prepare_report(**form.cleaned_data, by=request.signature),
        title=say("编制报告"),
        intro=say(
            "系统按登记、授权、收益、处置和安全事件的记录自动取数，范围为所选单位及其下级单位。"
        ),
        submit=say("取数并编制"),
        then=lambda made: reverse("reporting:report", args=[made.id]),
        done=lambda made: say("报告{number}已编制", number=made.number),
        back=reverse("reporting:reports"),
    )


@login_required
def report(request: SignedRequest, report_id: str) -> HttpResponse:
    """One report: what it says and whether it agrees, or (`?table=`) one of its tables."""
    found = queries.report_seen(report_id, request.user)
    tables = queries.tables_of(found)
    wanted = request.GET.get("table", "")
    return render(
        request,
        "reporting/report.html",
        {
            "report": found,
            "title": exporting.title_of(found),
            "state": found.state,
            "crumbs": [Crumb(say("资产报告"), reverse("reporting:reports"))],
            "actions": acts_on(found, request.signature),
            "facts": exporting.facts_of(found),
            "heads": heads_of(found),
            "charts": charts_of(found.figures),
            "tabs": tabs_of(tables, wanted),
            "table": next((table for table in tables if table.code == wanted), None),
            "checks": queries.checks_of(found),
            "parts": paragraphs(found),
            "below": queries.reports_below(found, request.user),
        },
    )


@login_required
def figure(request: SignedRequest, report_id: str, code: str) -> HttpResponse:
    """The cards behind one figure of a report."""
    found = queries.report_seen(report_id, request.user)
    wanted = figure_coded(code)
    of_cards = wanted.table.of_cards
    behind = queries.cards_behind if of_cards else queries.memo_behind
    now, then = queries.figure_today(found, wanted), found.figures.get(code, 0)
    hidden = queries.cards_hidden(found, wanted, request.user) if of_cards else 0
    return list_page(
        request,
        rows=behind(found, wanted, request.user),
        table=BehindTable if of_cards else MemoBehindTable,
        title=say("{line}：{column}", line=say(wanted.line.title), column=say(wanted.column.title)),
        template="reporting/figure.html",
        empty=say("这项数据背后没有您可以查阅的资产卡片。"),
        context={
            "crumbs": [
                Crumb(say("资产报告"), reverse("reporting:reports")),
                Crumb(found.number, reverse("reporting:report", args=[found.id])),
            ],
            "subtitle": say(wanted.table.title),
            "then": in_words(then, wanted.unit),
            "now": in_words(now, wanted.unit),
            "changed": now != then,
            "counted_at": found.counted_at,
            "hidden": hidden,
        },
    )


@login_required
def refresh(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    return press(
        request,
        lambda: commands.refresh_report(found, by=request.signature),
        then=reverse("reporting:report", args=[found.id]),
        done=say("已按当前记录重新取数"),
    )


@login_required
def write(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    here = reverse("reporting:report", args=[found.id])
    return act(
        request,
        partial(WriteForm, initial={"text": found.text}),
        lambda form: commands.write_report(found, form.cleaned_data["text"], by=request.signature),
        title=say("填报说明"),
        submit=say("保存"),
        then=here,
        done=say("填报说明已保存"),
        back=here,
        obstacles=queries.allowed(found, request.signature).change or (),
    )


@login_required
def submit(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    return press(
        request,
        lambda: commands.submit_report(found, by=request.signature),
        then=reverse("reporting:report", args=[found.id]),
        done=say("报告已报送上级"),
    )


@login_required
def confirm(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    return press(
        request,
        lambda: commands.confirm_report(found, by=request.signature),
        then=reverse("reporting:report", args=[found.id]),
        done=say("报告已审核"),
    )


@login_required
def send_back(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    here = reverse("reporting:report", args=[found.id])
    return act(
        request,
        ReturnForm,
        lambda form: commands.return_report(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("退回报告"),
        then=here,
        done=say("报告已退回"),
        back=here,
        obstacles=queries.allowed(found, request.signature).decide or (),
    )


@login_required
def excel(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    answer = FileResponse(
        exporting.excel(found),
        as_attachment=True,
        filename=exporting.file_name(found, "xlsx"),
        content_type=MEDIA_TYPE,
    )
    # Django sends either kind of answer; pages promise the common one.
    return cast(HttpResponse, answer)


@login_required
def word(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    answer = HttpResponse(exporting.word(found), content_type=_WORD)
    name = exporting.file_name(found, "docx")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@login_required
def pdf(request: SignedRequest, report_id: str) -> HttpResponse:
    found = queries.report_seen(report_id, request.user)
    answer = HttpResponse(exporting.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{exporting.file_name(found, "pdf")}"'
    return answer


@login_required
def disclosures(request: SignedRequest) -> HttpResponse:
    """What the reader's places disclosed, withdrawn ones too."""
    publish_one = Action(say("发布披露"), reverse("reporting:publish"), icon="plus", primary=True)
    look = Action(say("查看公开门户"), reverse("reporting:portal"), icon="world")
    may = request.user.permissions & {Permission.DISCLOSURE_PUBLISH, Permission.OPENING_MANAGE}
    return list_page(
        request,
        rows=queries.disclosures_managed_by(request.user),
        table=ManagedTable,
        filters=DisclosureFilters,
        title=say("信息披露管理"),
        empty=say("还没有披露信息。可以披露的在册资产，点“发布披露”即向社会公开。"),
        actions=[look, publish_one] if may else [look],
    )


@login_required
def publish(request: SignedRequest) -> HttpResponse:
    """Publish what the public may know of a card; `?card=` picks it beforehand."""
    initial = None
    if card_id := request.GET.get("card"):
        initial = queries.first_words(queries.card_to_disclose(card_id, request.user))
    return act(
        request,
        partial(DisclosureForm, member=request.user, initial=initial),
        lambda form: commands.publish_disclosure(**form.cleaned_data, by=request.signature),
        title=say("发布披露"),
        intro=say("发布后任何人不用登录即可看到。只能选择依法可以披露的在册资产。"),
        then=reverse("reporting:disclosures"),
        done=lambda made: say("“{title}”已向社会公开", title=made.title),
        back=reverse("reporting:disclosures"),
    )


@login_required
def withdraw(request: SignedRequest, disclosure_id: str) -> HttpResponse:
    found = queries.disclosure_managed(disclosure_id, request.user)
    return act(
        request,
        WithdrawForm,
        lambda form: commands.withdraw_disclosure(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("撤回披露"),
        intro=found.title,
        then=reverse("reporting:disclosures"),
        done=say("披露已撤回，公开门户不再显示"),
        back=reverse("reporting:disclosures"),
        obstacles=queries.obstacles_to_withdraw(found),
    )
