"""Pages of disposals: the list, one disposal with its copies, the acts, and the certificate."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.documents import pdf
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.disposal import commands, queries, showing
from shuce.lifecycle.disposal.forms import (
    CarryOutForm,
    CopyForm,
    DestroyForm,
    ProposeForm,
    ReasonForm,
    TreatForm,
)
from shuce.lifecycle.disposal.tables import DisposalFilters, DisposalTable


@login_required
def disposals(request: SignedRequest) -> HttpResponse:
    """The disposals of places in reach."""
    propose = Action(say("申请处置"), reverse("disposal:propose"), icon="plus", primary=True)
    return list_page(
        request,
        rows=queries.disposals_seen_by(request.user),
        table=DisposalTable,
        filters=DisposalFilters,
        title=say("资产处置"),
        empty=say("还没有处置事项。资产处置须经集体决策和审批，按批复办理。"),
        actions=[propose] if Permission.DISPOSAL_APPLY in request.user.permissions else [],
    )


@login_required
def propose(request: SignedRequest) -> HttpResponse:
    """Propose the disposal of a card; `?card=` picks it beforehand."""
    return act(
        request,
        partial(ProposeForm, member=request.user, initial={"card": request.GET.get("card")}),
        lambda form: commands.propose_disposal(
            form.cleaned_data["card"],
            form.cleaned_data["kind"],
            form.cleaned_data["reason"],
            worthless=form.worthless(),
            recipient=form.cleaned_data["recipient"],
            by=request.signature,
        ),
        title=say("申请处置"),
        intro=say("提交后资产暂停授权和使用，由单位集体决策并形成纪要，再按权限审批。"),
        submit=say("提交集体决策"),
        then=lambda disposal: reverse("disposal:disposal", args=[disposal.id]),
        done=lambda disposal: say("处置{number}已提交审批", number=disposal.number),
        back=reverse("disposal:disposals"),
    )


@login_required
def disposal(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """One disposal: its facts, its copies, and what may be done now."""
    found = queries.disposal_seen(disposal_id, request.user)
    return render(
        request,
        "disposal/disposal.html",
        {
            "title": found.number,
            "state": found.state,
            "subtitle": str(found.card),
            "crumbs": [Crumb(say("资产处置"), reverse("disposal:disposals"))],
            "actions": showing.actions(found, request.user),
            "facts": showing.facts(found),
            "disposal": found,
            "copies": queries.copies_of(found),
            "may_deal": showing.may_deal(found, request.user),
            "unlisted": queries.unlisted_copies(found) if found.done_at is None else [],
            "destruction": queries.destruction_of(found),
        },
    )


@login_required
def count_copies(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """Look for copies again."""
    found = queries.disposal_seen(disposal_id, request.user)
    return press(
        request,
        lambda: commands.count_copies(found, by=request.signature),
        then=_page(found.id),
        done=lambda count: say("清点完毕，新列入{count}项", count=count),
    )


@login_required
def list_copy(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """Add a copy that only people know of."""
    found = queries.disposal_seen(disposal_id, request.user)
    return act(
        request,
        CopyForm,
        lambda form: commands.list_copy(found, **form.cleaned_data, by=request.signature),
        title=say("登记副本"),
        then=_page(found.id),
        done=say("副本已列入清单"),
        back=_page(found.id),
    )


@login_required
def deal_with_copy(request: SignedRequest, copy_id: str) -> HttpResponse:
    """Deal with one copy."""
    copy = queries.copy_seen(copy_id, request.user)
    return act(
        request,
        partial(TreatForm, copy=copy),
        lambda form: commands.deal_with_copy(copy, **form.cleaned_data, by=request.signature),
        title=say("清理副本"),
        intro=str(copy),
        then=_page(copy.disposal_id),
        done=say("已清理"),
        back=_page(copy.disposal_id),
    )


@login_required
def carry_out(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """Carry out a disposal other than destruction."""
    found = queries.disposal_seen(disposal_id, request.user)
    return act(
        request,
        CarryOutForm,
        lambda form: commands.carry_out(found, form.cleaned_data["outcome"], by=request.signature),
        title=say("按批复办理"),
        confirm=say("办理后资产卡片注销，不能恢复。确定办理吗？"),
        obstacles=queries.obstacles_to_carry_out(found),
        then=_page(found.id),
        done=say("已办结，资产卡片已注销"),
        back=_page(found.id),
    )


@login_required
def attend(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """Sign as the one who watches the destruction."""
    found = queries.disposal_seen(disposal_id, request.user)
    return press(
        request,
        lambda: commands.attend_destruction(found, by=request.signature),
        then=_page(found.id),
        done=say("已签到监销"),
    )


@login_required
def destroy(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """Destroy the data, under the eyes of the second person."""
    found = queries.disposal_seen(disposal_id, request.user)
    return act(
        request,
        partial(DestroyForm, disposal=found, member=request.user),
        lambda form: commands.destroy(found, **form.cleaned_data, by=request.signature),
        title=say("执行销毁"),
        intro=say("节点将覆写并删除数据，再回读查找；查不到原有内容才出具销毁证明。"),
        confirm=say("销毁后数据不能恢复。确定销毁吗？"),
        obstacles=queries.obstacles_to_destroy(found, request.user),
        then=_page(found.id),
        done=lambda destruction: (
            say("已销毁，证明编号{number}", number=destruction.certificate_number)
            if destruction.holds
            else say("回读仍能找到原有内容，不能出具销毁证明，请立即处置")
        ),
        back=_page(found.id),
    )


@login_required
def abandon(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """Give up a disposal that cannot be carried out."""
    found = queries.disposal_seen(disposal_id, request.user)
    return act(
        request,
        ReasonForm,
        lambda form: commands.abandon_disposal(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("终止处置"),
        then=_page(found.id),
        done=say("处置已终止，资产恢复在册"),
        back=_page(found.id),
    )


@login_required
def certificate(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """The certificate of a destruction, as a page."""
    destruction = queries.certificate_seen(disposal_id, request.user)
    return render(
        request,
        "disposal/certificate.html",
        {
            "title": say("数据资产销毁证明"),
            "subtitle": destruction.certificate_number,
            "crumbs": [
                Crumb(say("资产处置"), reverse("disposal:disposals")),
                Crumb(str(destruction.disposal), _page(disposal_id)),
            ],
            "actions": [
                Action(
                    say("下载 PDF"),
                    reverse("disposal:certificate_pdf", args=[disposal_id]),
                    icon="file-type-pdf",
                    primary=True,
                )
            ],
            "said": queries.certificate_words(destruction),
        },
    )


@login_required
def certificate_pdf(request: SignedRequest, disposal_id: str) -> HttpResponse:
    """The certificate as an archival PDF."""
    destruction = queries.certificate_seen(disposal_id, request.user)
    made = pdf(
        "disposal/certificate.typ",
        queries.certificate_words(destruction) | {"title": say("数据资产销毁证明")},
        at=destruction.ended_at or request.signature.at,
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{destruction.certificate_number}.pdf"'
    return answer


def _page(disposal_id: str) -> str:
    return reverse("disposal:disposal", args=[disposal_id])
