"""Pages and API of successions: planned, previewed, assigned and submitted by hand."""

import pytest
from django.urls import reverse

from shuce.foundation.approvals.models import Matter
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.succession.models import Succession
from shuce.foundation.succession.rules import SuccessionState
from tests import make
from tests.foundation.succession.test_rules import GROUND
from tests.lifecycle import granted

pytestmark = pytest.mark.django_db
API = "/api/v1/succession"


@pytest.fixture
def world(city: make.City, home, shelf, monkeypatch, client) -> granted.World:
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    world = shelf.take("registered", lambda: granted.registered(city, home), home)
    client.force_login(world.keeper.member)
    return world


def typed(world: granted.World, **changes: object) -> dict[str, object]:
    city = world.city
    return {
        "manner": "SPLIT",
        "formers": [city.unit.id],
        "heirs": [city.other_unit.id, city.department.id],
        "main": city.department.id,
        "ground": GROUND,
        "note": "",
    } | changes


@pytest.mark.clause("G-12")
def test_a_division_is_planned_assigned_submitted_and_shown_by_hand(world, client):
    city, card = world.city, world.card
    assert "还没有承继方案" in client.get(reverse("succession:plans")).content.decode()
    made = client.post(reverse("succession:draft"), typed(world))
    plan = Succession.objects.get()
    assert made.url == reverse("succession:plan", args=[plan.id])
    shown = client.get(made.url).content.decode()
    assert "数据资产卡片" in shown
    assert "提交审批" in shown
    assert plan.heirs[0].name == city.department.name, "the main heir is first"

    assigning = reverse("succession:assign", args=[plan.id, "register.cards"])
    assert card.name in client.get(assigning).content.decode()
    wrong = client.post(assigning, {"heir": city.other_unit.id})
    assert wrong.status_code == 422
    client.post(assigning, {"heir": city.other_unit.id, "things": [card.id]})
    assert Succession.objects.get().assigned == {card.id: city.other_unit.id}

    client.post(reverse("succession:submit", args=[plan.id]))
    granted.finish(Matter.SUCCESSION, plan.id)
    reader = city.add(Role.ASSET_KEEPER, city.department)
    client.force_login(reader)
    passed = client.get(reverse("succession:things", args=[plan.id])).content.decode()
    assert card.name in passed
    assert city.unit.name in passed
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    of_asset = client.get(f"/register/cards/{card.id}/?tab=rights").content.decode()
    assert "已由他人承继" in of_asset


def test_what_was_typed_wrongly_comes_back_with_its_reason(world, client):
    answer = client.post(reverse("succession:draft"), typed(world, manner="TAKEOVER"))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "只有分立可以有多个承继主体" in shown
    assert GROUND in shown


def test_a_program_does_the_same(world, client):
    city = world.city
    body = {
        "manner": "TAKEOVER",
        "former_ids": [city.unit.id],
        "heir_ids": [city.other_unit.id],
        "ground": GROUND,
    }
    made = client.post(API, body, "application/json")
    assert made.status_code == 201, made.content
    plan = made.json()
    things = client.get(f"{API}/{plan['id']}/things").json()
    assert {thing["heir_id"] for thing in things} == {city.other_unit.id}
    refused = client.post(
        f"{API}/{plan['id']}/assign",
        {"estate": "register.cards", "thing_ids": [world.card_id]},
        "application/json",
    )
    assert refused.status_code == 422
    assert refused.json()["obstacles"][0]["clause"] == "G-12"
    assert client.get(f"{API}/{plan['id']}").json()["state"] == "DRAFT"
    abandoned = client.post(f"{API}/{plan['id']}/abandon")
    assert abandoned.json()["state"] == SuccessionState.ABANDONED
    assert client.post(f"{API}/{plan['id']}/submit").status_code == 422


def test_a_stranger_finds_no_plan(world, client):
    client.post(reverse("succession:draft"), typed(world))
    plan = Succession.objects.get()
    client.force_login(world.city.sign(Role.OPERATOR_AGENT, world.city.operator).member)
    for address in (reverse("succession:plan", args=[plan.id]), f"{API}/{plan.id}"):
        assert client.get(address).status_code == 404
