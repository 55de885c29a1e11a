"""Many cards at once, by the rules of one: good rows kept, bad ones told, none twice."""

from dataclasses import replace
from datetime import date

import pytest

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Case
from shuce.foundation.evidence.models import Entry
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register.bulk import (
    BulkRow,
    confirm_grades_in_bulk,
    enter_cards_in_bulk,
    submit_batch,
)
from shuce.lifecycle.register.models import Batch, Card, ValueEntry
from shuce.lifecycle.register.rules import MOST_CARDS_OF_A_BATCH, obstacles_to_batch
from shuce.lifecycle.register.words import Acquisition, CardState, Grade
from tests.lifecycle import assets


def row(key: str, **changes) -> BulkRow:
    return BulkRow(key, assets.replaced(**({"name": f"资产{key}"} | changes)))


def entered(city, rows, **options):
    by = city.sign(Role.ASSET_KEEPER, city.unit)
    options = {"title": "台账导入", "answers": assets.answers(), "by": by} | options
    return enter_cards_in_bulk(city.unit, rows, **options)


def concluded(city, batch: Batch, verdict: Verdict = Verdict.APPROVE) -> Case:
    case = submit_batch(batch, by=city.sign(Role.ASSET_KEEPER, city.unit))
    while waiting := case.tasks.first():
        by = city.sign(Role(waiting.role), waiting.organization)
        approvals.decide(case, waiting.step, verdict, opinion="同意", by=by)
        case.refresh_from_db()
        if verdict is not Verdict.APPROVE:
            break
    return case


@pytest.mark.clause("N-8")
def test_good_rows_become_cards_and_the_others_come_back_with_their_reasons(city):
    bought = {"acquisition": Acquisition.PURCHASED}
    rows = [
        row("A1"),
        row("A2", name=" "),
        row("A3", **bought),
        row(""),
        row("A1"),
        row("A4", source_note="长" * 501),
        row("A5", obtained_on=date(2999, 1, 1), region_code="999999"),
        row("A6", cost=Money(0)),
    ]
    made = entered(city, rows)
    assert sorted(made.drafted) == [0, 7]
    assert {place: [o.field for o in found] for place, found in made.refused.items()} == {
        1: ["name"],
        2: ["budget_item"],
        3: ["key"],
        4: ["key"],
        5: ["source_note"],
        6: ["region_code", "obtained_on"],
    }
    assert [card.state for card in Card.objects.filter(batch=made.batch)] == [CardState.DRAFT] * 2
    assert ValueEntry.objects.get().value == assets.FACTS.cost


def test_rows_sent_again_draft_nothing_and_are_known_by_their_keys(city):
    first = entered(city, [row("A1"), row("A2", name="")])
    again = entered(city, [row("A1"), row("A2"), row("A3")])
    assert again.known == {0: first.drafted[0].id}
    assert sorted(again.drafted) == [1, 2]
    third = entered(city, [row("A1"), row("A2"), row("A3")])
    assert third.batch is None
    assert Card.objects.count() == 3
    assert Batch.objects.count() == 2


def test_every_card_of_a_batch_leaves_the_evidence_of_one_drafted_alone(city):
    made = entered(city, [row("A1"), row("A2")])
    for card in made.drafted.values():
        kinds = list(Entry.objects.filter(asset_id=card.id).values_list("kind", flat=True))
        assert kinds == ["register.card_drafted", "register.value_recorded"]
    assert Entry.objects.filter(kind="register.batch_drafted", subject_id=made.batch.id).exists()


@pytest.mark.clause("G-4")
def test_a_batch_needs_the_recognition_test_the_permission_and_the_duty(city):
    with pytest.raises(Refused, match="只能列入备查簿"):
        entered(city, [row("A1")], answers=assets.answers(unmet=("measurable",)))
    with pytest.raises(NotPermitted):
        entered(city, [row("A1")], by=city.sign(Role.DATA_STEWARD, city.unit))
    with pytest.raises(NotPermitted):
        entered(city, [row("A1")], by=city.sign(Role.ASSET_KEEPER, city.other_unit))
    assert not Card.objects.exists()
    assert [o.field for o in obstacles_to_batch(1, " ")] == ["title"]
    assert list(obstacles_to_batch(MOST_CARDS_OF_A_BATCH + 1, "多"))
    assert list(obstacles_to_batch(0, "空"))


def test_a_row_may_bring_its_resource_once(city, home, tmp_path):
    resource = assets.found(city, tmp_path)
    made = entered(city, [replace(row(key), resource=resource) for key in ("A1", "A2")])
    assert sorted(made.drafted) == [0]
    assert made.refused[1][0].reason == "该数据资源已有资产卡片"
    resource = Resource.objects.get(id=resource.id)
    assert (resource.state, resource.card_id) == ("REGISTERED", made.drafted[0].id)
    assert made.drafted[0].rows == resource.rows


def test_grades_of_a_batch_are_confirmed_together_by_the_rules_of_one(city):
    made = entered(city, [row("A1"), row("A2")])
    one, other = (card.id for card in made.drafted.values())
    by = city.sign(Role.SECURITY_OFFICER, city.unit)
    refused = confirm_grades_in_bulk(made.batch, {one: Grade.L4, other: Grade.L2}, by=by)
    # Without a scan the strictest general level is proposed, and a lower one needs its reason.
    assert list(refused) == [other]
    assert not confirm_grades_in_bulk(made.batch, {other: Grade.L2}, "无个人信息", by=by)
    assert set(Card.objects.values_list("id", "grade")) == {(one, "L4"), (other, "L2")}
    assert "nobody" in confirm_grades_in_bulk(made.batch, {"nobody": Grade.L1}, by=by)


def test_one_approval_enters_every_card_of_a_batch_under_its_own_number(city):
    made = entered(city, [row(f"A{n}") for n in range(12)])
    case = concluded(city, made.batch)
    assert case.summary[0] == ["卡片数", "12"]
    cards = Card.objects.filter(batch=made.batch).order_by("number")
    assert {card.state for card in cards} == {CardState.IN_FORCE}
    prefix = f"{city.unit.uscc}-2026-A0806-"
    assert [card.number for card in cards] == [f"{prefix}{n:06d}" for n in range(1, 13)]
    # The keys' order is the numbers' order.
    assert [card.key_in_source for card in cards] == [f"A{n}" for n in range(12)]
    told = Entry.objects.filter(asset_id=cards[0].id).values_list("kind", flat=True)
    assert list(told)[-2:] == ["register.card_submitted", "register.card_entered"]
    with pytest.raises(Refused, match="没有可以提交审批的草稿"):
        submit_batch(made.batch, by=city.sign(Role.ASSET_KEEPER, city.unit))


def test_a_batch_that_is_rejected_is_drafts_again_and_a_core_card_keeps_it_back(city):
    made = entered(city, [row("A1"), row("A2")])
    concluded(city, made.batch, Verdict.REJECT)
    assert set(Card.objects.values_list("state", "number")) == {("DRAFT", None)}
    by = city.sign(Role.SECURITY_OFFICER, city.unit)
    core = made.drafted[0]
    confirm_grades_in_bulk(made.batch, {core.id: Grade.CORE}, by=by)
    with pytest.raises(Refused, match="核心数据"):
        submit_batch(made.batch, by=city.sign(Role.ASSET_KEEPER, city.unit))


def test_numbers_given_in_bulk_and_one_by_one_follow_each_other(city):
    entered_first = entered(city, [row("A1"), row("A2")])
    concluded(city, entered_first.batch)
    again = entered(city, [row("A3")])
    concluded(city, again.batch)
    number = Card.objects.get(key_in_source="A3").number
    assert number.endswith("-000003")
    with pytest.raises(AssertionError):
        next_number("outside a command")


def test_a_batch_goes_through_the_api_and_its_page(city, client):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    client.force_login(keeper)
    facts = {
        "industry": "Q", "region_code": "310000", "acquisition": "PRODUCED",
        "source_note": "汇聚", "lawful_basis": "条例", "obtained_on": "2025-06-01",
    }  # fmt: skip
    yes = {"met": True, "evidence": "台账"}
    names = ("lawful_source", "held_or_controlled", "expected_benefit", "measurable")
    body = {
        "holder_id": city.unit.id,
        "title": "接口导入",
        "answers": dict.fromkeys((*names, "not_barred_by_secrecy"), yes),
        "rows": [facts | {"key": "1", "name": "门诊"}, facts | {"key": "2", "name": ""}],
    }
    sent = client.post("/api/v1/register/batches", body, content_type="application/json")
    assert sent.status_code == 201, sent.content
    told = sent.json()
    assert list(told["drafted"]) == ["0"]
    assert told["refused"] == [{"row": 1, "reasons": ["请填写资产名称"]}]
    page = f"/register/batches/{told['batch']['id']}/"
    assert "门诊" in client.get(page).content.decode()
    assert client.get("/register/batches/").content.decode().count("接口导入") == 1
    assert client.post(f"{page}submit/").status_code == 302
    assert Case.objects.get().subject_id == told["batch"]["id"]
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    assert client.get(page).status_code == 404
    assert client.get("/api/v1/register/batches").json() == []
