"""A product is called with a key, metered by the call, and stops with all that it rests on."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from shuce.engines.guard.binding import Parameter, ParameterKind
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations import accounts, requests
from shuce.foundation.organizations.commands import dismiss
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.periods import Period
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.cleanroom import saving
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.saving import Kept
from shuce.lifecycle.market import commands, queries, serving
from shuce.lifecycle.market.models import Call, Contract
from shuce.lifecycle.market.rules import ContractState
from shuce.lifecycle.market.serving_rules import (
    CallState,
    KeyStanding,
    Limits,
    obstacles_in_rate,
    obstacles_to_call,
    obstacles_to_make_key,
)
from shuce.lifecycle.revenue import commands as revenue
from shuce.lifecycle.revenue import serving as revenue_serving
from shuce.lifecycle.revenue.models import Usage
from shuce.lifecycle.rights import commands as rights
from tests.lifecycle import make_market
from tests.lifecycle.make_market import Market
from tests.make import NOON

SQL = "SELECT district, COUNT(*) AS total FROM persons WHERE district = $district GROUP BY district"
DISTRICT = Parameter("district", "区", ParameterKind.TEXT, default="黄浦")


@dataclass
class Shop:
    """A product that is served, a contract over it, and the buyer's key."""

    market: Market
    contract: Contract
    key: object
    secret: str

    @property
    def address(self) -> str:
        return f"/api/v1/products/{self.market.product.number}/data"

    def call(self, secret="", **values):
        headers = {"authorization": f"Bearer {secret or self.secret}"}
        return Client().get(self.address, values, headers=headers)


@pytest.fixture
def shop(market, monkeypatch) -> Shop:
    make_market.priced(market)
    at = market.client().at
    monkeypatch.setattr(requests, "now", lambda: at)
    analyst = replace(market.world.analyst, at=at)
    kept = Kept("分区人数", SQL, (DISTRICT,), shared=True)
    query = saving.save_query(market.grant, kept, by=analyst)
    serving.publish_service(market.product, query, Limits(5, 8), by=market.agent())
    contract = make_market.signed(market)
    day = at.date() + timedelta(days=30)
    key, secret = serving.make_key(contract, "核保系统", day, by=market.client())
    return Shop(market, contract, key, secret)


@pytest.mark.clause("G-8", "G-7", "G-5")
def test_a_call_gets_figures_and_flows_to_the_meter_the_card_and_the_bill(shop):
    uses = shop.market.world.card.uses
    answer = shop.call(district="徐汇")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["rows"][0][0] == "徐汇"
    usage = Usage.objects.get()
    assert (usage.contract, usage.quantity, usage.serial) == (shop.contract, 1, told["call_id"])
    assert shop.market.world.card.uses == uses + 1
    call = Call.objects.get()
    assert (call.state, call.question.cause_id) == (CallState.RELEASED, call.id)
    kinds = Entry.objects.filter(kind__startswith="market.call").values_list("kind", flat=True)
    assert sorted(kinds) == ["market.call_admitted", "market.call_served"]
    bill = revenue.issue_bill(shop.contract, by=shop.market.agent())
    assert bill.amount == shop.contract.unit_price
    # By POST as well, and without values the default is taken.
    posted = Client().post(
        shop.address,
        {"values": {}},
        "application/json",
        headers={"authorization": f"Bearer {shop.secret}"},
    )
    assert posted.json()["rows"][0][0] == "黄浦"


@pytest.mark.clause("G-8")
def test_a_refusal_of_the_node_is_told_with_its_rule_and_costs_nothing(shop):
    told = shop.call(district="崇明").json()
    if told["verdict"] == "refused":
        assert told["rule"]
        assert not Usage.objects.exists()
    assert all(row[1] >= 20 for row in told["rows"])


def test_a_wrong_value_is_named_and_not_counted(shop):
    answer = shop.call(district="x" * 300)
    assert answer.status_code == 422
    assert answer.json()["obstacles"][0]["field"] == "district"
    assert not Call.objects.exists()


def test_the_key_is_kept_as_a_digest_only_and_a_wrong_one_opens_nothing(shop):
    assert shop.secret not in str(vars(shop.key))
    assert shop.call("shucep_wrong").status_code == 401
    assert Client().get(shop.address).status_code == 401
    elsewhere = shop.address.replace(shop.market.product.number, "CP-2026-09999")
    headers = {"authorization": f"Bearer {shop.secret}"}
    assert Client().get(elsewhere, headers=headers).status_code == 403
    # A product's key is no sign-in: it opens nothing else.
    assert Client().get("/api/v1/market/products", headers=headers).status_code == 401


def _close_account(shop):
    member = shop.key.member
    for post in member.posts.filter(ended_on=None):
        dismiss(post, by=shop.market.city.security_admin)
    accounts.close_account(member, by=shop.market.city.system_admin)


STOPS = {
    "grant suspended": lambda s: rights.suspend_grant(
        s.market.grant, "核查", by=s.market.world.officer
    ),
    "grant withdrawn": lambda s: rights.withdraw_grant(
        s.market.grant, "违约", by=s.market.world.keeper
    ),
    "contract ended": lambda s: commands.end_contract(s.contract, "违约", by=s.market.agent()),
    "interface stopped": lambda s: serving.stop_service(
        s.market.product, "检修", by=s.market.agent()
    ),
    "product withdrawn": lambda s: commands.withdraw_product(
        s.market.product, "停用", by=s.market.agent()
    ),
    "key revoked": lambda s: serving.revoke_key(s.key, by=s.market.client()),
    "account closed": _close_account,
}


@pytest.mark.clause("N-4", "G-13", "N-5")
@pytest.mark.parametrize("how", STOPS)
def test_a_call_right_after_a_stop_is_refused_by_name_and_nothing_is_metered(shop, how):
    assert shop.call().status_code == 200
    STOPS[how](shop)
    answer = shop.call()
    assert answer.status_code in (403, 422)
    assert answer.json()["obstacles"][0]["reason"]
    assert Usage.objects.count() == 1
    assert Question.objects.count() == 1


@pytest.mark.clause("N-4", "G-13")
@pytest.mark.parametrize("how", STOPS)
def test_a_call_under_way_when_it_stops_gets_nothing(shop, how, monkeypatch):
    ask = revenue_serving.put_to_node

    def slow(grant, sql, *, by):
        receipt = ask(grant, sql, by=by)
        STOPS[how](shop)
        return receipt

    monkeypatch.setattr(revenue_serving, "put_to_node", slow)
    answer = shop.call()
    assert answer.status_code in (403, 422)
    assert "rows" not in answer.json()
    assert not Question.objects.exists()
    assert not Usage.objects.exists()


@pytest.mark.clause("N-4")
@pytest.mark.parametrize("days", [30, 300])
def test_a_key_and_a_contract_end_on_their_day(shop, monkeypatch, days):
    at = shop.market.client().at + timedelta(days=days)
    monkeypatch.setattr(requests, "now", lambda: at)
    assert shop.call().status_code == 403


@pytest.mark.clause("G-8")
def test_a_key_calls_no_oftener_than_it_may(shop, monkeypatch):
    assert [shop.call().status_code for _ in range(6)] == [200] * 5 + [429]
    later = shop.market.client().at + timedelta(minutes=2)
    monkeypatch.setattr(requests, "now", lambda: later)
    assert [shop.call().status_code for _ in range(4)] == [200] * 3 + [429]
    tomorrow = shop.market.client().at + timedelta(days=1)
    monkeypatch.setattr(requests, "now", lambda: tomorrow)
    assert shop.call().status_code == 200
    assert Usage.objects.count() == 9


def test_the_rules_of_calls_and_keys_name_what_is_amiss():
    day, end = NOON.date(), NOON.date() + timedelta(days=90)
    term = Period(day, end)
    good = KeyStanding(False, end, True, True, True, ContractState.IN_FORCE, term)
    assert not list(obstacles_to_call(good, day))
    assert len(list(obstacles_to_call(replace(good, revoked=True), day))) == 1
    assert len(list(obstacles_to_call(good, end))) == 2
    limits = Limits(2, 10)
    assert [len(list(obstacles_in_rate(limits, *n))) for n in ((1, 9), (2, 9), (2, 10))] == [
        0,
        1,
        2,
    ]
    in_force = ContractState.IN_FORCE
    made = [
        list(obstacles_to_make_key("甲", on, day, in_force, term, True))
        for on in (end, end + timedelta(days=1), day)
    ]
    assert [len(found) for found in made] == [0, 1, 1]
    assert len(list(obstacles_to_make_key(" ", end, day, ContractState.ENDED, term, False))) == 3


def test_only_the_buyer_makes_keys_and_only_the_operator_publishes(shop):
    market, day = shop.market, NOON.date() + timedelta(days=20)
    with pytest.raises(NotPermitted):
        serving.make_key(shop.contract, "越权", day, by=market.agent())
    with pytest.raises(NotPermitted):
        serving.publish_service(
            market.product, queries.service_of(market.product).query, Limits(), by=market.client()
        )
    own = saving.save_query(
        market.grant, Kept("自用", SQL, (DISTRICT,)), by=replace(market.world.analyst)
    )
    with pytest.raises(Refused, match="共用"):
        serving.publish_service(market.product, own, Limits(), by=market.agent())


def test_a_change_of_the_query_does_not_change_what_was_contracted(shop):
    query = queries.service_of(shop.market.product).query
    other = Kept("改", "SELECT COUNT(*) AS total FROM persons", shared=True)
    saving.change_query(query, other, by=shop.market.world.analyst)
    assert shop.call().json()["columns"] == ["district", "total"]


def test_pages_publish_make_and_revoke_and_show_the_secret_once(shop, client):
    market = shop.market
    client.force_login(market.agent().member)
    product = reverse("market:product", args=[market.product.id])
    assert f"GET {shop.address}" in client.get(product).content.decode()
    publish = reverse("market:publish", args=[market.product.id])
    query = queries.service_of(market.product).query
    assert query.name in client.get(publish).content.decode()
    sent = {"query": query.id, "per_minute": 10, "per_day": 100}
    assert client.post(publish, sent).status_code == 302
    client.force_login(market.client().member)
    make = reverse("market:make_key", args=[shop.contract.id])
    late = {"name": "备用", "expires_on": "2030-01-01"}
    assert client.post(make, late).status_code == 422
    good = {"name": "备用", "expires_on": (NOON + timedelta(days=40)).date().isoformat()}
    page = client.post(make, good, follow=True).content.decode()
    assert "shucep_" in page
    contract = reverse("market:contract", args=[shop.contract.id])
    page = client.get(contract).content.decode()
    assert "shucep_" not in page
    assert "备用" in page
    shop.call()
    assert (
        Call.objects.get().id
        in client.get(reverse("market:calls", args=[shop.contract.id])).content.decode()
    )
    assert client.post(reverse("market:revoke_key", args=[shop.key.id])).status_code == 302
    assert shop.call().status_code == 403
    client.force_login(market.world.officer.member)
    assert "备用" not in client.get(contract).content.decode()
    assert client.get(reverse("market:calls", args=[shop.contract.id])).status_code == 404
    client.force_login(market.agent().member)
    stop = reverse("market:stop_service", args=[market.product.id])
    assert client.post(stop, {"reason": "检修"}).status_code == 302


def test_programs_publish_and_key_as_pages_do(shop, client):
    market, base = shop.market, "/api/v1/market"
    query = queries.service_of(market.product).query
    client.force_login(market.agent().member)
    body = {"query_id": query.id, "per_minute": 3, "per_day": 4}
    made = client.post(f"{base}/products/{market.product.id}/service", body, "application/json")
    assert (made.status_code, made.json()["per_day"]) == (201, 4)
    client.force_login(market.client().member)
    keys = f"{base}/contracts/{shop.contract.id}/keys"
    day = (NOON + timedelta(days=40)).date().isoformat()
    key = client.post(keys, {"name": "程序", "expires_on": day}, "application/json").json()
    assert shop.call(key["secret"]).status_code == 200
    assert len(client.get(keys).json()) == 2
    assert len(client.get(f"{base}/contracts/{shop.contract.id}/calls").json()) == 1
    revoked = client.post(f"{base}/keys/{key['key']['id']}/revoke")
    assert revoked.json()["revoked_at"]
    assert shop.call(key["secret"]).status_code == 403
    client.force_login(market.agent().member)
    stopped = client.post(
        f"{base}/products/{market.product.id}/service/stop", {"reason": "检修"}, "application/json"
    )
    assert stopped.json()["state"] == "STOPPED"
    stranger = market.world.sign(Role.ASSET_KEEPER, market.city.other_unit)
    client.force_login(stranger.member)
    assert client.post(f"{base}/keys/{shop.key.id}/revoke").status_code == 404
