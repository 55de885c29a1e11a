"""A card is drafted, approved, numbered, graded, revised; whom it concerns reads it."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Case
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.quality.measuring import measure_quality
from shuce.lifecycle.register import commands, queries, revising
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.rules import (
    obstacles_to_draft,
    obstacles_to_grade,
    obstacles_to_measure,
    obstacles_to_revise,
    obstacles_to_submit,
    obstacles_to_update_on,
    obstacles_to_use,
)
from shuce.lifecycle.register.words import Acquisition, CardState, Grade, ValueBasis
from tests import make
from tests.lifecycle import assets

TODAY = date(2026, 3, 20)


@pytest.fixture
def card(city, home, tmp_path) -> Card:
    return assets.drafted(city, assets.found(city, tmp_path))


def enter(card: Card, city: make.City) -> Card:
    """Submit a card and let everyone who is asked approve it."""
    commands.submit_card(card, by=city.sign(Role.ASSET_KEEPER, card.holder))
    return approve(card, city)


def approve(card: Card, city: make.City) -> Card:
    case = Case.objects.get(subject_id=card.id)
    for _ in range(9):
        waiting = case.tasks.first()
        if waiting is None:
            break
        by = city.sign(Role(waiting.role), waiting.organization)
        approvals.decide(case, waiting.step, Verdict.APPROVE, opinion="同意", by=by)
        case.refresh_from_db()
    card.refresh_from_db()
    return card


@pytest.mark.clause("N-3")
def test_a_purchase_needs_its_budget_and_above_the_threshold_its_procurement():
    bought = replace(assets.FACTS, acquisition=Acquisition.PURCHASED)
    assert [o.field for o in obstacles_to_draft(bought, TODAY)] == ["budget_item"]
    dear = replace(bought, budget_item="信息化", cost=Money.from_yuan(500_000))
    assert [o.field for o in obstacles_to_draft(dear, TODAY)] == ["procurement_number"]
    assert not list(obstacles_to_draft(replace(dear, procurement_number="沪采2026-1"), TODAY))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"region_code": "999999"}, "region_code"),
        ({"class_code": "A02010000"}, "class_code"),
        ({"source_note": ""}, "source_note"),
        ({"lawful_basis": ""}, "lawful_basis"),
        ({"obtained_on": date(2026, 3, 21)}, "obtained_on"),
        ({"personal_data": True}, "personal_basis"),
        ({"update_cycle_days": 0}, "update_cycle_days"),
        ({"cost": Money(-1)}, "cost"),
    ],
)
def test_each_wrong_fact_is_named(wrong, field):
    assert not list(obstacles_to_draft(assets.FACTS, TODAY))
    assert [o.field for o in obstacles_to_draft(replace(assets.FACTS, **wrong), TODAY)] == [field]


@pytest.mark.clause("G-2")
def test_a_lower_grade_needs_a_reason_and_important_data_is_never_lowered():
    def refused(grade, current, reason=""):
        return [
            o.field
            for o in obstacles_to_grade(CardState.IN_FORCE, grade, current, Grade.L3, reason)
        ]

    assert refused(Grade.L3, None) == []
    assert refused(Grade.L4, None) == []
    assert refused(Grade.L2, None) == ["reason"]
    assert refused(Grade.L2, None, "已去标识化") == []
    assert refused(Grade.L3, Grade.IMPORTANT, "想调低") == ["grade"]
    assert list(obstacles_to_grade(CardState.CLOSED, Grade.L3, None, Grade.L3, ""))


def test_what_may_be_done_with_a_card_follows_from_its_state_and_grade():
    assert not list(obstacles_to_submit(CardState.DRAFT, None))
    assert list(obstacles_to_submit(CardState.IN_FORCE, None))
    assert list(obstacles_to_submit(CardState.DRAFT, Grade.CORE))
    assert not list(obstacles_to_revise(CardState.IN_FORCE))
    assert list(obstacles_to_revise(CardState.IN_APPROVAL))
    assert not list(obstacles_to_use(CardState.IN_FORCE, Grade.L4))
    assert list(obstacles_to_use(CardState.IN_FORCE, Grade.SECRET))
    assert list(obstacles_to_use(CardState.IN_FORCE, None))
    assert list(obstacles_to_use(CardState.DRAFT, Grade.L1))
    assert not list(obstacles_to_measure(CardState.DRAFT, has_data=True, is_connected=True))
    assert list(obstacles_to_measure(CardState.DRAFT, has_data=True, is_connected=False))
    assert not list(obstacles_to_update_on(TODAY, TODAY, TODAY))
    assert list(obstacles_to_update_on(date(2026, 3, 19), TODAY, TODAY))


@pytest.mark.clause("N-8")
def test_a_recognised_asset_is_drafted_once_approved_by_others_and_numbered(
    card, city, home, tmp_path
):
    assert (card.state, card.number) == (CardState.DRAFT, None)
    assert (card.value, card.value_basis) == (Money.from_yuan(120_000), ValueBasis.COST)
    recognition = card.resource.recognitions.get()
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(Conflict):
        commands.draft_card(recognition, assets.FACTS, by=keeper)
    with pytest.raises(NotPermitted):
        commands.submit_card(card, by=city.sign(Role.DATA_STEWARD, city.unit))
    entered = enter(card, city)
    assert entered.state == CardState.IN_FORCE
    assert entered.number.startswith(f"{city.unit.uscc}-2026-A0806-")
    with pytest.raises(Refused):
        commands.submit_card(entered, by=keeper)


def test_a_card_that_was_rejected_is_a_draft_again(card, city):
    commands.submit_card(card, by=city.sign(Role.ASSET_KEEPER, city.unit))
    case = Case.objects.get(subject_id=card.id)
    waiting = case.tasks.first()
    by = city.sign(Role(waiting.role), waiting.organization)
    approvals.decide(case, waiting.step, Verdict.REJECT, opinion="来源不清", by=by)
    card.refresh_from_db()
    assert (card.state, card.number) == (CardState.DRAFT, None)


def test_a_revision_keeps_what_was_and_a_card_at_cost_follows_its_cost(card, city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(Refused, match="变更原因"):
        revising.revise_card(card, {"name": "新名"}, " ", by=keeper)
    with pytest.raises(Refused, match="没有任何变更"):
        revising.revise_card(card, {"name": card.name}, "无", by=keeper)
    changes = {"cost": Money.from_yuan(90_000), "retain_until": date(2030, 1, 1)}
    revised = revising.revise_card(card, changes, "核减", by=keeper).card
    assert (revised.version, revised.value) == (2, Money.from_yuan(90_000))
    revising.revise_card(card, {"cost": Money.from_yuan(80_000)}, "再核减", by=keeper)
    newest, first = queries.revisions_shown(Card.objects.get())
    assert [(c.label, c.before, c.after) for c in newest.changes] == [
        ("原值", "¥90,000.00", "¥80,000.00")
    ]
    assert {c.label: (c.before, c.after) for c in first.changes} == {
        "原值": ("¥120,000.00", "¥90,000.00"),
        "保存期限": ("—", "2030年1月1日"),
    }
    assert [v.value.yuan for v in queries.values_of(card)] == [80_000, 90_000, 120_000]


def test_the_grade_is_confirmed_by_the_security_officer_alone(card, city):
    officer = city.sign(Role.SECURITY_OFFICER, city.unit)
    with pytest.raises(NotPermitted):
        commands.confirm_grade(card, Grade.L4, by=city.sign(Role.ASSET_KEEPER, city.unit))
    assert queries.reasons_for_grade(card)
    with pytest.raises(Refused, match="理由"):
        commands.confirm_grade(card, Grade.L1, by=officer)
    graded = commands.confirm_grade(card, Grade.L4, by=officer)
    assert (graded.grade, graded.grade_confirmed_on) == (Grade.L4, TODAY)


@pytest.mark.clause("G-7")
def test_an_update_of_the_data_moves_the_next_one(card, city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(Refused, match="在册"):
        commands.note_update(card, TODAY, by=keeper)
    enter(card, city)
    assert not queries.overdue_for_update(date(2027, 3, 20)).exists()
    assert queries.overdue_for_update(date(2027, 3, 21)).exists()
    Resource.objects.update(rows=77)
    updated = commands.note_update(card, TODAY, by=keeper)
    assert (updated.rows, updated.update_due_on) == (77, date(2027, 3, 20))
    with pytest.raises(Refused, match="早于上次"):
        commands.note_update(card, date(2026, 1, 1), by=keeper)


@pytest.mark.clause("G-6")
def test_a_mark_is_added_and_ended_and_the_card_is_not_reduced(card, city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    commands.mark_card(card, text="授予经营权", cause_id="cause", by=keeper)
    commands.end_mark("cause", by=keeper)
    mark = queries.marks_of(card).get()
    assert (mark.text, mark.ended_at) == ("授予经营权", make.NOON)
    card.refresh_from_db()
    assert card.value == Money.from_yuan(120_000)


def test_a_reader_from_outside_sees_the_card_and_not_what_is_inside(card, city, client):
    agent = city.sign(Role.OPERATOR_AGENT, city.operator).member
    address = reverse("register:card", args=[card.id])
    client.force_login(agent)
    assert client.get(address).status_code == 404
    commands.admit_reader(card, city.operator, "cause", by=city.sign(Role.ASSET_KEEPER, city.unit))
    assert client.get(address).status_code == 200
    columns = client.get(address, {"tab": "columns"}).content.decode()
    assert "mobile" in columns
    assert "概况" not in columns
    for tab in ("quality", "versions", "life"):
        assert client.get(address, {"tab": tab}).status_code == 404
    assert client.get(f"/api/v1/quality/cards/{card.id}/assessments").status_code == 404
    commands.dismiss_reader("cause", by=city.sign(Role.ASSET_KEEPER, city.unit))
    assert client.get(address).status_code == 404


def test_every_view_of_an_asset_is_shown(card, city, client):
    measure_quality(card, by=city.sign(Role.DATA_STEWARD, city.unit))
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    revising.revise_card(card, {"scene": "慢病预警"}, "补充场景", by=keeper)
    enter(card, city)
    client.force_login(city.sign(Role.SECURITY_OFFICER, city.unit).member)
    address = reverse("register:card", args=[card.id])

    def page(tab):
        answer = client.get(address, {"tab": tab})
        assert answer.status_code == 200
        return answer.content.decode()

    assert card.number in page("overview")
    assert "手机号" in page("columns")
    assert 'role="img"' in page("rights")
    assert "维度得分" in page("quality")
    assert "¥120,000.00" in page("value")
    assert "慢病预警" in page("versions")
    life = page("life")
    assert "起草资产卡片" in life
    assert "/oversight/evidence/" in life
    assert client.get(address, {"tab": "none"}).status_code == 404


def test_pages_draft_revise_grade_and_print_a_card(city, home, tmp_path, client):
    recognition = assets.recognised(city, assets.found(city, tmp_path))
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    form = {
        "name": "门诊记录",
        "class_code": "A08060200",
        "industry": "Q",
        "region_code": "310000",
        "acquisition": "PRODUCED",
        "source_note": "平台汇聚",
        "obtained_on": "2025-06-01",
        "cost": "120,000.00",
        "lawful_basis": "数据条例",
        "sharing": "CONDITIONAL",
        "opening": "NONE",
        "mlps_level": "3",
        "update_cycle_days": "30",
    }
    address = reverse("register:enter", args=[recognition.id])
    assert client.get(address).status_code == 200
    wrong = client.post(address, form | {"region_code": "999999"})
    assert wrong.status_code == 422
    assert "行政区划代码不存在" in wrong.content.decode()
    assert client.post(address, form).status_code == 302
    card = Card.objects.get()
    ids = [card.id]
    assert client.get(reverse("register:revise", args=ids)).status_code == 200
    client.post(reverse("register:revise", args=ids), form | {"name": "新名", "reason": "改名"})
    client.post(reverse("register:submit", args=ids))
    card.refresh_from_db()
    assert (card.name, card.state) == ("新名", CardState.IN_APPROVAL)
    approve(card, city)
    assert "新名" in client.get(reverse("register:cards"), {"search": card.number}).content.decode()
    exported = client.get(reverse("register:cards"), {"export": "xlsx"})
    assert exported.headers["Content-Type"].endswith("sheet")
    paper = client.get(reverse("register:pdf", args=ids))
    assert paper.content.startswith(b"%PDF")
    data = client.get(reverse("register:json", args=ids)).json()
    assert (data["number"], data["cost"]) == (card.number, 12_000_000)
    assert client.get(reverse("register:update", args=ids)).status_code == 200
    client.force_login(city.sign(Role.SECURITY_OFFICER, city.unit).member)
    grading = reverse("register:grade", args=ids)
    assert "建议理由" in client.get(grading).content.decode()
    assert client.post(grading, {"grade": "L1"}).status_code == 422
    assert client.post(grading, {"grade": "L4"}).status_code == 302


def test_the_api_does_what_the_pages_do_and_strangers_find_nothing(city, home, tmp_path, client):
    recognition = assets.recognised(city, assets.found(city, tmp_path))
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    root = "/api/v1/register/cards"

    def send(path, body, method=client.post):
        return method(f"{root}{path}", body, content_type="application/json")

    facts = {
        "recognition_id": recognition.id,
        "name": "门诊记录",
        "industry": "Q",
        "region_code": "310000",
        "acquisition": "PRODUCED",
        "source_note": "平台汇聚",
        "lawful_basis": "数据条例",
        "obtained_on": "2025-06-01",
        "cost_fen": 100,
    }
    refused = send("", facts | {"region_code": "0"})
    assert refused.json()["obstacles"][0]["field"] == "region_code"
    made = send("", facts)
    assert (made.status_code, made.json()["value_fen"]) == (201, 100)
    one = f"/{made.json()['id']}"
    assert client.get(f"{root}{one}").json()["holder"]["name"] == city.unit.name
    changed = send(one, {"reason": "改", "name": "新名"}, client.patch).json()
    assert (changed["name"], changed["version"]) == ("新名", 2)
    assert client.get(f"{root}{one}/revisions").json()[0]["changes"][0]["after"] == "新名"
    assert send(f"{one}/submit", {}).json()["outcome"]
    assert client.get(root, {"state": "IN_APPROVAL"}).json()[0]["name"] == "新名"
    assert send(f"{one}/update", {"updated_on": "2026-03-20"}).status_code == 422
    assert send(f"{one}/grade", {"grade": "L4"}).status_code == 403
    client.force_login(city.sign(Role.SECURITY_OFFICER, city.unit).member)
    assert send(f"{one}/grade", {"grade": "L4"}).json()["grade"] == "L4"
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    assert client.get(root).json() == []
    for path in ("", "/revisions"):
        assert client.get(f"{root}{one}{path}").status_code == 404
    for path, body in (
        ("/submit", {}),
        ("/grade", {"grade": "L4"}),
        ("/update", {"updated_on": "2026-03-20"}),
    ):
        assert send(f"{one}{path}", body).status_code == 404
    assert send(one, {"reason": "改"}, client.patch).status_code == 404
    for name in ("card", "submit", "revise", "update", "grade", "pdf", "json"):
        assert client.post(reverse(f"register:{name}", args=[one[1:]])).status_code == 404
    assert client.get(reverse("register:enter", args=[recognition.id])).status_code == 404
