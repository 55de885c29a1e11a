"""Products, prices, auctions and contracts, lawful beside refused."""

import json
from datetime import timedelta

import pytest
from django.apps import apps

from shuce.engines.apportionment import Basis
from shuce.engines.auction.verifier import verify
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Refused
from shuce.lifecycle.market import auctions, commands, queries
from shuce.lifecycle.market.models import Contract, Price, Product, SealedBid
from shuce.lifecycle.market.rules import AuctionState, PriceState, ProductKind, Share
from shuce.lifecycle.rights.commands import suspend_grant
from shuce.lifecycle.rights.rules import PurposeKind
from tests.lifecycle import make_market

AMOUNT = Money(8_675_309)


@pytest.mark.clause("G-12")
def test_a_product_tells_what_it_is_made_from_and_others_cannot_use_its_grant(market):
    [line] = queries.lineage_of(market.world.card)
    assert line.product == market.product
    other = market.world.sign(Role.OPERATOR_AGENT, market.city.other_operator)
    with pytest.raises(Refused):
        commands.register_product("仿制接口", ProductKind.API, [market.grant], by=other)
    assert Product.objects.count() == 1
    with pytest.raises(NotFound):
        queries.product_seen(market.product.id, other.member)


@pytest.mark.clause("G-8")
def test_a_guided_price_under_its_cap_comes_into_force_and_one_above_is_not_kept(market):
    with pytest.raises(Refused):
        commands.propose_guided_price(
            market.product, make_market.COSTS, Money(91), by=market.agent()
        )
    assert not Price.objects.exists()
    price = make_market.priced(market)
    assert price.state == PriceState.IN_FORCE
    assert price.cap == make_market.CAP
    assert queries.price_in_force(market.product) == price
    again = make_market.priced(market, Money(70))
    price.refresh_from_db()
    assert (price.state, again.state) == (PriceState.REPLACED, PriceState.IN_FORCE)


@pytest.mark.clause("N-5")
def test_a_contract_is_signed_lawfully_and_every_unlawful_one_is_refused(market):
    with pytest.raises(Refused, match="尚无执行中的价格"):
        make_market.signed(market)
    make_market.priced(market)
    contract = make_market.signed(market)
    assert queries.contract_seen(contract.id, market.client().member) == contract
    operator_alone = (Share(market.city.operator.id, 100),)
    for changes in (
        {"purpose_kind": PurposeKind.PUBLIC},
        {"shares": operator_alone},
        {"unit_price": Money(91)},
        {"shares": (Share(market.city.unit.id, 30), Share("01NOBODY", 70))},
        {"ends_on": make_market.TODAY + timedelta(days=4000)},
    ):
        with pytest.raises(Refused):
            make_market.signed(market, **changes)
    free = make_market.signed(market, purpose_kind=PurposeKind.PUBLIC, unit_price=Money(0))
    assert Contract.objects.count() == 2
    assert free.unit_price == Money(0)
    with pytest.raises(Refused):
        commands.end_contract(free, " ", by=market.agent())
    commands.end_contract(free, "项目结束", by=market.agent())
    with pytest.raises(Conflict):
        commands.end_contract(free, "项目结束", by=market.agent())


def test_a_suspended_grant_stops_new_contracts_at_once(market):
    make_market.priced(market)
    suspend_grant(market.grant, "数据异常", by=market.world.officer)
    with pytest.raises(Refused):
        make_market.signed(market)


@pytest.mark.clause("G-8")
def test_a_bid_lies_sealed_until_the_close_and_the_record_is_found_again(market):
    auction = make_market.auctioned(market)
    by_client = market.client()
    auctions.place_bid(auction, AMOUNT, by=by_client)
    rival = market.world.sign(Role.OPERATOR_AGENT, market.city.other_operator)
    auctions.place_bid(auction, Money(7_000_001), by=rival)

    assert not _columns_holding(str(AMOUNT.fen), str(AMOUNT.yuan), str(AMOUNT))
    with pytest.raises(Refused, match="只能报价一次"):
        auctions.place_bid(auction, Money(9_000_000), by=by_client)
    with pytest.raises(NotPermitted):
        auctions.place_bid(auction, Money(9_000_000), by=market.agent())
    early = make_market.keepers(market, 0.5)
    with pytest.raises(Refused, match="未到截止时间"):
        auctions.release_shares(auction, by=early[0])
    with pytest.raises(NotPermitted):
        auctions.release_shares(auction, by=market.agent(2))

    keepers = make_market.keepers(market, 1.5)
    assert auctions.release_shares(auction, by=keepers[0]) == 2
    with pytest.raises(Refused, match="已有1家保管人开启，需要2家"):
        auctions.conclude_auction(auction, by=market.agent(1.5))
    auctions.release_shares(auction, by=keepers[2])
    done = auctions.conclude_auction(auction, by=market.agent(1.5))
    assert done.state == AuctionState.CLOSED
    assert done.price == Money(7_000_001)
    assert queries.winner_of(done) == market.city.client
    assert verify(json.loads(json.dumps(done.record))) == []
    price = queries.price_in_force(market.product)
    assert price is not None
    assert price.unit_price == Money(7_000_001)
    done.record["outcome"]["clearing"] = "7000000"
    assert verify(done.record)


def test_a_bid_after_the_close_is_refused_and_an_auction_without_bids_fails(market):
    auction = make_market.auctioned(market)
    with pytest.raises(Refused, match="竞价已截止"):
        auctions.place_bid(auction, AMOUNT, by=market.client(1))
    assert not SealedBid.objects.exists()
    failed = auctions.conclude_auction(auction, by=market.agent(1))
    assert failed.state == AuctionState.FAILED
    assert queries.price_in_force(market.product) is None


def _columns_holding(*texts: str) -> list[str]:
    """Search every stored column of every table for an amount."""
    return [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for row in model.objects.values()
        for field in model._meta.concrete_fields
        for text in texts
        if text in _as_text(row[field.attname])
    ]


def _as_text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    if isinstance(value, Money):
        return str(value.fen)
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


@pytest.mark.clause("G-10")
def test_a_contract_keeps_the_basis_of_its_shares_and_its_evidence(market):
    make_market.priced(market)
    with pytest.raises(Refused, match="核定或测算的依据"):
        make_market.signed(market, share_basis=Basis.CONTRIBUTION)
    contract = make_market.signed(
        market, share_basis=Basis.CONTRIBUTION, share_evidence=" 贡献测算报告〔2026〕3号 "
    )
    contract.refresh_from_db()
    assert contract.share_basis == Basis.CONTRIBUTION
    assert contract.share_evidence == "贡献测算报告〔2026〕3号"


@pytest.mark.clause("G-10")
def test_a_program_gives_what_each_coalition_is_worth_and_the_shares_are_measured(market, client):
    make_market.priced(market)
    unit, operator = market.city.unit.id, market.city.operator.id
    today = market.agent().today
    body = {
        "buyer_id": market.city.client.id,
        "purpose": "理赔核验的统计参考",
        "purpose_kind": "INDUSTRY",
        "unit_price_fen": 80,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=30)).isoformat(),
        "share_basis": "contribution",
        "share_evidence": "贡献测算报告〔2026〕3号",
        "worths": [
            {"organization_ids": [unit], "worth": 60},
            {"organization_ids": [operator], "worth": 30},
        ],
    }
    client.force_login(market.agent().member)
    address = f"/api/v1/market/products/{market.product.id}/contracts"
    assert client.post(address, body, content_type="application/json").status_code == 422
    body["worths"].append({"organization_ids": [unit, operator], "worth": 120})
    signed = client.post(address, body, content_type="application/json")
    assert signed.status_code == 200, signed.content.decode()
    weights = {one["organization_id"]: one["weight"] for one in signed.json()["shares"]}
    assert weights == {unit: 75, operator: 45}
    assert signed.json()["share_basis"] == "contribution"
    [told] = Entry.objects.filter(kind="market.contract_signed")
    facts = json.loads(bytes(told.body))
    worth = dict(zip(range(1, 4), facts["worths"], strict=True))
    first = 60 if facts["sharer_ids"][0] == unit else 30
    assert worth == {1: first, 2: 90 - first, 3: 120}
    page = client.get(f"/market/contracts/{signed.json()['id']}/").content.decode()
    assert "份额如何测算" in page
    assert "120" in page
    assert "62.5%" in page


def test_what_a_column_cannot_hold_is_refused_on_every_database(market):
    make_market.priced(market)
    for changes in ({"purpose": "长" * 501}, {"share_evidence": "长" * 501}):
        with pytest.raises(Refused, match="最多500个字"):
            make_market.signed(market, **changes)
    with pytest.raises(Refused, match="数值范围"):
        Price(product=market.product, unit_price=Money(2**63)).save()
    assert not Contract.objects.exists()
    assert make_market.signed(market, purpose="长" * 500).purpose == "长" * 500
