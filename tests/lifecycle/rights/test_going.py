"""How a right goes on or is handed back: renewed before its end, or an exit with its steps."""

from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.demo.approving import approve, reject
from shuce.foundation.approvals.models import Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom.commands import ask_question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.market import commands as market
from shuce.lifecycle.market.rules import ProductKind
from shuce.lifecycle.revenue import commands as revenue
from shuce.lifecycle.rights import commands, exits, history, queries
from shuce.lifecycle.rights.exit_rules import ExitReason, ExitStepKind
from shuce.lifecycle.rights.models import Exit, Grant
from shuce.lifecycle.rights.rules import GrantState
from tests import make
from tests.lifecycle import granted, make_market
from tests.lifecycle.granted import BY_DISTRICT, TODAY

AGENT, ANALYST = Role.OPERATOR_AGENT, Role.OPERATOR_ANALYST
END = 365  # the day on which the first term is over
MORE = TODAY + timedelta(days=END + 300)


def agent(world, days):
    return world.sign(AGENT, world.city.operator, days)


def assessed_anew(world, days=200):
    by = world.sign(Role.SECURITY_OFFICER, days=days)
    granted.assess_impact(world.card, granted.IMPACT, by=by)
    commands.assess_security(world.card, granted.answers(), by=by)


def asked(world, grant, days=300, ends_on=MORE, fee=Money(0)):
    return commands.request_renewal(grant, ends_on, fee, by=agent(world, days))


def renewed(world, grant, days=300):
    renewal = asked(world, grant, days)
    case = last_case_about(Matter.GRANT_RENEWAL, renewal.id)
    approve(case, make.NOON + timedelta(days=days))
    return granted.fresh(renewal)


@pytest.mark.clause("N-4")
def test_a_renewal_is_asked_for_before_the_end_and_assessed_anew(world):
    grant = granted.granted(world)
    with pytest.raises(Refused, match="重新开展安全评估"):
        asked(world, grant)
    assessed_anew(world)
    for days, words in ((100, "180天内"), (END, "已经到期")):
        with pytest.raises(Refused, match=words):
            asked(world, grant, days)
    with pytest.raises(Refused) as refusal:
        asked(world, grant, ends_on=TODAY + timedelta(days=END))
    assert next(one.field for one in refusal.value.obstacles) == "ends_on"
    with pytest.raises(NotPermitted):
        commands.request_renewal(grant, MORE, Money(0), by=world.keeper)
    renewal = asked(world, grant)
    assert (renewal.renews, renewal.starts_on, renewal.state) == (
        grant,
        grant.ends_on,
        GrantState.REQUESTED,
    )
    with pytest.raises(Refused, match="已有续期申请"):
        asked(world, grant)


@pytest.mark.clause("N-4", "G-8")
def test_what_rests_on_a_renewed_right_goes_on_without_a_day_between(world):
    source = granted.granted(world, world.city.other_operator, sub_granting=True)
    grant = granted.granted(world, source=source, ends_on=TODAY + timedelta(days=END))
    product = market.register_product("统计接口", ProductKind.API, [grant], by=world.agent)
    assessed_anew(world)
    with pytest.raises(Refused, match="再授权的期限"):
        asked(world, grant)  # its source ends first
    by = world.sign(AGENT, world.city.other_operator, 300)
    above = commands.request_renewal(source, MORE, Money(0), by=by)
    approve(last_case_about(Matter.GRANT_RENEWAL, above.id), make.NOON + timedelta(days=300))
    renewal = renewed(world, grant, 310)
    assert renewal.number != grant.number

    after = make.NOON + timedelta(days=END)
    assert commands.expire_due_grants(after) == 2
    # Renewed: nothing is handed back.
    assert not Exit.objects.exists()
    assert queries.require_in_force(grant, after.date()) == grant
    asking = world.sign(ANALYST, world.city.operator, END)
    assert ask_question(renewal, BY_DISTRICT, by=asking).verdict == Verdict.RELEASED
    assert [put_in.grant for put_in in product.inputs.all()] == [grant]
    assert market.register_product("续接口", ProductKind.API, [renewal], by=agent(world, END))
    shown = history.rights_on([world.card], after.date(), world.keeper.member)
    assert [one.is_usable for one in shown] == [True, True, True]
    before = history.rights_on([world.card], TODAY + timedelta(days=320), world.keeper.member)
    assert {grant.number, source.number} <= {one.ground for one in before}


@pytest.mark.clause("N-4", "G-13")
def test_what_stops_a_right_stops_its_renewal(world):
    grant = granted.granted(world)
    assessed_anew(world)
    renewal = renewed(world, grant)
    officer = world.sign(Role.SECURITY_OFFICER, days=340)
    commands.suspend_grant(grant, "核查", by=officer)
    assert granted.fresh(renewal).state == GrantState.SUSPENDED
    commands.resume_grant(grant, "查无问题", by=officer)
    assert granted.fresh(renewal).state == GrantState.IN_FORCE
    commands.withdraw_grant(grant, "违约", by=world.sign(Role.ASSET_KEEPER, days=345))
    assert granted.fresh(renewal).state == GrantState.WITHDRAWN
    with pytest.raises(Refused):
        queries.require_in_force(grant, TODAY + timedelta(days=END))


@pytest.mark.clause("N-4")
def test_a_renewal_that_is_not_approved_leaves_the_right_to_end(world):
    grant = granted.granted(world)
    assessed_anew(world)
    renewal = asked(world, grant)
    case = last_case_about(Matter.GRANT_RENEWAL, renewal.id)
    reject(case, make.NOON + timedelta(days=301), "用途已变")
    assert granted.fresh(renewal).state == GrantState.REFUSED
    commands.expire_due_grants(make.NOON + timedelta(days=END))
    assert Exit.objects.get().reason == ExitReason.EXPIRED

    other = granted.granted(world, world.city.other_operator)
    later = commands.request_renewal(
        other, MORE, Money(0), by=world.sign(AGENT, world.city.other_operator, 300)
    )
    commands.withdraw_grant(other, "违约", by=world.keeper)
    case = last_case_about(Matter.GRANT_RENEWAL, later.id)
    with pytest.raises(Conflict, match="原授权已经终止"):
        approve(case, make.NOON + timedelta(days=302))


def done(leaving, world, days=1):
    for kind in ExitStepKind:
        exits.do_step(leaving, kind, "已办理", "清除证明1号", by=agent(world, days))


@pytest.mark.clause("G-8", "G-11")
def test_an_exit_is_done_by_one_confirmed_by_the_other_and_closed_by_the_keeper(world):
    grant = granted.granted(world)
    commands.relinquish_grant(grant, "业务调整", by=world.agent)
    assert granted.fresh(grant).state == GrantState.WITHDRAWN
    leaving = Exit.objects.get()
    assert (leaving.reason, leaving.due_on) == (ExitReason.RELINQUISHED, TODAY + timedelta(days=30))
    officer = world.officer
    with pytest.raises(Refused, match="尚未办理"):
        exits.confirm_step(leaving, ExitStepKind.KEYS, by=officer)
    with pytest.raises(Refused, match="证明材料"):
        exits.do_step(leaving, ExitStepKind.COPIES, "已清除", by=world.agent)
    with pytest.raises(NotPermitted):
        exits.do_step(leaving, ExitStepKind.KEYS, "已停用", by=officer)
    done(leaving, world)
    with pytest.raises(NotPermitted):
        exits.confirm_step(leaving, ExitStepKind.KEYS, by=world.agent)
    with pytest.raises(Refused) as refusal:
        exits.close_exit(leaving, by=world.keeper)
    assert len(refusal.value.obstacles) == len(ExitStepKind)
    for kind in ExitStepKind:
        exits.confirm_step(leaving, kind, by=officer)
    with pytest.raises(Refused, match="已经确认"):
        exits.do_step(leaving, ExitStepKind.KEYS, "改口", by=world.agent)
    assert exits.close_exit(leaving, by=world.keeper).closed_at
    with pytest.raises(Refused, match="已经办结"):
        exits.close_exit(leaving, by=world.keeper)
    kinds = Entry.objects.filter(subject_id=leaving.id).values_list("kind", flat=True)
    verbs = ("opened", "step_done", "step_confirmed", "closed")
    told = [kinds.filter(kind=f"rights.exit_{verb}").count() for verb in verbs]
    assert told == [1, 5, 5, 1]


@pytest.mark.clause("G-8", "N-7")
def test_an_exit_waits_for_contracts_and_bills(city, home):
    made = make_market.opened(granted.registered(city, home))
    make_market.priced(made)
    contract = make_market.signed(made)
    by = made.agent()
    revenue.meter_usage(contract, 100, by.today, "U-1", by=by)
    world = made.world
    commands.withdraw_grant(made.grant, "违约", by=world.sign(Role.ASSET_KEEPER, days=6))
    leaving = Exit.objects.get()
    done(leaving, world, 7)
    for kind in ExitStepKind:
        exits.confirm_step(leaving, kind, by=world.officer)

    def owed() -> list[str]:
        with pytest.raises(Refused) as refusal:
            exits.close_exit(leaving, by=world.keeper)
        return [one.reason for one in refusal.value.obstacles]

    assert ["仍在执行" in one or "没有开单" in one for one in owed()] == [True, True]
    market.end_contract(contract, "授权收回", by=by)
    bill = revenue.issue_bill(contract, by=by)
    assert "尚未收款" in owed()[0]
    receipt = revenue.book_receipt(bill, bill.amount, "运营收入专户", "B-1", by.today, by=by)
    assert "没有分配" in owed()[0]
    revenue.distribute(receipt, by=by)
    assert exits.close_exit(leaving, by=world.keeper).closed_at


@pytest.mark.clause("G-8")
def test_who_did_not_hand_back_in_time_gets_nothing_new(world):
    commands.withdraw_grant(granted.granted(world), "违约", by=world.keeper)
    # In time, another right may be asked for; after it, none.
    leaving = Exit.objects.get()
    late = agent(world, 31)
    with pytest.raises(Refused, match="未办结退出"):
        commands.request_grant(world.card, granted.TERMS, by=late)
    done(leaving, world, 31)
    for kind in ExitStepKind:
        exits.confirm_step(leaving, kind, by=world.officer)
    exits.close_exit(leaving, by=world.keeper)
    assert commands.request_grant(world.card, granted.TERMS, by=late)


@pytest.mark.clause("G-8", "N-4")
def test_renewal_and_exit_by_hand_and_by_program(world, client, monkeypatch):
    clock = [make.NOON + timedelta(days=300)]
    monkeypatch.setattr(requests, "now", lambda: clock[0])
    grant = granted.granted(world)
    renew = reverse("rights:renew", args=[grant.id])
    client.force_login(world.agent.member)
    assert "重新开展安全评估" in client.get(renew).content.decode()
    assessed_anew(world)
    assert renew in client.get(reverse("rights:grant", args=[grant.id])).content.decode()
    assert client.post(renew, {"ends_on": ""}).status_code == 422
    made = client.post(renew, {"ends_on": MORE.isoformat()})
    renewal = Grant.objects.get(renews=grant)
    assert made["Location"] == reverse("rights:grant", args=[renewal.id])
    assert grant.number in client.get(made["Location"]).content.decode()
    again = client.post(
        f"/api/v1/rights/grants/{grant.id}/renew",
        {"ends_on": MORE.isoformat()},
        content_type="application/json",
    )
    assert again.status_code == 422

    ended = client.post(reverse("rights:relinquish", args=[grant.id]), {"reason": "业务调整"})
    leaving = Exit.objects.get()
    here = reverse("rights:exit", args=[leaving.id])
    assert ended["Location"] == here
    step = reverse("rights:exit_step", args=[leaving.id, "COPIES"])
    assert client.post(step, {"note": "已清除"}).status_code == 422
    assert client.post(step, {"note": "已清除", "evidence": "证明1号"}).status_code == 302
    for kind in ("OUTPUTS", "KEYS", "CERTIFICATE", "BILLS"):
        answer = client.post(
            f"/api/v1/rights/exits/{leaving.id}/steps/{kind}",
            {"note": "已办理", "evidence": "证明2号"},
            content_type="application/json",
        )
        assert answer.status_code == 200
    assert client.get(reverse("rights:exit_step", args=[leaving.id, "OTHER"])).status_code == 404
    client.force_login(world.officer.member)
    assert "证明1号" in client.get(here).content.decode()
    confirm = reverse("rights:confirm_exit_step", args=[leaving.id, "COPIES"])
    assert client.post(confirm).status_code == 302
    for kind in ("OUTPUTS", "KEYS", "CERTIFICATE", "BILLS"):
        client.post(f"/api/v1/rights/exits/{leaving.id}/steps/{kind}/confirm")
    client.force_login(world.keeper.member)
    assert leaving.number in client.get(reverse("rights:exits")).content.decode()
    assert client.post(f"/api/v1/rights/exits/{leaving.id}/close").json()["closed_at"]
    assert client.get("/api/v1/rights/exits").json()[0]["steps"][0]["confirmed_at"]
    client.force_login(world.sign(Role.ASSET_KEEPER, world.city.other_unit).member)
    assert client.get(here).status_code == 404
    assert client.get(f"/api/v1/rights/exits/{leaving.id}").status_code == 404


def test_a_stranger_finds_no_exit(world):
    commands.withdraw_grant(granted.granted(world), "违约", by=world.keeper)
    with pytest.raises(NotFound):
        queries.exit_seen(
            Exit.objects.get().id, world.sign(AGENT, world.city.other_operator).member
        )
