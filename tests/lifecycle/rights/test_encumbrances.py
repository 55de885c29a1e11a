"""Data assets as security or capital: never by public bodies, for others where a pilot allows."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from shuce.foundation.organizations import requests
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.register.models import Mark
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights import encumbrances
from shuce.lifecycle.rights.encumbrance_rules import (
    Burden,
    Burdened,
    EncumbranceKind,
    obstacles_to_encumber,
    pilots,
)
from shuce.lifecycle.rights.models import Encumbrance
from tests import make

DAY = date(2026, 3, 20)
PLEDGE = Burden(EncumbranceKind.PLEDGE, "某银行", Money(100_000_00), "流动资金", "董决〔2026〕3号")
ASSET = Burdened(CardState.IN_FORCE, Grade.L2, Kind.ENTERPRISE, "310000", Money(200_000_00))


def found(burden=PLEDGE, asset=ASSET, day=DAY) -> list[tuple[Clause | None, str]]:
    return [(one.clause, one.field) for one in obstacles_to_encumber(burden, asset, pilots(), day)]


@pytest.mark.clause("N-4")
@pytest.mark.parametrize(
    "kind", [Kind.FINANCE, Kind.DEPARTMENT, Kind.ADMINISTRATIVE, Kind.INSTITUTION]
)
def test_a_public_body_never_gives_security_nor_contributes_capital(kind):
    public = replace(ASSET, holder_kind=kind)
    for what in (EncumbranceKind.GUARANTEE, EncumbranceKind.PLEDGE):
        assert found(replace(PLEDGE, kind=what), public) == [(Clause.N_4, "kind")]
    capital = replace(PLEDGE, kind=EncumbranceKind.CONTRIBUTION)
    assert found(capital, public) == [(Clause.G_5, "kind")]
    assert found(capital) == []


@pytest.mark.clause("G-5", "N-4")
@pytest.mark.parametrize(
    ("burden", "asset", "day", "expected"),
    [
        ({}, {}, DAY, []),
        ({"kind": EncumbranceKind.GUARANTEE}, {}, DAY, [(Clause.G_5, "kind")]),
        ({}, {}, date(2027, 1, 1), [(Clause.G_5, "kind")]),
        ({}, {"region": "330106"}, DAY, [(Clause.G_5, "kind")]),
        ({}, {"region": "310101"}, DAY, []),
        ({}, {"value": None}, DAY, [(Clause.N_4, "")]),
        ({}, {"already": Money(150_000_00)}, DAY, [(Clause.G_15, "amount")]),
        ({"amount": Money(0)}, {}, DAY, [(Clause.N_4, "amount")]),
        ({"decision": " "}, {}, DAY, [(Clause.N_4, "decision")]),
        ({}, {"state": CardState.IN_DISPOSAL}, DAY, [(Clause.N_4, "")]),
    ],
)
def test_an_enterprise_does_within_a_pilot_and_its_value(burden, asset, day, expected):
    assert found(replace(PLEDGE, **burden), replace(ASSET, **asset), day) == expected


@pytest.fixture
def enterprise(world, monkeypatch):
    Organization.objects.filter(id=world.city.unit.id).update(kind=Kind.ENTERPRISE)
    monkeypatch.setattr(encumbrances, "last_value_of", lambda card: Money(200_000_00))
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    return world


@pytest.mark.clause("G-5", "G-6")
def test_a_pledge_marks_the_card_and_ends_with_its_reason(enterprise):
    made = encumbrances.encumber(enterprise.card, PLEDGE, by=enterprise.keeper)
    assert Mark.objects.get(cause_id=made.id).ended_at is None
    with pytest.raises(Refused, match="评估价值"):
        encumbrances.encumber(
            enterprise.card, replace(PLEDGE, amount=Money(100_000_01)), by=enterprise.keeper
        )
    with pytest.raises(NotPermitted):
        encumbrances.encumber(enterprise.card, PLEDGE, by=enterprise.officer)
    with pytest.raises(Refused, match="原因"):
        encumbrances.release(made, " ", by=enterprise.keeper)
    assert encumbrances.release(made, "贷款已还清", by=enterprise.keeper).ended_on
    assert Mark.objects.get(cause_id=made.id).ended_at is not None
    with pytest.raises(Conflict):
        encumbrances.release(made, "再次", by=enterprise.keeper)


@pytest.mark.clause("N-4", "G-5")
def test_on_the_page_and_by_program(enterprise, client):
    here = reverse("rights:encumber", args=[enterprise.card_id])
    typed = {
        "kind": "PLEDGE",
        "party": "某银行",
        "amount": "100000",
        "purpose": "流动资金",
        "decision": "董决〔2026〕3号",
    }
    client.force_login(enterprise.keeper.member)
    assert "国有企业数据资产质押、入股探索" in client.get(here).content.decode()
    guarantee = client.post(here, typed | {"kind": "GUARANTEE"})
    assert guarantee.status_code == 422
    assert "不在已确认的试点范围" in guarantee.content.decode()
    assert client.post(here, typed).status_code == 302
    made = Encumbrance.objects.get()
    api = f"/api/v1/rights/cards/{enterprise.card_id}/encumbrances"
    body = {**typed, "amount_fen": 300_000_00}
    body.pop("amount")
    refused = client.post(api, body, content_type="application/json")
    assert (refused.status_code, refused.json()["obstacles"][0]["clause"]) == (422, "G-15")
    made_too = client.post(api, body | {"amount_fen": 100}, content_type="application/json")
    assert made_too.status_code == 201
    assert len(client.get(api).json()) == 2
    release = reverse("rights:release", args=[made.id])
    assert client.post(release, {"reason": "贷款已还清"}).status_code == 302
    path = f"/api/v1/rights/encumbrances/{made_too.json()['id']}/release"
    ended = client.post(path, {"reason": "已还清"}, content_type="application/json")
    assert ended.json()["ended_on"] == "2026-03-20"

    Organization.objects.filter(id=enterprise.city.unit.id).update(kind=Kind.INSTITUTION)
    banned = client.post(here, typed)
    assert banned.status_code == 422
    assert "不得用数据资产进行任何形式的担保" in banned.content.decode()
    client.force_login(enterprise.sign(Role.ASSET_KEEPER, enterprise.city.other_unit).member)
    assert client.get(here).status_code == 404
    assert client.get(release).status_code == 404
