"""Programs do everything that the pages do, and are refused in the same words."""

import pytest

from shuce.foundation.organizations.permissions import Role
from tests.make import NOON
from tests.supervision import world

BASE = "/api/v1/reporting"


@pytest.fixture
def card(city, home, tmp_path):
    world.people(city, city.unit)
    return world.in_force(city, world.found(city, tmp_path, ("visits",))[0])


def post(client, path, **body):
    return client.post(BASE + path, body, content_type="application/json")


@pytest.mark.clause("N-11")
def test_a_program_prepares_reads_and_sends_a_report(city, card, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    made = post(client, "/reports", organization_id=city.unit.id, year=NOON.year)
    assert made.status_code == 201
    report = made.json()
    assert report["figures"]["1.total.count"] == 1
    here = f"/reports/{report['id']}"
    assert client.get(BASE + "/reports").json()[0]["number"] == report["number"]
    assert client.get(BASE + here).json()["digest"] == report["digest"]
    assert all(check["holds"] for check in client.get(f"{BASE}{here}/checks").json())
    figure = client.get(f"{BASE}{here}/figures/1.total.cost").json()
    assert [one["id"] for one in figure["cards"]] == [card.id]
    assert (figure["reported"], figure["hidden"]) == (card.cost.fen, 0)
    assert client.get(f"{BASE}{here}/figures/none").status_code == 404
    written = client.put(f"{BASE}{here}/text", {"text": "说明"}, content_type="application/json")
    assert written.json()["text"] == "说明"
    assert post(client, f"{here}/refresh").status_code == 200
    assert post(client, f"{here}/submit").json()["state"] == "SUBMITTED"
    refused = post(client, f"{here}/confirm")
    assert refused.status_code == 403
    client.force_login(city.sign(Role.DEPARTMENT_REVIEWER, city.department).member)
    assert post(client, f"{here}/return", reason="").json()["obstacles"][0]["clause"] == "N-11"
    assert post(client, f"{here}/confirm").json()["state"] == "CONFIRMED"


@pytest.mark.clause("G-14")
def test_a_program_publishes_and_the_public_reads_without_signing_in(city, card, client):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    told = {"card_id": card.id, "title": "目录", "terms": "实名申请", "contact": "数据处"}
    assert post(client, "/disclosures", **told).status_code == 401
    client.force_login(keeper)
    made = post(client, "/disclosures", **told)
    assert made.status_code == 201
    client.logout()
    [one] = client.get(BASE + "/disclosures").json()
    assert one == client.get(f"{BASE}/disclosures/{one['id']}").json()
    assert one["holder"] == city.unit.name
    withdraw = f"/disclosures/{one['id']}/withdraw"
    assert post(client, withdraw, reason="更新").status_code == 401
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    assert post(client, withdraw, reason="更新").status_code == 404
    client.force_login(keeper)
    assert post(client, withdraw, reason="更新").status_code == 200
    assert client.get(f"{BASE}/disclosures/{one['id']}").status_code == 404


def test_a_stranger_finds_nothing(city, card, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    made = post(client, "/reports", organization_id=city.unit.id, year=NOON.year).json()
    client.force_login(city.sign(Role.OPERATOR_AGENT, city.operator).member)
    assert client.get(BASE + "/reports").json() == []
    for path in ("", "/checks", "/figures/1.total.count"):
        assert client.get(f"{BASE}/reports/{made['id']}{path}").status_code == 404
    for act in ("refresh", "submit", "confirm"):
        assert post(client, f"/reports/{made['id']}/{act}").status_code == 404
    other = {"organization_id": city.unit.id, "year": NOON.year}
    assert post(client, "/reports", **other).status_code in (403, 404)
    assert (
        post(client, "/disclosures", card_id=card.id, title="x", terms="x", contact="x").status_code
        == 404
    )
