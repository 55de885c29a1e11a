"""Who may do what on any day: told from the log, so that a day that passed stays as it was."""

from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.succession.events import ThingsPassed
from shuce.lifecycle.register.commands import confirm_grade
from shuce.lifecycle.register.holders import change_holder
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights import commands, history
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import Right
from tests import make
from tests.lifecycle import granted
from tests.lifecycle.granted import TODAY

# By then every approval, each act of which takes half a day, has been given.
SETTLED = 3
KEEPER = Role.ASSET_KEEPER


def on(days: float, world, reader=None):
    day = TODAY + timedelta(days=days)
    return history.rights_on([world.card], day, (reader or world.keeper).member)


def told(days: float, world, reader=None):
    return [(one.right, one.body, one.is_usable) for one in on(days, world, reader)]


@pytest.mark.clause("G-5", "N-4")
def test_a_day_that_passed_stays_as_it_was_whatever_happens_later(world):
    unit, operator = world.city.unit.name, world.city.operator.name
    holds = (Right.HOLDING, unit, True)
    may = (Right.PROCESSING, operator, True)
    may_not = (Right.PROCESSING, operator, False)
    grant = granted.granted(world)
    assert told(-1, world) == []
    assert told(SETTLED, world) == [holds, may]
    assert told(364, world) == [holds, may]
    assert told(365, world) == [holds]

    officer = world.sign(Role.SECURITY_OFFICER, days=10)
    commands.suspend_grant(grant, "核查", by=officer)
    assert told(9, world) == [holds, may]
    assert told(10, world) == [holds, may_not]
    commands.resume_grant(grant, "查无问题", by=world.sign(Role.SECURITY_OFFICER, days=20))
    commands.withdraw_grant(grant, "违约", by=world.sign(KEEPER, days=30))
    before = [told(day, world) for day in (SETTLED, 9, 15, 25)]
    assert before == [[holds, may], [holds, may], [holds, may_not], [holds, may]]
    assert told(30, world) == [holds]
    assert told(300, world) == [holds]


@pytest.mark.clause("G-5", "G-2")
def test_a_stricter_grade_stops_the_use_from_its_day_on(world):
    granted.granted(world)
    confirm_grade(world.card, Grade.CORE, "", by=world.sign(Role.SECURITY_OFFICER, days=5))
    assert [usable for *_, usable in told(4, world)] == [True, True]
    [_, stopped] = on(5, world)
    assert "级别" in str(stopped.obstacles[0])


@pytest.mark.clause("G-5")
def test_a_sub_grant_hangs_on_its_source_and_strangers_see_no_names(world):
    other = world.city.other_operator
    source = granted.granted(world, sub_granting=True)
    sub = granted.granted(world, other, source, columns=("age",))
    holding, first, second = on(SETTLED, world)
    assert (first.source, second.source) == (holding.key, first.key)
    assert (first.layer, second.layer) == (1, 2)
    commands.suspend_grant(source, "核查", by=world.sign(Role.SECURITY_OFFICER, days=6))
    assert [one.is_usable for one in on(6, world)] == [True, False, False]

    theirs = on(SETTLED, world, world.sign(Role.OPERATOR_AGENT, other))
    assert [one.body for one in theirs] == [world.city.unit.name, "", other.name]
    hidden = theirs[1]
    assert (hidden.right, hidden.ground, hidden.columns) == (None, "", ())
    assert theirs[2].ground == sub.number
    body = history.rights_of(other, TODAY + timedelta(days=SETTLED), world.keeper.member)
    assert [one.body for one in body] == [
        world.city.unit.name,
        world.city.operator.name,
        other.name,
    ]
    assert history.rights_of(other, TODAY - timedelta(days=1), world.keeper.member) == []


@pytest.mark.clause("G-12", "G-5")
def test_after_a_succession_past_days_still_show_the_former_bodies(world):
    unit, operator = world.city.unit, world.city.operator
    granted.granted(world)
    later = world.sign(KEEPER, days=20)
    change_holder(world.card, world.city.other_unit, by=later)
    _pass_on(world.city.other_operator, by=later)
    assert [
        one.body for one in on(19, world, world.sign(Role.BUREAU_REVIEWER, world.city.bureau))
    ] == [unit.name, operator.name]
    reader = world.sign(Role.BUREAU_REVIEWER, world.city.bureau)
    now = [world.city.other_unit.name, world.city.other_operator.name]
    assert [one.body for one in on(20, world, reader)] == now


@command
def _pass_on(heir, *, by):
    [grant] = Grant.objects.all()
    former, grant.operator = grant.operator, heir
    grant.save(update_fields=["operator"])
    record(ThingsPassed(grant.id, "rights.grants", former.id, heir.id, (grant.id,)), by)


def test_the_map_is_a_page_and_an_answer_for_any_day(world, client, monkeypatch):
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    grant = granted.granted(world)
    settled = f"on={TODAY + timedelta(days=SETTLED)}"
    later = (TODAY + timedelta(days=400)).isoformat()
    client.force_login(world.keeper.member)
    for path in (
        reverse("rights:card_map", args=[world.card_id]),
        f"{reverse('rights:map')}?organization={world.city.operator.id}",
    ):
        mark = "&" if "?" in path else "?"
        page = client.get(f"{path}{mark}{settled}").content.decode()
        assert "<svg" in page
        assert grant.number in page
        assert world.city.operator.name in page
        assert grant.number not in client.get(f"{path}{mark}on={later}").content.decode()
        assert client.get(f"{path}{mark}on=someday").status_code == 200
    held = client.get(f"/api/v1/rights/cards/{world.card_id}/map?{settled}").json()
    assert [(one["right"], one["usable"]) for one in held] == [
        ("HOLDING", True),
        ("PROCESSING", True),
    ]
    assert len(client.get(f"/api/v1/rights/cards/{world.card_id}/map?on={later}").json()) == 1
    body = client.get(f"/api/v1/rights/map/{world.city.operator.id}?{settled}").json()
    assert [one["ground"] for one in body][1:] == [grant.number]
    client.force_login(world.sign(KEEPER, world.city.other_unit).member)
    assert client.get(f"/api/v1/rights/cards/{world.card_id}/map").status_code == 404
    assert client.get(reverse("rights:card_map", args=[world.card_id])).status_code == 404
