"""Pages of files of cards: upload, preview, import, undo; and cards sent out."""

from collections.abc import Iterator
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import Action, list_page
from shuce.foundation.office.parts import Crumb, Figure
from shuce.foundation.office.sheets import MEDIA_TYPE
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import own_body
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register import importing, sending, spreadsheets
from shuce.lifecycle.register import intake_queries as queries
from shuce.lifecycle.register.intake_forms import (
    MappingForm,
    SendForm,
    TakeForm,
    UndoForm,
    UploadForm,
)
from shuce.lifecycle.register.intake_tables import (
    IntakeFilters,
    IntakeTable,
    LineFilters,
    LineTable,
)
from shuce.lifecycle.register.queries import added_to
from shuce.lifecycle.register.words import IntakeState, RowVerdict


@login_required
def intakes(request: SignedRequest) -> HttpResponse:
    """Files that were read in, newest first."""
    actions = [
        Action(say("上传文件"), reverse("register:upload"), icon="upload", primary=True),
        Action(say("下载模板"), reverse("register:template"), icon="file-spreadsheet"),
        Action(say("导出交换文件"), reverse("register:send"), icon="download"),
    ]
    return list_page(
        request,
        rows=queries.intakes_seen_by(request.user),
        table=IntakeTable,
        filters=IntakeFilters,
        title=say("卡片导入"),
        empty=say("还没有导入过文件。先下载模板填写，或直接上传已有的资产台账，系统会对应各列。"),
        actions=actions if Permission.CARD_ENTER in request.user.permissions else actions[1:],
    )


@login_required
def template(request: SignedRequest) -> FileResponse:
    """The template of the reader's own body."""
    made = spreadsheets.workbook(added=added_to(own_body(request.user)))
    name = say("数据资产卡片模板.xlsx")
    return FileResponse(made, as_attachment=True, filename=name, content_type=MEDIA_TYPE)


@login_required
def upload(request: SignedRequest) -> HttpResponse:
    """Read a file; its rows are judged in the background."""
    return act(
        request,
        partial(UploadForm, member=request.user),
        lambda form: importing.read_file(
            form.cleaned_data["holder"],
            form.cleaned_data["title"],
            form.cleaned_data["file"].name,
            form.cleaned_data["file"].read(),
            by=request.signature,
        ),
        title=say("上传卡片文件"),
        submit=say("上传并核对"),
        intro=say("上传后先逐行核对，核对结果确认之前不会写入任何卡片。"),
        then=lambda intake: reverse("register:intake", args=[intake.id]),
        done=say("文件已上传，正在逐行核对"),
        back=reverse("register:intakes"),
    )


@login_required
def intake(request: SignedRequest, intake_id: str) -> HttpResponse:
    """One file: what each of its rows would do, or did."""
    found = queries.intake_seen(intake_id, request.user)
    counts = queries.counts_of(found)
    here = reverse("register:intake", args=[found.id])
    figures = [
        Figure(one.label, counts[one], f"{here}?verdict={one.value}", tone=_TONES[one])
        for one in RowVerdict
    ]
    return list_page(
        request,
        rows=queries.lines_of(found),
        table=LineTable,
        filters=LineFilters,
        title=found.title,
        template="register/intake.html",
        empty=say("没有这样的行。"),
        actions=list(_actions(request, found, counts)),
        context={
            "state": found.state,
            "intake": found,
            "figures": figures,
            "crumbs": [Crumb(say("卡片导入"), reverse("register:intakes")), Crumb(found.title)],
            "unmatched": [t for _, t, key in queries.columns_of(found) if not key and t],
        },
    )


@login_required
def mapping(request: SignedRequest, intake_id: str) -> HttpResponse:
    """Say which column holds which field; the next such file is known by it."""
    found = queries.intake_seen(intake_id, request.user)
    return act(
        request,
        partial(MappingForm, columns=queries.columns_of(found), choices=queries.choices_of(found)),
        lambda form: importing.map_columns(found, form.mapping(), by=request.signature),
        title=say("对应各列"),
        submit=say("保存并重新核对"),
        intro=say("左边是文件里的表头，右边选择对应的卡片字段。下次上传同样表头的文件会自动沿用。"),
        then=reverse("register:intake", args=[found.id]),
        done=say("已保存对应关系，正在重新核对"),
        back=reverse("register:intake", args=[found.id]),
    )


@login_required
def take(request: SignedRequest, intake_id: str) -> HttpResponse:
    """Take the good rows in, with the recognition test of the new ones."""
    found = queries.intake_seen(intake_id, request.user)
    counts = queries.counts_of(found)
    return act(
        request,
        TakeForm,
        lambda form: importing.take_in(found, form.answers(), by=request.signature),
        title=say("确认导入"),
        submit=say("导入"),
        intro=say(
            "将新增{new}张卡片草稿、变更{changed}张卡片；有误的{bad}行不导入，可以下载改正后再传。",
            new=counts[RowVerdict.NEW],
            changed=counts[RowVerdict.CHANGED],
            bad=counts[RowVerdict.BAD],
        ),
        then=lambda job: reverse("jobs:job", args=[job.id]),
        done=say("已开始导入"),
        back=reverse("register:intake", args=[found.id]),
    )


@login_required
def resume(request: SignedRequest, intake_id: str) -> HttpResponse:
    """Go on with an import that was stopped or broke off."""
    found = queries.intake_seen(intake_id, request.user)
    return press(
        request,
        lambda: importing.resume(found, by=request.signature),
        then=lambda job: reverse("jobs:job", args=[job.id]),
        done=say("已继续导入"),
    )


@login_required
def discard(request: SignedRequest, intake_id: str) -> HttpResponse:
    found = queries.intake_seen(intake_id, request.user)
    return press(
        request,
        lambda: importing.discard(found, by=request.signature),
        then=reverse("register:intakes"),
        done=say("已放弃这次导入，没有写入任何卡片"),
    )


@login_required
def undo(request: SignedRequest, intake_id: str) -> HttpResponse:
    """Undo an import as far as nobody went on working on its cards."""
    found = queries.intake_seen(intake_id, request.user)
    return act(
        request,
        UndoForm,
        lambda form: importing.undo(found, form.cleaned_data["reason"], by=request.signature),
        title=say("撤销导入"),
        submit=say("撤销"),
        intro=say(
            "将删除这次导入的草稿、退回这次导入的变更。导入后已经提交审批、定级或再次变更的卡片"
            "不受影响，会逐一列为保留。"
        ),
        confirm=say("确定撤销这次导入？"),
        then=reverse("register:intake", args=[found.id]),
        done=lambda counts: say("已删除草稿 {removed}，退回变更 {restored}，保留 {kept}", **counts),
        back=reverse("register:intake", args=[found.id]),
    )


@login_required
def errors(request: SignedRequest, intake_id: str) -> FileResponse:
    """The rows that were not taken, each with its reasons, to be mended and sent again."""
    found = queries.intake_seen(intake_id, request.user)
    made = spreadsheets.errors(queries.titles_of(found), queries.bad_lines(found))
    name = say("未导入的行.xlsx")
    return FileResponse(made, as_attachment=True, filename=name, content_type=MEDIA_TYPE)


@login_required
def send(request: SignedRequest) -> HttpResponse:
    """Cards in the exchange layout."""
    form = SendForm(request.POST or None, member=request.user)
    if request.method == "POST" and form.is_valid():
        made = sending.send_cards(
            form.cleaned_data["organization"],
            form.cleaned_data["layout"],
            by=request.signature,
        )
        answer = HttpResponse(made.content, content_type=made.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return answer
    return act(
        request,
        partial(SendForm, member=request.user),
        lambda form: None,
        title=say("导出交换文件"),
        submit=say("导出"),
        intro=say(
            "导出一个单位全部在册卡片，供预算管理一体化系统使用；同一格式可以原样导回。每次导出都存证。"
        ),
        then=reverse("register:send"),
        done="",
        back=reverse("register:intakes"),
    )


_TONES = {
    RowVerdict.NEW: "green",
    RowVerdict.CHANGED: "yellow",
    RowVerdict.UNCHANGED: "",
    RowVerdict.BAD: "red",
}


def _actions(
    request: SignedRequest, intake: queries.Shown, counts: dict[RowVerdict, int]
) -> Iterator[Action]:
    def to(name: str) -> str:
        return reverse(f"register:{name}", args=[intake.id])

    may = request.user.may(Permission.CARD_ENTER, intake.holder)
    if may and intake.state == IntakeState.PREVIEWED:
        yield Action(say("确认导入"), to("take"), icon="check", primary=True)
        if intake.headings:
            yield Action(say("对应各列"), to("mapping"), icon="columns")
        sure = say("确定放弃这次导入？")
        yield Action(say("放弃"), to("discard"), icon="x", post=True, confirm=sure)
    if may and intake.state == IntakeState.RUNNING:
        yield Action(say("继续导入"), to("resume"), icon="player-play", post=True)
    if may and intake.state == IntakeState.DONE:
        yield Action(say("撤销导入"), to("undo"), icon="history", danger=True)
    if counts[RowVerdict.BAD]:
        yield Action(say("下载有误的行"), to("errors"), icon="file-spreadsheet")
