"""Pages of a product's data interface, and of the keys with which it is called."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.market import queries, serving
from shuce.lifecycle.market.forms import KeyForm, ReasonForm, ServiceForm
from shuce.lifecycle.market.tables import CallTable


@login_required
def publish(request: SignedRequest, product_id: str) -> HttpResponse:
    """Publish a product's data interface out of a saved query."""
    found = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=found.operator)
    here = reverse("market:product", args=[found.id])
    choices = queries.queries_for_service(found)
    return act(
        request,
        partial(ServiceForm, queries=choices),
        lambda form: serving.publish_service(
            found, form.cleaned_data["query"], form.limits(), by=request.signature
        ),
        title=say("发布数据接口"),
        intro=say(
            "使用方凭合同下的密钥调用，每次放行的调用自动计量。接口答复所选查询现在的版本，以后修改查询不影响接口。"
        )
        if choices
        else say("还没有可用的查询。请分析师在产品所列的授权下保存查询，并设为本单位共用。"),
        then=here,
        done=say("接口已发布"),
        back=here,
    )


@login_required
def stop(request: SignedRequest, product_id: str) -> HttpResponse:
    """Stop a product's data interface for every key at once."""
    found = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=found.operator)
    here = reverse("market:product", args=[found.id])
    return act(
        request,
        ReasonForm,
        lambda form: serving.stop_service(found, form.cleaned_data["reason"], by=request.signature),
        title=say("停止数据接口"),
        intro=say("停止后，所有密钥的调用立即被拒绝。"),
        then=here,
        done=say("接口已停止"),
        back=here,
    )


@login_required
def make_key(request: SignedRequest, contract_id: str) -> HttpResponse:
    """Make a key for the buyer's programs; it is shown this once."""
    found = queries.contract_seen(contract_id, request.user)
    request.signature.require(Permission.CONTRACT_SIGN, within=found.buyer)
    here = reverse("market:contract", args=[found.id])
    return act(
        request,
        KeyForm,
        lambda form: serving.make_key(found, **form.cleaned_data, by=request.signature),
        title=say("生成密钥"),
        intro=say("合同终止日 {day}，密钥不能更晚到期。", day=found.ends_on.isoformat()),
        then=here,
        # The secret is in the message, which the next page shows once and forgets.
        done=lambda made: say("密钥只显示这一次，请妥善保存：{secret}", secret=made[1]),
        back=here,
    )


@login_required
def revoke(request: SignedRequest, key_id: str) -> HttpResponse:
    """Revoke a key at once."""
    found = queries.key_seen(key_id, request.user)
    return press(
        request,
        lambda: serving.revoke_key(found, by=request.signature),
        then=reverse("market:contract", args=[found.contract_id]),
        done=say("密钥已吊销"),
    )


@login_required
def calls(request: SignedRequest, contract_id: str) -> HttpResponse:
    """Every call under a contract, for its two parties."""
    found = queries.contract_seen(contract_id, request.user)
    if request.user.organization_id not in (found.seller_id, found.buyer_id):
        raise NotFound(Obstacle("没有这份合同，或您无权查看"))
    return list_page(
        request,
        rows=queries.calls_of(found),
        table=CallTable,
        title=say("接口调用：{number}", number=found.number),
        empty=say("还没有调用。"),
    )
