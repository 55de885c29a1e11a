"""Supervisors inspect those below them; the inspected put things right; another looks again."""

from datetime import date

import pytest
from django.urls import reverse

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.supervision.oversight import commands, queries, rules
from shuce.supervision.oversight.models import Finding, Inspection
from shuce.supervision.oversight.rules import (
    FindingState,
    InspectionKind,
    InspectionState,
    Phase,
)

TODAY = date(2026, 3, 20)
LATER = date(2026, 6, 30)


@pytest.fixture
def reviewer(city):
    return city.sign(Role.DEPARTMENT_REVIEWER, city.department)


@pytest.fixture
def keeper(city):
    return city.sign(Role.ASSET_KEEPER, city.unit)


@pytest.fixture
def inspection(city, reviewer) -> Inspection:
    return commands.open_inspection(
        city.unit, "登记情况专项检查", InspectionKind.SPECIAL, Phase.DURING, LATER, by=reviewer
    )


@pytest.fixture
def finding(inspection, reviewer) -> Finding:
    return commands.find_problem(inspection, "两项资产未登记", Clause.N_8, LATER, by=reviewer)


def reasons(obstacles):
    return [(one.clause, one.field) for one in obstacles]


@pytest.mark.clause("N-10")
def test_an_inspection_has_a_name_and_a_day_that_is_not_past():
    assert not list(rules.obstacles_to_open("检查", TODAY, TODAY))
    assert reasons(rules.obstacles_to_open(" ", date(2026, 3, 19), TODAY)) == [
        (Clause.N_10, "title"),
        (Clause.N_10, "due_on"),
    ]


@pytest.mark.clause("N-10")
def test_a_finding_goes_from_open_to_rectified_to_closed_and_no_other_way():
    assert not list(rules.obstacles_to_find(InspectionState.OPEN, "问题"))
    assert len(list(rules.obstacles_to_find(InspectionState.CLOSED, ""))) == 2
    for state in FindingState:
        may_rectify = not list(rules.obstacles_to_rectify(state, "已补登记"))
        may_recheck = not list(rules.obstacles_to_recheck(state))
        assert may_rectify is (state is FindingState.OPEN)
        assert may_recheck is (state is FindingState.RECTIFIED)
    assert reasons(rules.obstacles_to_rectify(FindingState.OPEN, "")) == [
        (Clause.N_10, "rectification")
    ]
    assert not list(rules.obstacles_to_close(InspectionState.OPEN, 0))
    assert len(list(rules.obstacles_to_close(InspectionState.CLOSED, 1))) == 2


@pytest.mark.clause("N-10")
def test_supervisors_inspect_those_below_and_never_their_own(city, reviewer, keeper):
    opened = (InspectionKind.DAILY, Phase.BEFORE, LATER)
    for by, body in ((keeper, city.unit), (reviewer, city.bureau), (reviewer, city.department)):
        with pytest.raises(NotPermitted):
            commands.open_inspection(body, "检查", *opened, by=by)
    assert not Inspection.objects.exists()
    assert not Entry.objects.filter(kind="oversight.inspection_opened").exists()
    auditor = city.sign(Role.AUDITOR, city.bureau)
    opened_by_audit = commands.open_inspection(city.unit, "审计", *opened, by=auditor)
    assert opened_by_audit.number == "JC-2026-00001"
    assert Entry.objects.filter(kind="oversight.inspection_opened").count() == 1


@pytest.mark.clause("N-10")
def test_a_problem_is_found_rectified_sent_back_rectified_and_passed(
    city, inspection, finding, reviewer, keeper
):
    with pytest.raises(NotPermitted):
        commands.find_problem(inspection, "自查", Clause.N_8, LATER, by=keeper)
    with pytest.raises(Refused, match="尚未整改"):
        commands.recheck(finding, True, by=reviewer)
    with pytest.raises(NotPermitted):
        commands.rectify(finding, "已补", by=city.sign(Role.ASSET_KEEPER, city.other_unit))
    assert commands.rectify(finding, "已补登记一项", by=keeper).state == FindingState.RECTIFIED
    assert commands.recheck(finding, False, by=reviewer).state == FindingState.OPEN
    with pytest.raises(Refused, match="没有复核通过"):
        commands.close_inspection(inspection, by=reviewer)
    commands.rectify(finding, "两项均已登记", by=keeper)
    assert commands.recheck(finding, True, by=reviewer).state == FindingState.CLOSED
    closed = commands.close_inspection(inspection, by=reviewer)
    assert closed.state == InspectionState.CLOSED
    assert closed.closed_at == reviewer.at
    with pytest.raises(Refused, match="已经办结"):
        commands.find_problem(inspection, "再查", Clause.N_8, LATER, by=reviewer)
    told = Entry.objects.filter(kind__startswith="oversight.").order_by("id")
    assert [entry.kind.split(".")[1] for entry in told] == [
        "inspection_opened",
        "problem_found",
        "problem_rectified",
        "problem_rechecked",
        "problem_rectified",
        "problem_rechecked",
        "inspection_closed",
    ]


@pytest.mark.clause("N-10")
def test_nobody_rechecks_what_they_rectified(city, finding):
    """Even with both roles: a keeper promoted to reviewer does not pass their own work."""
    from shuce.foundation.organizations import commands as organizations
    from shuce.foundation.organizations.models import Member, Signature

    both = city.add(Role.ASSET_KEEPER, city.unit)
    organizations.appoint(both, city.department, Role.DEPARTMENT_REVIEWER, by=city.security_admin)
    by = Signature(Member.objects.get(pk=both.pk), city.system_admin.at)
    commands.rectify(finding, "已补登记", by=by)
    with pytest.raises(NotPermitted, match="不能复核自己"):
        commands.recheck(finding, True, by=by)


def test_inspections_are_seen_by_both_sides_and_not_from_beside(city, inspection, finding):
    for role, body, seen in (
        (Role.DEPARTMENT_REVIEWER, city.department, True),
        (Role.AUDITOR, city.bureau, True),
        (Role.ASSET_KEEPER, city.unit, True),
        (Role.ASSET_KEEPER, city.other_unit, False),
        (Role.OPERATOR_AGENT, city.operator, False),
    ):
        member = city.sign(role, body).member
        assert queries.inspections_seen_by(member).exists() is seen, role
    stranger = city.sign(Role.ASSET_KEEPER, city.other_unit).member
    with pytest.raises(NotFound):
        queries.finding_seen(finding.id, stranger)


def test_bodies_to_inspect_leave_out_ones_own(city, reviewer):
    bodies = list(queries.bodies_to_inspect(reviewer.member))
    assert city.unit in bodies
    assert city.department not in bodies
    assert city.bureau not in bodies


@pytest.mark.clause("N-10")
def test_the_pages_carry_an_inspection_from_opening_to_close(city, client, reviewer, keeper):
    client.force_login(reviewer.member)
    assert client.get(reverse("oversight:open_inspection")).status_code == 200
    sent = {
        "organization": city.unit.id,
        "title": "日常检查",
        "kind": "DAILY",
        "phase": "AFTER",
        "due_on": "2999-12-31",
    }
    client.post(reverse("oversight:open_inspection"), sent)
    inspection = Inspection.objects.get()
    here = reverse("oversight:inspection", args=[inspection.id])
    assert inspection.number in client.get(reverse("oversight:inspections")).content.decode()
    problem = {"text": "台账不全", "clause": "N-8", "rectify_by": "2999-12-31"}
    assert client.get(reverse("oversight:find_problem", args=[inspection.id])).status_code == 200
    client.post(reverse("oversight:find_problem", args=[inspection.id]), problem)
    finding = Finding.objects.get()
    assert "台账不全" in client.get(here).content.decode()
    client.force_login(keeper.member)
    rectify = reverse("oversight:rectify", args=[finding.id])
    assert client.get(rectify).status_code == 200
    assert client.post(rectify, {"rectification": "台账已补"})["Location"] == here
    client.force_login(reviewer.member)
    assert "台账已补" in client.get(here).content.decode()
    client.post(reverse("oversight:recheck", args=[finding.id, "pass"]))
    client.post(reverse("oversight:close_inspection", args=[inspection.id]))
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.CLOSED


def test_a_stranger_finds_no_inspection(city, client, inspection, finding):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    one, problem = [inspection.id], [finding.id]
    assert client.get(reverse("oversight:inspection", args=one)).status_code == 404
    assert client.get(reverse("oversight:rectify", args=problem)).status_code == 404
    for name, ids in (
        ("find_problem", one),
        ("close_inspection", one),
        ("rectify", problem),
        ("recheck", [*problem, "pass"]),
    ):
        assert client.post(reverse(f"oversight:{name}", args=ids)).status_code == 404, name
    assert inspection.number not in client.get(reverse("oversight:inspections")).content.decode()
