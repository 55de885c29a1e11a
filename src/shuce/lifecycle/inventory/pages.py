"""Pages of what was found, what waits, and what is counted."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office import documents
from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.inventory import commands, comparing, counting, queries, stocktaking
from shuce.lifecycle.inventory.forms import ConclusionForm, RecognizeForm, StocktakeForm
from shuce.lifecycle.inventory.rules import CRITERIA, ProposedGrade, StocktakeState
from shuce.lifecycle.inventory.tables import (
    ColumnTable,
    MemoFilters,
    MemoTable,
    ResourceFilters,
    ResourceTable,
    StocktakeFilters,
    StocktakeTable,
)
from shuce.lifecycle.sources.queries import source_seen


@login_required
def scan(request: SignedRequest, source_id: str) -> HttpResponse:
    """Ask for a scan; its job's page shows how far it is."""
    source = source_seen(source_id, request.user)
    return press(
        request,
        lambda: commands.ask_scan(source, by=request.signature),
        then=lambda job: reverse("jobs:job", args=[job.id]),
        done=say("已开始扫描"),
    )


@login_required
def resources(request: SignedRequest) -> HttpResponse:
    """The tables that scans found."""
    return list_page(
        request,
        rows=queries.resources_seen_by(request.user),
        table=ResourceTable,
        filters=ResourceFilters,
        title=say("数据资源"),
        empty=say("还没有发现数据资源。请先接入数据源并扫描。"),
        actions=[Action(say("清查盘点"), reverse("inventory:stocktakes"), icon="clipboard-check")],
    )


@login_required
def resource(request: SignedRequest, resource_id: str) -> HttpResponse:
    """One table: what it holds, how it was judged, and what can be done with it."""
    found = queries.resource_seen(resource_id, request.user)
    judged = list(queries.recognitions_of(found))
    last = judged[0] if judged else None
    may = request.user.may
    actions = [
        Action(say("概况历史"), reverse("inventory:history", args=[found.id]), icon="chart-bar")
    ]
    if may(Permission.ASSET_RECOGNIZE, found.organization):
        actions.append(
            Action(
                say("确认数据资产"),
                reverse("inventory:recognize", args=[found.id]),
                icon="clipboard-check",
                primary=last is None,
                obstacles=queries.obstacles_to_judge(found),
            )
        )
    if may(Permission.CARD_ENTER, found.organization):
        actions.append(
            Action(
                say("建立资产卡片"),
                reverse("register:enter", args=[last.id]) if last else "",
                icon="plus",
                primary=last is not None,
                obstacles=queries.obstacles_to_draft(found, last),
            )
        )
    return render(
        request,
        "inventory/resource.html",
        {
            "resource": found,
            "title": found.comment or found.table_name,
            "state": found.state,
            "subtitle": found.table_name if found.comment else "",
            "crumbs": [Crumb(say("数据资源"), reverse("inventory:resources"))],
            "actions": actions,
            "facts": [
                (say("表名"), found.table_name),
                (say("说明"), found.comment),
                (say("数据源"), found.source, reverse("sources:source", args=[found.source_id])),
                (say("单位"), found.organization),
                (say("行数"), found.rows),
                (say("字段数"), found.column_count),
                (say("类型"), say("视图") if found.is_view else say("表")),
                (say("主键"), "、".join(found.keys)),
                (say("建议级别"), ProposedGrade(found.proposed_grade)),
                (say("首次发现"), found.first_seen_at),
                (say("最近发现"), found.last_seen_at),
                (say("最近扫描未见，自") if found.missing_since else "", found.missing_since),
            ],
            "columns": ColumnTable(queries.columns_shown(found), request=request),
            "references": queries.references_shown(found),
            "memo": queries.open_memo_of(found),
            "judged": [(one, queries.answers_shown(one)) for one in judged],
        },
    )


@login_required
def recognize(request: SignedRequest, resource_id: str) -> HttpResponse:
    """Judge whether a table is a data asset."""
    found = queries.resource_seen(resource_id, request.user)
    here = reverse("inventory:resource", args=[found.id])
    return act(
        request,
        RecognizeForm,
        lambda form: commands.recognize(found, form.answers(), by=request.signature),
        title=say("确认数据资产：{name}", name=found),
        submit=say("提交确认结论"),
        intro=say(
            "五项条件全部符合的，建立资产卡片；仅“{measurable}”不符合的，列入备查簿并定期复核；"
            "其余只保留在资源目录。每项都须写明依据。",
            measurable=say(CRITERIA["measurable"]),
        ),
        then=here,
        done=lambda recognition: say("结论：{outcome}", outcome=recognition.outcome.label),
        back=here,
        obstacles=queries.obstacles_to_judge(found),
    )


@login_required
def memo(request: SignedRequest) -> HttpResponse:
    """The memorandum register; what is overdue for review comes first."""
    return list_page(
        request,
        rows=queries.memo_entries_standing(request.user, request.signature.today),
        table=MemoTable,
        filters=MemoFilters,
        title=say("备查簿"),
        empty=say("备查簿是空的。暂不能可靠计量的数据资源会列入这里，每年复核。"),
    )


@login_required
def stocktakes(request: SignedRequest) -> HttpResponse:
    opening = Action(
        say("开展盘点"), reverse("inventory:open_stocktake"), icon="plus", primary=True
    )
    return list_page(
        request,
        rows=queries.stocktakes_seen_by(request.user),
        table=StocktakeTable,
        filters=StocktakeFilters,
        title=say("清查盘点"),
        empty=say("还没有清查盘点。"),
        actions=[opening] if Permission.STOCKTAKE_RUN in request.user.permissions else [],
    )


@login_required
def open_stocktake(request: SignedRequest) -> HttpResponse:
    """Open a stocktake."""
    return act(
        request,
        partial(StocktakeForm, member=request.user),
        lambda form: stocktaking.open_stocktake(**form.cleaned_data, by=request.signature),
        title=say("开展盘点"),
        then=lambda stocktake: reverse("inventory:stocktake", args=[stocktake.id]),
        done=say("盘点已开始，请比对账实"),
        back=reverse("inventory:stocktakes"),
    )


@login_required
def stocktake(request: SignedRequest, stocktake_id: str) -> HttpResponse:
    """One stocktake: its differences and how each was handled."""
    found = queries.stocktake_seen(stocktake_id, request.user)
    may_run = request.user.may(Permission.STOCKTAKE_RUN, found.organization)
    is_open = found.state == StocktakeState.OPEN
    actions = [
        Action(
            say("账实比对"),
            reverse("inventory:compare", args=[found.id]),
            icon="refresh",
            post=True,
            obstacles=queries.obstacles_to_compare(found),
        ),
        Action(
            say("办结"),
            reverse("inventory:sign_off", args=[found.id]),
            icon="check",
            primary=True,
            post=True,
            confirm=say("办结后不能再改，确定办结吗？"),
            obstacles=queries.obstacles_to_sign_off(found),
        ),
    ]
    report = Action(
        say("盘点报告"), reverse("inventory:stocktake_report", args=[found.id]), icon="printer"
    )
    return render(
        request,
        "inventory/stocktake.html",
        {
            "stocktake": found,
            "title": found.name,
            "state": found.state,
            "crumbs": [Crumb(say("清查盘点"), reverse("inventory:stocktakes"))],
            "actions": [*(actions if may_run else []), report],
            "figures": counting.figures_of(comparing.count_of(found)),
            "unscanned": comparing.unscanned(found)[:50] if is_open else [],
            "facts": [
                (say("单位"), found.organization),
                (say("截止日期"), found.due_on),
                (say("开始时间"), found.opened_at),
                (say("办结时间"), found.signed_off_at),
            ],
            "lines": queries.lines_of(found),
            "may_conclude": may_run and is_open,
        },
    )


@login_required
def compare(request: SignedRequest, stocktake_id: str) -> HttpResponse:
    """Compare the register with what the last scans found."""
    found = queries.stocktake_seen(stocktake_id, request.user)
    return press(
        request,
        lambda: stocktaking.compare(found, by=request.signature),
        then=reverse("inventory:stocktake", args=[found.id]),
        done=say("已按最近一次扫描比对"),
    )


@login_required
def sign_off(request: SignedRequest, stocktake_id: str) -> HttpResponse:
    """Sign a stocktake off."""
    found = queries.stocktake_seen(stocktake_id, request.user)
    return press(
        request,
        lambda: stocktaking.sign_off(found, by=request.signature),
        then=reverse("inventory:stocktake", args=[found.id]),
        done=say("盘点已办结"),
    )


@login_required
def stocktake_report(request: SignedRequest, stocktake_id: str) -> HttpResponse:
    """The stocktake as a document to be signed."""
    found = queries.stocktake_seen(stocktake_id, request.user)
    # A document is dated to the second.
    at = request.signature.at.replace(microsecond=0)
    made = documents.pdf("inventory/stocktake.typ", counting.printed(found, at=at), at=at)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="stocktake-{found.id}.pdf"'
    return answer


@login_required
def conclude(request: SignedRequest, line_id: str) -> HttpResponse:
    """Write down how one difference was handled."""
    line = queries.line_seen(line_id, request.user)
    back = reverse("inventory:stocktake", args=[line.stocktake_id])
    return act(
        request,
        partial(ConclusionForm, initial={"conclusion": line.conclusion}),
        lambda form: stocktaking.conclude_difference(
            line, form.cleaned_data["conclusion"], by=request.signature
        ),
        title=say("处理差异：{name}", name=line.resource),
        intro=line.note,
        submit=say("保存结论"),
        then=back,
        done=say("已记录处理结论"),
        back=back,
    )
