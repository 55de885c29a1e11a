"""De-identified sets from the clean room: two people pass one, or nothing leaves (G-8, N-4)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.demo.approving import approve
from shuce.engines.deidentify import Part, PartRole, Recipe, Technique
from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Case
from shuce.foundation.approvals.procedures import current, set_procedure
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations import commands as organizations
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role as Post
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom import queries, sets, tracing
from shuce.lifecycle.cleanroom.commands import ask_question
from shuce.lifecycle.cleanroom.models import Dataset, Delivery
from shuce.lifecycle.cleanroom.rules import FileForm
from shuce.lifecycle.cleanroom.set_rules import Held, Making, SetState, obstacles_to_make
from shuce.lifecycle.register.commands import confirm_grade
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.sources.nodes import node_here
from shuce.node.sets import SetOrder, SetWork
from tests import make
from tests.lifecycle.granted import TODAY

pytestmark = pytest.mark.clause("G-8", "N-4")
DISTRICT, AGE = Part("district", Technique.KEEP), Part("age", Technique.BAND, width=100)
RECIPE = Recipe((DISTRICT, AGE), k=20)
MAKING = Making("就诊人群结构", "面向行业的统计分析服务", TODAY + timedelta(days=90))


def made(world, grant, recipe=RECIPE, making=MAKING) -> Dataset:
    return sets.make_dataset(grant, making, recipe, by=world.analyst)


def passed(world, grant) -> Dataset:
    dataset = made(world, grant)
    case = sets.submit_dataset(dataset, by=world.analyst)
    approve(case, make.NOON)
    return Dataset.objects.get(id=dataset.id)


def decide(case: Case, step: str, by: Signature) -> Case:
    return approvals.decide(case, step, Verdict.APPROVE, opinion="同意", by=by)


def test_a_set_is_made_with_its_report_and_no_row_is_kept(world, grant):
    dataset = made(world, grant)
    assert dataset.state == SetState.MADE
    assert dataset.report["smallest_group"] >= 20
    # Five people of 崇明 are too few to be shown.
    assert dataset.report["people"] == 380
    assert dataset.report["rows_lost"] == 2
    kept = Dataset.objects.filter(id=dataset.id).values().get()
    assert "黄浦" not in str(kept)
    assert Entry.objects.filter(kind="cleanroom.set_made", subject_id=dataset.id).exists()


def test_two_people_of_the_holder_pass_a_set_and_its_file_says_whose_it_is(world, grant):
    dataset = passed(world, grant)
    assert dataset.state == SetState.PASSED
    taken = sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    text = taken.file.read().decode("utf-8-sig")
    assert text.startswith("district,age,行标记")
    assert "黄浦" in text
    assert "崇明" not in text
    assert taken.delivery.number in text
    assert taken.delivery.dataset == dataset
    found = tracing.trace(text.replace(taken.delivery.number, "").encode(), world.officer.member)
    assert [one.delivery for one in found] == [taken.delivery]
    decided = Entry.objects.get(kind="cleanroom.set_decided", subject_id=dataset.id)
    assert len(json.loads(decided.body)["reviewers"]) == 2
    exported = Entry.objects.get(kind="cleanroom.exported")
    assert json.loads(exported.body)["digest"] == dataset.digest
    assert world.card.uses == 1


def test_one_person_with_both_posts_cannot_pass_a_set_alone(world, grant):
    both = world.city.sign(Post.SECURITY_OFFICER, world.city.unit).member
    organizations.appoint(both, world.city.unit, Post.DATA_STEWARD, by=world.city.security_admin)
    case = sets.submit_dataset(made(world, grant), by=world.analyst)
    by = Signature(type(both).objects.get(pk=both.pk), make.NOON)
    case = decide(case, "security", by)
    with pytest.raises(Refused):
        decide(case, "data", by)
    assert Dataset.objects.get().state == SetState.IN_REVIEW
    decide(case, "data", world.sign(Post.DATA_STEWARD))
    assert Dataset.objects.get().state == SetState.PASSED


def test_a_procedure_with_one_step_less_does_not_let_a_set_out(world, grant):
    """A bureau may change the way; that two people must have seen it is not theirs to change."""
    text = current("dataset_egress").text
    alone = text[: text.index("[[steps]]")] + (
        '[[steps]]\nkey = "security"\nkind = "review"\ntitle = "识别风险审查"\n'
        'role = "SECURITY_OFFICER"\nplace = "holder"\nwho = "本单位安全保密员"\ndeadline_days = 3\n'
        'may_return_to = ["start"]\n'
    )
    by = world.sign(Post.BUREAU_REVIEWER, world.city.bureau)
    set_procedure("dataset_egress", alone, False, by=by)
    case = sets.submit_dataset(made(world, grant), by=world.analyst)
    with pytest.raises(Refused, match="两名不同人员"):
        decide(case, "security", world.officer)
    assert Dataset.objects.get().state == SetState.IN_REVIEW


def test_nothing_leaves_before_it_is_passed_and_nothing_that_was_refused(world, grant):
    dataset = made(world, grant)
    with pytest.raises(Refused, match="已制作"):
        sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    case = sets.submit_dataset(dataset, by=world.analyst)
    with pytest.raises(Refused, match="审查中"):
        sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    case = decide(case, "security", world.officer)
    with pytest.raises(Refused, match="审查中"):
        sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    approvals.decide(
        case, "data", Verdict.REJECT, opinion="分组过细", by=world.sign(Post.DATA_STEWARD)
    )
    with pytest.raises(Refused, match="未通过"):
        sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    assert not Delivery.objects.exists()


def test_what_was_put_in_another_way_is_refused_by_the_node_too(world, grant):
    """An analyst who types the order as a question gets nothing by it."""
    dataset = made(world, grant)
    order = SetOrder(SetWork.HAND_OVER, dataset.id, digest=dataset.digest)
    question = ask_question(grant, order.text, by=world.analyst)
    assert (question.verdict, question.rows) == ("refused", [])


def _suspend(world, grant, dataset):
    rights.suspend_grant(grant, "核查", by=world.officer)


def _withdraw_grant(world, grant, dataset):
    rights.withdraw_grant(grant, "违约", by=world.keeper)


def _withdraw_set(world, grant, dataset):
    sets.withdraw_dataset(dataset, "发现风险", by=world.officer)


def _grade_anew(world, grant, dataset):
    confirm_grade(world.card, Grade.IMPORTANT, "", by=world.officer)


def _column_graded_anew(world, grant, dataset):
    resource = world.card.resource
    for column in resource.columns:
        if column["name"] == "district":
            column["grade"] = "L3"
    resource.save()


@pytest.mark.parametrize(
    "stop", [_suspend, _withdraw_grant, _withdraw_set, _grade_anew, _column_graded_anew]
)
def test_a_passed_set_stops_in_the_same_second(world, grant, stop):
    dataset = passed(world, grant)
    sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    stop(world, grant, dataset)
    with pytest.raises(Refused):
        sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    assert Delivery.objects.count() == 1


def test_a_set_is_not_taken_after_its_last_day(world, grant):
    dataset = passed(world, grant)
    late = world.sign(Post.OPERATOR_ANALYST, world.city.operator, days=90)
    with pytest.raises(Refused, match="期限已过"):
        sets.take_dataset(dataset, FileForm.CSV, by=late)


def test_what_stopped_while_the_node_worked_does_not_leave(world, grant, monkeypatch):
    dataset = passed(world, grant)
    node = node_here()
    answer = node.answer

    def slow(job, *, now):
        found = answer(job, now=now)
        assert found.verdict == "released"
        _withdraw_set_without_node(dataset, world)
        return found

    monkeypatch.setattr(node, "answer", slow)
    with pytest.raises(Refused, match="已撤回"):
        sets.take_dataset(dataset, FileForm.CSV, by=world.analyst)
    assert not Delivery.objects.exists()


def _withdraw_set_without_node(dataset, world):
    sets._withdraw(dataset, "发现风险", by=world.officer)


def test_a_withdrawn_set_is_removed_at_the_node(world, grant, home):
    dataset = passed(world, grant)
    kept = lambda: list(home.rglob("sets/*/*.parquet"))  # noqa: E731
    assert kept()
    sets.withdraw_dataset(dataset, "发现风险", by=world.keeper)
    assert not kept()


def test_strangers_neither_see_nor_make_nor_take_nor_withdraw(world, grant):
    dataset = passed(world, grant)
    stranger = world.sign(Post.OPERATOR_ANALYST, world.city.other_operator)
    with pytest.raises(NotFound):
        queries.dataset_seen(dataset.id, stranger.member)
    for act in (
        lambda: sets.make_dataset(grant, MAKING, RECIPE, by=stranger),
        lambda: sets.take_dataset(dataset, FileForm.CSV, by=stranger),
        lambda: sets.withdraw_dataset(dataset, "不相干", by=stranger),
        lambda: sets.submit_dataset(dataset, by=stranger),
        lambda: sets.take_dataset(dataset, FileForm.CSV, by=world.agent),
        lambda: sets.take_dataset(dataset, FileForm.CSV, by=world.officer),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert queries.dataset_seen(dataset.id, world.officer.member) == dataset


HELD = {
    "id_card": Held("L4", "id_card", True),
    "name": Held("L2", "person_name", True),
    "district": Held("L1", "none", True),
    "age": Held("L1", "none", True),
    "illness": Held("L4", "diagnosis", True),
    "income": Held("L3", "none", True),
    "fee": Held("L1", "none", False),
}


def _why(recipe: Recipe, held=HELD, grade=Grade.L4, making=MAKING) -> list[str]:
    ends_on = TODAY + timedelta(days=200)
    found = obstacles_to_make(making, recipe, held, grade, ends_on, TODAY)
    return [str(one.clause) + one.reason for one in found]


def test_what_may_leave_is_told_by_grade_and_kind():
    subject = Part("id_card", Technique.PSEUDONYM, PartRole.SUBJECT)
    assert _why(Recipe((subject, DISTRICT, AGE), k=20)) == []
    for part, word in (
        (Part("name", Technique.MASK, keep=1), "直接标识符"),
        (Part("id_card", Technique.MASK, keep=4), "直接标识符"),
        (Part("illness", Technique.KEEP, PartRole.SENSITIVE), "三级以上"),
        (Part("income", Technique.BAND, width=10), "三级以上"),
        (Part("fee", Technique.BAND, width=10), "不在授权范围"),
        (Part("none", Technique.KEEP), "不在授权范围"),
    ):
        [reason] = _why(Recipe((DISTRICT, part), k=20))
        assert word in reason
    [reason] = _why(Recipe((DISTRICT,), k=19))
    assert "至少 20 人" in reason


@pytest.mark.parametrize("grade", [Grade.IMPORTANT, Grade.CORE, Grade.SECRET])
def test_no_set_is_made_of_important_core_or_secret_data(grade):
    assert any("不得以去标识化" in why for why in _why(Recipe((DISTRICT,), k=50), grade=grade))


def test_no_set_is_made_where_the_whole_is_graded_above_its_columns():
    plain = {"district": Held("L1", "none", True)}
    assert _why(Recipe((DISTRICT,), k=20), plain, Grade.L2) == []
    [reason] = _why(Recipe((DISTRICT,), k=20), plain, Grade.L3)
    assert "汇聚" in reason


@pytest.mark.parametrize("days", [0, -1, 201, 400])
def test_a_set_is_taken_no_longer_than_its_grant_runs(days):
    late = replace(MAKING, valid_until=TODAY + timedelta(days=days))
    [reason] = _why(Recipe((DISTRICT,), k=20), making=late)
    assert "交付截止日" in reason


def test_on_the_pages_a_set_is_made_reviewed_and_taken(world, grant, client):
    client.force_login(world.analyst.member)
    page = reverse("cleanroom:make_set", args=[grant.id])
    shown = client.get(page).content.decode()
    assert "district" in shown
    typed = {
        "title": "人群结构",
        "purpose": "统计",
        "valid_until": str(MAKING.valid_until),
        "k": "20",
        "diversity": "2",
        "subject": "on",
        "way0": "KEEP",
        "role0": "QUASI",
        "parameter0": "",
        "way1": "BAND",
        "role1": "QUASI",
        "parameter1": "x",
    }
    assert client.post(page, typed).status_code == 422
    answer = client.post(page, typed | {"parameter1": "100; 1; 200"})
    assert answer.status_code == 302, answer.content.decode()
    dataset = Dataset.objects.get()
    assert [part["way"] for part in dataset.recipe["parts"]] == ["PSEUDONYM", "KEEP", "BAND"]
    here = reverse("cleanroom:dataset", args=[dataset.id])
    assert "效果评估" in client.get(here).content.decode()
    export = reverse("cleanroom:export_set", args=[dataset.id, "csv"])
    assert client.post(export).status_code == 422
    client.post(reverse("cleanroom:submit_set", args=[dataset.id]))
    approve(queries.review_of(dataset, world.officer.member), make.NOON)
    answer = client.post(export)
    assert answer.status_code == 200
    assert b"P" in b"".join(answer.streaming_content)
    assert client.get(reverse("cleanroom:datasets")).status_code == 200
    client.force_login(world.officer.member)
    assert "撤回" in client.get(here).content.decode()
    gone = reverse("cleanroom:withdraw_set", args=[dataset.id])
    assert client.post(gone, {"reason": "发现风险"}).status_code == 302
    client.force_login(world.analyst.member)
    assert client.post(export).status_code == 422


def test_programs_make_submit_take_and_withdraw_sets(world, grant, client):
    client.force_login(world.analyst.member)
    body = {
        "title": "人群结构",
        "purpose": "统计",
        "valid_until": str(MAKING.valid_until),
        "k": 20,
        "parts": [{"column": "district", "way": "KEEP"}],
    }
    at = f"/api/v1/cleanroom/grants/{grant.id}/sets"
    told = client.post(at, {**body, "k": 3}, content_type="application/json")
    assert told.status_code == 422
    told = client.post(at, body, content_type="application/json")
    assert told.status_code == 201, told.content
    here = f"/api/v1/cleanroom/sets/{told.json()['id']}"
    export = client.post(f"{here}/export")
    assert export.status_code == 422
    assert client.post(f"{here}/submit").status_code == 201
    approve(queries.review_of(Dataset.objects.get(), world.officer.member), make.NOON)
    assert client.post(f"{here}/export").status_code == 200
    assert client.get(here).json()["state"] == "PASSED"
    assert len(client.get("/api/v1/cleanroom/sets").json()) == 1
    gone = client.post(f"{here}/withdraw", {"reason": "停用"}, content_type="application/json")
    assert gone.json()["state"] == "WITHDRAWN"
    assert client.post(f"{here}/export").status_code == 422
