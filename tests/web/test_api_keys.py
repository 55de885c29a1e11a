"""A program signs its requests with a key, and may then do what its maker may, no more."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shuce.foundation.organizations import commands
from shuce.foundation.organizations.permissions import Role


@pytest.fixture
def key(city):
    """(The token, its secret) of the unit's keeper, good for a month from the real today."""
    by = city.sign(Role.ASSET_KEEPER, city.unit)
    return commands.make_token("报表程序", by.today + timedelta(days=30), by=by)


def tasks(client, secret):
    return client.get("/api/v1/approvals/tasks", headers={"authorization": f"Bearer {secret}"})


@pytest.fixture(autouse=True)
def today_is_the_citys(city, monkeypatch):
    monkeypatch.setattr(
        "shuce.foundation.organizations.requests.localdate",
        lambda: timezone.localdate(city.sign(Role.ASSET_KEEPER, city.unit).at),
    )


def test_a_key_works_until_it_is_revoked(city, key, client):
    token, secret = key
    assert tasks(client, secret).status_code == 200
    assert tasks(client, secret + "x").status_code == 401
    assert tasks(client, "").status_code == 401
    commands.revoke_token(token, by=city.sign(Role.ASSET_KEEPER, city.unit))
    assert tasks(client, secret).status_code == 401


def test_a_key_works_until_its_last_day(city, key, client, monkeypatch):
    token, secret = key
    monkeypatch.setattr(
        "shuce.foundation.organizations.requests.localdate", lambda: token.expires_on
    )
    assert tasks(client, secret).status_code == 401


def test_nobody_sees_or_stops_anothers_key(city, key, client):
    token, secret = key
    client.force_login(city.sign(Role.SYSTEM_ADMIN, city.bureau).member)
    assert client.get("/api/v1/organizations/tokens").json() == []
    assert client.post(f"/api/v1/organizations/tokens/{token.id}/revoke").status_code == 404
    assert tasks(client, secret).status_code == 200


def test_a_key_is_made_and_stopped_over_the_api_and_its_secret_is_told_once(city, client):
    by = city.sign(Role.ASSET_KEEPER, city.unit)
    client.force_login(by.member)
    body = {"name": "夜间导出", "expires_on": str(timezone.localdate() + timedelta(days=7))}
    made = client.post(
        "/api/v1/organizations/tokens", json.dumps(body), content_type="application/json"
    )
    assert made.status_code == 201
    secret = made.json()["secret"]
    listed = client.get("/api/v1/organizations/tokens")
    assert secret not in listed.content.decode()
    stopped = client.post(f"/api/v1/organizations/tokens/{made.json()['id']}/revoke")
    assert stopped.json()["revoked_at"]
    client.logout()
    assert tasks(client, secret).status_code == 401
