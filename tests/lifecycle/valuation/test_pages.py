"""The pages and the API of appraisals, and who is shown nothing."""

import pytest
from django.urls import reverse

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.valuation.models import Appraisal
from shuce.lifecycle.valuation.rules import AppraisalState

ORDER = {"purpose": "定价参考", "scene": "面向行业的统计分析", "base_date": "2026-03-01"}
COSTS = {f"component_{at}": "100000" for at in range(5)} | {"delta": "0.9"}


def test_an_appraisal_is_ordered_worked_reported_and_adopted_on_its_pages(world, client):
    client.force_login(world.keeper.member)
    assert client.get(reverse("valuation:appraisals")).status_code == 200
    address = reverse("valuation:order", args=[world.card_id])
    assert client.get(address).status_code == 200
    assert client.post(address, ORDER | {"scene": ""}).status_code == 422
    assert client.post(address, ORDER).status_code == 302
    appraisal = Appraisal.objects.select_related("appraiser").get()
    here = reverse("valuation:appraisal", args=[appraisal.id])
    page = client.get(here).content.decode()
    assert "复核一致" in page
    assert "尚未出具意见" in page

    client.force_login(world.sign(Role.APPRAISER, appraisal.appraiser).member)
    for method, typed in (
        ("COST", COSTS),
        ("INCOME", {"method": "direct", "benefit": "90000\n90000", "rate": "9", "timing": "end"}),
    ):
        form = reverse("valuation:opinion", args=[appraisal.id, method])
        assert client.get(form).status_code == 200
        assert client.post(form, {}).status_code == 422
        assert client.post(form, typed).status_code == 302
    bad = reverse("valuation:opinion", args=[appraisal.id, "MARKET"])
    assert client.get(bad).status_code == 200
    assert client.post(bad, {"comparables": "abc 1"}).status_code == 422
    assert client.get(reverse("valuation:opinion", args=[appraisal.id, "X"])).status_code == 404
    report = reverse("valuation:report", args=[appraisal.id])
    typed = {"weight_COST": "50", "weight_INCOME": "50", "reconciliation": "两法相近"}
    assert client.get(report).status_code == 200
    assert client.post(report, typed).status_code == 302
    assert client.post(reverse("valuation:adopt", args=[appraisal.id])).status_code == 302
    appraisal.refresh_from_db()
    assert appraisal.state == AppraisalState.REPORTED  # an appraiser does not adopt

    client.force_login(world.keeper.member)
    page = client.get(here).content.decode()
    assert "¥450,000.00" in page
    assert "折现系数" in page
    client.post(reverse("valuation:adopt", args=[appraisal.id]))
    appraisal.refresh_from_db()
    assert appraisal.state == AppraisalState.ADOPTED
    export = client.get(reverse("valuation:appraisals") + "?export=xlsx")
    assert export.status_code == 200


def test_the_api_orders_works_and_reports(world, client):
    def post(path: str, body: dict[str, object]):
        return client.post(f"/api/v1/valuation/{path}", body, content_type="application/json")

    client.force_login(world.keeper.member)
    made = post(f"cards/{world.card_id}/appraisals", ORDER).json()
    appraiser = Appraisal.objects.select_related("appraiser").get().appraiser
    client.force_login(world.sign(Role.APPRAISER, appraiser).member)
    inputs = {"components": {"直接成本": 1000}, "delta": "90%"}
    opinion = post(f"appraisals/{made['id']}/opinions", {"method": "COST", "inputs": inputs})
    assert opinion.json()["value_fen"] == 90_000
    body = {"weights": {"COST": 1}, "reconciliation": "说明"}
    refused = post(f"appraisals/{made['id']}/report", body)
    assert refused.status_code == 422
    assert refused.json()["obstacles"][0]["clause"] == "G-9"
    done = post(f"appraisals/{made['id']}/report", body | {"single_reason": "仅有成本资料"})
    assert done.json()["value_fen"] == 90_000
    assert post(f"appraisals/{made['id']}/adopt", {}).status_code == 403
    assert client.get("/api/v1/valuation/appraisals").json()[0]["id"] == made["id"]
    assert len(client.get(f"/api/v1/valuation/appraisals/{made['id']}/opinions").json()) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_shown_nothing(world, client, method):
    client.force_login(world.keeper.member)
    client.post(reverse("valuation:order", args=[world.card_id]), ORDER)
    appraisal = Appraisal.objects.get()
    client.force_login(world.agent.member)
    for name, args in (
        ("appraisal", [appraisal.id]),
        ("report", [appraisal.id]),
        ("opinion", [appraisal.id, "COST"]),
        ("order", [world.card_id]),
    ):
        address = reverse(f"valuation:{name}", args=args)
        assert getattr(client, method)(address).status_code == 404, name
    assert client.post(reverse("valuation:adopt", args=[appraisal.id])).status_code == 404
    assert client.get(f"/api/v1/valuation/appraisals/{appraisal.id}").status_code == 404
