"""Questions kept with parameters, in versions, for one or for all of a body."""

import pytest
from django.urls import reverse

from shuce.engines.guard.binding import Parameter, ParameterKind
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom import queries, saving
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.cleanroom.saving import Kept
from shuce.lifecycle.rights import commands as rights
from tests.lifecycle.granted import BY_DISTRICT

SQL = (
    "SELECT district, COUNT(*) AS total FROM persons WHERE district IN $districts GROUP BY district"
)
DISTRICTS = Parameter("districts", "区", ParameterKind.TEXTS, default="黄浦、徐汇")
KEPT = Kept("分区人数", SQL, (DISTRICTS,), shared=True)


@pytest.fixture
def saved(world, grant):
    return saving.save_query(grant, KEPT, by=world.analyst)


@pytest.mark.clause("G-8")
def test_a_saved_query_is_asked_with_values_and_the_question_tells_them(world, saved):
    by_default = saving.ask_saved(saved, {}, by=world.analyst)
    assert sorted(name for name, _ in by_default.rows) == ["徐汇", "黄浦"]
    asked = saving.ask_saved(saved, {"districts": "静安"}, by=world.analyst)
    assert [name for name, _ in asked.rows] == ["静安"]
    assert asked.version == saved.latest
    assert asked.values == {"districts": "静安"}
    assert Entry.objects.filter(kind="cleanroom.query_saved", subject_id=saved.id).count() == 1


@pytest.mark.clause("G-8", "N-9")
def test_what_is_typed_for_a_parameter_never_becomes_sql(world, saved):
    asked = saving.ask_saved(saved, {"districts": "x') OR ('1'='1"}, by=world.analyst)
    # Texts of their own, which no district is called.
    assert asked.verdict == Verdict.REFUSED or asked.rows == []
    assert "OR" not in asked.sql.replace("'OR'", "")
    with pytest.raises(Refused, match="没有参数"):
        saving.ask_saved(saved, {"other": "1"}, by=world.analyst)


def test_a_change_is_a_new_version_and_the_old_one_stays(world, saved):
    saving.change_query(saved, Kept("分区人数", BY_DISTRICT, shared=True), by=world.analyst)
    assert [one.number for one in saved.versions.all()] == [2, 1]
    assert saved.latest.sql == BY_DISTRICT
    renamed = saving.change_query(saved, Kept("改名", BY_DISTRICT, shared=True), by=world.analyst)
    assert (renamed.name, renamed.latest.number) == ("改名", 2)


def test_a_query_is_ones_own_until_it_is_shared_and_only_its_owner_changes_it(world, grant):
    own = saving.save_query(grant, Kept("自用", BY_DISTRICT), by=world.analyst)
    colleague = world.city.add(Role.OPERATOR_ANALYST, world.city.operator)
    with pytest.raises(NotFound):
        queries.saved_seen(own.id, colleague)
    saving.change_query(own, Kept("共用", BY_DISTRICT, shared=True), by=world.analyst)
    assert queries.saved_seen(own.id, colleague) == own
    by = type(world.analyst)(colleague, world.analyst.at)
    with pytest.raises(Refused, match="只有保存人"):
        saving.change_query(own, KEPT, by=by)
    assert saving.ask_saved(own, {}, by=by).verdict == Verdict.RELEASED
    stranger = world.sign(Role.OPERATOR_ANALYST, world.city.other_operator)
    with pytest.raises(NotFound):
        queries.saved_seen(own.id, stranger.member)
    with pytest.raises(NotPermitted):
        saving.save_query(grant, KEPT, by=stranger)


@pytest.mark.clause("N-4", "G-13")
def test_a_saved_query_stops_with_its_grant_and_when_it_is_retired(world, grant, saved):
    rights.suspend_grant(grant, "核查", by=world.officer)
    with pytest.raises(Refused, match="已暂停"):
        saving.ask_saved(saved, {}, by=world.analyst)
    rights.resume_grant(grant, "查无问题", by=world.officer)
    saving.retire_query(saved, by=world.analyst)
    with pytest.raises(Refused, match="已停用"):
        saving.ask_saved(saved, {}, by=world.analyst)
    assert not Question.objects.exists()


def test_pages_save_run_and_change_a_query_and_keep_what_was_typed(world, grant, client):
    client.force_login(world.analyst.member)
    here = reverse("cleanroom:save", args=[grant.id])
    begun = client.post(f"{here}?begin=1", {"sql": SQL}).content.decode()
    assert "$districts" in begun
    assert 'name="kind0"' in begun
    sent = {"name": "分区", "sql": SQL}
    asked_again = client.post(here, sent)
    assert asked_again.status_code == 422
    assert "新的参数" in asked_again.content.decode()
    sent |= {"kind0": "TEXTS", "label0": "区", "default0": "黄浦", "choices0": "黄浦、徐汇"}
    made = client.post(here, sent)
    assert made.status_code == 302
    page = client.get(made["Location"]).content.decode()
    assert 'value="黄浦"' in page
    wrong = client.post(made["Location"], {"value-districts": "浦东"})
    assert wrong.status_code == 422
    assert "只能是：黄浦、徐汇" in wrong.content.decode()
    ran = client.post(made["Location"], {"value-districts": "徐汇"})
    assert "徐汇" in client.get(ran["Location"]).content.decode()
    [listed] = queries.saved_seen_by(world.analyst.member)
    assert listed.number in client.get(reverse("cleanroom:saved_queries")).content.decode()
    change = reverse("cleanroom:change", args=[listed.id])
    assert "黄浦、徐汇" in client.get(change).content.decode()
    assert client.post(change, sent | {"name": "新名"}).status_code == 302
    retired = client.post(reverse("cleanroom:retire", args=[listed.id]))
    assert retired.status_code == 302
    assert client.post(made["Location"], {"value-districts": "徐汇"}).status_code == 422


def test_programs_save_and_ask_as_pages_do(world, grant, client):
    client.force_login(world.analyst.member)
    base = "/api/v1/cleanroom"
    body = {"name": "分区", "sql": SQL, "parameters": [DISTRICTS.as_json()]}
    made = client.post(f"{base}/grants/{grant.id}/saved", body, "application/json")
    assert made.status_code == 201, made.content
    query = made.json()["id"]
    asked = client.post(
        f"{base}/saved/{query}/ask", {"values": {"districts": "静安"}}, "application/json"
    )
    assert [name for name, _ in asked.json()["rows"]] == ["静安"]
    changed = client.put(f"{base}/saved/{query}", body | {"name": "甲"}, "application/json")
    assert (changed.json()["name"], changed.json()["version"]) == ("甲", 1)
    assert len(client.get(f"{base}/saved/{query}/versions").json()) == 1
    assert [one["id"] for one in client.get(f"{base}/saved").json()] == [query]
    assert client.post(f"{base}/saved/{query}/retire").json()["state"] == "RETIRED"
