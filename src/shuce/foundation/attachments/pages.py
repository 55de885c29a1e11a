"""The files of a thing: what hangs on it, hanging one more, taking one, and taking one off."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from shuce.foundation.attachments import commands, files, pegs, queries
from shuce.foundation.attachments.forms import AttachForm, RemoveForm
from shuce.foundation.office.acts import act
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say


@login_required
def attachments(request: SignedRequest, kind: str, subject_id: str) -> HttpResponse:
    """Every file of a thing that has no page of its own for them."""
    peg = pegs.peg_seen(kind, subject_id, request.user)
    context = {
        "title": say("附件"),
        "crumbs": [Crumb(peg.title, peg.url), Crumb(say("附件"))],
        "kind": kind,
        "subject_id": subject_id,
    }
    return render(request, "attachments/attachments.html", context)


@login_required
def attach(request: SignedRequest, kind: str, subject_id: str) -> HttpResponse:
    peg = pegs.peg_seen(kind, subject_id, request.user)
    return act(
        request,
        AttachForm,
        lambda form: commands.attach(
            kind,
            subject_id,
            form.cleaned_data["file"].name,
            form.cleaned_data["file"].chunks(),
            form.cleaned_data["note"],
            by=request.signature,
        ),
        title=say("上传附件"),
        submit=say("上传"),
        intro=say("{thing}：文件的摘要记入存证，下载时核对。", thing=peg.title),
        then=peg.url,
        done=lambda made: say("已附上“{name}”", name=made.name),
        back=peg.url,
    )


@login_required
def file(request: SignedRequest, attachment_id: str) -> HttpResponse:
    """The file itself, checked against its digest before a byte of it is sent."""
    found = queries.attachment_to_take(attachment_id, request.user)
    answer = FileResponse(
        files.opened(found.id, found.sha256),
        as_attachment=True,
        filename=found.name,
        # Whatever it is, the browser keeps it and does not open it here.
        content_type="application/octet-stream",
    )
    return cast(HttpResponse, answer)


@login_required
def remove(request: SignedRequest, attachment_id: str) -> HttpResponse:
    found = queries.attachment_to_take(attachment_id, request.user)
    peg = pegs.peg_seen(found.kind, found.subject_id, request.user)
    return act(
        request,
        RemoveForm,
        lambda form: commands.remove(found, form.cleaned_data["reason"], by=request.signature),
        title=say("移除附件"),
        submit=say("移除"),
        intro=say(
            "“{name}”的文件将被删除，无法从这里找回；上传、移除的记录和摘要保留。", name=found.name
        ),
        then=peg.url,
        done=say("附件已移除"),
        back=peg.url,
    )
