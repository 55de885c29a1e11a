"""Pages of saved queries: kept, changed, run with values, and put on the calendar."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.cleanroom import queries, saving, scheduling
from shuce.lifecycle.cleanroom.forms import SaveForm, ScheduleForm, ValuesForm, begun_from
from shuce.lifecycle.cleanroom.models import SavedQuery
from shuce.lifecycle.cleanroom.rules import RepeatState, SavedState
from shuce.lifecycle.cleanroom.tables import SavedFilters, SavedTable

_MOVES = {
    "pause": (RepeatState.PAUSED, "定期报告已暂停"),
    "resume": (RepeatState.ACTIVE, "定期报告已恢复"),
    "stop": (RepeatState.STOPPED, "定期报告已停止"),
}


@login_required
def saved_queries(request: SignedRequest) -> HttpResponse:
    """The reader's own saved queries, and those its body shares."""
    return list_page(
        request,
        rows=queries.saved_seen_by(request.user),
        table=SavedTable,
        filters=SavedFilters,
        title=say("已存查询"),
        empty=say("还没有保存过查询。在净室写好查询后，点“保存查询”即可带参数保存。"),
    )


@login_required
def save(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Save a query under a grant; sent from the desk with `begin`, only shows it to be named."""
    grant = queries.studio_seen(grant_id, request.user)
    form = partial(SaveForm, initial={"sql": request.GET.get("sql", "")})
    if request.method == "POST" and "begin" in request.GET:
        begun = SaveForm(initial={"sql": request.POST.get("sql", "")})
        return render(
            request,
            "cleanroom/save.html",
            {
                "title": say("保存查询"),
                "submit": say("保存查询"),
                "form": begun,
                "here": reverse("cleanroom:save", args=[grant.id]),
                "back": reverse("cleanroom:ask", args=[grant.id]),
            },
        )
    return act(
        request,
        form,
        lambda filled: saving.save_query(grant, filled.kept(), by=request.signature),
        title=say("保存查询"),
        template="cleanroom/save.html",
        context={"here": reverse("cleanroom:save", args=[grant.id])},
        then=lambda made: reverse("cleanroom:saved", args=[made.id]),
        done=lambda made: say("已保存，编号 {number}", number=made.number),
        back=reverse("cleanroom:ask", args=[grant.id]),
    )


@login_required
def change(request: SignedRequest, query_id: str) -> HttpResponse:
    """Change a saved query into its next version."""
    found = queries.saved_seen(query_id, request.user)
    here = reverse("cleanroom:saved", args=[found.id])
    return act(
        request,
        partial(SaveForm, known=found.latest.declared, initial=begun_from(found)),
        lambda filled: saving.change_query(found, filled.kept(), by=request.signature),
        title=say("修改查询"),
        template="cleanroom/save.html",
        context={"here": reverse("cleanroom:change", args=[found.id])},
        then=here,
        done=say("已保存为新版本"),
        back=here,
    )


@login_required
def retire(request: SignedRequest, query_id: str) -> HttpResponse:
    """Take a saved query out of use."""
    found = queries.saved_seen(query_id, request.user)
    return press(
        request,
        lambda: saving.retire_query(found, by=request.signature),
        then=reverse("cleanroom:saved", args=[found.id]),
        done=say("查询已停用，其定期报告已停止"),
    )


@login_required
def saved(request: SignedRequest, query_id: str) -> HttpResponse:
    """One saved query: run it with values; its schedules, their runs, and its versions."""
    found = queries.saved_seen(query_id, request.user)
    return act(
        request,
        partial(ValuesForm, version=found.latest),
        lambda filled: saving.ask_saved(found, filled.values(), by=request.signature),
        title=found.name,
        submit=say("运行"),
        then=lambda made: f"{reverse('cleanroom:question', args=[made.id])}#result",
        done="",
        obstacles=queries.obstacles_to_ask_here(found.grant, request.user, request.signature.today),
        template="cleanroom/saved.html",
        context={
            "state": found.state,
            "query": found,
            "version": found.latest,
            "crumbs": [
                Crumb(say("已存查询"), reverse("cleanroom:saved_queries")),
                Crumb(found.number),
            ],
            "actions": _actions(request, found),
            "facts": [
                ("数据资产", found.grant.card.name),
                ("授权编号", found.grant.number, reverse("rights:grant", args=[found.grant_id])),
                ("保存人", found.member),
                ("本单位共用", found.shared),
                ("说明", found.description),
            ],
            "schedules": queries.schedules_of(found),
            "runs": queries.runs_of(found)[:30],
            "versions": found.versions.select_related("member"),
        },
    )


@login_required
def schedule(request: SignedRequest, query_id: str) -> HttpResponse:
    """Put a saved query on the calendar."""
    found = queries.saved_seen(query_id, request.user)
    here = reverse("cleanroom:saved", args=[found.id])
    return act(
        request,
        partial(ScheduleForm, version=found.latest),
        lambda filled: scheduling.schedule_report(
            found,
            filled.values(),
            filled.cleaned_data["every"],
            filled.cleaned_data["day"],
            filled.cleaned_data["hour"],
            by=request.signature,
        ),
        title=say("设立定期报告"),
        intro=say(
            "到时自动运行，按当天的授权和预算判定，结果以消息告知您。授权停止，报告当即停止。"
        ),
        then=here,
        done=lambda made: say("定期报告已设立"),
        back=here,
    )


@login_required
def move(request: SignedRequest, schedule_id: str, state: str) -> HttpResponse:
    """Pause, resume or stop a schedule."""
    found = queries.schedule_seen(schedule_id, request.user)
    if state not in _MOVES:
        raise NotFound(Obstacle("没有这个操作"))
    target, done = _MOVES[state]
    return press(
        request,
        lambda: scheduling.change_schedule(found, target, by=request.signature),
        then=reverse("cleanroom:saved", args=[found.query_id]),
        done=say(done),
    )


def _actions(request: SignedRequest, found: SavedQuery) -> list[Action]:
    here = [found.id]
    if found.state != SavedState.ACTIVE:
        return []
    actions = [
        Action(say("设立定期报告"), reverse("cleanroom:schedule", args=here), icon="calendar")
    ]
    if found.member_id == request.user.pk:
        actions += [
            Action(say("修改查询"), reverse("cleanroom:change", args=here), icon="edit"),
            Action(
                say("停用查询"),
                reverse("cleanroom:retire", args=here),
                post=True,
                danger=True,
                confirm=say("停用后不能再运行，其定期报告也会停止。确定停用？"),
            ),
        ]
    return actions
