"""Asking for a long list as a file, and taking it."""

from functools import partial
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.urls import reverse

from shuce.foundation.exports import commands, files, queries
from shuce.foundation.exports.forms import AskForm
from shuce.foundation.office.acts import act
from shuce.foundation.office.exporting import MOST_AT_ONCE, Format
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say


@login_required
def ask(request: SignedRequest) -> HttpResponse:
    """Say that a list is long, and let the reader choose how they want it."""
    address = request.GET.get("of", "")
    return act(
        request,
        partial(AskForm, initial={"format": request.GET.get("format", Format.XLSX)}),
        lambda form: commands.ask_export(
            address, form.cleaned_data["format"], by=request.signature
        ),
        title=say("导出清单"),
        submit=say("开始导出"),
        intro=say(
            "清单超过{most}行，将在后台按当前的筛选和排序导出，可以随时停止；完成后在任务页下载。",
            most=f"{MOST_AT_ONCE:,}",
        ),
        then=lambda job: reverse("jobs:job", args=[job.id]),
        done=say("已开始导出"),
        back=address if address.startswith("/") and not address.startswith("//") else "/",
    )


@login_required
def file(request: SignedRequest, export_id: str) -> HttpResponse:
    """The file itself, for the person who asked."""
    found = queries.export_to_take(export_id, request.user, request.signature.at)
    kind = Format(found.format)
    answer = FileResponse(
        files.file_of(found.id).open("rb"),
        as_attachment=True,
        filename=f"{found.title}.{kind.value}",
        content_type=kind.media_type,
    )
    return cast(HttpResponse, answer)
