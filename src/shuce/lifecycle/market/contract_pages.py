"""Pages of contracts over products."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.market import commands, queries
from shuce.lifecycle.market.forms import ContractForm, ReasonForm, price_asked
from shuce.lifecycle.market.showing import actions_on_contract
from shuce.lifecycle.market.tables import ContractFilters, ContractTable


@login_required
def contracts(request: SignedRequest) -> HttpResponse:
    """Every contract the reader may see."""
    return list_page(
        request,
        rows=queries.contracts_seen_by(request.user),
        table=ContractTable,
        filters=ContractFilters,
        title=say("合同"),
        empty=say("还没有合同。请从产品页面签订。"),
    )


@login_required
def sign(request: SignedRequest, product_id: str) -> HttpResponse:
    """Sign a contract over a product."""
    product = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.CONTRACT_SIGN, within=product.operator)
    price = queries.price_in_force(product)
    return act(
        request,
        partial(
            ContractForm,
            product=product,
            initial=price_asked(price.unit_price if price else None),
        ),
        lambda form: commands.sign_contract(
            product, form.cleaned_data["buyer"], form.deal(), by=request.signature
        ),
        title=say("签订合同"),
        intro=say("执行中的价格：{price}", price=price.unit_price)
        if price
        else say("产品尚无执行中的价格，只能签订用于公共治理、公益事业的无偿合同。"),
        done=lambda made: say("合同已签订，编号 {number}", number=made.number),
        then=lambda made: reverse("market:contract", args=[made.id]),
        back=reverse("market:product", args=[product.id]),
    )


@login_required
def contract(request: SignedRequest, contract_id: str) -> HttpResponse:
    """One contract: its terms and shares, what was used, and what was billed."""
    found = queries.contract_seen(contract_id, request.user)
    return render(
        request,
        "market/contract.html",
        {
            "title": found.number,
            "state": found.state,
            "contract": found,
            "crumbs": [Crumb(say("合同"), reverse("market:contracts")), Crumb(found.number)],
            "actions": actions_on_contract(request, found),
            "facts": [
                ("数据产品", found.product, reverse("market:product", args=[found.product_id])),
                ("运营主体", found.seller),
                ("使用方", found.buyer),
                ("用途", found.purpose),
                ("用途类别", found.purpose_kind),
                ("单价", found.unit_price),
                ("计量单位", found.product.unit),
                ("起始日", found.starts_on),
                ("终止日", found.ends_on),
                ("分成方式", found.share_basis),
                ("分成依据", found.share_evidence),
                ("签订时间", found.signed_at),
            ],
            "keys": queries.keys_of(found, request.user),
            "may_revoke": any(
                request.user.may(Permission.CONTRACT_SIGN, party)
                for party in (found.buyer, found.seller)
            ),
            "is_party": request.user.organization_id in (found.seller_id, found.buyer_id),
            "data_address": f"/api/v1/products/{found.product.number}/data",
            "shares": queries.shares_of(found),
            "combinations": queries.combinations_of(found),
            # A later room's rows, told by their relation alone.
            "usages": found.usages.select_related("bill").order_by("-used_on", "-id")[:100],
            "bills": found.bills.order_by("-id"),
        },
    )


@login_required
def end(request: SignedRequest, contract_id: str) -> HttpResponse:
    """End a contract before its time."""
    found = queries.contract_seen(contract_id, request.user)
    request.signature.require(Permission.CONTRACT_SIGN, within=found.seller)
    here = reverse("market:contract", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: commands.end_contract(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("终止合同"),
        done=say("合同已终止"),
        then=here,
        back=here,
    )
