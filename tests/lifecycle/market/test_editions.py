"""A report is issued out of a released result, and its link is worth what stands behind it."""

from dataclasses import dataclass, replace

import pytest
from django.urls import reverse

from shuce.foundation.notices.models import Notice
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom import commands as cleanroom
from shuce.lifecycle.cleanroom.models import Delivery, Question
from shuce.lifecycle.cleanroom.rules import FileForm, What
from shuce.lifecycle.market import commands, editions, queries
from shuce.lifecycle.market.models import Contract, Edition
from shuce.lifecycle.market.rules import ProductKind
from shuce.lifecycle.revenue.models import Usage
from shuce.lifecycle.revenue.serving import take
from shuce.lifecycle.rights import commands as rights
from tests.lifecycle import make_market
from tests.lifecycle.granted import BY_DISTRICT, ROWS_WANTED
from tests.lifecycle.make_market import Market


@dataclass
class Desk:
    market: Market
    contract: Contract
    question: Question
    edition: Edition

    def take(self, form=FileForm.CSV):
        return take(self.edition, form, by=self.market.client())


@pytest.fixture
def desk(market, monkeypatch) -> Desk:
    market.product = commands.register_product(
        "区域就诊季报", ProductKind.REPORT, [market.grant], by=market.agent()
    )
    make_market.priced(market)
    at = market.client().at
    monkeypatch.setattr(requests, "now", lambda: at)
    contract = make_market.signed(market)
    analyst = replace(market.world.analyst, at=at)
    market.client()
    question = cleanroom.ask_question(market.grant, BY_DISTRICT, by=analyst)
    edition = editions.issue_edition(market.product, question, "第一季度", by=market.agent())
    return Desk(market, contract, question, edition)


@pytest.mark.clause("G-8", "G-5", "G-7")
def test_a_buyer_is_told_takes_a_marked_file_and_it_is_metered_once(desk):
    assert Notice.objects.filter(subject_id=desk.edition.id).count() == 1
    taken = desk.take()
    content = taken.file.read().decode("utf-8-sig")
    assert taken.delivery.number in content
    assert desk.market.city.client.name in content
    desk.take(FileForm.EXCEL)
    assert [one.what for one in Delivery.objects.all()] == [What.REPORT] * 2
    assert [(one.quantity, one.serial) for one in Usage.objects.all()] == [(1, desk.edition.id)]


STOPS = {
    "suspended": lambda d: rights.suspend_grant(d.market.grant, "核查", by=d.market.world.officer),
    "withdrawn": lambda d: rights.withdraw_grant(d.market.grant, "违约", by=d.market.world.keeper),
    "contract": lambda d: commands.end_contract(d.contract, "违约", by=d.market.agent()),
    "product": lambda d: commands.withdraw_product(d.market.product, "停用", by=d.market.agent()),
    "edition": lambda d: editions.withdraw_edition(d.edition, "有误", by=d.market.agent()),
}


@pytest.mark.clause("N-4", "G-13", "N-5")
@pytest.mark.parametrize("how", STOPS)
def test_a_shared_link_stops_with_what_stands_behind_it(desk, client, how):
    client.force_login(desk.market.client().member)
    link = Notice.objects.get(subject_id=desk.edition.id).url
    take_it = reverse("revenue:take_edition", args=[desk.edition.id, "xlsx"])
    assert take_it in client.get(link).content.decode()
    STOPS[how](desk)
    page = client.get(link)
    assert page.status_code == 200
    assert take_it not in page.content.decode()
    assert client.post(take_it).status_code == 422
    assert client.post(f"/api/v1/revenue/editions/{desk.edition.id}/take").status_code == 422
    assert not Delivery.objects.exists()
    assert not Usage.objects.exists()


@pytest.mark.clause("G-8", "G-12")
def test_only_released_results_of_the_products_own_grants_are_issued(desk):
    market = desk.market
    refused = cleanroom.ask_question(
        market.grant, ROWS_WANTED, by=replace(market.world.analyst, at=market.agent().at)
    )
    with pytest.raises(Refused, match="已放行"):
        editions.issue_edition(market.product, refused, "甲", by=market.agent())
    interface = commands.register_product(
        "接口", ProductKind.API, [market.grant], by=market.agent()
    )
    with pytest.raises(Refused, match="数据报告"):
        editions.issue_edition(interface, desk.question, "甲", by=market.agent())
    with pytest.raises(NotPermitted):
        editions.issue_edition(market.product, desk.question, "甲", by=market.client())


def test_strangers_and_the_operator_do_not_take_it(desk):
    market = desk.market
    with pytest.raises(NotFound):
        queries.edition_seen(desk.edition.id, market.world.officer.member)
    stranger = market.world.sign(Role.OPERATOR_AGENT, market.city.other_operator)
    with pytest.raises(NotFound):
        queries.edition_seen(desk.edition.id, stranger.member)
    with pytest.raises(Refused, match="没有这个产品的合同"):
        take(desk.edition, FileForm.CSV, by=market.agent())


def test_pages_and_the_api_issue_take_and_withdraw(desk, client):
    market, base = desk.market, "/api/v1/market"
    client.force_login(market.agent().member)
    issue = reverse("market:issue_edition", args=[market.product.id])
    assert "GROUP BY district" in client.get(issue).content.decode()
    sent = {"title": "第二季度", "question": desk.question.id}
    assert client.post(issue, sent).status_code == 302
    made = client.post(
        f"{base}/products/{market.product.id}/editions",
        {"title": "第三季度", "question_id": desk.question.id},
        "application/json",
    )
    assert made.status_code == 201
    listed = client.get(f"{base}/products/{market.product.id}/editions").json()
    assert [one["title"] for one in listed] == ["第三季度", "第二季度", "第一季度"]
    page = client.get(reverse("market:product", args=[market.product.id])).content.decode()
    assert "第三季度" in page
    client.force_login(market.client().member)
    taken = client.post(reverse("revenue:take_edition", args=[desk.edition.id, "csv"]))
    assert "total" in b"".join(taken.streaming_content).decode()
    client.force_login(market.agent().member)
    withdraw = reverse("market:withdraw_edition", args=[desk.edition.id])
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    assert client.post(withdraw, {"reason": "有误"}).status_code == 302
    gone = client.post(
        f"{base}/editions/{made.json()['id']}/withdraw", {"reason": "有误"}, "application/json"
    )
    assert gone.json()["withdrawn_at"]
