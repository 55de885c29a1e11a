"""An asset is measured by the rules its holder chose; what fails is an issue until put right."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shuce.engines.quality import QualityRule, RuleKind
from shuce.foundation.evidence.models import Entry
from shuce.foundation.notices.models import Notice
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.quality import commands, queries
from shuce.lifecycle.quality.measuring import measure_quality
from shuce.lifecycle.quality.models import Assessment, AssetRule, Issue
from shuce.lifecycle.quality.words import (
    Gravity,
    IssueKind,
    IssueOrigin,
    IssueState,
    RuleOrigin,
    StepKind,
)
from tests import make
from tests.lifecycle import assets

FILLED = QualityRule(RuleKind.NOT_NULL, "fee", least=98)
SEXES = QualityRule(RuleKind.IN_LIST, "sex", {"values": ["男", "女"]})
ORDER = QualityRule(RuleKind.ORDER, "came", {"other": "left_on"})


def take(card, *rules, by):
    return commands.take_rules(card, rules, RuleOrigin.LIBRARY, by=by)


def later(city, days):
    return city.sign(Role.DATA_STEWARD, city.unit, make.NOON + timedelta(days=days))


@pytest.mark.clause("G-7")
def test_only_figures_come_back_and_only_the_steward_asks_for_them(card, city, steward):
    with pytest.raises(NotPermitted):
        measure_quality(card, by=city.sign(Role.ASSET_KEEPER, city.unit))
    found = measure_quality(card, by=steward)
    assert 0 < found.score <= 100
    assert not found.chosen
    assert not any(number in str(found.issues) for number in assets.MOBILES)
    assert any(one["score"] is not None for one in queries.dimensions_of(found))


@pytest.mark.clause("G-7")
def test_suggestions_stand_in_until_the_holder_takes_rules(card, steward):
    suggested = queries.suggestions_for(card)
    assert queries.rules_of(card) == suggested
    taken = commands.take_rules(card, suggested, RuleOrigin.SUGGESTED, by=steward)
    assert len(taken) == len(suggested) > 3
    assert queries.suggestions_for(card) == ()
    assert measure_quality(card, by=steward).chosen
    gone = commands.drop_rule(taken[0], "该字段已停用", by=steward)
    assert gone.drop_reason == "该字段已停用"
    # Neither measured nor suggested again.
    assert len(queries.rules_of(card)) == len(suggested) - 1
    assert queries.suggestions_for(card) == ()


@pytest.mark.clause("G-7")
def test_rules_are_the_holders_to_choose(card, city, steward):
    with pytest.raises(NotPermitted):
        take(card, FILLED, by=city.sign(Role.ASSET_KEEPER, city.unit))
    with pytest.raises(NotPermitted):
        take(card, FILLED, by=city.sign(Role.DATA_STEWARD, city.other_unit))
    with pytest.raises(Refused, match="没有字段"):
        take(card, QualityRule(RuleKind.NOT_NULL, "nowhere"), by=steward)
    # One that is refused takes the others of its command back.
    with pytest.raises(Refused, match="同样的规则"):
        take(card, FILLED, FILLED, by=steward)
    assert not AssetRule.objects.exists()
    with pytest.raises(Refused, match="至少选择一条"):
        take(card, by=steward)
    assert len(take(card, FILLED, by=steward)) == 1


@pytest.mark.clause("G-6")
def test_the_score_is_that_of_the_rules_by_their_weights(card, table, steward):
    [filled, sexes, _] = take(card, FILLED, SEXES, ORDER, by=steward)
    table.run("UPDATE visits SET fee = NULL WHERE no < 'V0010'")
    table.run("UPDATE visits SET sex = '不详' WHERE no < 'V0020'")
    found = measure_quality(card, by=steward)
    # Complete 90, standard 80, timely 100: each dimension counts alike.
    assert found.score == Decimal("90.00")
    assert found.indicators == {"010500": 0.8, "020100": 0.9, "050300": 1.0}
    assert [one["share"] for one in found.results] == [0.9, 0.8, 1.0]
    commands.weigh_dimensions(
        card,
        {
            "standard": 3,
            "complete": 1,
            "timely": 0,
            "accurate": 0,
            "consistent": 0,
            "accessible": 0,
        },
        by=steward,
    )
    assert measure_quality(card, by=steward).score == Decimal("82.50")
    commands.weigh_rule(sexes, 5, Decimal(75), by=steward)
    again = measure_quality(card, by=steward)
    assert [one["fails"] for one in again.results] == [True, False, False]
    with pytest.raises(Refused, match="合格比例"):
        commands.weigh_rule(filled, 1, Decimal(0), by=steward)
    with pytest.raises(Refused, match="都是 0"):
        commands.weigh_dimensions(card, dict.fromkeys(queries.dimension_names(), 0), by=steward)
    trend = queries.trend_until(again)
    assert [one.score for one in trend] == [Decimal("90.00"), Decimal("82.50"), Decimal("82.50")]


@pytest.mark.clause("G-7")
def test_what_fails_is_an_issue_put_right_and_open_again_if_it_fails_again(
    card, table, city, steward
):
    take(card, FILLED, SEXES, by=steward)
    measure_quality(card, by=steward)
    assert not Issue.objects.exists()

    table.run("UPDATE visits SET fee = NULL WHERE no < 'V0010'")
    first = measure_quality(card, by=steward)
    [issue] = queries.issues_of(card)
    assert (issue.column, issue.kind, issue.origin) == (
        "fee",
        IssueKind.NOT_NULL,
        IssueOrigin.ASSESSMENT,
    )
    # 90 of 100 where 98 are asked: eight points short.
    assert (issue.severity, issue.due_on) == (Gravity.GENERAL, date(2026, 4, 19))
    assert "90.00%" in issue.sentence
    assert issue.owner == steward.member
    assert issue.number == "ZL-2026-00001"
    assert Notice.objects.get(member=steward.member, kind="quality").url.endswith(f"{card.id}/")

    # Seen again it is the same issue; a graver one is due sooner.
    table.run("UPDATE visits SET fee = NULL WHERE no < 'V0050'")
    measure_quality(card, by=later(city, 1))
    [issue] = queries.issues_of(card)
    assert (issue.severity, issue.due_on) == (Gravity.GRAVE, date(2026, 3, 28))

    with pytest.raises(Refused, match="原因"):
        commands.close_issue(issue, cause=" ", measure="补录", by=steward)
    with pytest.raises(NotPermitted):
        commands.close_issue(
            issue, cause="漏填", measure="补录", by=city.sign(Role.ASSET_KEEPER, city.unit)
        )
    closed = commands.close_issue(issue, cause="收费接口漏传", measure="已补录", by=steward)
    assert closed.state is IssueState.CLOSED
    assert not queries.overdue_issues(date(2030, 1, 1)).exists()

    measure_quality(card, by=later(city, 2))
    [issue] = queries.issues_of(card)
    assert (issue.state, issue.reopened, issue.closed_at) == (IssueState.OPEN, 1, None)
    assert issue.due_on == date(2026, 3, 29)

    table.run("UPDATE visits SET fee = '1'")
    measure_quality(card, by=later(city, 3))
    issue.refresh_from_db()
    assert issue.passed_at == make.NOON + timedelta(days=3)
    assert issue.state is IssueState.OPEN
    assert [step.kind for step in issue.steps.all()] == [
        StepKind.OPENED,
        StepKind.SEEN,
        StepKind.CLOSED,
        StepKind.REOPENED,
        StepKind.PASSED,
    ]
    assert first.failing == 1
    kinds = list(Entry.objects.filter(asset_id=card.id).values_list("kind", flat=True))
    assert kinds.count("quality.issue_opened") == kinds.count("quality.issue_reopened") == 1


@pytest.mark.clause("G-7")
def test_several_rules_of_one_kind_over_one_column_make_one_issue(card, table, steward):
    short = QualityRule(RuleKind.PATTERN, "no", {"regex": "V[0-9]{4}"})
    odd = QualityRule(RuleKind.PATTERN, "no", {"regex": "X.*"})
    take(card, short, odd, by=steward)
    table.run("UPDATE visits SET no = '坏' WHERE no < 'V0003'")
    measure_quality(card, by=steward)
    [issue] = queries.issues_of(card)
    assert issue.severity is Gravity.GRAVE
    assert "0.00%" in issue.sentence


def test_a_rule_whose_column_is_gone_is_an_issue_too(card, table, steward):
    take(card, FILLED, SEXES, by=steward)
    table.run("ALTER TABLE visits DROP COLUMN sex")
    found = measure_quality(card, by=steward)
    [issue] = queries.issues_of(card)
    assert (issue.column, issue.severity) == ("sex", Gravity.GENERAL)
    assert "无法检验" in issue.sentence
    assert found.failing == 1


@pytest.mark.clause("G-7")
def test_an_issue_is_opened_by_hand_given_to_somebody_and_worked_on(card, city, steward):
    other = city.add(Role.ASSET_KEEPER, city.unit)
    stranger = city.add(Role.ASSET_KEEPER, city.other_unit)
    about = {"column": "fee", "kind": IssueKind.OTHER, "severity": Gravity.SERIOUS}
    with pytest.raises(NotPermitted):
        commands.open_issue(
            card, **about, sentence="单位混用", by=city.sign(Role.ASSET_KEEPER, city.unit)
        )
    with pytest.raises(Refused, match="持有单位"):
        commands.open_issue(card, **about, sentence="单位混用", owner=stranger, by=steward)
    with pytest.raises(Refused, match="整改期限"):
        commands.open_issue(card, **about, sentence="单位混用", due_on=date(2026, 9, 1), by=steward)
    issue = commands.open_issue(card, **about, sentence="元和万元混用", by=steward)
    assert (issue.due_on, issue.owner) == (date(2026, 4, 4), steward.member)
    with pytest.raises(Refused, match="同类问题"):
        commands.open_issue(card, **about, sentence="又一次", by=steward)
    given = commands.assign_issue(issue, other, by=steward)
    assert given.owner == other
    mine = city.sign(Role.ASSET_KEEPER, city.unit)
    owner = type(mine)(other, make.NOON)
    commands.note_progress(issue, "已联系厂商", by=owner)
    with pytest.raises(NotPermitted):
        commands.note_progress(issue, "看看", by=type(mine)(stranger, make.NOON))
    with pytest.raises(Refused, match="进展"):
        commands.note_progress(issue, " ", by=owner)
    commands.close_issue(issue, cause="两套系统", measure="统一为元", by=steward)
    with pytest.raises(Refused, match="已经销号"):
        commands.assign_issue(issue, other, by=steward)
    # What a person saw is not opened again by a measurement of something else.
    measure_quality(card, by=steward)
    issue.refresh_from_db()
    assert issue.state is IssueState.CLOSED


def test_rules_need_data_that_is_there(city, home, steward, card):
    card.resource = None
    card.save(update_fields=["resource"])
    with pytest.raises(Refused, match="没有关联的数据资源"):
        take(card, FILLED, by=steward)
    with pytest.raises(Refused, match="无法测量"):
        measure_quality(card, by=steward)
    assert not Assessment.objects.exists()
