"""The pages and the API of products, auctions and contracts, and who is shown nothing."""

import json

import pytest
from django.urls import reverse

from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.market import auctions
from shuce.lifecycle.market.models import Auction, Contract, Price, Product
from tests.lifecycle import make_market


@pytest.fixture
def sold(market):
    make_market.priced(market)
    return market, make_market.signed(market), make_market.auctioned(market)


def test_products_auctions_and_contracts_are_shown(sold, client):
    market, contract, auction = sold
    client.force_login(market.agent().member)
    pages = {
        reverse("market:products"): market.product.number,
        reverse("market:product", args=[market.product.id]): "最高准许收入",
        reverse("market:auctions"): auction.number,
        reverse("market:auction", args=[auction.id]): "规则摘要",
        reverse("market:contracts"): contract.number,
        reverse("market:contract", args=[contract.id]): "30%",
        reverse("market:register"): market.grant.number,
        reverse("market:sign", args=[market.product.id]): "数据提供方必须享有分成",
        reverse("market:open_auction", args=[market.product.id]): "报价保管人",
        reverse("market:price", args=[market.product.id]): "预计年使用量",
        reverse("market:withdraw", args=[market.product.id]): "原因",
        reverse("market:end", args=[contract.id]): "原因",
    }
    for address, words in pages.items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert words in answer.content.decode(), address


def test_the_cap_is_worked_out_while_typing(sold, client):
    market, _, _ = sold
    client.force_login(market.agent().member)
    costs = {
        "cost": "1000000",
        "subsidy": "200000",
        "tax": "52000",
        "profit": "6",
        "expected_quantity": "1000000",
    }
    address = reverse("market:cap", args=[market.product.id])
    assert "¥900,000.00" in client.get(address, costs).content.decode()
    assert "¥0.90" in client.get(address, costs).content.decode()
    assert client.get(address, {"cost": "x"}).status_code == 200


def test_a_price_above_its_cap_comes_back_on_its_own_field(sold, client):
    market, _, _ = sold
    client.force_login(market.agent().member)
    typed = {
        "cost": "1000000",
        "subsidy": "0",
        "tax": "0",
        "profit": "5",
        "expected_quantity": "1000000",
        "unit_price": "9.00",
    }
    address = reverse("market:price", args=[market.product.id])
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert "超过上限收费标准" in answer.content.decode()
    assert client.post(address, typed | {"unit_price": "1.00"}).status_code == 302
    assert Price.objects.count() == 2


def test_a_priced_contract_for_public_purposes_comes_back_on_its_own_field(sold, client):
    market, _, _ = sold
    client.force_login(market.agent().member)
    typed = {
        "buyer": market.city.client.id,
        "purpose": "公共卫生研究",
        "purpose_kind": "PUBLIC",
        "unit_price": "0.5",
        "starts_on": "2026-03-25",
        "ends_on": "2026-09-01",
        f"share_{market.city.unit.id}": "30",
        f"share_{market.city.operator.id}": "0",
    }
    answer = client.post(reverse("market:sign", args=[market.product.id]), typed)
    assert answer.status_code == 422
    assert Contract.objects.count() == 1


def test_before_the_close_a_page_shows_commitments_only(sold, client):
    market, _, auction = sold
    auctions.place_bid(auction, Money(8_675_309), by=market.client())
    for who in (market.agent(), *make_market.keepers(market, 0)):
        client.force_login(who.member)
        page = client.get(reverse("market:auction", args=[auction.id])).content.decode()
        assert auction.bids.get().commitment in page
        assert "康宁保险" not in page
        assert "86,753.09" not in page
        api = json.loads(client.get(f"/api/v1/market/auctions/{auction.id}/bids").content)
        assert api[0]["bidder_id"] is None
        assert api[0]["amount_fen"] is None
    assert client.get(reverse("market:record", args=[auction.id])).status_code == 404


def test_after_the_close_the_page_replays_the_record(sold, client):
    market, _, auction = sold
    auctions.place_bid(auction, Money(8_675_309), by=market.client())
    for keeper in make_market.keepers(market, 1.5)[:2]:
        auctions.release_shares(auction, by=keeper)
    auctions.conclude_auction(auction, by=market.agent(1.5))
    client.force_login(market.agent().member)
    page = client.get(reverse("market:auction", args=[auction.id])).content.decode()
    assert "全部一致" in page
    assert "康宁保险" in page
    record = client.get(reverse("market:record", args=[auction.id]))
    assert json.loads(record.content)["format"] == "shuce-auction-1"
    forged = Auction.objects.get(id=auction.id)
    forged.record["outcome"]["clearing"] = "1"
    forged.save()
    page = client.get(reverse("market:auction", args=[auction.id])).content.decode()
    assert "结果与公布的不一致" in page


def test_the_api_answers_as_the_pages_do(sold, client):
    market, contract, auction = sold
    client.force_login(market.agent().member)
    for address in (
        "products",
        f"products/{market.product.id}",
        f"products/{market.product.id}/inputs",
        f"products/{market.product.id}/prices",
        "auctions",
        f"auctions/{auction.id}",
        "contracts",
        f"contracts/{contract.id}",
    ):
        assert client.get(f"/api/v1/market/{address}").status_code == 200, address
    refused = client.post(
        f"/api/v1/market/products/{market.product.id}/withdraw",
        {"reason": " "},
        content_type="application/json",
    )
    assert refused.status_code == 422
    done = client.post(
        f"/api/v1/market/products/{market.product.id}/withdraw",
        {"reason": "升级替换"},
        content_type="application/json",
    )
    assert done.json()["state"] == "WITHDRAWN"
    assert Product.objects.get().state == "WITHDRAWN"


def test_a_stranger_is_shown_nothing(sold, client):
    market, contract, _ = sold
    stranger = market.world.sign(Role.OPERATOR_AGENT, market.city.other_operator)
    client.force_login(stranger.member)
    product = [market.product.id]
    for name, args in (
        ("market:product", product),
        ("market:price", product),
        ("market:cap", product),
        ("market:withdraw", product),
        ("market:open_auction", product),
        ("market:sign", product),
        ("market:contract", [contract.id]),
        ("market:end", [contract.id]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404, name
        assert client.post(reverse(name, args=args)).status_code == 404, name
    assert market.product.number not in client.get(reverse("market:products")).content.decode()
    assert client.get(f"/api/v1/market/products/{market.product.id}").status_code == 404
