"""The pages and the API of quality: what the holder does, what others do not see."""

import pytest
from django.urls import reverse
from django.utils import translation

from shuce.engines.quality import QualityRule, RuleKind, library
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.quality import commands
from shuce.lifecycle.quality.measuring import measure_quality
from shuce.lifecycle.quality.models import Assessment, AssetRule, Issue
from shuce.lifecycle.quality.words import IssueState, RuleOrigin


def read(client, name, *ids, **query):
    answer = client.get(reverse(f"quality:{name}", args=ids), query)
    assert answer.status_code == 200, name
    return answer.content.decode()


@pytest.fixture
def failing(card, table, steward) -> Assessment:
    rules = [
        QualityRule(RuleKind.NOT_NULL, "fee"),
        QualityRule(RuleKind.IN_LIST, "sex", {"values": ["男", "女"]}),
    ]
    commands.take_rules(card, rules, RuleOrigin.LIBRARY, by=steward)
    measure_quality(card, by=steward)
    table.run("UPDATE visits SET fee = '' WHERE no < 'V0030'")
    return measure_quality(card, by=steward)


@pytest.mark.clause("G-7")
def test_a_steward_takes_weighs_and_drops_rules_in_the_browser(
    card, city, client, steward, django_capture_on_commit_callbacks
):
    client.force_login(steward.member)
    ids = [card.id]
    assert "建议的规则" in read(client, "card", *ids)
    assert "公民身份号码校验码正确" in read(client, "choose", *ids)
    for code in library():
        assert read(client, "choose", *ids, rule=code)
    choose = reverse("quality:choose", args=ids)
    wrong = {"column": "fee", "min": "", "max": "", "weight": "1", "least": "99"}
    refused = client.post(f"{choose}?rule=range", wrong)
    assert refused.status_code == 422
    assert "缺少" in refused.content.decode()
    assert client.post(f"{choose}?rule=range", wrong | {"min": "0"}).status_code == 302
    taken = AssetRule.objects.get()
    assert (taken.params, taken.least) == ({"min": 0.0}, 99)
    for code, more in (
        ("past_day", {"column": "came", "min": "2020-01-01", "max": "today"}),
        ("code_list", {"column": "sex", "values": "男\n女\n"}),
        ("length", {"column": "no", "max": "5"}),
        ("order", {"column": "came", "other": "left_on"}),
        ("type", {"column": "fee", "as": "number"}),
        ("no_duplicates", {}),
    ):
        answer = client.post(f"{choose}?rule={code}", {"weight": "1", "least": "99"} | more)
        assert answer.status_code == 302, (code, answer.content.decode())
    assert (
        client.post(f"{choose}?rule=past_day", {"column": "came", "min": "某天"}).status_code == 422
    )
    assert client.post(reverse("quality:take_suggested", args=ids)).status_code == 302
    weigh = reverse("quality:weigh", args=[taken.id])
    assert client.get(weigh).status_code == 200
    assert client.post(weigh, {"weight": "3", "least": "95.5"}).status_code == 302
    drop = reverse("quality:drop", args=[taken.id])
    assert client.post(drop, {"reason": ""}).status_code == 422
    assert client.post(drop, {"reason": "字段停用"}).status_code == 302
    weights = dict.fromkeys(
        ("standard", "complete", "accurate", "consistent", "timely", "accessible"), "2"
    )
    assert client.post(reverse("quality:weights", args=ids), weights).status_code == 302
    assert "字段停用" in read(client, "card", *ids)
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(reverse("quality:measure", args=ids))
    assert asked.url.startswith("/jobs/")
    assert Assessment.objects.get(card=card).chosen


@pytest.mark.clause("G-6")
def test_an_assessment_is_read_and_printed(failing, city, client, steward):
    client.force_login(steward.member)
    page = read(client, "assessment", failing.id)
    for told in ("总分", "030300", "未测量", "历次得分", "规则检验结果", "ZL-2026-00001"):
        assert told in page
    paper = client.get(reverse("quality:report", args=[failing.id]))
    assert paper.content.startswith(b"%PDF")
    with translation.override("en"):
        first = Assessment.objects.earliest("id")
        assert client.get(reverse("quality:report", args=[first.id])).content[:4] == b"%PDF"
    assert "visits" not in read(client, "assessments", search="没有这样的资产")
    assert failing.card.name in read(client, "assessments", score="100")
    exported = client.get(reverse("quality:assessments"), {"export": "xlsx"})
    assert exported.headers["Content-Type"].endswith("sheet")


@pytest.mark.clause("G-7")
def test_issues_are_listed_filtered_exported_and_closed(failing, city, client, steward):
    client.force_login(steward.member)
    issue = Issue.objects.get()
    assert issue.number in read(client, "issues", state="WAITING", sort="-due_on")
    # The page is read long after its day.
    assert issue.number in read(client, "issues", late="true")
    assert issue.number not in read(client, "issues", late="false")
    exported = client.get(reverse("quality:issues"), {"export": "xlsx", "severity": "HIGH"})
    assert exported.headers["Content-Type"].endswith("sheet")
    assert "登记问题" in read(client, "issue", issue.id)
    note = reverse("quality:note", args=[issue.id])
    assert client.post(note, {"text": "已排查"}).status_code == 302
    assign = reverse("quality:assign", args=[issue.id])
    assert client.get(assign).status_code == 200
    assert client.post(assign, {"owner": steward.member.pk}).status_code == 302
    close = reverse("quality:close", args=[issue.id])
    assert client.post(close, {"cause": "漏传"}).status_code == 422
    assert client.post(close, {"cause": "漏传", "measure": "补录"}).status_code == 302
    issue.refresh_from_db()
    assert issue.state is IssueState.CLOSED
    again = client.post(close, {"cause": "漏传", "measure": "补录"})
    assert "已经销号" in again.content.decode()
    opened = client.post(
        reverse("quality:open_issue", args=[failing.card_id]),
        {"kind": "other", "severity": "LOW", "sentence": "字段说明缺失", "column": ""},
    )
    assert opened.status_code == 302
    assert "字段说明缺失" in read(client, "issue", Issue.objects.latest("id").id)


def test_others_neither_see_nor_touch_what_is_inside(failing, city, client):
    client.force_login(city.sign(Role.DATA_STEWARD, city.other_unit).member)
    issue, rule = Issue.objects.get(), AssetRule.objects.first()
    for name, subject in (
        *((name, failing.card_id) for name in ("card", "choose", "weights", "open_issue")),
        *((name, failing.id) for name in ("assessment", "report")),
        *((name, issue.id) for name in ("issue", "assign", "note", "close")),
        *((name, rule.id) for name in ("weigh", "drop")),
    ):
        assert client.get(reverse(f"quality:{name}", args=[subject])).status_code == 404, name
    for name in ("measure", "take_suggested"):
        assert client.post(reverse(f"quality:{name}", args=[failing.card_id])).status_code == 404
    assert issue.number not in read(client, "issues")
    assert failing.card.name not in read(client, "assessments")
    assert client.get("/api/v1/quality/issues").json() == []
    for path in (
        f"issues/{issue.id}",
        f"assessments/{failing.id}",
        f"cards/{failing.card_id}/rules",
    ):
        assert client.get(f"/api/v1/quality/{path}").status_code == 404
    # The holder's keeper sees, and may change nothing.
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    assert "整改销号" not in read(client, "issue", issue.id)
    assert (
        client.post(reverse("quality:drop", args=[rule.id]), {"reason": "不要了"}).status_code
        == 403
    )


@pytest.mark.clause("G-7")
def test_the_api_does_what_the_pages_do(card, table, city, client, steward):
    client.force_login(steward.member)
    root = "/api/v1/quality"

    def send(path, body, method=client.post):
        return method(f"{root}/{path}", body, content_type="application/json")

    assert any(one["code"] == "id_card" for one in client.get(f"{root}/library").json())
    suggested = client.get(f"{root}/cards/{card.id}/suggestions").json()
    assert send(f"cards/{card.id}/rules", {"rules": suggested}).status_code == 201
    wrong = send(f"cards/{card.id}/rules", {"rules": [{"kind": "pattern", "column": "fee"}]})
    assert "缺少" in wrong.json()["obstacles"][0]["reason"]
    rules = client.get(f"{root}/cards/{card.id}/rules").json()
    assert len(rules) == len(suggested)
    one = send(f"rules/{rules[0]['id']}/weigh", {"weight": 2, "least": 97.5}).json()
    assert (one["weight"], one["least"]) == (2, 97.5)
    assert send(f"rules/{rules[1]['id']}/drop", {"reason": "停用"}).json()["dropped_at"]
    weights = client.get(f"{root}/cards/{card.id}/weights").json()
    put = send(f"cards/{card.id}/weights", weights | {"timely": 4}, client.put)
    assert put.json()["timely"] == 4
    assert send(f"cards/{card.id}/assessments", {}).status_code == 202
    table.run("UPDATE visits SET fee = NULL")
    measure_quality(card, by=steward)
    [found] = client.get(f"{root}/cards/{card.id}/assessments").json()
    assert found["failing"] >= 1
    assert client.get(f"{root}/assessments/{found['id']}").json() == found
    issues = client.get(f"{root}/issues", {"state": "WAITING", "card_id": card.id}).json()
    issue = f"issues/{issues[0]['id']}"
    assert send(f"{issue}/notes", {"text": "已排查"}).status_code == 200
    assert send(f"{issue}/assign", {"owner_id": "nobody"}).status_code == 404
    assert send(f"{issue}/assign", {"owner_id": steward.member.pk}).json()["owner"]
    refused = send(f"{issue}/close", {"cause": "", "measure": "x"})
    assert refused.json()["obstacles"][0]["field"] == "cause"
    closed = send(f"{issue}/close", {"cause": "漏传", "measure": "补录"}).json()
    assert closed["state"] == "CLOSED"
    made = send(
        f"cards/{card.id}/issues",
        {"severity": "HIGH", "sentence": "单位混用", "owner_id": steward.member.pk},
    )
    assert (made.status_code, made.json()["kind"]) == (201, "other")
    assert client.get(f"{root}/{issue}").json()["cause"] == "漏传"
