"""A product is published on platforms for no wider use than its grants allow."""

from dataclasses import replace

import pytest
from django.urls import reverse

from shuce.foundation.evidence.models import Entry
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.market import publishing
from shuce.lifecycle.market.publishing import Listing
from shuce.lifecycle.market.serving_rules import Platform, obstacles_to_publish_on
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.rights.rules import PurposeKind

LISTING = Listing(Platform.REGIONAL, "市公共数据平台", "SH-001", "310000", PurposeKind.INDUSTRY)


@pytest.mark.clause("G-8")
def test_a_publication_is_recorded_once_and_recalled(market):
    made = publishing.publish_product(market.product, LISTING, by=market.agent())
    assert Entry.objects.filter(kind="market.product_published", subject_id=made.id).count() == 1
    with pytest.raises(Refused, match="已在该平台发布"):
        publishing.publish_product(market.product, LISTING, by=market.agent())
    publishing.recall_publication(made, by=market.agent())
    with pytest.raises(Conflict):
        publishing.recall_publication(made, by=market.agent())
    publishing.publish_product(market.product, LISTING, by=market.agent())


@pytest.mark.clause("N-5", "N-4")
def test_nothing_wider_than_the_grants_is_published(market):
    wider = replace(LISTING, region_code="110000")
    with pytest.raises(Refused, match="适用地域"):
        publishing.publish_product(market.product, wider, by=market.agent())
    with pytest.raises(NotPermitted):
        publishing.publish_product(market.product, LISTING, by=market.client())
    rights.suspend_grant(market.grant, "核查", by=market.world.officer)
    with pytest.raises(Refused, match="已暂停"):
        publishing.publish_product(market.product, LISTING, by=market.agent())


def test_the_rule_names_each_way_of_being_too_wide():
    def fields(region="310115", kind=PurposeKind.INDUSTRY, **changes):
        facts = {
            "listed": True,
            "already": False,
            "granted_regions": ["310000"],
            "public_only": False,
        }
        return [o.field for o in obstacles_to_publish_on("平台", region, kind, **facts | changes)]

    assert fields() == []
    assert fields(region="999999") == ["region_code"]
    assert fields(granted_regions=["310000", "110000"]) == ["region_code"]
    assert fields(public_only=True) == ["purpose_kind"]
    assert fields(kind=PurposeKind.PUBLIC, public_only=True) == []
    assert fields(listed=False) == [""]


def test_pages_and_the_api_publish_and_recall(market, client):
    client.force_login(market.agent().member)
    page = reverse("market:publish_product", args=[market.product.id])
    sent = {
        "platform": "NATIONAL",
        "platform_name": "国家平台",
        "region_code": "310000",
        "purpose_kind": "INDUSTRY",
    }
    assert client.get(page).status_code == 200
    assert client.post(page, sent).status_code == 302
    product = reverse("market:product", args=[market.product.id])
    assert "国家平台" in client.get(product).content.decode()
    base = "/api/v1/market"
    body = sent | {"platform": "EXCHANGE", "platform_name": "交易所"}
    url = f"{base}/products/{market.product.id}/publications"
    made = client.post(url, body, "application/json")
    assert made.status_code == 201
    assert len(client.get(url).json()) == 2
    recalled = client.post(f"{base}/publications/{made.json()['id']}/recall")
    assert recalled.json()["recalled_at"]
    assert "已撤下" in client.get(product).content.decode()
