"""What pages show of products, auctions and contracts: the acts there are, and a price's basis."""

from collections.abc import Sequence

from django.urls import reverse

from shuce.foundation.office.parts import Action
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.market import queries, rules
from shuce.lifecycle.market.models import Auction, Contract, Price, Product
from shuce.lifecycle.market.rules import (
    AuctionState,
    ContractState,
    PriceMethod,
    ProductKind,
    ProductState,
)


def actions_on_product(request: SignedRequest, found: Product) -> list[Action]:
    """Return what the reader may do with a product now."""
    may, here = request.user.may, [found.id]
    off = () if found.state == ProductState.LISTED else (Obstacle("产品已下架"),)
    actions = []
    if may(Permission.CONTRACT_SIGN, found.operator):
        actions.append(
            Action(
                say("签订合同"),
                reverse("market:sign", args=here),
                icon="file-text",
                primary=True,
                obstacles=off,
            )
        )
    if may(Permission.PRODUCT_REGISTER, found.operator):
        actions += [
            Action(
                say("政府指导价"),
                reverse("market:price", args=here),
                icon="calculator",
                obstacles=off,
            ),
            Action(
                say("组织竞价"),
                reverse("market:open_auction", args=here),
                icon="gavel",
                obstacles=off,
            ),
            *_serving(found, off),
            Action(
                say("在平台发布产品"),
                reverse("market:publish_product", args=here),
                icon="world",
                obstacles=off,
            ),
            Action(say("下架"), reverse("market:withdraw", args=here), danger=True, obstacles=off),
        ]
    return actions


def _serving(found: Product, off: Sequence[Obstacle]) -> list[Action]:
    if found.kind == ProductKind.REPORT:
        issue = reverse("market:issue_edition", args=[found.id])
        return [Action(say("发布报告"), issue, icon="report", obstacles=off)]
    if found.kind != ProductKind.API:
        return []
    publish = Action(
        say("发布数据接口"), reverse("market:publish", args=[found.id]), icon="plug", obstacles=off
    )
    if queries.service_of(found) is None:
        return [publish]
    stop = reverse("market:stop_service", args=[found.id])
    return [publish, Action(say("停止数据接口"), stop, danger=True)]


def basis_of(price: Price) -> list[tuple[str, object]]:
    """Return the arithmetic, or the record, that a price rests on."""
    basis = price.basis
    if price.method != PriceMethod.GUIDED:
        return [(say("竞价记录摘要"), basis.get("record_digest", ""))]
    return [
        (say("运营成本"), Money(basis["cost_fen"])),
        (say("减：财政补助"), Money(basis["subsidy_fen"])),
        (say("净成本"), Money(basis["net_cost_fen"])),
        (
            say("加：准许利润（净成本的{percent}%）", percent=basis["profit_basis_points"] / 100),
            Money(basis["profit_fen"]),
        ),
        (say("加：税金"), Money(basis["tax_fen"])),
        (say("最高准许收入"), Money(basis["max_revenue_fen"])),
        (say("除以：预计年使用量"), basis["expected_quantity"]),
        (say("上限收费标准"), price.cap),
    ]


def actions_on_auction(request: SignedRequest, found: Auction) -> list[Action]:
    """Return what the reader may do with an auction now: bid, release, conclude, download."""
    by, here = request.signature, [found.id]
    if found.state != AuctionState.OPEN:
        return [Action(say("下载竞价记录"), reverse("market:record", args=here), icon="download")]
    closing = tuple(rules.obstacles_to_close(AuctionState.OPEN, found.closes_at, by.at))
    actions = []
    if queries.may_bid(found, request.user):
        actions.append(
            Action(
                say("密封报价"),
                reverse("market:bid", args=here),
                icon="lock",
                primary=True,
                obstacles=queries.obstacles_to_bid(found, by),
            )
        )
    if by.organization_id in [one for one, _ in found.custodians]:
        actions.append(
            Action(
                say("开启密钥份额"),
                reverse("market:release", args=here),
                icon="key",
                post=True,
                confirm=say("开启后本单位所持的密钥份额将公开，确定吗？"),
                obstacles=closing,
            )
        )
    if request.user.may(Permission.PRODUCT_REGISTER, found.product.operator):
        actions.append(
            Action(
                say("开标"),
                reverse("market:conclude", args=here),
                icon="gavel",
                primary=True,
                post=True,
                obstacles=(*closing, *queries.obstacles_to_open_bids(found)),
            )
        )
    return actions


def actions_on_contract(request: SignedRequest, found: Contract) -> list[Action]:
    """Return what the reader may do with a contract now."""
    may, here = request.user.may, [found.id]
    running = found.state == ContractState.IN_FORCE
    ended = () if running else (Obstacle("合同已经终止"),)
    actions = []
    if may(Permission.USAGE_METER, found.seller):
        actions += [
            Action(
                say("计量使用"), reverse("revenue:meter", args=here), icon="plus", obstacles=ended
            ),
            Action(
                say("开具账单"),
                reverse("revenue:issue", args=here),
                icon="receipt",
                primary=True,
                post=True,
            ),
        ]
    if running and may(Permission.CONTRACT_SIGN, found.buyer):
        served = queries.service_of(found.product) is not None
        actions.append(
            Action(
                say("生成密钥"),
                reverse("market:make_key", args=here),
                icon="key",
                obstacles=() if served else (Obstacle("产品还没有发布接口", Clause.G_8),),
            )
        )
    if running and may(Permission.CONTRACT_SIGN, found.seller):
        actions.append(Action(say("终止合同"), reverse("market:end", args=here), danger=True))
    return actions
