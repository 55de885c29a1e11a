"""Every page that people open daily, on a desk and on a phone, in Chinese and in English."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from shuce.demo import journey, journey_end, lives
from shuce.demo.journey import Life, Step
from shuce.foundation.approvals.queries import current_procedures
from shuce.foundation.organizations.models import Member
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money


def _report(life: Life) -> None:
    life.seen["report"] = journey_end.report(life)


STEPS: tuple[Step, ...] = (
    *journey.UP_TO_GRANT,
    partial(journey.ask, sql=lives.COUNT),
    partial(journey.register_product, name="区域疾病负担指数"),
    partial(journey.price_by_guidance, unit_price=Money(100)),
    partial(journey.price_by_auction, bids={"knbx": Money(112), "cxwl": Money(95)}),
    partial(journey.contract, buyer="knbx", unit_price=Money(95)),
    partial(journey.use, quantity=120_001, serial="JK-2026-04"),
    journey.settle,
    journey.appraise,
    journey_end.pry,
    journey_end.warn,
    journey_end.contain_incident,
    _report,
)
LISTS = (
    "home",
    "inbox",
    "register:cards",
    "inventory:resources",
    "inventory:stocktakes",
    "inventory:memo",
    "sources:sources",
    "rights:grants",
    "rights:offers",
    "cleanroom:studio",
    "cleanroom:questions",
    "valuation:appraisals",
    "market:products",
    "market:auctions",
    "market:contracts",
    "revenue:bills",
    "revenue:remittances",
    "revenue:ledger",
    "revenue:breaches",
    "disposal:disposals",
    "watch:alerts",
    "watch:incidents",
    "watch:rules",
    "watch:plans",
    "oversight:inspections",
    "oversight:evidence",
    "oversight:coverage",
    "reporting:reports",
    "reporting:portal",
    "organizations:tree",
    "approvals:cases",
    "approvals:procedures",
    "jobs:jobs",
    "notices:notices",
    "notices:preferences",
    "notices:webhooks",
    "tokens",
)
TABS = ("overview", "columns", "quality", "rights", "value", "life", "versions")
WIDTHS = (1280, 390)
# What the house itself writes: the menu, headings, heads of columns, names of inputs, buttons.
HOUSE_WORDS = (
    "nav.menu, h1, .card-title, th, .list-filter-name, .figure-label, .nav-tabs, dt, legend,"
    " .form-label, .btn:not(.language .btn):not(.who), .badge, .foot span:first-child"
)
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def told(begin) -> Life:
    """A life with something to show on every page, up to an incident under control."""
    life = begin()
    life.at -= timedelta(days=120)
    for step in STEPS:
        step(life)
    return life


def _above(life: Life) -> Iterator[str]:
    """Yield the pages of single things that those above look at."""
    report = life.seen["report"].id
    yield reverse("watch:alert", args=[life.seen["alert"].id])
    yield reverse("reporting:report", args=[report])
    yield reverse("reporting:figure", args=[report, "1.total.count"])


def _details(life: Life) -> Iterator[str]:
    """Yield the pages of single things."""
    card = reverse("register:card", args=[life.the_card.id])
    yield from (f"{card}?tab={tab}" for tab in TABS)
    assert life.source is not None
    assert life.resource is not None
    assert life.product is not None
    assert life.contract is not None
    assert life.appraisal is not None
    yield reverse("sources:source", args=[life.source.id])
    yield reverse("inventory:resource", args=[life.resource.id])
    yield reverse("rights:grant", args=[life.the_grant.id])
    yield reverse("approvals:case", args=[life.seen["grant_case"].id])
    yield reverse("valuation:appraisal", args=[life.appraisal.id])
    yield reverse("market:product", args=[life.product.id])
    yield reverse("market:contract", args=[life.contract.id])
    yield reverse("watch:incident", args=[life.seen["incident"].id])
    yield reverse("organizations:organization", args=[life.the_card.holder_id])
    # The one that asks a decision table, and one that does not.
    for version in current_procedures():
        if version.key in ("grant_right", "card_entry", "grant_authority"):
            yield reverse("approvals:procedure", args=[version.id])


def _faults_of(page: Page, address: str) -> Iterator[str]:
    """Open a page wide, then narrow; yield what is wrong with it."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    answer = page.goto(address)
    assert answer is not None
    if answer.status != 200:
        yield f"{address}: {answer.status}"
        return
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            yield f"{address}: {over} px wider than {width}"


def _chinese_in(page: Page, address: str, given: list[str]) -> Iterator[str]:
    """Open a page and yield the house's own words that stayed Chinese, what was `given` aside."""
    page.goto(address, wait_until="domcontentloaded")
    for text in page.locator(HOUSE_WORDS).all_inner_texts():
        left = text
        for name in given:
            left = left.replace(name, "")
        if CHINESE.search(left):
            yield f"{address}: {text!r}"


def _given_names(life: Life) -> list[str]:
    """Return what people typed in, and titles of the law: these stay as they are, longest first."""
    names = {organization.name for organization in life.city.organizations.values()}
    names |= set(Member.objects.values_list("name", flat=True))
    names |= {clause.citation for clause in Clause}
    names |= {life.the_card.name, life.address.name, life.seen["grant_case"].title}
    names |= {"财资〔2023〕141号"}
    if life.product is not None:
        names |= {life.product.name, life.product.unit}
    return sorted(names - {""}, key=len, reverse=True)


def _addresses() -> list[str]:
    return [reverse(name) for name in LISTS]


@pytest.mark.browser
def test_every_page_opens_in_both_languages_and_fits_a_desk_and_a_phone(told, desk):
    details = list(_details(told))
    given = _given_names(told)
    faults: list[str] = []
    for username, addresses in (
        ("sfj-reviewer", [*_addresses(), *_above(told)]),
        ("jkxx-keeper", details),
    ):
        page = desk.lent_to(username)
        for address in addresses:
            faults += _faults_of(page, address)
        english = desk.lent_to(username, locale="en-US")
        for address in addresses:
            faults += _chinese_in(english, address, given)
    assert "\n".join(faults) == ""
