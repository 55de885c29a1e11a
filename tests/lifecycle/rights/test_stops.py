"""A right that stops, stops everywhere in the same second: each stop against each path.

A path is one line in `PATHS`: what it does while the right holds, and must no longer do after.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from shuce.demo.approving import approve
from shuce.engines.deidentify import Part, Recipe, Technique
from shuce.engines.guard.binding import Parameter, ParameterKind
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import Refused
from shuce.lifecycle.cleanroom import commands as cleanroom
from shuce.lifecycle.cleanroom import deliveries, saving, sets
from shuce.lifecycle.cleanroom.models import Dataset, Question
from shuce.lifecycle.cleanroom.rules import FileForm
from shuce.lifecycle.cleanroom.saving import Kept
from shuce.lifecycle.cleanroom.set_rules import Making
from shuce.lifecycle.market import commands as market
from shuce.lifecycle.market import editions, serving
from shuce.lifecycle.market.models import Edition, Product
from shuce.lifecycle.market.publishing import Listing, publish_product
from shuce.lifecycle.market.rules import ProductKind
from shuce.lifecycle.market.serving_rules import Limits, Platform
from shuce.lifecycle.register.commands import begin_disposal, confirm_grade
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.revenue.commands import meter_usage
from shuce.lifecycle.revenue.serving import take
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import PurposeKind
from shuce.lifecycle.sources.nodes import node_here, register_key
from shuce.node import sign_job
from shuce.supervision.watch import incidents
from shuce.supervision.watch.commands import install_rules
from shuce.supervision.watch.words import IncidentKind
from tests import make
from tests.lifecycle import granted, make_market
from tests.lifecycle.granted import BY_DISTRICT
from tests.lifecycle.make_market import Market

OF_A_DISTRICT = (
    "SELECT district, COUNT(*) AS total FROM persons WHERE district = $district GROUP BY district"
)
RECIPE = Recipe((Part("district", Technique.KEEP),), k=20)
MAKING = Making("就诊人群结构", "统计分析", make.NOON.date() + timedelta(days=364))
pytestmark = pytest.mark.clause("N-4", "G-13")


@dataclass
class Use:
    """Everything an operator has in hand while its right holds, and when it is now."""

    market: Market
    grant: Grant
    source: Grant
    question: Question
    client: Client
    # What an operator sells and its buyers hold: a key, an edition, a passed set.
    secret: str
    report: Product
    edition: Edition
    dataset: Dataset
    days: float = make_market.DECIDED_AFTER

    def sign(self, role: Role) -> Signature:
        return self.market.world.sign(role, self.market.city.operator, self.days)

    @property
    def analyst(self) -> Signature:
        return self.sign(Role.OPERATOR_ANALYST)

    def sign_client(self) -> Signature:
        return self.market.world.sign(Role.CLIENT_AGENT, self.market.city.client, self.days)

    @property
    def agent(self) -> Signature:
        return self.sign(Role.OPERATOR_AGENT)


def _posted(use: Use, path: str, body: object, content_type: str = "application/json") -> None:
    """Send as the analyst; a refused answer is raised, so that every path tells it alike."""
    use.client.force_login(use.analyst.member)
    answer = use.client.post(path, body, content_type=content_type)
    if answer.status_code >= 400:
        raise Refused()


def _ask(use: Use) -> None:
    cleanroom.ask_question(use.grant, BY_DISTRICT, by=use.analyst)


def _ask_by_api(use: Use) -> None:
    path = f"/api/v1/cleanroom/grants/{use.grant.id}/questions"
    _posted(use, path, {"sql": BY_DISTRICT})


def _ask_on_the_page(use: Use) -> None:
    use.client.force_login(use.analyst.member)
    answer = use.client.post(reverse("cleanroom:ask", args=[use.grant.id]), {"sql": BY_DISTRICT})
    if answer.status_code >= 400:
        raise Refused()


def _download(use: Use) -> None:
    deliveries.deliver_result(use.question, FileForm.EXCEL, by=use.analyst)


def _download_by_api(use: Use) -> None:
    _posted(use, f"/api/v1/cleanroom/questions/{use.question.id}/export", {})


def _ask_the_node(use: Use) -> None:
    """Go past the register altogether, with a job that it signed."""
    now = localtime(use.analyst.at)
    job = sign_job(
        register_key(),
        job_id=new_id(),
        grant_id=use.grant.id,
        actor=use.analyst.member_id,
        sql=BY_DISTRICT,
        issued_at=now,
    )
    if node_here().answer(job, now=now).verdict != "released":
        raise Refused()


def _make_a_product(use: Use) -> None:
    name = f"新产品{uuid4().hex[:6]}"
    market.register_product(name, ProductKind.API, [use.grant], by=use.agent)


def _sign_a_contract(use: Use) -> None:
    deal = make_market.deal(use.market)
    market.sign_contract(use.market.product, use.market.city.client, deal, by=use.agent)


def _use_under_a_contract(use: Use) -> None:
    [contract] = use.market.product.contracts.order_by("id")[:1]
    meter_usage(contract, 1, use.agent.today, uuid4().hex, by=use.agent)


def _call_the_product(use: Use) -> None:
    headers = {"authorization": f"Bearer {use.secret}"}
    path = f"/api/v1/products/{use.market.product.number}/data"
    if Client().get(path, {"district": "黄浦"}, headers=headers).status_code >= 400:
        raise Refused()


def _take_an_edition(use: Use) -> None:
    take(use.edition, FileForm.CSV, by=use.sign_client())


def _issue_an_edition(use: Use) -> None:
    editions.issue_edition(use.report, use.question, "再发一期", by=use.agent)


def _publish_on_a_platform(use: Use) -> None:
    name = f"平台{uuid4().hex[:6]}"
    listing = Listing(Platform.EXCHANGE, name, "", "310000", PurposeKind.INDUSTRY)
    publish_product(use.market.product, listing, by=use.agent)


def _take_a_set(use: Use) -> None:
    sets.take_dataset(use.dataset, FileForm.CSV, by=use.analyst)


def _make_a_set(use: Use) -> None:
    sets.make_dataset(use.grant, MAKING, RECIPE, by=use.analyst)


def _run_a_saved_query(use: Use) -> None:
    query = use.grant.saved_queries.get()
    saving.ask_saved(query, {"district": "黄浦"}, by=use.analyst)


# Rows of this table are all there is to add for a new way of using granted data.
PATHS: dict[str, Callable[[Use], None]] = {
    "clean room": _ask,
    "clean room by API": _ask_by_api,
    "clean room page": _ask_on_the_page,
    "download": _download,
    "download by API": _download_by_api,
    "node": _ask_the_node,
    "new product": _make_a_product,
    "new contract": _sign_a_contract,
    "use under a contract": _use_under_a_contract,
    "product's interface": _call_the_product,
    "edition taken": _take_an_edition,
    "edition issued": _issue_an_edition,
    "publication": _publish_on_a_platform,
    "de-identified set taken": _take_a_set,
    "de-identified set made": _make_a_set,
    "saved query": _run_a_saved_query,
}


def _suspend(use: Use) -> None:
    rights.suspend_grant(
        use.grant, "核查", by=use.market.world.sign(Role.SECURITY_OFFICER, days=use.days)
    )


def _withdraw(use: Use) -> None:
    rights.withdraw_grant(
        use.grant, "违约", by=use.market.world.sign(Role.ASSET_KEEPER, days=use.days)
    )


def _suspend_the_source(use: Use) -> None:
    rights.suspend_grant(
        use.source, "核查", by=use.market.world.sign(Role.SECURITY_OFFICER, days=use.days)
    )


def _withdraw_the_source(use: Use) -> None:
    rights.withdraw_grant(
        use.source, "违约", by=use.market.world.sign(Role.ASSET_KEEPER, days=use.days)
    )


def _expire(use: Use) -> None:
    # Nobody has told the register or the node yet: the day alone is enough.
    use.days = 365


def _contain_an_incident(use: Use) -> None:
    install_rules(by=use.market.world.sign(Role.BUREAU_REVIEWER, use.market.city.bureau))
    by = use.market.world.sign(Role.SECURITY_OFFICER, days=use.days)
    incident = incidents.open_incident(use.market.world.card, IncidentKind.LEAK, "疑似泄露", by=by)
    incidents.contain(incident, by=by)


def _grade_anew(use: Use) -> None:
    by = use.market.world.sign(Role.SECURITY_OFFICER, days=use.days)
    confirm_grade(use.market.world.card, Grade.CORE, "", by=by)


def _begin_a_disposal(use: Use) -> None:
    by = use.market.world.sign(Role.ASSET_KEEPER, days=use.days)
    begin_disposal(use.market.world.card, new_id(), by=by)


STOPS: dict[str, Callable[[Use], None]] = {
    "suspended": _suspend,
    "withdrawn": _withdraw,
    "expired": _expire,
    "source suspended": _suspend_the_source,
    "source withdrawn": _withdraw_the_source,
    "incident contained": _contain_an_incident,
    "graded core": _grade_anew,
    "in disposal": _begin_a_disposal,
}


def _sub_granted(city, home) -> tuple[Market, Grant]:
    world = granted.registered(city, home)
    source = granted.granted(world, city.other_operator, sub_granting=True)
    grant = granted.granted(world, source=source)
    product = market.register_product("就诊统计接口", ProductKind.API, [grant], by=world.agent)
    made = Market(world, grant, product)
    make_market.priced(made)
    make_market.signed(made)
    return made, source


@pytest.fixture
def use(city, home, shelf, client, monkeypatch) -> Use:
    """A sub-grant with a product, a contract and an answered question."""
    made, source = shelf.take("sub-granted market", lambda: _sub_granted(city, home), home)
    grant = made.grant
    clock = [make.NOON + timedelta(days=made.began)]
    monkeypatch.setattr(requests, "now", lambda: clock[0])
    question = cleanroom.ask_question(
        grant, BY_DISTRICT, by=made.world.sign(Role.OPERATOR_ANALYST, city.operator, made.began)
    )
    analyst = made.world.sign(Role.OPERATOR_ANALYST, city.operator, made.began)
    kept = Kept("分区人数", OF_A_DISTRICT, (Parameter("district", "区", ParameterKind.TEXT),))
    query = saving.save_query(grant, replace(kept, shared=True), by=analyst)
    serving.publish_service(made.product, query, Limits(500, 5_000), by=made.agent())
    [contract] = made.product.contracts.all()
    until = made.client().today + timedelta(days=200)
    _, secret = serving.make_key(contract, "核保系统", until, by=made.client())
    report = market.register_product("就诊季报", ProductKind.REPORT, [grant], by=made.agent())
    sold = Market(made.world, grant, report)
    make_market.priced(sold)
    make_market.signed(sold)
    edition = editions.issue_edition(report, question, "第一季度", by=made.agent())
    dataset = sets.make_dataset(grant, MAKING, RECIPE, by=analyst)
    approve(sets.submit_dataset(dataset, by=analyst), analyst.at)
    found = Use(made, grant, source, question, client, secret, report, edition, dataset)
    found.clock = clock  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("stop", STOPS)
def test_a_right_that_stopped_stops_on_every_path_in_the_same_second(use, stop):
    for path in PATHS.values():
        path(use)
    STOPS[stop](use)
    use.clock[0] = make.NOON + timedelta(days=use.days)
    still_open = [name for name, path in PATHS.items() if not _refuses(path, use)]
    assert still_open == []


def _refuses(path: Callable[[Use], None], use: Use) -> bool:
    try:
        path(use)
    except Refused:
        return True
    return False


def test_an_answer_that_comes_after_the_stop_is_not_kept(use, monkeypatch):
    """The job runs while the right stops: what it finds goes nowhere."""
    node, asked = node_here(), Question.objects.count()
    answer = node.answer

    def slow(job, *, now):
        found = answer(job, now=now)
        assert found.verdict == "released"
        _suspend(use)
        return found

    monkeypatch.setattr(node, "answer", slow)
    with pytest.raises(Refused, match="已暂停"):
        _ask(use)
    assert Question.objects.count() == asked


def test_what_was_used_before_the_stop_may_still_be_metered(use):
    [contract] = use.market.product.contracts.all()
    use.days += 10
    _suspend(use)
    before = use.agent.today - timedelta(days=2)
    assert meter_usage(contract, 3, before, "U-before", by=use.agent).quantity == 3
    with pytest.raises(Refused, match="已暂停"):
        meter_usage(contract, 3, use.agent.today, "U-after", by=use.agent)
