"""What each scan saw is kept, shown over time, and told of where it changed beyond limits."""

import sqlite3
from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory.commands import scan_source
from shuce.lifecycle.inventory.models import Resource, Snapshot
from shuce.lifecycle.inventory.queries import drifted
from tests import make
from tests.lifecycle import assets

LIMITS = {"rows_percent": 50, "nulls_points": 10, "distinct_percent": 100, "psi_hundredths": 25}


@pytest.fixture
def run(home):
    def execute(sql):
        with sqlite3.connect(home / "health.sqlite") as made:
            made.execute(sql)

    return execute


@pytest.fixture
def source(city, home, run):
    run("CREATE TABLE visits (no TEXT, came TEXT, sex TEXT)")
    rows = ",".join(f"('V{n:04d}', '2026-03-{n % 9 + 1:02d}', '男')" for n in range(100))
    run(f"INSERT INTO visits VALUES {rows}")
    return assets.connected(city, home / "health.sqlite")


@pytest.fixture
def scanned(city, source):
    def again(days):
        scan_source(
            source,
            by=city.sign(Role.DATA_STEWARD, city.unit, make.NOON + timedelta(days=days)),
        )
        return Snapshot.objects.latest("id")

    return again


@pytest.mark.clause("G-7")
def test_every_scan_keeps_what_it_saw_and_how_that_differs(scanned, run):
    first = scanned(0)
    assert (first.rows, first.drifts, first.newest_in) == (100, [], "came")
    assert first.newest_on.isoformat() == "2026-03-09"
    same = scanned(1)
    assert (same.drifts, same.is_newest) == ([], True)
    assert not drifted(**LIMITS).exists()
    run("UPDATE visits SET sex = '女' WHERE no > 'V0040'")
    run("UPDATE visits SET came = NULL WHERE no < 'V0020'")
    moved = scanned(2)
    assert (moved.nulls_points, moved.rows_percent, moved.restructured) == (20, 0, False)
    assert moved.psi_hundredths > 100
    assert list(drifted(**LIMITS)) == [moved]
    run("ALTER TABLE visits ADD COLUMN phone TEXT")
    assert scanned(3).restructured
    # Only the newest scan is told of.
    scanned(4)
    assert not drifted(**LIMITS).exists()
    assert Snapshot.objects.filter(is_newest=True).count() == 1
    assert Snapshot.objects.count() == 5


def test_the_history_is_shown_with_charts_and_to_nobody_else(scanned, run, city, client):
    scanned(0)
    resource = Resource.objects.get()
    address = reverse("inventory:history", args=[resource.id])
    client.force_login(city.sign(Role.DATA_STEWARD, city.unit).member)
    assert "行数变化" in client.get(address).content.decode()
    run("DELETE FROM visits WHERE no < 'V0060'")
    scanned(1)
    page = client.get(address, {"column": "came"}).content.decode()
    for told in ("各字段 PSI 最大值", "最近一次扫描的变化", "-60%", "日期范围（天）", "2026-03-09"):
        assert told in page
    assert "还没有可比较的扫描" in client.get(address, {"column": "nowhere"}).content.decode()
    exported = client.get(address, {"export": "xlsx"})
    assert exported.headers["Content-Type"].endswith("sheet")
    told = client.get(f"/api/v1/inventory/resources/{resource.id}/snapshots").json()
    assert [one["rows"] for one in told] == [40, 100]
    client.force_login(city.sign(Role.DATA_STEWARD, city.other_unit).member)
    assert client.get(address).status_code == 404
    assert client.get(f"/api/v1/inventory/resources/{resource.id}/snapshots").status_code == 404


def test_keys_and_what_columns_refer_to_are_shown(source, run, scanned, city, client):
    run("CREATE TABLE depts (id INTEGER PRIMARY KEY, name TEXT)")
    run("CREATE TABLE beds (dept INTEGER REFERENCES depts(id), dept_id INTEGER)")
    for n in range(30):
        run(f"INSERT INTO depts VALUES ({n}, '科{n}')")
        run(f"INSERT INTO beds VALUES ({n % 9}, {n % 8})")
    run("CREATE VIEW busy AS SELECT * FROM beds")
    scanned(0)
    client.force_login(city.sign(Role.DATA_STEWARD, city.unit).member)
    beds, depts, busy = (
        Resource.objects.get(table_name=name) for name in ("beds", "depts", "busy")
    )
    page = client.get(reverse("inventory:resource", args=[beds.id])).content.decode()
    for told in (
        "数据库声明的外键",
        "按取值推测",
        f"/inventory/resources/{depts.id}/",
        "depts（id）",
    ):
        assert told in page
    assert (depts.keys, busy.is_view) == (["id"], True)
    assert "视图" in client.get(reverse("inventory:resource", args=[busy.id])).content.decode()
    told = client.get(f"/api/v1/inventory/resources/{beds.id}").json()
    assert {one["share"] for one in told["references"]} == {None, 1.0}
