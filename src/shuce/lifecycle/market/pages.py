"""Pages of products and their prices."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import NotPermitted, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.market import commands, queries
from shuce.lifecycle.market.forms import CostsForm, PriceForm, ProductForm, ReasonForm
from shuce.lifecycle.market.pricing import cap_of
from shuce.lifecycle.market.showing import actions_on_product, basis_of
from shuce.lifecycle.market.tables import ProductFilters, ProductTable


@login_required
def products(request: SignedRequest) -> HttpResponse:
    """Every product the reader may see."""
    actions = []
    if Permission.PRODUCT_REGISTER in request.user.permissions:
        actions.append(
            Action(say("登记产品"), reverse("market:register"), icon="plus", primary=True)
        )
    actions.append(Action(say("合同"), reverse("market:contracts"), icon="file-text"))
    return list_page(
        request,
        rows=queries.products_seen_by(request.user),
        table=ProductTable,
        filters=ProductFilters,
        title=say("数据产品"),
        empty=say("还没有数据产品。运营主体取得授权后可以登记产品。"),
        actions=actions,
    )


@login_required
def register(request: SignedRequest) -> HttpResponse:
    """Register a product of one's own body, with the grants it is made from."""
    if Permission.PRODUCT_REGISTER not in request.user.permissions:
        raise NotPermitted(Obstacle("只有运营主体可以登记数据产品"))
    own = queries.grants_for_products(request.user, request.signature.today)
    return act(
        request,
        partial(ProductForm, grants=own),
        lambda form: commands.register_product(
            form.cleaned_data["name"],
            form.cleaned_data["kind"],
            list(form.cleaned_data["grants"]),
            unit=form.cleaned_data["unit"],
            description=form.cleaned_data["description"],
            by=request.signature,
        ),
        title=say("登记数据产品"),
        intro="" if own else say("本单位目前没有有效的授权，请先申请授权。"),
        done=lambda made: say("产品已登记，编号 {number}", number=made.number),
        then=lambda made: reverse("market:product", args=[made.id]),
        back=reverse("market:products"),
    )


@login_required
def product(request: SignedRequest, product_id: str) -> HttpResponse:
    """One product: what it is made from, what it costs and why, and who uses it."""
    found = queries.product_seen(product_id, request.user)
    return render(
        request,
        "market/product.html",
        {
            "title": found.name,
            "subtitle": found.number,
            "state": found.state,
            "product": found,
            "crumbs": [
                Crumb(say("数据产品"), reverse("market:products")),
                Crumb(found.number),
            ],
            "actions": actions_on_product(request, found),
            "facts": [
                ("产品编号", found.number),
                ("运营主体", found.operator),
                ("形态", found.kind),
                ("计量单位", found.unit),
                ("登记时间", found.registered_at),
                ("说明", found.description),
            ],
            "publications": queries.publications_of(found),
            "may_recall": request.user.may(Permission.PRODUCT_REGISTER, found.operator),
            "editions": queries.editions_of(found, request.user)[:50],
            "service": queries.service_of(found),
            "data_address": f"/api/v1/products/{found.number}/data",
            "inputs": queries.inputs_of(found),
            "prices": [(one, basis_of(one)) for one in queries.prices_of(found)],
            "auctions": found.auctions.all()
            if Permission.MARKET_VIEW in request.user.permissions
            else (),
            "contracts": queries.contracts_of(found, request.user),
        },
    )


@login_required
def withdraw(request: SignedRequest, product_id: str) -> HttpResponse:
    """Take a product off the list."""
    found = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=found.operator)
    here = reverse("market:product", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: commands.withdraw_product(
            found, form.cleaned_data["reason"], by=request.signature
        ),
        title=say("下架产品"),
        intro=say(
            "下架后不能再签订新合同，接口和报告对履行中的合同也立即停止提供；此前的用量照常结算。"
        ),
        done=say("产品已下架"),
        then=here,
        back=here,
    )


@login_required
def price(request: SignedRequest, product_id: str) -> HttpResponse:
    """Propose a guided price; the cap is shown while typing."""
    found = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=found.operator)
    here = reverse("market:product", args=[found.id])
    return act(
        request,
        PriceForm,
        lambda form: commands.propose_guided_price(
            found, form.costs(), form.cleaned_data["unit_price"], by=request.signature
        ),
        title=say("提出政府指导价"),
        submit=say("提交审批"),
        intro=say(
            "最高准许收入＝净成本＋准许利润＋税金；上限收费标准＝最高准许收入÷预计使用量。"
            "依据：发改价格〔2025〕65号。"
        ),
        template="market/price.html",
        context={"product": found},
        done=say("已提交价格审批"),
        then=here,
        back=here,
    )


@login_required
def cap(request: SignedRequest, product_id: str) -> HttpResponse:
    """The cap that the costs typed so far give, step by step."""
    found = queries.product_seen(product_id, request.user)
    form = CostsForm(request.GET)
    costs = form.costs() if form.is_valid() else None
    return render(
        request,
        "market/_cap.html",
        {"product": found, "costs": costs, "cap": cap_of(costs) if costs else None},
    )
