"""Programs inspect as people do."""

import pytest

from shuce.foundation.organizations.permissions import Role

BASE = "/api/v1/oversight"


def post(client, path, **body):
    return client.post(BASE + path, body, content_type="application/json")


@pytest.mark.clause("N-10")
def test_a_program_carries_an_inspection_to_its_close(city, client):
    reviewer = city.sign(Role.DEPARTMENT_REVIEWER, city.department).member
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    opening = {
        "organization_id": city.unit.id,
        "title": "检查",
        "kind": "DAILY",
        "phase": "DURING",
        "due_on": "2999-01-01",
    }
    client.force_login(keeper)
    assert post(client, "/inspections", **opening).status_code == 403
    client.force_login(reviewer)
    made = post(client, "/inspections", **opening)
    assert made.status_code == 201
    here = f"/inspections/{made.json()['id']}"
    assert client.get(BASE + here).json()["state"] == "OPEN"
    assert len(client.get(BASE + "/inspections").json()) == 1
    found = post(client, f"{here}/findings", text="问题", clause="N-8", rectify_by="2999-01-01")
    finding = f"/findings/{found.json()['id']}"
    waiting = post(client, f"{here}/close")
    assert (waiting.status_code, waiting.json()["obstacles"][0]["clause"]) == (422, "N-10")
    client.force_login(keeper)
    assert post(client, f"{finding}/rectify", rectification="已改").status_code == 200
    client.force_login(reviewer)
    assert post(client, f"{finding}/recheck", passed=True).json()["state"] == "CLOSED"
    assert post(client, f"{here}/close").json()["state"] == "CLOSED"
    entries = client.get(BASE + "/evidence?limit=5").json()
    assert entries[0]["kind"] == "oversight.inspection_closed"


def test_a_stranger_finds_nothing(city, client):
    reviewer = city.sign(Role.DEPARTMENT_REVIEWER, city.department).member
    client.force_login(reviewer)
    made = post(
        client,
        "/inspections",
        organization_id=city.unit.id,
        title="检查",
        kind="DAILY",
        phase="DURING",
        due_on="2999-01-01",
    ).json()
    found = post(
        client,
        f"/inspections/{made['id']}/findings",
        text="问题",
        clause="N-8",
        rectify_by="2999-01-01",
    ).json()
    client.force_login(city.sign(Role.OPERATOR_AGENT, city.operator).member)
    assert client.get(f"{BASE}/inspections").json() == []
    assert client.get(f"{BASE}/inspections/{made['id']}").status_code == 404
    assert post(client, f"/inspections/{made['id']}/close").status_code == 404
    assert post(client, f"/findings/{found['id']}/rectify", rectification="x").status_code == 404
    assert post(client, f"/findings/{found['id']}/recheck", passed=True).status_code == 404
