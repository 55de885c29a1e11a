"""Pages of procedures and decision tables: seen, compared, downloaded, changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from shuce.foundation.approvals import changing, files, queries, timing
from shuce.foundation.approvals.forms import ChangeForm
from shuce.foundation.approvals.procedures import (
    install_procedures,
    procedures_not_installed,
    set_procedure,
)
from shuce.foundation.approvals.tables import ProcedureTable
from shuce.foundation.office.acts import press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import NotFound, Refused
from shuce.kernel.words import say


@login_required
def procedures(request: SignedRequest) -> HttpResponse:
    """The procedures in force; after an upgrade, a button for those that came with it."""
    missing = procedures_not_installed()
    install_them = Action(
        say("安装随系统新增的流程（{n}）", n=len(missing)),
        reverse("approvals:install"),
        icon="plus",
        primary=True,
        post=True,
    )
    may = Permission.PROCEDURE_MANAGE in request.user.permissions
    return list_page(
        request,
        rows=queries.current_procedures(),
        table=ProcedureTable,
        title=say("审批流程"),
        empty=say("还没有安装审批流程。请由财政部门安装随系统提供的流程。"),
        actions=[install_them] if missing and may else [],
    )


@login_required
def install(request: SignedRequest) -> HttpResponse:
    """Set what this version ships and the register does not have; what a bureau set, stays."""
    return press(
        request,
        lambda: install_procedures(by=request.signature),
        then=reverse("approvals:procedures"),
        done=lambda made: say("已安装 {n} 个流程或决策表", n=len(made)),
    )


@login_required
def procedure(request: SignedRequest, version_id: str) -> HttpResponse:
    """One version: drawn with where cases stand and how long steps take, or as a table."""
    found = queries.procedure_version(version_id)
    newest = queries.in_force(found)
    notes = timing.notes_of(found, request.user, request.signature.at)
    headings, rows = changing.rows_of(found) if found.is_table else ([], [])
    return render(
        request,
        "approvals/procedure.html",
        {
            "version": found,
            "title": say(found.title),
            "is_in_force": found.id == newest.id,
            "newest": newest,
            "versions": queries.versions_of(found),
            "drawing": queries.drawing_of_version(found, notes),
            "headings": headings,
            "rows": rows,
            "kinds": files.kinds_for(found),
            "may_change": Permission.PROCEDURE_MANAGE in request.user.permissions,
            "crumbs": _crumbs(),
        },
    )


@login_required
def compare(request: SignedRequest, version_id: str) -> HttpResponse:
    """A version beside another of the same procedure: the one before, unless `with` names one."""
    found = queries.procedure_version(version_id)
    other = queries.version_beside(found, request.GET.get("with", ""))
    old, new = sorted((found, other), key=lambda one: one.version)
    return render(
        request,
        "approvals/compare.html",
        {
            "title": say("{title}：版本比较", title=say(found.title)),
            "version": found,
            "old": old,
            "new": new,
            "versions": queries.versions_of(found),
            "comparison": changing.compare(old, new),
            "crumbs": [*_crumbs(), Crumb(say(found.title), _address(found.id))],
        },
    )


@login_required
def download(request: SignedRequest, version_id: str, kind: str) -> HttpResponse:
    """A version as a file."""
    file = files.download(queries.procedure_version(version_id), kind)
    answer = HttpResponse(file.content, content_type=file.media_type)
    answer.headers["Content-Disposition"] = _attached(file.name)
    return answer


@login_required
def change(request: SignedRequest, version_id: str) -> HttpResponse:
    """Make a new version from this one: typed or uploaded, checked, compared, then confirmed.

    Nothing is kept between the steps: what was checked travels in the page, and is checked again
    by the command that sets it.
    """
    found = changing.version_to_change(version_id, request.signature)
    newest = queries.in_force(found)
    if request.method != "POST":
        return _ask(request, newest, ChangeForm(initial={"text": found.text}, **_kinds(newest)))
    form = ChangeForm(request.POST, request.FILES, **_kinds(newest))
    if not form.is_valid():
        return _ask(request, newest, form, status=422)
    if "again" in request.POST:
        return _ask(request, newest, ChangeForm(initial=form.cleaned_data, **_kinds(newest)))
    text = form.cleaned_data["text"].replace("\r\n", "\n")
    try:
        if upload := form.cleaned_data["file"]:
            text = files.text_of_upload(newest, upload.name, upload.read())
        if "confirmed" in request.POST:
            basis = queries.version_beside(newest, request.POST.get("instead_of", ""))
            made = set_procedure(
                newest.key, text, newest.is_table, instead_of=basis, by=request.signature
            )
            messages.success(request, say("第{n}版已生效，新提交的事项按此办理", n=made.version))
            return redirect(_address(made.id))
        proposed = changing.propose(newest, text, request.signature)
    except NotFound:
        raise
    except Refused as refusal:
        form = ChangeForm(initial={"text": text}, **_kinds(newest))
        page = {"refused": refusal.obstacles}
        return _ask(request, newest, form, status=refusal.http_status, **page)
    return render(
        request,
        "approvals/preview.html",
        {
            "title": say("核对差别：{title}", title=say(newest.title)),
            "version": newest,
            "next_number": newest.version + 1,
            "comparison": proposed,
            "text": text,
            "stay": changing.cases_that_stay(newest),
            "crumbs": [*_crumbs(), Crumb(say(newest.title), _address(newest.id))],
        },
    )


def _ask(
    request: SignedRequest, newest: Any, form: ChangeForm, status: int = 200, **more: object
) -> HttpResponse:
    page = {
        "title": say("修改：{title}", title=say(newest.title)),
        "form": form,
        "version": newest,
        "submit": say("检查并核对差别"),
        "back": _address(newest.id),
        "crumbs": [*_crumbs(), Crumb(say(newest.title), _address(newest.id))],
        "kinds": files.kinds_for(newest),
    }
    return render(request, "approvals/change.html", page | more, status=status)


def _kinds(version: Any) -> dict[str, str]:
    return {"kinds": say("、").join(f".{kind.value}" for kind in files.kinds_for(version))}


def _crumbs() -> list[Crumb]:
    return [Crumb(say("审批流程"), reverse("approvals:procedures"))]


def _address(version_id: str) -> str:
    return reverse("approvals:procedure", args=[version_id])


def _attached(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or ""
