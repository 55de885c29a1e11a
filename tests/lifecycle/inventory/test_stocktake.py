"""A stocktake sees every sort of change, tells what it did not see, and is read on paper."""

import sqlite3
from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory import comparing
from shuce.lifecycle.inventory.commands import scan_source
from shuce.lifecycle.inventory.models import Resource, StocktakeLine
from shuce.lifecycle.inventory.rules import Difference, Held, changes
from shuce.lifecycle.inventory.stocktaking import (
    compare,
    conclude_difference,
    open_stocktake,
    sign_off,
)
from shuce.lifecycle.register.models import Card
from tests import make
from tests.lifecycle import assets

DAY = make.NOON.date()
COLUMNS = {"no": "TEXT", "fee": "REAL"}


def told(**found):
    known = Held(COLUMNS, 100, "L2", "甲单位")
    as_found = {"columns": COLUMNS, "rows": 100, "grade": "L2", "holder": "甲单位"} | found
    return list(changes(known, Held(**as_found)))


@pytest.mark.clause("N-8")
@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, []),
        ({"rows": 110}, []),
        ({"rows": 111}, ["规模由 100 条变为 111 条"]),
        ({"columns": {"no": "TEXT", "sex": "TEXT"}}, ["增加字段 sex", "减少字段 fee"]),
        ({"columns": {"no": "TEXT", "fee": "TEXT"}}, ["字段类型变化 fee"]),
        ({"columns": None}, []),
        ({"grade": "L1"}, []),
        ({"grade": "L5"}, ["扫描建议级别（L5）高于登记级别（L2）"]),
        ({"holder": "乙单位"}, ["数据所在单位为乙单位，登记的持有单位为甲单位"]),
    ],
)
def test_columns_volume_grade_and_owner_are_compared(found, words):
    assert told(**found) == words


def test_of_many_columns_some_are_named():
    [sentence] = told(columns=COLUMNS | {f"c{n}": "TEXT" for n in range(20)})
    assert sentence.endswith("…")


@pytest.fixture
def card(city, home):
    file = assets.database(home)
    source = assets.connected(city, file)
    scan_source(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    return assets.drafted(city, Resource.objects.get(source=source))


def later(city, role, days):
    return city.sign(role, city.unit, make.NOON + timedelta(days=days))


def run(home, sql):
    with sqlite3.connect(home / "health.sqlite") as made:
        made.execute(sql)


@pytest.mark.clause("N-8")
def test_what_changed_since_the_card_or_the_last_count_is_a_difference_until_it_is_gone(
    card, city, home
):
    source = card.resource.source
    steward = later(city, Role.DATA_STEWARD, 2)
    stocktake = open_stocktake(
        city.unit,
        "年中盘点",
        DAY + timedelta(days=9),
        by=later(city, Role.ASSET_KEEPER, 1),
    )
    assert list(comparing.unscanned(stocktake)) == [source]
    run(home, "ALTER TABLE visits ADD COLUMN phone TEXT")
    run(home, "CREATE TABLE drugs (id INTEGER)")
    scan_source(source, by=steward)
    assert not comparing.unscanned(stocktake).exists()
    keeper = later(city, Role.ASSET_KEEPER, 3)
    compare(stocktake, by=keeper)
    lines = {one.difference: one for one in stocktake.lines.all()}
    assert set(lines) == {Difference.CHANGED, Difference.SURPLUS}
    assert "增加字段 phone" in lines[Difference.CHANGED].note
    # Gone again before anybody concluded it: concluded as such, and not told as waiting.
    Resource.objects.filter(table_name="drugs").update(state="DISMISSED")
    compare(stocktake, by=keeper)
    surplus = StocktakeLine.objects.get(id=lines[Difference.SURPLUS].id)
    assert surplus.conclusion == "再次比对时差异已消除"
    count = comparing.count_of(stocktake)
    assert (count.tables, count.registered, count.changed, count.waiting) == (2, 1, 1, 1)
    conclude_difference(lines[Difference.CHANGED], "字段已核实，待变更卡片", by=keeper)
    sign_off(stocktake, by=keeper)
    # Concluded once, the new column is no difference in the next count.
    again = open_stocktake(
        city.unit,
        "年末盘点",
        make.NOON.date() + timedelta(days=20),
        by=later(city, Role.ASSET_KEEPER, 10),
    )
    compare(again, by=later(city, Role.ASSET_KEEPER, 10))
    assert not again.lines.exists()


@pytest.mark.clause("N-8")
def test_a_card_held_by_another_body_or_graded_too_low_is_a_difference(card, city, home):
    Card.objects.filter(id=card.id).update(holder=city.other_unit, grade="L1")
    Resource.objects.update(proposed_grade="L3")
    keeper = later(city, Role.ASSET_KEEPER, 1)
    stocktake = open_stocktake(city.unit, "盘点", DAY + timedelta(days=9), by=keeper)
    compare(stocktake, by=keeper)
    [line] = stocktake.lines.all()
    assert "高于登记级别" in line.note
    assert city.other_unit.name in line.note


def test_the_report_is_a_document_for_those_who_see_the_stocktake(card, city, client):
    keeper = later(city, Role.ASSET_KEEPER, 1)
    stocktake = open_stocktake(city.unit, "盘点", DAY + timedelta(days=9), by=keeper)
    report = reverse("inventory:stocktake_report", args=[stocktake.id])
    client.force_login(keeper.member)
    page = client.get(reverse("inventory:stocktake", args=[stocktake.id])).content.decode()
    assert "在盘点期间还没有扫描" in page
    assert client.get(report).content.startswith(b"%PDF")
    compare(stocktake, by=keeper)
    Resource.objects.update(missing_since=make.NOON)
    compare(stocktake, by=keeper)
    assert client.get(report).content.startswith(b"%PDF")
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    assert client.get(report).status_code == 404
