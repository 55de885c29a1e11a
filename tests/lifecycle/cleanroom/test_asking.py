"""Questions reach real data at the real node; what may not leave does not."""

import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom import commands, queries, showing
from shuce.lifecycle.cleanroom.deliveries import deliver_result
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import FileForm, Verdict
from shuce.lifecycle.rights import commands as rights
from tests import make
from tests.lifecycle import granted
from tests.lifecycle.granted import BY_DISTRICT, ROWS_WANTED


def ask(world, grant, sql=BY_DISTRICT):
    return commands.ask_question(grant, sql, by=world.analyst)


@pytest.mark.clause("G-8", "N-4", "G-7")
def test_an_aggregate_is_released_with_a_receipt_and_the_card_knows_of_its_use(world, grant):
    uses = world.card.uses
    question = ask(world, grant)
    assert question.verdict == Verdict.RELEASED, question.reason
    totals = dict(question.rows)
    # The five of Chongming are too few to be shown.
    assert set(totals) == set(granted.DISTRICTS)
    assert question.suppressed == 1
    assert question.receipt["digest"] == question.digest
    assert question.receipt["signature"]
    assert world.card.uses == uses + 1
    entry = Entry.objects.get(kind="cleanroom.answered", subject_id=question.id)
    assert json.loads(bytes(entry.body))["digest"] == question.digest


@pytest.mark.clause("G-8", "N-9")
def test_a_request_for_rows_is_refused_by_a_rule_and_leaves_evidence_but_no_rows(world, grant):
    uses = world.card.uses
    question = ask(world, grant, ROWS_WANTED)
    assert question.verdict == Verdict.REFUSED
    assert question.rule
    assert question.reason
    assert question.rule_label
    assert question.rows == []
    assert world.card.uses == uses
    entry = Entry.objects.get(kind="cleanroom.refused", subject_id=question.id)
    assert json.loads(bytes(entry.body))["rule"] == question.rule
    with pytest.raises(Refused, match="已放行"):
        deliver_result(question, FileForm.EXCEL, by=world.analyst)


def test_every_example_offered_is_released(world, grant):
    examples = showing.examples_of(grant)
    assert len(examples) == 3
    for _, sql in examples:
        question = ask(world, grant, sql)
        assert question.verdict == Verdict.RELEASED, (sql, question.reason)


def test_a_column_outside_the_grant_is_as_if_it_were_not_there(world, grant):
    assert ask(world, grant, "SELECT AVG(fee) FROM persons").verdict == Verdict.REFUSED
    [table] = queries.what_may_be_asked(grant)
    assert {column["name"] for column in table["columns"]} == {"id_card", "district", "age"}


def test_only_the_operators_own_analyst_asks(world, grant):
    city = world.city
    with pytest.raises(NotPermitted):
        commands.ask_question(grant, BY_DISTRICT, by=world.agent)
    with pytest.raises(Refused, match="本单位"):
        commands.ask_question(
            grant, BY_DISTRICT, by=world.sign(Role.OPERATOR_ANALYST, city.other_operator)
        )
    assert not Question.objects.exists()


STOPS = {
    "suspended": lambda world, grant: rights.suspend_grant(grant, "核查", by=world.officer),
    "withdrawn": lambda world, grant: rights.withdraw_grant(grant, "违约", by=world.keeper),
    "expired": lambda world, grant: None,
}


@pytest.mark.clause("N-4", "G-13")
@pytest.mark.parametrize("how", STOPS)
def test_a_grant_that_stopped_answers_nothing_on_any_path(world, grant, client, monkeypatch, how):
    released = ask(world, grant)
    at = make.NOON + timedelta(days=365 if how == "expired" else 0)
    STOPS[how](world, grant)
    analyst = world.sign(Role.OPERATOR_ANALYST, world.city.operator, (at - make.NOON).days)
    monkeypatch.setattr("shuce.foundation.organizations.requests.now", lambda: at)

    with pytest.raises(Refused):
        commands.ask_question(grant, BY_DISTRICT, by=analyst)
    with pytest.raises(Refused):
        deliver_result(released, FileForm.EXCEL, by=analyst)

    client.force_login(analyst.member)
    # A withdrawn grant keeps its page: the operator's own history.
    here = reverse("cleanroom:ask", args=[grant.id])
    page = client.post(here, {"sql": BY_DISTRICT})
    assert page.status_code == 422
    assert BY_DISTRICT in page.content.decode()
    answer = client.post(
        f"/api/v1/cleanroom/grants/{grant.id}/questions",
        {"sql": BY_DISTRICT},
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert answer.json()["obstacles"][0]["clause"] == "N-4"
    assert client.post(reverse("cleanroom:export", args=[released.id, "csv"])).status_code == 422
    assert Question.objects.count() == 1


def test_a_resumed_grant_answers_again(world, grant):
    rights.suspend_grant(grant, "核查", by=world.officer)
    rights.resume_grant(grant, "查无问题", by=world.officer)
    assert ask(world, grant).verdict == Verdict.RELEASED


def test_the_page_asks_shows_the_figures_and_keeps_what_was_typed(world, grant, client):
    client.force_login(world.analyst.member)
    assert grant.number in client.get(reverse("cleanroom:studio")).content.decode()
    here = reverse("cleanroom:ask", args=[grant.id])
    page = client.get(f"{here}?example=1").content.decode()
    assert "GROUP BY district" in page
    assert "每组至少 20 人" in page
    answer = client.post(here, {"sql": BY_DISTRICT})
    assert answer.status_code == 302
    question = Question.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert question.digest in page
    assert "隐去 1 组" in page
    assert "data-chart" in page
    assert BY_DISTRICT in page
    refused = client.post(here, {"sql": ROWS_WANTED}, follow=True).content.decode()
    assert "查询被拒绝" in refused
    assert ROWS_WANTED in refused
    empty = client.post(here, {"sql": "  "})
    assert empty.status_code == 422
    assert "请输入查询语句" in empty.content.decode()


def test_an_export_ends_with_whose_it_is_and_leaves_a_trace(world, grant, client):
    question = ask(world, grant)
    client.force_login(world.analyst.member)
    url = reverse("cleanroom:export", args=[question.id, "xlsx"])
    assert client.get(url).status_code == 405
    file = b"".join(client.post(url).streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["district", "total"]
    assert len(sheet) == 1 + 4 + 2
    for part in (grant.number, question.digest, world.analyst.member.name, "申数运营公司"):
        assert part in sheet[-1][0]
    assert Entry.objects.filter(kind="cleanroom.exported", subject_id=question.id).count() == 1


def test_overseers_read_what_was_asked_and_strangers_find_nothing(world, grant, client):
    question = ask(world, grant)
    city = world.city
    pages = [
        reverse("cleanroom:question", args=[question.id]),
        f"/api/v1/cleanroom/questions/{question.id}",
    ]
    for reader in (world.officer, world.sign(Role.BUREAU_REVIEWER, city.bureau)):
        client.force_login(reader.member)
        assert question.sql[:20] in client.get(reverse("cleanroom:studio")).content.decode()
        assert [client.get(page).status_code for page in pages] == [200, 200]
    studio = [
        reverse("cleanroom:ask", args=[grant.id]),
        f"/api/v1/cleanroom/grants/{grant.id}/tables",
    ]
    assert [client.get(page).status_code for page in studio] == [404, 404]
    for stranger in (
        world.sign(Role.OPERATOR_ANALYST, city.other_operator),
        world.sign(Role.ASSET_KEEPER, city.other_unit),
    ):
        client.force_login(stranger.member)
        assert [client.get(page).status_code for page in pages + studio] == [404] * 4
        assert client.post(studio[0], {"sql": BY_DISTRICT}).status_code == 404
        export = reverse("cleanroom:export", args=[question.id, "xlsx"])
        assert client.post(export).status_code == 404
        with pytest.raises(NotFound):
            queries.question_seen(question.id, stranger.member)


def test_programs_ask_and_read_what_pages_do(world, grant, client):
    client.force_login(world.analyst.member)
    base = "/api/v1/cleanroom"
    [studio] = client.get(f"{base}/grants").json()
    assert studio["number"] == grant.number
    [table] = client.get(f"{base}/grants/{grant.id}/tables").json()
    assert table["minimum_group"] == 20
    made = client.post(
        f"{base}/grants/{grant.id}/questions",
        {"sql": BY_DISTRICT},
        content_type="application/json",
    )
    assert made.status_code == 201
    assert made.json()["verdict"] == "released"
    assert made.json()["suppressed"] == 1
    listed = client.get(f"{base}/questions?grant_id={grant.id}").json()
    assert [one["id"] for one in listed] == [made.json()["id"]]


def test_a_chart_needs_a_name_and_a_number():
    def chart(columns, rows):
        return showing.chart_of(Question(columns=columns, rows=rows))

    assert chart(["d", "n"], [["黄浦", 30], ["徐汇", 40]])["series"][0]["data"] == [30, 40]
    assert chart(["n"], [[30]]) is None
    assert chart(["n", "d"], [[30, "黄浦"], [40, "徐汇"]]) is None
    assert chart(["d", "n"], [["黄浦", True], ["徐汇", None]]) is None
    assert chart([], []) is None
