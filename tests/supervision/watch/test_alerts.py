"""Rules see what they should, tell it once, and somebody answers for it by the clock."""

from datetime import timedelta

import pytest

from shuce.foundation.evidence.models import Checkpoint, Entry
from shuce.foundation.evidence.sequencer import number_entries, sign
from shuce.foundation.notices.models import Notice
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.models import Duty
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import Link
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.inventory.models import Snapshot
from shuce.lifecycle.inventory.stocktaking import open_stocktake, sign_off
from shuce.lifecycle.lineage.commands import end_link, enter_link
from shuce.lifecycle.market.commands import register_product
from shuce.lifecycle.market.rules import ProductKind
from shuce.lifecycle.quality.commands import close_issue, open_issue
from shuce.lifecycle.quality.words import Gravity, IssueKind
from shuce.lifecycle.register.commands import confirm_grade
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.commands import withdraw_grant
from shuce.lifecycle.rights.models import Grant
from shuce.node import Node
from shuce.supervision.watch import commands, queries
from shuce.supervision.watch.detectors import DETECTORS
from shuce.supervision.watch.models import Alert, ResponsePlan, WatchRule
from shuce.supervision.watch.words import AlertGrade, AlertState, IncidentKind, RuleCode
from tests import make
from tests.lifecycle.disposal import world as worlds
from tests.lifecycle.register.test_bulk import concluded, entered, row


def codes() -> list[str]:
    return [str(alert.rule.code) for alert in Alert.objects.order_by("id")]


def days(count: float):
    return make.NOON + timedelta(days=count)


def test_rules_are_installed_once_and_changed_ones_stay(city, rules):
    bureau = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    assert WatchRule.objects.count() == len(RuleCode)
    assert ResponsePlan.objects.count() == 16
    rule = WatchRule.objects.get(code=RuleCode.UNUSUAL_ACCESS)
    commands.tune_rule(
        rule,
        grade=AlertGrade.RED,
        due_hours=2,
        thresholds={"refused_in_a_day": 3, "quiet_days": 1},
        enabled=True,
        by=bureau,
    )
    assert commands.install_rules(by=bureau) == []
    rule.refresh_from_db()
    assert (rule.grade, rule.due_hours) == (AlertGrade.RED, 2)
    with pytest.raises(NotPermitted):
        commands.install_rules(by=city.sign(Role.ASSET_KEEPER, city.unit))


def test_runs_that_see_nothing_are_told_once_a_day(world):
    for minutes in (0, 10, 20):
        commands.run_rules(make.NOON + timedelta(minutes=minutes))
    assert Entry.objects.filter(kind="watch.rules_run").count() == 1
    rule = WatchRule.objects.get(code=RuleCode.DUTY_HOLE)
    assert rule.last_run_at == make.NOON + timedelta(minutes=20)
    commands.run_rules(days(1))
    assert Entry.objects.filter(kind="watch.rules_run").count() == 2


def test_without_rules_nothing_runs(city):
    assert commands.run_rules(make.NOON) == 0


@pytest.mark.clause("G-12")
def test_what_is_seen_is_told_once_handled_by_its_owner_and_told_again_later(world):
    officer = world.sign(Role.SECURITY_OFFICER)
    assert commands.run_rules(make.NOON) == 0
    overdue = days(400)
    assert commands.run_rules(overdue) == 1
    assert codes() == ["OVERDUE_UPDATE"]
    assert commands.run_rules(overdue) == 0

    [alert] = queries.alerts_seen_by(officer.member)
    assert alert.card_id == world.card.id
    assert alert.due_at == overdue + timedelta(hours=240)
    assert world.fresh().number in alert.text
    assert list(queries.overdue_alerts(days(411))) == [alert]
    with pytest.raises(NotPermitted):
        commands.handle_alert(alert, "已更新", by=world.sign(Role.ASSET_KEEPER, days=400))
    with pytest.raises(Refused, match="处理结论"):
        commands.handle_alert(alert, " ", by=world.sign(Role.SECURITY_OFFICER, days=400))
    handled = commands.handle_alert(
        alert, "已要求更新", by=world.sign(Role.SECURITY_OFFICER, days=400)
    )
    assert handled.state == AlertState.HANDLED
    with pytest.raises(Refused, match="已经处理"):
        commands.handle_alert(alert, "再次", by=world.sign(Role.SECURITY_OFFICER, days=400))
    assert commands.run_rules(days(401)) == 0
    assert commands.run_rules(days(431)) == 1
    assert WatchRule.objects.get(code=RuleCode.OVERDUE_UPDATE).last_run_at == days(431)


def test_many_refused_questions_in_a_day_are_unusual(world):
    given = worlds.grant(world)
    analyst = world.city.sign(Role.OPERATOR_ANALYST, world.city.operator)
    refused = [
        Question(
            grant=given,
            member=analyst.member,
            sql="select *",
            verdict=Verdict.REFUSED,
            asked_at=make.NOON + timedelta(minutes=n),
        )
        for n in range(20)
    ]
    Question.objects.bulk_create(refused[:19])
    assert commands.run_rules(make.NOON + timedelta(hours=1)) == 0
    Question.objects.bulk_create(refused[19:])
    assert commands.run_rules(make.NOON + timedelta(hours=1)) == 1
    assert Alert.objects.get().facts["refused"] == 20


def test_budgets_assessments_and_terms_that_run_out_are_seen(world, monkeypatch):
    given = worlds.grant(world)
    assert commands.run_rules(make.NOON) == 0
    monkeypatch.setattr(Node, "budget_of", lambda node, grant_id: (8.5, 10.0))
    commands.run_rules(make.NOON)
    assert codes() == ["BUDGET_LOW"]
    assert Alert.objects.get().facts == {"number": given.number, "percent": 85}
    commands.run_rules(days(336))
    assert "ASSESSMENT_EXPIRING" in codes()


def test_a_hole_in_the_duty_list_of_a_holder_is_seen(world):
    Duty.objects.filter(organization=world.city.unit, link=Link.SECURITY).delete()
    Duty.objects.filter(organization=world.city.other_unit).delete()
    assert commands.run_rules(make.NOON) == 1
    alert = Alert.objects.get()
    assert (alert.organization_id, alert.facts["count"]) == (world.city.unit.id, 1)
    assert "安全" in alert.text


@pytest.mark.clause("N-9")
@pytest.mark.parametrize("harm", ["entry", "root", "rollback"])
def test_evidence_that_was_altered_is_seen(world, harm):
    number_entries(make.NOON)
    assert commands.run_rules(make.NOON) == 0
    number_entries(make.NOON)
    if harm == "entry":
        entry = Entry.objects.order_by("id").last()
        Entry.objects.filter(id=entry.id).update(body=bytes(entry.body) + b" ")
    elif harm == "root":
        Checkpoint.objects.update(root=b"\x00" * 32)
    else:
        # The head kept outside names a checkpoint that the database no longer has.
        outside = world.file.parent / "checkpoints"
        outside.mkdir(exist_ok=True)
        (outside / "latest").write_text(sign(10**6, b"\x01" * 32))
    assert commands.run_rules(make.NOON) == 1
    alert = Alert.objects.get()
    assert (alert.rule.code, alert.grade) == (RuleCode.INTEGRITY_FAILED, AlertGrade.RED)
    assert alert.organization == world.city.bureau


def test_a_withdrawn_grant_behind_a_listed_product_is_seen(world):
    given = worlds.grant(world)
    agent = world.city.sign(Role.OPERATOR_AGENT, world.city.operator)
    register_product("就诊统计", ProductKind.REPORT, [given], by=agent)
    assert commands.run_rules(make.NOON) == 0
    fresh = Grant.objects.select_related("card__holder").get(id=given.id)
    withdraw_grant(fresh, "到期前收回", by=world.sign(Role.ASSET_KEEPER))
    assert commands.run_rules(make.NOON) == 1
    assert codes() == ["GRANT_EXPIRED_IN_USE"]


def test_one_broken_rule_does_not_stop_the_others(world, monkeypatch):
    def broken(thresholds, by):
        raise OSError("disk")

    monkeypatch.setitem(DETECTORS, RuleCode.UNUSUAL_ACCESS, broken)
    assert commands.run_rules(days(400)) == 1
    assert codes() == ["OVERDUE_UPDATE"]
    told = Entry.objects.filter(kind="watch.rules_run").last()
    assert b"UNUSUAL_ACCESS" in bytes(told.body)


def test_pages_and_programs_show_alerts_to_those_who_watch_over_them(world, client):
    commands.run_rules(days(400))
    alert = Alert.objects.get()
    client.force_login(world.sign(Role.SECURITY_OFFICER).member)
    for page in ("/watch/alerts/", "/watch/rules/", "/watch/plans/"):
        assert client.get(page).status_code == 200, page
    here = f"/watch/alerts/{alert.id}/"
    assert alert.text in client.get("/watch/alerts/").content.decode()
    assert "财资〔2023〕141号" in client.get(here).content.decode()
    assert client.get("/api/v1/watch/alerts").json()[0]["code"] == "OVERDUE_UPDATE"
    assert client.post(f"{here}handle/", {"conclusion": ""}).status_code == 422
    assert client.post(f"{here}handle/", {"conclusion": "已更新"}).status_code == 302
    stranger = world.sign(Role.SECURITY_OFFICER, world.city.other_unit)
    with pytest.raises(NotFound):
        queries.alert_seen(alert.id, stranger.member)
    client.force_login(stranger.member)
    assert client.get(here).status_code == 404
    assert client.post(f"{here}handle/", {"conclusion": "x"}).status_code == 404
    assert client.get(f"/api/v1/watch/alerts/{alert.id}").status_code == 404


def test_rules_and_plans_are_set_on_their_pages(world, client):
    bureau = world.city.sign(Role.BUREAU_REVIEWER, world.city.bureau)
    client.force_login(bureau.member)
    rule = WatchRule.objects.get(code=RuleCode.UNUSUAL_ACCESS)
    page = f"/watch/rules/{rule.id}/"
    assert "一天内被拒绝的查询次数" in client.get(page).content.decode()
    sent = {"grade": "RED", "due_hours": 1, "refused_in_a_day": 2, "quiet_days": 0}
    assert client.post(page, sent).status_code == 302
    rule.refresh_from_db()
    assert (rule.enabled, rule.thresholds["refused_in_a_day"]) == (False, 2)
    assert client.post("/watch/rules/install/").status_code == 302
    body = {"grade": "BLUE", "due_hours": 3, "thresholds": {"quiet_days": 1}}
    bad = client.put(f"/api/v1/watch/rules/{rule.id}", body, content_type="application/json")
    assert bad.status_code == 422

    client.force_login(world.sign(Role.SECURITY_OFFICER).member)
    sent = {
        "organization": world.city.unit.id,
        "kind": "LEAK",
        "severity": "GENERAL",
        "title": "本单位泄露预案",
        "steps": "第一步\n\n第二步",
    }
    assert client.post("/watch/plans/set/", sent).status_code == 302
    own = ResponsePlan.objects.get(organization=world.city.unit)
    assert own.steps == ["第一步", "第二步"]
    assert "第二步" in client.get(f"/watch/plans/{own.id}/").content.decode()
    client.force_login(world.sign(Role.SECURITY_OFFICER, world.city.other_unit).member)
    assert client.get(f"/watch/plans/{own.id}/").status_code == 404
    client.force_login(world.city.sign(Role.OPERATOR_AGENT, world.city.operator).member)
    assert client.get(page).status_code == 404


@pytest.mark.clause("G-12")
def test_the_security_officer_is_told_of_an_alert_until_it_is_handled(world):
    officer = world.sign(Role.SECURITY_OFFICER)
    Duty.objects.filter(organization=world.city.unit).delete()
    assert commands.run_rules(make.NOON) > 0
    alert = Alert.objects.filter(organization=world.city.unit)[0]
    waiting = Notice.objects.filter(subject_id=alert.id, read_at=None)
    assert [(one.member, one.kind, one.title) for one in waiting] == [
        (officer.member, NoticeKind.ALERT, alert.text[:200])
    ]
    commands.handle_alert(alert, "已指定责任人", by=world.sign(Role.SECURITY_OFFICER, days=1))
    assert not waiting.all().exists()


@pytest.mark.clause("G-2")
def test_a_grade_is_to_be_reviewed_when_a_scan_sees_more_or_the_data_have_grown(world):
    def told() -> list[str]:
        commands.run_rules(days(1))
        alerts = Alert.objects.filter(rule__code=RuleCode.GRADE_REVIEW)
        return [alert.facts["reason"] for alert in alerts]

    card = world.fresh()
    resource = card.resource
    assert resource is not None
    assert told() == []
    resource.proposed_grade = "L4"
    resource.rows = 2 * card.rows
    resource.save()
    card.grade = "L2"
    card.save()
    [reason] = told()
    assert "最近一次扫描建议一般数据4级" in reason
    assert f"数据规模由{card.rows}条增至{resource.rows}条" in reason
    assert len(told()) == 1


@pytest.mark.clause("G-2", "G-13")
def test_a_grade_is_to_be_reviewed_after_an_incident_but_not_after_a_drill(world):
    def told() -> list[str]:
        commands.run_rules(days(2))
        alerts = Alert.objects.filter(rule__code=RuleCode.GRADE_REVIEW)
        return [alert.facts["reason"] for alert in alerts]

    officer = world.sign(Role.SECURITY_OFFICER, days=1)
    commands.open_incident(world.fresh(), IncidentKind.LEAK, "演练", is_drill=True, by=officer)
    assert told() == []
    commands.open_incident(world.fresh(), IncidentKind.LEAK, "外发", by=officer)
    assert told() == ["定级后发生过安全事件"]


def test_hundreds_of_overdue_cards_are_alerts_each_and_one_notice(
    city, home, rules, django_assert_max_num_queries
):
    made = entered(city, [row(f"W{n}", update_cycle_days=30) for n in range(40)])
    concluded(city, made.batch)
    officer = city.sign(Role.SECURITY_OFFICER, city.unit).member
    with django_assert_max_num_queries(150):
        assert commands.run_rules(days(60)) == 40
    assert Alert.objects.values("card").distinct().count() == 40
    assert Entry.objects.filter(kind="watch.alert_raised").count() == 40
    [notice] = Notice.objects.filter(member=officer, kind=NoticeKind.ALERT)
    assert "40条预警" in notice.title
    rule = WatchRule.objects.get(code=RuleCode.OVERDUE_UPDATE)
    assert notice.url == f"/watch/alerts/?code={rule.code}&state=OPEN"
    assert commands.run_rules(days(60)) == 0


@pytest.mark.clause("G-7")
def test_a_quality_issue_that_is_not_put_right_in_time_is_told(world, city):
    steward = world.sign(Role.DATA_STEWARD)
    issue = open_issue(
        world.card,
        column="",
        kind=IssueKind.OTHER,
        severity=Gravity.GRAVE,
        sentence="单位混用",
        by=steward,
    )
    commands.run_rules(days(7))
    assert "QUALITY_OVERDUE" not in codes()
    commands.run_rules(days(8))
    [alert] = Alert.objects.filter(rule__code=RuleCode.QUALITY_OVERDUE)
    assert (alert.subject_id, alert.card_id) == (issue.id, world.card.id)
    assert issue.number in alert.text
    close_issue(issue, cause="两套系统", measure="统一为元", by=steward)
    commands.run_rules(days(60))
    assert Alert.objects.filter(rule__code=RuleCode.QUALITY_OVERDUE).count() == 1


@pytest.mark.clause("G-7")
def test_data_that_changed_unusually_and_data_gone_stale_are_told(world, city, home):
    card = world.card
    scan = card.resource.source.scans.first()
    snapshot = Snapshot.objects.get(resource=card.resource)
    assert commands.run_rules(make.NOON) == 0
    Snapshot.objects.update(is_newest=False)
    moved = Snapshot.objects.create(
        resource=card.resource,
        scan=scan,
        rows=1,
        columns=snapshot.columns,
        psi_hundredths=25,
        nulls_points=9,
        newest_on=make.NOON.date(),
        newest_in="came",
        taken_at=make.NOON,
    )
    assert commands.run_rules(make.NOON) == 1
    [alert] = Alert.objects.filter(rule__code=RuleCode.PROFILE_DRIFT)
    assert (alert.subject_id, alert.card_id) == (moved.id, card.id)
    assert "PSI 0.25" in alert.text
    assert "空值" not in alert.text
    late = card.update_cycle_days + 30
    commands.run_rules(days(late))
    assert "DATA_STALE" not in codes()
    commands.run_rules(days(late + 1))
    [alert] = Alert.objects.filter(rule__code=RuleCode.DATA_STALE)
    assert alert.card_id == card.id
    assert "2026-03-20" in alert.text


@pytest.mark.clause("G-2", "G-12")
def test_a_grade_is_to_be_reviewed_when_its_sources_are_raised_or_others_join(world, home):
    batch = entered(world.city, [row("M1", name="就诊月报", update_cycle_days=3650)])
    concluded(world.city, batch.batch)
    made = Card.objects.get(name="就诊月报")

    def told() -> list[str]:
        commands.run_rules(days(20))
        alerts = Alert.objects.filter(rule__code=RuleCode.GRADE_REVIEW, card=made)
        return [str(alert.facts["reason"]) for alert in alerts]

    def link(upstream, day):
        keeper = world.sign(Role.ASSET_KEEPER, days=day)
        return enter_link(made, upstream, note="按月汇总", by=keeper)

    def grade(card, level, day):
        officer = world.sign(Role.SECURITY_OFFICER, days=day)
        confirm_grade(Card.objects.get(id=card.id), level, "按规则核定", by=officer)

    grade(made, Grade.L2, 0)
    joined = link(world.card, 1)
    assert [world.card.name in reason for reason in told()] == [True]
    Alert.objects.all().delete()
    # Confirmed again in the knowledge of the link, it rests; so does a link that was ended.
    grade(made, Grade.L2, 2)
    assert told() == []
    # Raised among grades that stay below or equal to what is made from it: nothing to review.
    grade(world.card, Grade.L1, 3)
    grade(world.card, Grade.L2, 4)
    assert told() == []
    grade(world.card, Grade.L3, 5)
    [reason] = told()
    assert "级别已调高" in reason
    assert world.fresh().number in reason
    Alert.objects.all().delete()
    grade(made, Grade.L2, 6)
    assert told() == []
    # Confirmed once more at the same grade the source was not raised.
    grade(world.card, Grade.L3, 7)
    assert told() == []
    grade(world.card, Grade.L4, 8)
    end_link(joined, "流程停用", by=world.sign(Role.ASSET_KEEPER, days=9))
    assert told() == []


@pytest.mark.clause("N-8")
def test_a_stocktake_near_its_day_is_told_until_it_is_signed_off(world, city):
    keeper = world.sign(Role.ASSET_KEEPER)
    stocktake = open_stocktake(city.unit, "年终盘点", days(30).date(), by=keeper)
    commands.run_rules(days(22))
    assert "STOCKTAKE_DUE" not in codes()
    commands.run_rules(days(23))
    [alert] = Alert.objects.filter(rule__code=RuleCode.STOCKTAKE_DUE)
    assert (alert.subject_id, alert.organization_id) == (stocktake.id, city.unit.id)
    sign_off(stocktake, by=world.sign(Role.ASSET_KEEPER, days=24))
    Alert.objects.all().delete()
    commands.run_rules(days(31))
    assert "STOCKTAKE_DUE" not in codes()
