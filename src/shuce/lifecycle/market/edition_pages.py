"""Pages of what a product puts out: a report's editions, and its places on platforms.

The file itself is taken in `revenue`, where taking is metered."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.market import editions, publishing, queries
from shuce.lifecycle.market.forms import EditionForm, PublicationForm, ReasonForm


@login_required
def issue(request: SignedRequest, product_id: str) -> HttpResponse:
    """Issue a released result as an edition of a report."""
    found = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=found.operator)
    results = queries.results_for_editions(found)
    return act(
        request,
        partial(EditionForm, results=results),
        lambda form: editions.issue_edition(
            found,
            form.cleaned_data["question"],
            form.cleaned_data["title"],
            by=request.signature,
        ),
        title=say("发布报告"),
        intro=say(
            "选择一次已放行的查询结果发布。履行中合同的使用方会收到消息，凭合同下载，每份都带水印。"
        ),
        then=lambda made: reverse("market:edition", args=[made.id]),
        done=say("报告已发布"),
        back=reverse("market:product", args=[found.id]),
    )


@login_required
def edition(request: SignedRequest, edition_id: str) -> HttpResponse:
    """One edition: what it is, and whether the reader may take it just now."""
    found = queries.edition_seen(edition_id, request.user)
    own = found.product.operator_id == request.user.organization_id
    contract = None if own else queries.contract_of_buyer(found.product, request.user)
    may_withdraw = request.user.may(Permission.PRODUCT_REGISTER, found.product.operator)
    withdraw = Action(
        say("撤回报告"), reverse("market:withdraw_edition", args=[found.id]), danger=True
    )
    return render(
        request,
        "market/edition.html",
        {
            "title": found.title,
            "subtitle": found.number,
            "edition": found,
            "contract": contract,
            "obstacles": editions.obstacles_to_take(found, contract, request.signature)
            if contract
            else [],
            "actions": [withdraw] if may_withdraw and not found.withdrawn_at else [],
            "crumbs": [
                Crumb(found.product.name, reverse("market:product", args=[found.product_id])),
                Crumb(found.number),
            ],
            "facts": [
                ("数据产品", found.product),
                ("发布时间", found.issued_at),
                ("经办人", found.member),
                ("结果摘要", found.question.digest),
                ("撤回时间" if found.withdrawn_at else "", found.withdrawn_at),
            ],
        },
    )


@login_required
def withdraw(request: SignedRequest, edition_id: str) -> HttpResponse:
    """Withdraw an edition."""
    found = queries.edition_seen(edition_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=found.product.operator)
    here = reverse("market:edition", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: editions.withdraw_edition(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("撤回报告"),
        then=here,
        done=say("报告已撤回"),
        back=here,
    )


@login_required
def publish(request: SignedRequest, product_id: str) -> HttpResponse:
    """Record that a product is published on a platform."""
    found = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=found.operator)
    here = reverse("market:product", args=[found.id])
    return act(
        request,
        PublicationForm,
        lambda form: publishing.publish_product(found, form.listing(), by=request.signature),
        title=say("在平台发布产品"),
        then=here,
        done=say("已登记在平台的发布"),
        back=here,
    )


@login_required
def recall(request: SignedRequest, publication_id: str) -> HttpResponse:
    """Record that a product was taken off a platform."""
    found = queries.publication_seen(publication_id, request.user)
    return press(
        request,
        lambda: publishing.recall_publication(found, by=request.signature),
        then=reverse("market:product", args=[found.product_id]),
        done=say("已登记从平台撤下"),
    )
