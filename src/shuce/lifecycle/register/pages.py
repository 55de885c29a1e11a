"""Pages of cards. The asset's own page gathers later rooms and lives in `web`."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office import documents
from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import Action, list_page
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.inventory.queries import recognition_seen
from shuce.lifecycle.register import bulk, commands, printing, queries, revising
from shuce.lifecycle.register.forms import (
    CardForm,
    CompareForm,
    GradeForm,
    RestoreForm,
    ReviseForm,
    UpdateForm,
    card_form,
)
from shuce.lifecycle.register.search import Narrowed, search
from shuce.lifecycle.register.tables import BatchFilters, BatchTable, CardFilters, CardTable


@login_required
def cards(request: SignedRequest) -> HttpResponse:
    """The register, as far as the reader may see it."""
    enters = [
        Action(say("从数据资源建卡"), reverse("inventory:resources"), icon="plus", primary=True),
        Action(say("批量建卡"), reverse("register:batches"), icon="books"),
    ]
    return list_page(
        request,
        rows=queries.cards_seen_by(request.user).select_related(None).select_related("holder"),
        table=CardTable,
        filters=CardFilters,
        title=say("资产登记簿"),
        empty=say("登记簿里还没有资产卡片。从已确认的数据资源建立卡片，审批通过后登记入册。"),
        actions=enters if Permission.CARD_ENTER in request.user.permissions else [],
    )


@login_required
def choices(request: SignedRequest) -> HttpResponse:
    """A few cards that answer what is being typed into a form, as options to choose from."""
    typed = request.GET.get(request.GET.get("of", ""), "").strip()[:100]
    hits = search(typed, Narrowed(), request.user)
    return render(request, "register/_card_choices.html", {"cards": hits.page(0, 12)})


@login_required
def batches(request: SignedRequest) -> HttpResponse:
    """What was drafted together, newest first."""
    return list_page(
        request,
        rows=queries.batches_seen_by(request.user),
        table=BatchTable,
        filters=BatchFilters,
        title=say("批量建卡"),
        empty=say("还没有批量建立的卡片。通过接口或导入文件批量起草的卡片，在这里按批次提交审批。"),
    )


@login_required
def batch(request: SignedRequest, batch_id: str) -> HttpResponse:
    """The cards of a batch, and the button that puts them to approval together."""
    found = queries.batch_seen(batch_id, request.user)
    submit = Action(
        say("提交审批"),
        reverse("register:submit_batch", args=[found.id]),
        icon="send",
        primary=True,
        post=True,
        obstacles=queries.obstacles_to_submit_batch(found),
    )
    return list_page(
        request,
        rows=queries.cards_of_batch(found),
        table=CardTable,
        filters=CardFilters,
        title=found.title,
        empty=say("本批次没有卡片。"),
        actions=[submit] if request.user.may(Permission.CARD_ENTER, found.holder) else [],
    )


@login_required
def submit_batch(request: SignedRequest, batch_id: str) -> HttpResponse:
    """Put the drafts of a batch to one approval."""
    found = queries.batch_seen(batch_id, request.user)
    return press(
        request,
        lambda: bulk.submit_batch(found, by=request.signature),
        then=reverse("register:batch", args=[found.id]),
        done=lambda case: say("已提交审批，文号 {number}", number=case.number),
    )


@login_required
def enter(request: SignedRequest, recognition_id: str) -> HttpResponse:
    """Draft the card of a resource that was recognised as an asset."""
    recognition = recognition_seen(recognition_id, request.user)
    added = queries.added_to(recognition.resource.organization)
    return act(
        request,
        partial(card_form(CardForm, added), initial=queries.first_facts(recognition)),
        lambda form: commands.draft_card(recognition, form.facts(), by=request.signature),
        title=say("建立资产卡片"),
        submit=say("保存草稿"),
        intro=say(
            "数据资源：{name}。草稿保存后可以提交审批，通过后编号入册。", name=recognition.resource
        ),
        then=_page_of,
        done=say("卡片草稿已建立"),
        back=reverse("inventory:resource", args=[recognition.resource_id]),
        obstacles=queries.obstacles_to_draft(recognition),
    )


@login_required
def submit(request: SignedRequest, card_id: str) -> HttpResponse:
    """Put a draft to approval."""
    card = queries.card_seen(card_id, request.user)
    return press(
        request,
        lambda: commands.submit_card(card, by=request.signature),
        then=_page_of(card),
        done=lambda case: say("已提交审批，文号 {number}", number=case.number),
    )


@login_required
def revise(request: SignedRequest, card_id: str) -> HttpResponse:
    """Change a card's facts; how it read before is kept."""
    card = queries.card_seen(card_id, request.user)
    return act(
        request,
        partial(
            card_form(ReviseForm, queries.added_to(card.holder)),
            initial=queries.facts_as_given(card),
        ),
        lambda form: revising.revise_card(
            card, form.sheet(), form.cleaned_data["reason"], by=request.signature
        ),
        title=say("变更资产卡片"),
        submit=say("保存变更"),
        intro=say(
            "{card}。在册卡片的说明、责任人和技术状况等当即变更；其余内容先拟变更版本，"
            "审批通过后生效，审批期间现行卡片不变。",
            card=card,
        ),
        then=_after_revising,
        done=_told_of_revision,
        back=_page_of(card),
        obstacles=queries.obstacles_to_change(card),
    )


@login_required
def restore(request: SignedRequest, card_id: str, version: int) -> HttpResponse:
    """Make a card read again as in an earlier version."""
    card = queries.card_seen_inside(card_id, request.user)
    changes = queries.differences_seen(card_id, card.version, version, request.user)
    return act(
        request,
        RestoreForm,
        lambda form: revising.restore_version(
            card, version, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("恢复到第{version}版", version=version),
        submit=say("恢复"),
        then=_after_revising,
        done=_told_of_revision,
        back=f"{_page_of(card)}?tab=versions",
        template="register/restore.html",
        obstacles=queries.obstacles_to_change(card),
        context={"changes": changes, "card": card},
    )


@login_required
def compare(request: SignedRequest, card_id: str) -> HttpResponse:
    """What differs between two versions of a card."""
    card = queries.card_seen_inside(card_id, request.user)
    form = CompareForm(
        request.GET or {"older": max(1, card.version - 1), "newer": card.version},
        versions=card.version,
    )
    changes = None
    if form.is_valid():
        older, newer = form.cleaned_data["older"], form.cleaned_data["newer"]
        changes = queries.differences_seen(card_id, older, newer, request.user)
    context = {
        "title": say("比较版本"),
        "card": card,
        "form": form,
        "changes": changes,
        "back": f"{_page_of(card)}?tab=versions",
    }
    return render(request, "register/compare.html", context)


@login_required
def proposal(request: SignedRequest, proposal_id: str) -> HttpResponse:
    """A proposed version beside the one in force."""
    found = queries.proposal_seen(proposal_id, request.user)
    context = {
        "title": say("拟变更：{name}", name=found.card.name),
        "state": found.state,
        "crumbs": [
            Crumb(say("资产登记簿"), reverse("register:cards")),
            Crumb(found.card.name, _page_of(found.card)),
            Crumb(say("拟变更版本")),
        ],
        "proposal": found,
        "changes": queries.changes_proposed(found),
    }
    return render(request, "register/proposal.html", context)


@login_required
def update(request: SignedRequest, card_id: str) -> HttpResponse:
    """Note that the data was brought up to date."""
    card = queries.card_seen(card_id, request.user)
    return act(
        request,
        partial(UpdateForm, initial={"updated_on": request.signature.today}),
        lambda form: commands.note_update(
            card, form.cleaned_data["updated_on"], by=request.signature
        ),
        title=say("登记数据更新"),
        submit=say("登记"),
        intro=say("{card}：登记后，下次更新期限从更新日期起算，规模取最近一次扫描。", card=card),
        then=_page_of(card),
        done=lambda updated: say("已登记，下次应于 {day} 前更新", day=updated.update_due_on),
        back=_page_of(card),
        obstacles=queries.obstacles_to_note_update(card),
    )


@login_required
def grade(request: SignedRequest, card_id: str) -> HttpResponse:
    """Confirm the grade, with the proposal and its reasons in sight."""
    card = queries.card_seen(card_id, request.user)
    proposed = queries.proposed_grade(card)
    return act(
        request,
        partial(GradeForm, initial={"grade": card.grade or proposed}),
        lambda form: commands.confirm_grade(
            card, form.cleaned_data["grade"], form.cleaned_data["reason"], by=request.signature
        ),
        title=say("确认数据级别"),
        submit=say("确认"),
        then=_page_of(card),
        done=lambda graded: say("数据级别已确认为{grade}", grade=graded.grade.label),
        back=_page_of(card),
        template="register/grade.html",
        context={
            "card": card,
            "proposed": proposed,
            "reasons": queries.reasons_for_grade(card),
        },
    )


@login_required
def pdf(request: SignedRequest, card_id: str) -> HttpResponse:
    """The card as a document, with a code that leads back to it."""
    card = queries.card_seen(card_id, request.user)
    address = request.build_absolute_uri(_page_of(card))
    # A document is dated to the second.
    at = request.signature.at.replace(microsecond=0)
    added = queries.added_to(card.holder)
    made = documents.pdf("register/card.typ", printing.printed(card, address, added, at=at), at=at)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="card-{card.number or card.id}.pdf"'
    return answer


@login_required
def as_json(request: SignedRequest, card_id: str) -> HttpResponse:
    """The card as data, under the names of the API."""
    card = queries.card_seen(card_id, request.user)
    answer = JsonResponse(
        printing.as_data(card, queries.added_to(card.holder)),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer["Content-Disposition"] = f'attachment; filename="card-{card.number or card.id}.json"'
    return answer


def _after_revising(revised: revising.Revised) -> str:
    if revised.proposal:
        return reverse("register:proposal", args=[revised.proposal.id])
    return _page_of(revised.card)


def _told_of_revision(revised: revising.Revised) -> str:
    if revised.proposal:
        return say("变更已提交审批，通过后生效，现行卡片不变")
    return say("已变更，现为第{version}版", version=revised.card.version)


def _page_of(card: printing.Printable) -> str:
    return reverse("register:card", args=[card.id])
