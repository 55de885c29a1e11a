"""Pages and API of rights: a whole grant by hand, and nothing for strangers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.foundation.approvals.models import Matter
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.rights.models import Grant, SecurityAssessment
from shuce.lifecycle.rights.rules import GrantState
from tests import make
from tests.lifecycle import granted
from tests.lifecycle.granted import IMPACT, QUESTIONS, TERMS, TODAY

API = "/api/v1/rights"


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(requests, "now", lambda: make.NOON)


def typed(**changes) -> dict[str, object]:
    return {
        "right": "PROCESSING",
        "purpose_kind": "INDUSTRY",
        "purpose": "面向行业的统计分析服务",
        "columns": ["district", "age"],
        "region_code": "310000",
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=300)).isoformat(),
        "fee_basis": "FREE",
        "fee": "",
    } | changes


def assessing(**changes) -> dict[str, str]:
    keys = [question.key for question in QUESTIONS]
    filled = dict.fromkeys(keys, "经核查，符合要求")
    filled |= {f"evidence_{key}": "附件一" for key in keys}
    return filled | {f"met_{key}": "yes" for key in keys} | changes


@pytest.mark.clause("G-8", "N-4", "N-5")
def test_from_the_assessment_to_the_grant_by_hand(world, client):
    offers = reverse("rights:offers")
    ask = reverse("rights:request", args=[world.card_id])
    client.force_login(world.agent.member)
    assert world.card.name in client.get(offers).content.decode()
    page = client.get(ask).content.decode()
    # What stands in the way is said before anything is typed.
    assert "授权前须完成安全评估" in page
    assert "财资〔2024〕1号（四）" in page
    assert client.post(ask, typed()).status_code == 422

    client.force_login(world.officer.member)
    assess = reverse("rights:assess", args=[world.card_id])
    half = client.post(assess, assessing(output=""))
    assert half.status_code == 422
    assert "经核查，符合要求" in half.content.decode()
    assert not SecurityAssessment.objects.exists()
    assert client.post(assess, assessing(), follow=True).status_code == 200
    assert "2027年3月20日" in client.get(assess).content.decode()

    impact = reverse("rights:impact", args=[world.card_id])
    typed_impact = {**vars(IMPACT), "ground": IMPACT.ground.value}
    assert "敏感个人信息" in client.get(impact).content.decode()
    assert client.post(impact, typed_impact | {"risks": ""}).status_code == 422
    assert "2029年3月20日" in client.post(impact, typed_impact, follow=True).content.decode()

    client.force_login(world.agent.member)
    assert "授权前须完成安全评估" not in client.get(ask).content.decode()
    wrong = client.post(ask, typed(fee_basis="PAID", purpose_kind="PUBLIC", fee="100"))
    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert "应当有条件无偿使用" in text
    assert "面向行业的统计分析服务" in text
    assert not Grant.objects.exists()
    done = client.post(ask, typed())
    grant = Grant.objects.get()
    assert done["Location"] == reverse("rights:grant", args=[grant.id])
    assert grant.columns == ["district", "age"]
    granted.finish(Matter.GRANT_RIGHT, grant.id)
    page = client.get(done["Location"]).content.decode()
    grant = granted.fresh(grant)
    for part in (grant.number, "申请授权", "授权审批办结", "下载 ODRL"):
        assert part in page


@pytest.mark.clause("G-13", "N-4")
def test_a_grant_is_stopped_on_its_page_with_a_reason(world, client):
    grant = granted.granted(world)
    client.force_login(world.officer.member)
    here = reverse("rights:grant", args=[grant.id])
    assert reverse("rights:suspend", args=[grant.id]) in client.get(here).content.decode()
    assert (
        client.post(reverse("rights:suspend", args=[grant.id]), {"reason": ""}).status_code == 422
    )
    client.post(reverse("rights:suspend", args=[grant.id]), {"reason": "接到投诉"})
    assert granted.fresh(grant).state == GrantState.SUSPENDED
    page = client.get(here).content.decode()
    assert "接到投诉" in page
    assert "不能使用" in page
    client.post(reverse("rights:resume", args=[grant.id]), {"reason": "查无问题"})
    assert granted.fresh(grant).state == GrantState.IN_FORCE
    # The officer may suspend; taking back is the keeper's.
    withdraw = reverse("rights:withdraw", args=[grant.id])
    assert client.post(withdraw, {"reason": "违约"}).status_code == 403
    client.force_login(world.keeper.member)
    assert client.post(withdraw, {"reason": "违约"}).status_code == 302
    assert granted.fresh(grant).state == GrantState.WITHDRAWN


def test_the_list_is_filtered_and_exported(world, client):
    grant = granted.granted(world)
    client.force_login(world.keeper.member)
    grants = reverse("rights:grants")
    operator = world.city.operator.id
    for query in (f"?state=IN_FORCE&operator={operator}", f"?search={grant.number}", ""):
        assert grant.number in client.get(grants + query).content.decode()
    assert grant.number in client.get(f"{grants}?holder={world.city.unit.id}").content.decode()
    for query in ("?state=SUSPENDED", "?right=OPERATING", "?purpose_kind=PUBLIC"):
        assert grant.number not in client.get(grants + query).content.decode()
    assert client.get(f"{grants}?export=xlsx")["Content-Type"].endswith("sheet")


def test_a_grant_downloads_as_json_ld(world, client):
    grant = granted.granted(world)
    client.force_login(world.agent.member)
    answer = client.get(reverse("rights:odrl", args=[grant.id]))
    assert answer["Content-Type"] == "application/ld+json"
    assert f'filename="{grant.number}.jsonld"' in answer["Content-Disposition"]
    assert answer.json() == client.get(f"{API}/grants/{grant.id}/odrl").json()


@pytest.mark.clause("N-4", "N-10")
def test_strangers_find_nothing_on_any_path(world, client):
    grant = granted.granted(world)
    names = ("grant", "suspend", "resume", "withdraw", "odrl")
    paths = [reverse(f"rights:{name}", args=[grant.id]) for name in names]
    paths += [reverse(f"rights:{name}", args=[world.card_id]) for name in ("assess", "request")]
    stranger = world.sign(Role.ASSET_KEEPER, world.city.other_unit).member
    client.force_login(stranger)
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    assert [client.post(path, {"reason": "x"}).status_code for path in paths[1:4]] == [404] * 3
    for verb in ("suspend", "resume", "withdraw"):
        answer = client.post(
            f"{API}/grants/{grant.id}/{verb}", {"reason": "x"}, content_type="application/json"
        )
        assert answer.status_code == 404
    assert client.get(f"{API}/grants/{grant.id}").status_code == 404
    assert client.get(f"{API}/grants").json() == []
    assert client.get(f"{API}/cards/{world.card_id}/assessments").status_code == 404


def test_programs_do_what_pages_do(world, client):
    def post(path: str, body: object):
        return client.post(API + path, body, content_type="application/json")

    client.force_login(world.officer.member)
    asked = [one["key"] for one in client.get(f"{API}/cards/{world.card_id}/questions").json()]
    assert "staff" in asked  # a question that only strict grades are asked
    answers = {key: {"met": True, "note": "已核查", "evidence": "附件一"} for key in asked}
    impact = dict.fromkeys(("reference", "necessity", "risks", "measures"), "说明")
    impact |= {"ground": "STATUTORY", "acceptable": True}
    assert post(f"/cards/{world.card_id}/impacts", impact | {"risks": ""}).status_code == 422
    assert post(f"/cards/{world.card_id}/impacts", impact).json()["sensitive"]
    assert len(client.get(f"{API}/cards/{world.card_id}/impacts").json()) == 1
    made = post(f"/cards/{world.card_id}/assessments", {"answers": answers})
    assert made.status_code == 201
    assert made.json()["passed"]

    client.force_login(world.agent.member)
    [offer] = client.get(f"{API}/offers").json()
    assert offer["id"] == world.card_id
    body = typed(fee_fen=0)
    body.pop("fee")
    refused = post(f"/cards/{world.card_id}/grants", body | {"columns": []})
    assert refused.status_code == 422
    assert refused.json()["obstacles"][0]["field"] == "columns"
    asked = post(f"/cards/{world.card_id}/grants", body)
    assert asked.status_code == 201
    grant_id = asked.json()["id"]
    granted.finish(Matter.GRANT_RIGHT, grant_id)
    shown = client.get(f"{API}/grants/{grant_id}").json()
    assert (shown["state"], shown["fee_fen"]) == ("IN_FORCE", TERMS.fee.fen)

    client.force_login(world.officer.member)
    for verb, state in (("suspend", "SUSPENDED"), ("resume", "IN_FORCE")):
        assert post(f"/grants/{grant_id}/{verb}", {"reason": "核查"}).json()["state"] == state
    client.force_login(world.keeper.member)
    assert post(f"/grants/{grant_id}/withdraw", {"reason": "违约"}).json()["state"] == "WITHDRAWN"
    assert [one["id"] for one in client.get(f"{API}/grants?state=WITHDRAWN").json()] == [grant_id]
