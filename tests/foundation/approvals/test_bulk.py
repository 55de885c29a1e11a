"""Several steps of one kind decided with one opinion; each on its own, with its own reasons."""

import pytest

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import bulk, commands, queries
from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations import commands as organizations
from shuce.foundation.organizations.models import Member, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import Refused
from tests import make


@pytest.fixture
def finance(city, monkeypatch):
    for matter in Matter:
        monkeypatch.setitem(commands._conclusions, matter, lambda case, *, by: None)
    return city.sign(Role.FINANCE_OFFICER, city.unit)


def open_case(city, title="门诊数据", matter=Matter.CARD_ENTRY, **facts):
    return commands.open_case(
        matter,
        subject_id=new_id(),
        title=title,
        organization=city.unit,
        facts=facts,
        by=city.sign(Role.ASSET_KEEPER, city.unit),
    )


def pick(case, step="finance"):
    return f"{case.id}/{step}"


def test_those_picked_are_decided_each_with_its_own_evidence(city, client, finance):
    cases = [open_case(city, f"数据{n}") for n in range(3)]
    client.force_login(finance.member)
    listed = client.get("/inbox/").content.decode()
    assert all(f'value="{pick(case)}"' in listed for case in cases)
    picks = [pick(case) for case in cases[:2]]
    form = client.get("/approvals/bulk/", {"pick": picks}).content.decode()
    assert "数据0" in form
    assert "数据2" not in form
    done = client.post(
        "/approvals/bulk/", {"pick": picks, "verdict": "APPROVE", "opinion": "同意入账"}
    )
    assert "已办理 2 件" in done.content.decode()
    assert [task.case for task in queries.tasks_for(finance.member)] == [cases[2]]
    decided = Entry.objects.filter(kind="approvals.step_decided").values_list(
        "subject_id", flat=True
    )
    assert set(decided) == {case.id for case in cases[:2]}
    assert {one.opinion for case in cases[:2] for one in case.decisions.all()} == {"同意入账"}


def test_a_refused_one_is_told_with_its_reason_and_keeps_none_of_the_others_back(
    city, client, finance, monkeypatch
):
    good, bad, gone = (open_case(city, title) for title in ("好的", "坏的", "已办的"))
    commands.decide(gone, "finance", Verdict.APPROVE, by=finance)
    decide = commands.decide

    def picky(case, *args, **options):
        if case.id == bad.id:
            raise Refused(bulk.Obstacle("成本没有凭证"))
        return decide(case, *args, **options)

    monkeypatch.setattr(commands, "decide", picky)
    client.force_login(finance.member)
    page = client.post(
        "/approvals/bulk/",
        {"pick": [pick(one) for one in (good, bad, gone)], "verdict": "APPROVE", "opinion": ""},
    ).content.decode()
    assert "已办理 1 件" in page
    assert "没有办理的 1 件" in page
    assert "成本没有凭证" in page
    assert "另有 1 件已由他人办结" in page
    assert Case.objects.get(id=bad.id).tasks.filter(step="finance").exists()


def test_a_rejection_of_many_needs_its_opinion_as_of_one(city, client, finance):
    case = open_case(city)
    client.force_login(finance.member)
    sent = {"pick": [pick(case)], "verdict": "REJECT", "opinion": ""}
    assert "须写明意见" in client.post("/approvals/bulk/", sent).content.decode()
    client.post("/approvals/bulk/", sent | {"opinion": "成本不实"})
    assert Case.objects.get(id=case.id).outcome == "REJECTED"


def test_different_steps_or_nothing_or_anothers_are_not_decided_together(city, client, finance):
    one, two = open_case(city), open_case(city)
    organizations.appoint(finance.member, city.unit, Role.SECURITY_OFFICER, by=city.security_admin)
    both = Signature(Member.objects.get(pk=finance.member.pk), make.NOON).member
    with pytest.raises(Refused, match="同一环节"):
        bulk.picked([pick(one), pick(two, "security")], both)
    for picks in ([], ["x"], [pick(one)]):
        with pytest.raises(Refused, match="请先选择"):
            bulk.picked(picks, city.sign(Role.FINANCE_OFFICER, city.other_unit).member)
    with pytest.raises(Refused, match="一次最多"):
        bulk.picked([str(n) for n in range(101)], both)
    client.force_login(finance.member)
    assert client.get("/approvals/bulk/").status_code == 302


def test_a_vote_cannot_be_picked(city, client, finance):
    case = open_case(city, matter=Matter.DISPOSAL, kind="DESTRUCTION", value_fen=0)
    voter = city.sign(Role.DECISION_MEMBER, city.unit).member
    client.force_login(voter)
    assert 'name="pick"' not in client.get("/inbox/").content.decode()
    step = case.tasks.get(role=Role.DECISION_MEMBER).step
    with pytest.raises(Refused):
        bulk.picked([pick(case, step)], voter)


def test_the_inbox_is_exported_without_its_boxes(city, client, finance):
    open_case(city)
    client.force_login(finance.member)
    answer = client.get("/inbox/?export=xlsx")
    assert answer.status_code == 200
    assert b"form-check" not in b"".join(answer.streaming_content)


def test_a_program_decides_several_and_reads_what_came_of_each(city, client, finance):
    cases = [open_case(city), open_case(city)]
    client.force_login(finance.member)
    body = {
        "picks": [{"case_id": case.id, "step": "finance"} for case in cases],
        "verdict": "APPROVE",
    }
    where = "/api/v1/approvals/tasks/decisions"
    told = client.post(where, body, content_type="application/json").json()
    assert (sorted(told["done"]), told["refused"]) == (sorted(case.id for case in cases), [])
    again = client.post(where, body, content_type="application/json")
    assert again.status_code == 422
