"""Pages of rights: what is offered, the assessment before a grant, and the grants themselves."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import list_page
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.rights import commands, queries, rules, showing
from shuce.lifecycle.rights.forms import GrantForm, ReasonForm
from shuce.lifecycle.rights.odrl import odrl_of
from shuce.lifecycle.rights.tables import (
    GrantFilters,
    GrantTable,
    HeldOfferTable,
    OfferFilters,
    OfferTable,
)


@login_required
def offers(request: SignedRequest) -> HttpResponse:
    """The assets over which a right may be asked for."""
    applies = Permission.GRANT_APPLY in request.user.permissions
    return list_page(
        request,
        rows=queries.offers_for(request.user),
        table=OfferTable if applies else HeldOfferTable,
        filters=OfferFilters,
        title=say("可申请授权的数据资产"),
        empty=say("还没有可申请的资产。资产在册、已定级并允许共享或开放后会列在这里。"),
    )


@login_required
def request_right(request: SignedRequest, card_id: str) -> HttpResponse:
    """Ask for a right over a card."""
    card = queries.card_to_ask_for(card_id, request.user)

    def ask(form: GrantForm) -> Any:
        number = form.cleaned_data["source_number"]
        source = queries.source_grant_numbered(number, card) if number else None
        return commands.request_grant(card, form.terms(), source_grant=source, by=request.signature)

    today = request.signature.today
    return act(
        request,
        partial(GrantForm, columns=columns_of(card), initial={"starts_on": today}),
        ask,
        title=say("申请授权：{card}", card=card.name),
        submit=say("提交申请"),
        then=lambda grant: reverse("rights:grant", args=[grant.id]),
        done=say("申请已提交，等待审批"),
        back=reverse("rights:offers"),
        obstacles=rules.obstacles_to_any_grant(queries.standing_of(card), today),
        template="rights/request.html",
        context={"card": card, "card_facts": showing.facts_of_card(card)},
    )


@login_required
def grants(request: SignedRequest) -> HttpResponse:
    """Every grant that the reader may see."""
    return list_page(
        request,
        rows=queries.grants_seen_by(request.user),
        table=GrantTable,
        filters=GrantFilters,
        title=say("授权运营"),
        empty=say("还没有授权。运营主体可从“可申请授权的数据资产”中选择资产提出申请。"),
        actions=showing.actions_of_list(request.user),
    )


@login_required
def grant(request: SignedRequest, grant_id: str) -> HttpResponse:
    """One grant: its terms, what it came out of, what was given out of it, and its story."""
    found = queries.grant_seen(grant_id, request.user)
    return render(request, "rights/grant.html", showing.page_of(found, request))


@login_required
def suspend(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Suspend a grant, with the reason."""
    found = queries.grant_seen(grant_id, request.user)
    return act(
        request,
        ReasonForm,
        lambda form: commands.suspend_grant(found, **form.cleaned_data, by=request.signature),
        title=say("暂停授权"),
        intro=say("暂停后立即生效：净室查询、产品使用同时停止，恢复前不能使用。"),
        obstacles=rules.obstacles_to_suspend(rules.GrantState(found.state)),
        then=reverse("rights:grant", args=[found.id]),
        done=say("授权已暂停"),
        back=reverse("rights:grant", args=[found.id]),
    )


@login_required
def resume(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Put a suspended grant back in force, with the reason."""
    found = queries.grant_seen(grant_id, request.user)
    return act(
        request,
        ReasonForm,
        lambda form: commands.resume_grant(found, **form.cleaned_data, by=request.signature),
        title=say("恢复授权"),
        obstacles=rules.obstacles_to_resume(rules.GrantState(found.state)),
        then=reverse("rights:grant", args=[found.id]),
        done=say("授权已恢复"),
        back=reverse("rights:grant", args=[found.id]),
    )


@login_required
def withdraw(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Take a grant back for good, with the reason."""
    found = queries.grant_seen(grant_id, request.user)
    return act(
        request,
        ReasonForm,
        lambda form: commands.withdraw_grant(found, **form.cleaned_data, by=request.signature),
        title=say("收回授权"),
        intro=say("收回后不能恢复，由它再授出的权利一并收回。"),
        confirm=say("收回后不能恢复，确定收回吗？"),
        obstacles=rules.obstacles_to_withdraw(rules.GrantState(found.state)),
        then=reverse("rights:grant", args=[found.id]),
        done=say("授权已收回"),
        back=reverse("rights:grant", args=[found.id]),
    )


@login_required
def odrl(request: SignedRequest, grant_id: str) -> HttpResponse:
    """Download a grant as an ODRL policy in JSON-LD."""
    found = queries.grant_seen(grant_id, request.user)
    answer = JsonResponse(
        odrl_of(found),
        content_type="application/ld+json",
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer["Content-Disposition"] = f'attachment; filename="{found.number or found.id}.jsonld"'
    return answer
