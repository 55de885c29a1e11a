"""A body's schedule is frozen, sent upward, answered, rolled up, and compared with the last."""

from dataclasses import replace

import pytest
from django.urls import reverse

from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.directory import commands, queries, rules
from shuce.lifecycle.directory.models import AssetSchedule
from shuce.lifecycle.directory.rules import Line
from shuce.lifecycle.directory.words import ChangeKind, Ruling, ScheduleState
from shuce.lifecycle.register.models import Card
from tests import make
from tests.lifecycle import granted

API = "/api/v1/directory"
LINE = Line(
    "01", "SC-1", "门诊", "A08060200", "Q", "中心", "卫健委", "L2", "NONE", "NONE", 40, 365, "COST"
)


@pytest.fixture
def world(city: make.City, home, shelf, monkeypatch) -> granted.World:
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    return shelf.take("registered", lambda: granted.registered(city, home), home)


def compiled(world: granted.World) -> AssetSchedule:
    return commands.compile_schedule(world.city.unit, by=world.keeper)


def reviewer(world: granted.World):
    return world.sign(Role.DEPARTMENT_REVIEWER, world.city.department)


def accepted(world: granted.World) -> AssetSchedule:
    sent = commands.submit_schedule(compiled(world), by=world.keeper)
    return commands.answer_schedule(sent, Ruling.ACCEPTED, by=reviewer(world))


def renamed(world: granted.World, name: str) -> None:
    Card.objects.filter(id=world.card_id).update(name=name)


@pytest.mark.clause("N-8")
def test_a_digest_is_of_the_content_alone_and_a_difference_names_each_column():
    other = replace(LINE, card_id="02", number="SC-2")
    assert rules.digest_of([LINE, other], ["b", "a"]) == rules.digest_of([other, LINE], ["a", "b"])
    assert rules.digest_of([LINE], []) != rules.digest_of([replace(LINE, rows=41)], [])
    later = replace(LINE, rows=41, sharing="CONDITIONAL")
    third = replace(LINE, card_id="03")
    found = list(rules.differences({"01": LINE, "02": other}, {"01": later, "03": third}))
    assert [(one.kind, one.line.card_id) for one in found] == [
        (ChangeKind.CHANGED, "01"),
        (ChangeKind.ADDED, "03"),
        (ChangeKind.REMOVED, "02"),
    ]
    assert found[0].facts == (("sharing", "NONE", "CONDITIONAL"), ("rows", 40, 41))


@pytest.mark.django_db
@pytest.mark.clause("G-4")
def test_a_schedule_is_frozen_as_the_cards_read_and_a_new_version_needs_a_change(world):
    first = compiled(world)
    line = queries.lines_of(first).get()
    assert (first.version, first.count, line.card_id) == (1, 1, world.card_id)
    with pytest.raises(Refused, match="没有变化"):
        compiled(world)
    was = line.name
    renamed(world, "人口信息（新）")
    second = compiled(world)
    assert queries.lines_of(first).get().name == was
    change = queries.changes_of(second).get()
    assert change.kind is ChangeKind.CHANGED
    assert change.facts == [["name", was, "人口信息（新）"]]


@pytest.mark.django_db
@pytest.mark.clause("G-4")
def test_only_the_body_above_answers_and_only_what_was_sent(world):
    made = compiled(world)
    with pytest.raises(Refused, match="只有已报送"):
        commands.answer_schedule(made, Ruling.ACCEPTED, by=reviewer(world))
    with pytest.raises(NotPermitted):
        commands.submit_schedule(made, by=world.officer)
    made = commands.submit_schedule(made, by=world.keeper)
    assert made.submitted_at == make.NOON
    with pytest.raises(Refused, match="不能重复报送"):
        commands.submit_schedule(made, by=world.keeper)
    with pytest.raises(NotPermitted):
        commands.answer_schedule(made, Ruling.ACCEPTED, by=world.keeper)
    with pytest.raises(Refused, match="写明原因"):
        commands.answer_schedule(made, Ruling.RETURNED, " ", by=reviewer(world))
    made = commands.answer_schedule(made, Ruling.RETURNED, "漏报两项", by=reviewer(world))
    assert (made.state, made.answer) == (ScheduleState.RETURNED, "漏报两项")


@pytest.mark.django_db
@pytest.mark.clause("G-4")
def test_an_old_version_is_not_sent_and_the_top_sends_nowhere(world):
    first = compiled(world)
    renamed(world, "新名称")
    compiled(world)
    with pytest.raises(Refused, match="更新的版本"):
        commands.submit_schedule(first, by=world.keeper)
    top = world.sign(Role.BUREAU_REVIEWER, world.city.bureau)
    with pytest.raises(Refused, match="没有上级单位"):
        commands.submit_schedule(commands.compile_schedule(world.city.bureau, by=top), by=top)
    with pytest.raises(NotPermitted):
        commands.compile_schedule(world.city.operator, by=world.keeper)


@pytest.mark.django_db
@pytest.mark.clause("G-4")
def test_lists_roll_up_from_unit_to_department_to_bureau(world):
    accepted(world)
    department = commands.compile_schedule(world.city.department, by=reviewer(world))
    assert department.missing == [world.city.other_unit.name]
    assert department.count == 1
    standing = {one.name: one.state for one in queries.standing_of(world.city.department)}
    assert standing == {world.city.unit.name: "ACCEPTED", world.city.other_unit.name: None}
    top = world.sign(Role.BUREAU_REVIEWER, world.city.bureau)
    sent = commands.submit_schedule(department, by=reviewer(world))
    commands.answer_schedule(sent, Ruling.ACCEPTED, by=top)
    city = commands.compile_schedule(world.city.bureau, by=top)
    assert (city.count, city.parts.count(), city.missing) == (1, 2, [])
    (system,) = queries.by_system(city)
    (industry,) = queries.by_industry(city)
    assert (system.label, system.count) == (world.city.department.name, 1)
    assert (industry.count, industry.rows) == (1, city.rows)
    # A unit's change reaches the department's next version as one changed line.
    renamed(world, "改名")
    accepted(world)
    again = commands.compile_schedule(world.city.department, by=reviewer(world))
    assert [one.kind for one in queries.changes_of(again)] == [ChangeKind.CHANGED]


@pytest.mark.django_db
@pytest.mark.clause("G-4")
def test_a_card_that_moved_between_units_counts_once_where_it_is_now(world):
    city, top = world.city, reviewer(world)
    accepted(world)
    before = commands.compile_schedule(city.department, by=top)
    Card.objects.filter(id=world.card_id).update(holder=city.other_unit)
    theirs = city.sign(Role.ASSET_KEEPER, city.other_unit)
    sent = commands.compile_schedule(city.other_unit, by=theirs)
    commands.answer_schedule(commands.submit_schedule(sent, by=theirs), Ruling.ACCEPTED, by=top)
    # The former holder has not sent its next list yet.
    after = commands.compile_schedule(city.department, by=top)
    assert after.parts.count() == 2
    assert (after.count, after.rows) == (1, before.rows)
    line = queries.lines_of(after).get()
    assert line.holder == city.other_unit.name
    assert queries.by_system(after)[0].count == 1
    change = queries.changes_of(after).get()
    assert change.kind is ChangeKind.CHANGED
    assert change.facts == [["holder", city.unit.name, city.other_unit.name]]
    # Once it has, nothing is counted twice and nothing is lost.
    sent = commands.submit_schedule(compiled(world), by=world.keeper)
    commands.answer_schedule(sent, Ruling.ACCEPTED, by=top)
    last = commands.compile_schedule(city.department, by=top)
    assert last.count == 1
    assert list(queries.changes_of(last)) == []


@pytest.mark.django_db
@pytest.mark.clause("G-4")
def test_a_schedule_is_kept_by_hand(world, client):
    client.force_login(world.keeper.member)
    assert "还没有目录清单" in client.get(reverse("directory:schedules")).content.decode()
    made = client.post(reverse("directory:compile"), {"organization": world.city.unit.id})
    found = AssetSchedule.objects.get()
    here = reverse("directory:schedule", args=[found.id])
    assert made.url == here
    again = client.post(reverse("directory:compile"), {"organization": world.city.unit.id})
    assert again.status_code == 422
    shown = client.get(here).content.decode()
    assert world.card.name in shown
    assert world.city.department.name in shown
    sheet = client.get(f"{here}?export=xlsx&sort=-rows_held")
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    client.post(reverse("directory:submit", args=[found.id]))
    client.force_login(reviewer(world).member)
    back = client.post(reverse("directory:answer", args=[found.id]), {"verdict": "RETURNED"})
    assert back.status_code == 422
    client.post(reverse("directory:answer", args=[found.id]), {"verdict": "ACCEPTED"})
    below = reverse("directory:standing", args=[world.city.department.id])
    assert "已接收" in client.get(below).content.decode()
    renamed(world, "另一名称")
    second = compiled(world)
    changes = client.get(reverse("directory:changes", args=[second.id])).content.decode()
    assert "→ 另一名称" in changes


@pytest.mark.django_db
@pytest.mark.clause("G-4")
def test_a_program_sends_schedules_and_a_stranger_finds_none(world, client):
    client.force_login(world.keeper.member)
    body = {"organization_id": world.city.unit.id}
    made = client.post(API, body, "application/json")
    assert made.status_code == 201, made.content
    here = f"{API}/{made.json()['id']}"
    assert client.get(f"{here}/lines").json()[0]["card_id"] == world.card_id
    assert client.get(f"{here}/totals").json()["by_system"][0]["count"] == 1
    assert client.get(f"{here}/changes").json() == []
    assert client.post(f"{here}/submit").json()["state"] == "SUBMITTED"
    refused = client.post(f"{here}/submit")
    assert refused.json()["obstacles"][0]["clause"] == "G-4"
    client.force_login(reviewer(world).member)
    below = client.get(f"{API}/below/{world.city.department.id}").json()
    assert {one["state"] for one in below} == {None, "SUBMITTED"}
    answered = client.post(f"{here}/answer", {"verdict": "ACCEPTED"}, "application/json")
    assert answered.json()["state"] == "ACCEPTED"
    client.force_login(world.analyst.member)
    assert client.get(here).status_code == 404
    assert client.get(reverse("directory:schedule", args=[made.json()["id"]])).status_code == 404
