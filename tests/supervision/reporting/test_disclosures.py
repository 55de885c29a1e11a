"""The public reads what may be told, on what terms, and nothing else."""

import json

import pytest
from django.urls import reverse

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.register import commands as register
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Grade, Opening
from shuce.supervision.reporting import commands, queries
from shuce.supervision.reporting.models import Disclosure
from tests.make import City
from tests.supervision import world

TERMS = {"terms": "实名申请，限公益研究使用，不收费", "contact": "数据管理处，公开电话见官网"}


@pytest.fixture
def card(city: City, home, tmp_path) -> Card:
    world.people(city, city.unit)
    return world.in_force(city, world.found(city, tmp_path, ("visits",))[0], name="门诊量统计")


@pytest.fixture
def told(city: City, card) -> Disclosure:
    return commands.publish_disclosure(
        card, "门诊量统计", "按月汇总", **TERMS, by=city.sign(Role.ASSET_KEEPER, city.unit)
    )


def publish(card, by):
    return commands.publish_disclosure(card, "标题", "", **TERMS, by=by)


@pytest.mark.clause("G-14")
def test_a_keeper_or_a_reviewer_publishes_and_nobody_else(city, card):
    with pytest.raises(NotPermitted):
        publish(card, city.sign(Role.FINANCE_OFFICER, city.unit))
    with pytest.raises(NotPermitted):
        publish(card, city.sign(Role.ASSET_KEEPER, city.other_unit))
    assert not Entry.objects.filter(kind="reporting.disclosure_published").exists()
    made = publish(card, city.sign(Role.DEPARTMENT_REVIEWER, city.department))
    assert list(queries.disclosures_open()) == [made]
    with pytest.raises(Refused, match="已有披露"):
        publish(card, city.sign(Role.ASSET_KEEPER, city.unit))


@pytest.mark.clause("N-5", "G-14")
def test_what_is_not_opened_is_not_told(city, card):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    world.revised(card, {"opening": Opening.NONE}, "改为不予开放", by=keeper)
    with pytest.raises(Refused, match="不予开放"):
        publish(card, keeper)
    assert not Disclosure.objects.exists()


@pytest.mark.clause("N-5")
def test_a_disclosure_vanishes_at_once_when_its_asset_becomes_secret(city, card, told, client):
    page = reverse("reporting:disclosure", args=[told.id])
    assert client.get(page).status_code == 200
    register.confirm_grade(
        card, Grade.SECRET, "保密审查认定", by=city.sign(Role.SECURITY_OFFICER, city.unit)
    )
    assert client.get(page).status_code == 404
    assert "门诊量统计" not in client.get(reverse("reporting:portal")).content.decode()
    assert not json.loads(client.get(reverse("reporting:catalog")).content)["dcat:dataset"]


@pytest.mark.clause("G-14")
def test_a_disclosure_is_withdrawn_with_its_reason(city, told):
    with pytest.raises(NotPermitted):
        commands.withdraw_disclosure(told, "不该", by=city.sign(Role.FINANCE_OFFICER, city.unit))
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(Refused, match="撤回原因"):
        commands.withdraw_disclosure(told, " ", by=keeper)
    commands.withdraw_disclosure(told, "内容更新", by=keeper)
    assert not queries.disclosures_open().exists()
    assert commands.publish_disclosure(told.card, "新标题", "", **TERMS, by=keeper)
    with pytest.raises(Refused, match="已经撤回"):
        commands.withdraw_disclosure(told, "再撤", by=keeper)


@pytest.mark.clause("G-14")
def test_the_portal_is_open_to_everyone_and_searched(city, told, client):
    page = client.get(reverse("reporting:portal")).content.decode()
    assert "门诊量统计" in page
    assert "市健康信息中心" in page
    searched = client.get(reverse("reporting:portal"), {"search": "无此资产"})
    assert "门诊量统计" not in searched.content.decode()
    one = client.get(reverse("reporting:disclosure", args=[told.id])).content.decode()
    assert TERMS["terms"] in one
    assert TERMS["contact"] in one
    for hidden in ("mobile", "¥", "sqlite", told.published_by.name):
        assert hidden not in one
    assert client.get(reverse("reporting:portal") + "?export=xlsx").status_code == 200


@pytest.mark.clause("G-14")
def test_the_catalogue_is_dcat_that_programs_read(told, client):
    answer = client.get(reverse("reporting:catalog"))
    assert answer["Content-Type"] == "application/ld+json"
    found = json.loads(answer.content)
    assert found["@type"] == "dcat:Catalog"
    for needed in ("dct:title", "dct:description", "dct:publisher", "dcat:dataset"):
        assert found[needed]
    [dataset] = found["dcat:dataset"]
    assert dataset["@type"] == "dcat:Dataset"
    assert dataset["dct:title"] == {"@value": "门诊量统计", "@language": "zh"}
    assert dataset["dct:identifier"] == told.card.number
    assert dataset["@id"].startswith("http://testserver/reporting/portal/")
    assert dataset["dct:accrualPeriodicity"]["@id"].endswith("/ANNUAL")
    used = {key.split(":")[0] for key in dataset if ":" in key}
    assert used <= set(found["@context"])
    assert "hydra:next" not in found
    assert client.get(reverse("reporting:catalog") + "?page=2").json()["dcat:dataset"] == []


def test_the_pages_publish_and_withdraw(city, card, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    form = client.get(reverse("reporting:publish") + f"?card={card.id}").content.decode()
    assert "门诊量统计" in form
    sent = {"card": card.id, "title": "门诊量", "summary": "", **TERMS}
    answer = client.post(reverse("reporting:publish"), sent)
    assert answer["Location"] == reverse("reporting:disclosures")
    told = Disclosure.objects.get()
    assert "门诊量" in client.get(reverse("reporting:disclosures")).content.decode()
    withdraw = reverse("reporting:withdraw", args=[told.id])
    assert client.get(withdraw).status_code == 200
    client.post(withdraw, {"reason": "更新"})
    told.refresh_from_db()
    assert told.withdrawn_at is not None


def test_a_stranger_manages_no_disclosure(city, card, told, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    withdraw = reverse("reporting:withdraw", args=[told.id])
    assert client.get(withdraw).status_code == 404
    assert client.post(withdraw, {"reason": "x"}).status_code == 404
    assert client.get(reverse("reporting:publish") + f"?card={card.id}").status_code == 404
    assert "门诊量" not in client.get(reverse("reporting:disclosures")).content.decode()
