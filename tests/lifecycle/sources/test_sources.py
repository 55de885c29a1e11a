"""A source is connected at its node; the register keeps no address."""

import pytest
from django.db import connection
from django.urls import reverse

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.inventory.commands import ask_scan, scan_source
from shuce.lifecycle.inventory.models import Resource, Scan
from shuce.lifecycle.sources.commands import close_source, connect_source
from shuce.lifecycle.sources.models import DataNode, Source
from shuce.lifecycle.sources.node_commands import invite_node
from shuce.lifecycle.sources.node_rules import NodeState
from shuce.lifecycle.sources.rules import (
    Address,
    SourceKind,
    SourceState,
    obstacles_to_close,
    obstacles_to_connect,
)
from shuce.node.enrolling import digest_of_code
from tests.lifecycle import assets


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (Address("库", SourceKind.SQLITE, "/data/a.sqlite"), []),
        (Address("库", SourceKind.POSTGRESQL, "postgresql://u:p@h/d"), []),
        (Address(" ", SourceKind.SQLITE, ""), ["name", "url"]),
        (Address("库", SourceKind.POSTGRESQL, "mysql://u:p@h/d"), ["url"]),
        (Address("库", SourceKind.FILES, "http://h/x.csv"), ["url"]),
    ],
)
def test_an_address_must_fit_its_kind(address, fields):
    assert [o.field for o in obstacles_to_connect(address, name_taken=False)] == fields


def test_a_closed_source_is_not_closed_again():
    assert not list(obstacles_to_close(SourceState.CONNECTED))
    assert list(obstacles_to_close(SourceState.CLOSED))


@pytest.mark.clause("N-8")
def test_a_connected_source_is_scanned_and_its_address_is_nowhere_in_the_register(
    city, home, tmp_path
):
    file = assets.database(tmp_path)
    source = assets.connected(city, file)
    assert source.tables == 1
    scan = scan_source(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    assert (scan.tables, scan.rows, scan.unread) == (1, 40, [])
    with connection.cursor() as cursor:
        for model in (Source, Scan, Resource, Entry):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert str(file) not in str(cursor.fetchall())


def test_the_same_name_twice_a_wrong_address_and_a_stranger_are_refused_and_leave_nothing(
    city, home, tmp_path
):
    file = assets.database(tmp_path)
    assets.connected(city, file)
    steward = city.sign(Role.DATA_STEWARD, city.unit)
    with pytest.raises(Refused, match="同名"):
        assets.connected(city, file)
    with pytest.raises(Refused, match="连接不上"):
        connect_source(
            city.unit, Address("另一个", SourceKind.SQLITE, str(tmp_path / "none.db")), by=steward
        )
    with pytest.raises(NotPermitted):
        connect_source(city.other_unit, Address("他库", SourceKind.SQLITE, str(file)), by=steward)
    assert Source.objects.count() == 1


def test_a_closed_source_is_forgotten_by_its_node_and_not_scanned_again(city, home, tmp_path):
    source = assets.connected(city, assets.database(tmp_path))
    steward = city.sign(Role.DATA_STEWARD, city.unit)
    closed = close_source(source, by=steward)
    with pytest.raises(Refused, match="停用"):
        ask_scan(closed, by=steward)
    with pytest.raises(Conflict):
        close_source(closed, by=steward)


def test_pages_connect_scan_and_close_a_source(
    city, home, tmp_path, client, django_capture_on_commit_callbacks
):
    client.force_login(city.sign(Role.DATA_STEWARD, city.unit).member)
    sent = {
        "organization": city.unit.id,
        "name": "门诊库",
        "kind": "SQLITE",
        "url": str(assets.database(tmp_path)),
    }
    refused = client.post(reverse("sources:connect"), sent | {"url": "http://h/x"})
    assert refused.status_code == 422
    assert "文件或文件夹路径" in refused.content.decode()
    assert client.post(reverse("sources:connect"), sent).status_code == 302
    source = Source.objects.get()
    page = reverse("sources:source", args=[source.id])
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(reverse("inventory:scan", args=[source.id]))
    assert asked.url.startswith("/jobs/")
    shown = client.get(page).content.decode()
    assert "visits" in shown
    assert str(tmp_path) not in shown
    assert client.get(reverse("sources:sources")).status_code == 200
    client.post(reverse("sources:close", args=[source.id]))
    source.refresh_from_db()
    assert source.state == SourceState.CLOSED


def test_strangers_find_no_source_by_page_or_api(city, home, tmp_path, client):
    source = assets.connected(city, assets.database(tmp_path))
    client.force_login(city.sign(Role.DATA_STEWARD, city.other_unit).member)
    assert client.get(reverse("sources:source", args=[source.id])).status_code == 404
    for name in ("sources:close", "inventory:scan"):
        assert client.post(reverse(name, args=[source.id])).status_code == 404
    assert client.get("/api/v1/sources").json() == []
    for path in ("close", "scan"):
        room = "sources" if path == "close" else "inventory/sources"
        assert client.post(f"/api/v1/{room}/{source.id}/{path}").status_code == 404


def test_the_api_connects_and_never_answers_an_address(
    city, home, tmp_path, client, django_capture_on_commit_callbacks
):
    client.force_login(city.sign(Role.DATA_STEWARD, city.unit).member)
    body = {
        "organization_id": city.unit.id,
        "name": "接口库",
        "kind": "SQLITE",
        "url": str(assets.database(tmp_path)),
    }
    made = client.post("/api/v1/sources", body, content_type="application/json")
    assert made.status_code == 201
    assert "url" not in made.json()
    again = client.post("/api/v1/sources", body, content_type="application/json")
    assert again.status_code == 422
    assert again.json()["obstacles"][0]["field"] == "name"
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(f"/api/v1/inventory/sources/{made.json()['id']}/scan")
    assert asked.status_code == 202
    scans = client.get(f"/api/v1/inventory/sources/{made.json()['id']}/scans").json()
    assert scans[0]["rows"] == 40


@pytest.mark.clause("G-8")
def test_pages_and_api_invite_replace_and_revoke_a_node(city, home, client):
    client.force_login(city.sign(Role.DATA_STEWARD, city.unit).member)
    listed = reverse("sources:nodes")
    assert "还没有单位自己的节点" in client.get(listed).content.decode()
    sent = {"organization": city.unit.id, "name": "机房节点"}
    shown = client.post(reverse("sources:invite"), sent, follow=True)
    node = DataNode.objects.get()
    code = next(str(message) for message in shown.context["messages"]).rpartition("：")[2]
    assert digest_of_code(code) == node.code_digest
    page = reverse("sources:node", args=[node.id])
    assert code not in client.get(page).content.decode()
    refused = client.post(reverse("sources:invite"), sent)
    assert "同名" in refused.content.decode()
    # A source at the node: entered by name, and no address is taken here.
    form = {"organization": city.unit.id, "name": "人口库", "kind": "SQLITE", "node": node.id}
    told = client.post(reverse("sources:connect"), form | {"url": "/data/people.db"})
    assert "只在单位自己的节点上填写" in told.content.decode()
    client.post(reverse("sources:connect"), form)
    source = Source.objects.get()
    assert (source.state, source.node) == (SourceState.WAITING, node)
    assert "人口库" in client.get(page).content.decode()
    with pytest.raises(Refused):
        ask_scan(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    fresh = client.post(f"/api/v1/sources/nodes/{node.id}/replace").json()["code"]
    assert fresh != code
    answer = client.get("/api/v1/sources/nodes").json()
    assert [(one["presence"], one["waiting_orders"]) for one in answer] == [("NEVER", 0)]
    client.post(reverse("sources:revoke", args=[node.id]), {"reason": ""})
    node.refresh_from_db()
    assert node.state == NodeState.INVITED
    client.post(reverse("sources:revoke", args=[node.id]), {"reason": "机器报废"})
    node.refresh_from_db()
    assert node.state == NodeState.REVOKED
    assert client.post(f"/api/v1/sources/nodes/{node.id}/replace").status_code == 422
    kinds = [entry.kind for entry in Entry.objects.filter(subject_id=node.id).order_by("id")]
    assert kinds == ["sources.node_invited", "sources.node_invited", "sources.node_revoked"]


def test_a_stranger_may_not_invite_a_node_and_finds_none(city, home, client):
    stranger = city.sign(Role.DATA_STEWARD, city.other_unit)
    with pytest.raises(NotPermitted):
        invite_node(city.unit, "别人的", by=stranger)
    node, _ = invite_node(city.unit, "机房", by=city.sign(Role.DATA_STEWARD, city.unit))
    client.force_login(stranger.member)
    assert client.get(reverse("sources:node", args=[node.id])).status_code == 404
    assert client.get("/api/v1/sources/nodes").json() == []
