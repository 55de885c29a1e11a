"""Pages of sealed auctions: rules before, commitments meanwhile, the record after."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.engines.auction import Form
from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.market import auctions as commands
from shuce.lifecycle.market import queries
from shuce.lifecycle.market.forms import AuctionForm, BidForm
from shuce.lifecycle.market.rules import AuctionState
from shuce.lifecycle.market.showing import actions_on_auction
from shuce.lifecycle.market.tables import AuctionFilters, AuctionTable


@login_required
def auctions(request: SignedRequest) -> HttpResponse:
    """Every auction there is, for those who may look at the market."""
    return list_page(
        request,
        rows=queries.auctions_seen_by(request.user),
        table=AuctionTable,
        filters=AuctionFilters,
        title=say("竞价"),
        empty=say("还没有竞价。运营主体可以从产品页面组织竞价。"),
    )


@login_required
def open_auction(request: SignedRequest, product_id: str) -> HttpResponse:
    """Open a sealed auction of a product."""
    product = queries.product_seen(product_id, request.user)
    request.signature.require(Permission.PRODUCT_REGISTER, within=product.operator)
    return act(
        request,
        partial(AuctionForm, product=product),
        lambda form: commands.open_auction(
            product,
            form=form.cleaned_data["form"],
            reserve=form.cleaned_data["reserve"],
            closes_at=form.cleaned_data["closes_at"],
            custodians=list(form.cleaned_data["custodians"]),
            needed=form.cleaned_data["needed"],
            by=request.signature,
        ),
        title=say("组织密封竞价"),
        intro=say("规则在第一个报价之前固定并存证，此后不能更改。"),
        done=lambda made: say("竞价已开始，编号 {number}", number=made.number),
        then=lambda made: reverse("market:auction", args=[made.id]),
        back=reverse("market:product", args=[product.id]),
    )


@login_required
def auction(request: SignedRequest, auction_id: str) -> HttpResponse:
    """One auction: before the close by commitments only, afterwards replayed from its record."""
    found = queries.auction_seen(auction_id, request.user)
    fixed, over = found.rules, found.state != AuctionState.OPEN
    return render(
        request,
        "market/auction.html",
        {
            "title": found.number,
            "state": found.state,
            "auction": found,
            "over": over,
            "crumbs": [Crumb(say("竞价"), reverse("market:auctions")), Crumb(found.number)],
            "actions": actions_on_auction(request, found),
            "facts": [
                ("数据产品", found.product),
                ("卖方", found.product.operator),
                ("成交规则", Form(fixed["form"]).label),
                ("保留价", found.reserve),
                ("开始时间", found.opens_at),
                ("截止时间", found.closes_at),
                ("成交价", found.price) if over else ("", ""),
                ("中标单位", queries.winner_of(found)) if over else ("", ""),
            ],
            "rules_digest": queries.rules_digest_of(found),
            "bids": queries.bids_of(found),
            "own_id": request.user.organization_id,
            "custodians": queries.custodians_of(found),
            "differences": queries.differences_in(found) if over else (),
        },
    )


@login_required
def bid(request: SignedRequest, auction_id: str) -> HttpResponse:
    """Place a sealed bid for one's own body."""
    found = queries.auction_seen(auction_id, request.user)
    here = reverse("market:auction", args=[found.id])
    return act(
        request,
        BidForm,
        lambda form: commands.place_bid(found, form.cleaned_data["amount"], by=request.signature),
        title=say("密封报价"),
        intro=say(
            "{number}：报价在提交时加密，密钥由保管人分持，截止前谁也读不到。每家单位只能报价一次。",
            number=found.number,
        ),
        obstacles=queries.obstacles_to_bid(found, request.signature),
        done=lambda made: say("已密封，承诺值 {commitment}", commitment=made.commitment),
        then=here,
        back=here,
    )


@login_required
def release(request: SignedRequest, auction_id: str) -> HttpResponse:
    """Release, as custodian, one's shares of the keys."""
    found = queries.auction_seen(auction_id, request.user)
    return press(
        request,
        lambda: commands.release_shares(found, by=request.signature),
        then=reverse("market:auction", args=[found.id]),
        done=lambda bids: say("已开启{bids}份报价的密钥份额", bids=bids),
    )


@login_required
def conclude(request: SignedRequest, auction_id: str) -> HttpResponse:
    """Open the bids and let the rules decide."""
    found = queries.auction_seen(auction_id, request.user)
    return press(
        request,
        lambda: commands.conclude_auction(found, by=request.signature),
        then=reverse("market:auction", args=[found.id]),
        done=lambda made: (
            say("成交价 {price}", price=made.price)
            if made.state == AuctionState.CLOSED
            else say("没有有效报价，流拍")
        ),
    )


@login_required
def record(request: SignedRequest, auction_id: str) -> HttpResponse:
    """The published record, from which anyone finds the outcome again."""
    found = queries.auction_seen(auction_id, request.user)
    answer = JsonResponse(
        queries.record_published(found), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return answer
