"""Pages of lineage: the links, the names that programs report, their jobs, the SQL read."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.engines.lineage import How
from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import Action, list_page
from shuce.foundation.office.parts import Crumb, Tab
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.lineage import commands, queries
from shuce.lifecycle.lineage.forms import BindForm, LinkForm, ReasonForm, ScriptForm
from shuce.lifecycle.lineage.tables import (
    DatasetFilters,
    DatasetTable,
    LinkFilters,
    LinkTable,
    ProcessFilters,
    ProcessTable,
    RunTable,
    ScriptFilters,
    ScriptTable,
)
from shuce.lifecycle.register.queries import card_seen_inside

_LISTS = (
    ("血缘关系", "lineage:links"),
    ("数据集", "lineage:datasets"),
    ("加工任务", "lineage:processes"),
    ("SQL 脚本", "lineage:scripts"),
)
_P = Permission


def _tabs(here: str) -> dict[str, object]:
    return {"tabs": [Tab(say(name), reverse(to), to == here) for name, to in _LISTS]}


def _reading(request: SignedRequest) -> list[Action]:
    if _P.LINEAGE_ENTER not in request.user.permissions:
        return []
    return [Action(say("从 SQL 识别"), reverse("lineage:read"), icon="file-search", primary=True)]


@login_required
def links(request: SignedRequest) -> HttpResponse:
    """Every link that the reader may see."""
    return list_page(
        request,
        rows=queries.links_seen_by(request.user),
        table=LinkTable,
        filters=LinkFilters,
        title=say("数据血缘"),
        template="lineage/list.html",
        empty=say(
            "还没有血缘关系。可在资产页面手工登记、从 SQL 识别，或由程序经 OpenLineage 上报。"
        ),
        actions=_reading(request),
        context=_tabs("lineage:links"),
    )


@login_required
def datasets(request: SignedRequest) -> HttpResponse:
    """The names that programs and SQL texts use; those nobody knows yet come first."""
    return list_page(
        request,
        rows=queries.datasets_seen_by(request.user),
        table=DatasetTable,
        filters=DatasetFilters,
        title=say("血缘数据集"),
        template="lineage/list.html",
        empty=say("还没有上报或识别出的数据集。"),
        context=_tabs("lineage:datasets"),
    )


@login_required
def processes(request: SignedRequest) -> HttpResponse:
    """The jobs that report through OpenLineage."""
    return list_page(
        request,
        rows=queries.processes_seen_by(request.user),
        table=ProcessTable,
        filters=ProcessFilters,
        title=say("加工任务"),
        template="lineage/list.html",
        empty=say("还没有任务上报。把 OpenLineage 客户端指向 /api/v1/lineage，用接口密钥认证。"),
        context=_tabs("lineage:processes"),
    )


@login_required
def scripts(request: SignedRequest) -> HttpResponse:
    """The SQL texts that lineage was read from."""
    return list_page(
        request,
        rows=queries.scripts_seen_by(request.user),
        table=ScriptTable,
        filters=ScriptFilters,
        title=say("SQL 脚本"),
        template="lineage/list.html",
        empty=say("还没有识别过 SQL。"),
        actions=_reading(request),
        context=_tabs("lineage:scripts"),
    )


@login_required
def enter(request: SignedRequest, card_id: str) -> HttpResponse:
    """Enter by hand where an asset's data came from."""
    card = card_seen_inside(card_id, request.user)
    here = f"{reverse('register:card', args=[card.id])}?tab=lineage"
    return act(
        request,
        partial(LinkForm, member=request.user),
        lambda form: commands.enter_link(
            card,
            form.cleaned_data["upstream"],
            outside=form.cleaned_data["outside"],
            note=form.cleaned_data["note"],
            flows=form.cleaned_data["flows"],
            by=request.signature,
        ),
        title=say("登记数据来源"),
        submit=say("登记"),
        intro=say("{card}的数据由哪项资产加工而来，或来自登记簿之外的哪里。", card=card.name),
        then=here,
        done=say("已登记血缘关系"),
        back=here,
    )


@login_required
def read(request: SignedRequest) -> HttpResponse:
    """Read lineage from a SQL text."""
    return act(
        request,
        partial(ScriptForm, member=request.user),
        lambda form: commands.read_script(**form.cleaned_data, by=request.signature),
        title=say("从 SQL 识别血缘"),
        submit=say("识别"),
        then=lambda script: reverse("lineage:script", args=[script.id]),
        done=say("已识别，请核对结果"),
        back=reverse("lineage:links"),
    )


@login_required
def link(request: SignedRequest, link_id: str) -> HttpResponse:
    """One link: what goes into what, column by column, and how that is known."""
    found = queries.link_seen(link_id, request.user)
    actions = []
    if request.user.may(_P.LINEAGE_ENTER, found.organization):
        actions.append(
            Action(
                say("终止"),
                reverse("lineage:end", args=[found.id]),
                icon="unlink",
                danger=True,
                obstacles=queries.obstacles_to_end(found),
            )
        )
    return render(
        request,
        "lineage/link.html",
        {
            "title": str(found),
            "crumbs": [Crumb(say("数据血缘"), reverse("lineage:links"))],
            "actions": actions,
            "facts": [
                (say("上游"), str(found.upstream)),
                (say("下游"), str(found.downstream)),
                (say("依据"), found.origin.label),
                (say("任务、脚本或说明"), found.ground),
                (say("单位"), found.organization),
                (say("登记人"), found.member),
                (say("登记时间"), found.recorded_at),
                (say("终止时间"), found.ended_at),
                (say("终止原因"), found.end_reason),
            ],
            "columns": [
                (one.from_column, one.to_column or say("整表"), How(one.how))
                for one in found.columns.all()
            ],
        },
    )


@login_required
def end(request: SignedRequest, link_id: str) -> HttpResponse:
    """End a link that is no longer so."""
    found = queries.link_seen(link_id, request.user)
    here = reverse("lineage:link", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: commands.end_link(found, form.cleaned_data["reason"], by=request.signature),
        title=say("终止血缘关系"),
        submit=say("终止"),
        intro=str(found),
        then=here,
        done=say("已终止"),
        back=here,
        obstacles=queries.obstacles_to_end(found),
    )


@login_required
def dataset(request: SignedRequest, dataset_id: str) -> HttpResponse:
    """One reported name: what it stands for, and its links."""
    found = queries.dataset_seen(dataset_id, request.user)
    actions = []
    if request.user.may(_P.LINEAGE_ENTER, found.organization):
        why = queries.obstacles_to_bind(found)
        actions.append(
            Action(
                say("改绑") if found.is_bound else say("绑定"),
                reverse("lineage:bind", args=[found.id]),
                icon="link",
                primary=not found.is_bound,
                obstacles=why,
            )
        )
        if found.is_bound:
            address = reverse("lineage:unbind", args=[found.id])
            actions.append(Action(say("解除绑定"), address, icon="unlink", obstacles=why))
    return render(
        request,
        "lineage/dataset.html",
        {
            "title": found.name,
            "crumbs": [Crumb(say("血缘数据集"), reverse("lineage:datasets"))],
            "actions": actions,
            "facts": [
                (say("命名空间"), found.namespace),
                (say("名称"), found.name),
                (say("单位"), found.organization),
                (say("对应的资产或资源"), found.bound_to),
                (say("绑定方式"), say("人工绑定") if found.bound_by_hand else say("按名称对应")),
                (say("字段"), list(found.columns)),
                (say("最近出现"), found.seen_at),
            ],
            "links": queries.links_of(found, request.user)[:100],
        },
    )


@login_required
def bind(request: SignedRequest, dataset_id: str) -> HttpResponse:
    """Say what a reported name stands for."""
    found = queries.dataset_seen(dataset_id, request.user)
    here = reverse("lineage:dataset", args=[found.id])
    return act(
        request,
        partial(BindForm, member=request.user),
        lambda form: commands.bind_dataset(found, form.chosen(), by=request.signature),
        title=say("绑定数据集"),
        submit=say("绑定"),
        intro=f"{found.namespace} {found.name}",
        then=here,
        done=say("已绑定，血缘关系随之归到该资产"),
        back=here,
        obstacles=queries.obstacles_to_bind(found),
    )


@login_required
def unbind(request: SignedRequest, dataset_id: str) -> HttpResponse:
    """Take a binding back."""
    found = queries.dataset_seen(dataset_id, request.user)
    here = reverse("lineage:dataset", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: commands.unbind_dataset(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("解除绑定"),
        intro=f"{found.namespace} {found.name}",
        then=here,
        done=say("已解除绑定"),
        back=here,
    )


@login_required
def process(request: SignedRequest, process_id: str) -> HttpResponse:
    """One job: its runs, and what they read and write."""
    found = queries.process_seen(process_id, request.user)
    return render(
        request,
        "lineage/process.html",
        {
            "title": found.name,
            "state": found.state,
            "crumbs": [Crumb(say("加工任务"), reverse("lineage:processes"))],
            "facts": [
                (say("命名空间"), found.namespace),
                (say("任务"), found.name),
                (say("单位"), found.organization),
                (say("最近上报"), found.seen_at),
            ],
            "runs": RunTable(queries.runs_of(found)[:100], request=request),
            "links": queries.links_by(found, request.user)[:200],
        },
    )


@login_required
def script(request: SignedRequest, script_id: str) -> HttpResponse:
    """One SQL text: each statement with what was understood of it and what was not."""
    found = queries.script_seen(script_id, request.user)
    return render(
        request,
        "lineage/script.html",
        {
            "title": found.title,
            "crumbs": [Crumb(say("SQL 脚本"), reverse("lineage:scripts"))],
            "facts": [
                (say("SQL 方言"), found.dialect.label),
                (say("数据源"), found.source),
                (say("单位"), found.organization),
                (say("识别人"), found.member),
                (say("识别时间"), found.read_at),
            ],
            "statements": queries.statements_of(found),
            "text": found.text,
        },
    )
