"""An incident is graded, contained in one act, reported by the clock, and closed with lessons."""

from datetime import timedelta

import pytest

from shuce.demo.approving import reject
from shuce.foundation.approvals.models import Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.notices.models import Notice
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import require_in_force
from shuce.lifecycle.rights.rules import GrantState
from shuce.supervision.watch import commands, queries
from shuce.supervision.watch.models import Incident
from shuce.supervision.watch.words import (
    IncidentKind,
    IncidentState,
    NoteKind,
    Settlement,
    Severity,
)
from tests import make
from tests.lifecycle.disposal import world as worlds


def leak(world, **facts) -> Incident:
    return commands.open_incident(
        world.fresh(),
        IncidentKind.LEAK,
        "接口日志发现异常外发",
        by=world.sign(Role.SECURITY_OFFICER),
        **facts,
    )


def contained(world, **facts) -> Incident:
    return commands.contain(leak(world, **facts), by=world.sign(Role.SECURITY_OFFICER))


def state_of(grant) -> str:
    return Grant.objects.get(id=grant.id).state


def closed(world, incident, resume=True) -> Incident:
    commands.close_incident(
        incident, "账号共用；已改为一人一号", resume, by=world.sign(Role.SECURITY_OFFICER)
    )
    worlds.finish(Matter.INCIDENT_CLOSURE, incident.id)
    return Incident.objects.get(id=incident.id)


@pytest.mark.clause("G-13")
def test_one_act_freezes_every_grant_and_the_approved_closing_lets_them_go_on(world):
    given = worlds.grant(world)
    incident = leak(world)
    assert incident.number == "SJ-2026-00001"
    assert incident.severity == Severity.GENERAL
    assert incident.plan is not None
    assert incident.plan_steps[0].startswith("立即暂停")
    require_in_force(given, make.NOON.date())

    incident = commands.contain(incident, by=world.sign(Role.SECURITY_OFFICER))
    assert state_of(given) == GrantState.SUSPENDED
    with pytest.raises(Refused):
        require_in_force(given, make.NOON.date())
    with pytest.raises(Refused, match="已经控制"):
        commands.contain(incident, by=world.sign(Role.SECURITY_OFFICER))

    incident = closed(world, incident)
    assert incident.state == IncidentState.CLOSED
    assert state_of(given) == GrantState.IN_FORCE
    [frozen] = queries.frozen_of(incident)
    assert frozen.settlement == Settlement.RESUMED
    kinds = [note.kind for note in queries.notes_of(incident)]
    assert kinds == [
        NoteKind.OPENED,
        NoteKind.CONTAINED,
        NoteKind.CLOSING,
        NoteKind.CLOSED,
        NoteKind.SETTLED,
    ]


def test_withdrawal_waits_for_somebody_who_may_withdraw(world):
    given = worlds.grant(world)
    incident = closed(world, contained(world), resume=False)
    assert state_of(given) == GrantState.SUSPENDED
    assert queries.waiting_settlements(incident) == 1
    with pytest.raises(NotPermitted):
        commands.settle_grants(incident, by=world.sign(Role.SECURITY_OFFICER))
    commands.settle_grants(incident, by=world.sign(Role.ASSET_KEEPER))
    assert state_of(given) == GrantState.WITHDRAWN
    with pytest.raises(Refused, match="没有待处理"):
        commands.settle_grants(incident, by=world.sign(Role.ASSET_KEEPER))


def test_a_second_incident_keeps_the_grants_frozen(world):
    given = worlds.grant(world)
    first = contained(world)
    second = contained(world)
    first = closed(world, first)
    assert state_of(given) == GrantState.SUSPENDED
    with pytest.raises(Refused, match="其他未结案"):
        commands.settle_grants(first, by=world.sign(Role.SECURITY_OFFICER))
    closed(world, second)
    commands.settle_grants(first, by=world.sign(Role.SECURITY_OFFICER))
    assert state_of(given) == GrantState.IN_FORCE


def test_a_drill_goes_the_whole_way_and_suspends_nothing(world):
    given = worlds.grant(world)
    incident = contained(world, is_drill=True, persons_affected=2_000_000)
    assert state_of(given) == GrantState.IN_FORCE
    assert incident.severity == Severity.LARGER
    assert closed(world, incident).state == IncidentState.CLOSED


@pytest.mark.clause("G-13")
def test_a_grave_incident_runs_by_the_clock_and_late_reports_show(world):
    incident = leak(world, persons_affected=2_000_000)
    assert incident.report_due_at == make.NOON + timedelta(hours=4)
    assert incident.report_to == "属地省级网信部门"
    in_time = commands.report_incident(
        incident, "市网信办", by=world.sign(Role.SECURITY_OFFICER, days=0.1)
    )
    late = commands.report_incident(
        incident, "市公安局", by=world.sign(Role.SECURITY_OFFICER, days=0.2)
    )
    assert (in_time.late, late.late) == (False, True)
    assert [m.label for m in queries.moments_of(incident)][1:] == ["上报", "上报（超时）"]
    phoned = commands.report_incident(
        incident,
        "市网信办",
        reported_at=make.NOON + timedelta(hours=1),
        by=world.sign(Role.SECURITY_OFFICER, days=1),
    )
    assert not phoned.late
    for hours in (-1, 48):
        with pytest.raises(Refused, match="报告时间"):
            commands.report_incident(
                incident,
                "市网信办",
                reported_at=make.NOON + timedelta(hours=hours),
                by=world.sign(Role.SECURITY_OFFICER, days=1),
            )


def test_a_critical_system_has_an_hour_and_harm_found_later_makes_it_graver(world):
    officer = world.sign(Role.SECURITY_OFFICER)
    incident = leak(world, critical=True)
    assert incident.report_due_at == make.NOON + timedelta(days=1)
    incident = commands.reassess(incident, 20_000_000, Money.from_yuan(10), by=officer)
    assert incident.severity == Severity.MAJOR
    assert incident.report_due_at == make.NOON + timedelta(hours=1)
    assert any("公安" in step for step in incident.plan_steps)
    commands.contain(incident, by=officer)
    with pytest.raises(Refused, match="尚未上报"):
        commands.close_incident(incident, "教训", True, by=officer)


def test_a_closing_that_is_rejected_returns_to_handling(world):
    incident = contained(world)
    officer = world.sign(Role.SECURITY_OFFICER)
    with pytest.raises(Refused, match="原因分析"):
        commands.close_incident(incident, " ", True, by=officer)
    commands.close_incident(incident, "教训", True, by=officer)
    reject(last_case_about(Matter.INCIDENT_CLOSURE, incident.id), make.NOON, "未恢复")
    incident = Incident.objects.get(id=incident.id)
    assert incident.state == IncidentState.CONTAINED
    commands.add_note(incident, "已补充恢复记录", by=officer)
    incident = closed(world, incident)
    with pytest.raises(Refused, match="已经结案"):
        commands.add_note(incident, "再记一条", by=officer)


def test_only_the_unit_and_those_above_handle_its_incidents(world):
    incident = leak(world)
    city = world.city
    with pytest.raises(NotPermitted):
        commands.contain(incident, by=world.sign(Role.SECURITY_OFFICER, city.other_unit))
    with pytest.raises(NotPermitted):
        commands.open_incident(
            world.fresh(), IncidentKind.LOSS, "x", by=world.sign(Role.ASSET_KEEPER)
        )
    reviewer = city.sign(Role.DEPARTMENT_REVIEWER, city.department)
    assert commands.contain(incident, by=reviewer).state == IncidentState.CONTAINED


def test_pages_lead_from_discovery_to_closing(world, client):
    given = worlds.grant(world)
    client.force_login(world.sign(Role.SECURITY_OFFICER).member)
    assert client.get("/watch/incidents/").status_code == 200
    assert client.get("/watch/incidents/open/").status_code == 200
    sent = {
        "card": world.card.id,
        "kind": "TAMPERING",
        "description": "发现改动",
        "persons_affected": 0,
        "loss": "10.00",
    }
    assert client.post("/watch/incidents/open/", sent).status_code == 302
    incident = Incident.objects.get()
    here = f"/watch/incidents/{incident.id}/"
    shown = client.get(here).content.decode()
    assert "上报时限" in shown
    assert "预案步骤" in shown
    for name, form in (
        ("note/", {"text": "比对完成"}),
        ("report/", {"recipient": "市网信办"}),
        ("reassess/", {"persons_affected": 5, "loss": "20"}),
    ):
        assert client.get(here + name).status_code == 200
        assert client.post(here + name, form).status_code == 302, name
    assert client.post(f"{here}close/", {"lessons": "x", "resume": "yes"}).status_code == 422
    assert client.post(f"{here}contain/").status_code == 302
    assert state_of(given) == GrantState.SUSPENDED
    assert given.number in client.get(here).content.decode()
    assert client.get(f"{here}close/").status_code == 200
    assert client.post(f"{here}close/", {"lessons": "x", "resume": "no"}).status_code == 302
    worlds.finish(Matter.INCIDENT_CLOSURE, incident.id)
    client.force_login(world.sign(Role.ASSET_KEEPER).member)
    assert "收回授权" in client.get(here).content.decode()
    assert client.post(f"{here}settle/").status_code == 302
    assert state_of(given) == GrantState.WITHDRAWN
    client.force_login(world.city.sign(Role.DEPARTMENT_REVIEWER, world.city.department).member)
    assert client.get(here).status_code == 200


def test_programs_do_what_pages_do_and_strangers_find_nothing(world, client):
    client.force_login(world.sign(Role.SECURITY_OFFICER).member)

    def post(path, **body):
        return client.post(f"/api/v1/watch/{path}", body, content_type="application/json")

    made = post("incidents", card_id=world.card.id, kind="LEAK", description="x", loss_fen=5)
    assert made.status_code == 201
    one = f"incidents/{made.json()['id']}"
    assert post(f"{one}/notes", text="查看").status_code == 201
    assert post(f"{one}/reports", recipient="网信办").json()["late"] is False
    assert post(f"{one}/reassess", persons_affected=1, loss_fen=7).json()["loss_fen"] == 7
    assert post(f"{one}/contain").json()["state"] == "CONTAINED"
    assert client.get(f"/api/v1/watch/{one}/grants").json() == []
    assert len(client.get(f"/api/v1/watch/{one}/notes").json()) == 5
    assert post(f"{one}/close", lessons="教训", resume=True).status_code == 201
    for stranger in (
        world.sign(Role.SECURITY_OFFICER, world.city.other_unit),
        world.city.sign(Role.OPERATOR_AGENT, world.city.operator),
    ):
        with pytest.raises(NotFound):
            queries.incident_seen(made.json()["id"], stranger.member)
        client.force_login(stranger.member)
        assert client.get(f"/api/v1/watch/{one}").status_code == 404
        for name in ("", "note/", "report/", "reassess/", "close/"):
            assert client.get(f"/watch/{one}/{name}").status_code == 404
        for name in ("contain/", "settle/", "close/"):
            assert client.post(f"/watch/{one}/{name}").status_code == 404


def told(member, kind) -> list[str]:
    return list(Notice.objects.filter(member=member, kind=kind).values_list("title", flat=True))


@pytest.mark.clause("G-13")
def test_the_head_is_told_of_an_incident_and_the_operator_of_each_stop_and_start(world):
    head = world.sign(Role.UNIT_HEAD).member
    given = worlds.grant(world)
    agent = world.sign(Role.OPERATOR_AGENT, given.operator).member
    incident = leak(world)
    assert told(head, NoticeKind.INCIDENT) == [f"安全事件{incident.number}：{world.fresh().name}"]
    # Whoever opened it knows.
    assert told(incident.opened_by, NoticeKind.INCIDENT) == []
    assert told(agent, NoticeKind.GRANT) == []

    incident = commands.contain(incident, by=world.sign(Role.SECURITY_OFFICER))
    closed(world, incident)
    number = Grant.objects.get(id=given.id).number
    assert told(agent, NoticeKind.GRANT) == [
        f"授权{number}已恢复使用",
        f"授权{number}已暂停",
    ]
    assert told(head, NoticeKind.GRANT) == []


def test_a_drill_stops_nothing_and_tells_no_operator(world):
    given = worlds.grant(world)
    incident = contained(world, is_drill=True)
    [title] = told(world.sign(Role.UNIT_HEAD).member, NoticeKind.INCIDENT)
    assert title.startswith(f"安全事件演练{incident.number}")
    agent = world.sign(Role.OPERATOR_AGENT, given.operator).member
    assert told(agent, NoticeKind.GRANT) == []


def test_among_many_cards_the_form_finds_one_by_its_number(world, client, monkeypatch):
    monkeypatch.setattr("shuce.lifecycle.register.choosing.MOST_LISTED", 0)
    client.force_login(world.sign(Role.SECURITY_OFFICER).member)
    card = world.fresh()
    page = client.get(f"/watch/incidents/open/?card={card.id}").content.decode()
    assert "<datalist" in page
    assert f'value="{card.number}"' in page
    assert f'value="{card.id}"' not in page
    found = client.get("/register/cards/choices/", {"of": "card", "card": card.name})
    assert f'<option value="{card.number}">{card.name}' in found.content.decode()
    told = {"kind": IncidentKind.LEAK, "description": "外发", "persons_affected": 1, "loss": "0"}
    wrong = client.post("/watch/incidents/open/", told | {"card": "没有这个编号"})
    assert wrong.status_code == 422
    assert not Incident.objects.exists()
    assert client.post("/watch/incidents/open/", told | {"card": card.number}).status_code == 302
    assert Incident.objects.get().card_id == card.id
