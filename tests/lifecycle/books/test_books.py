"""An asset is taken into the books, spread, compared with the ledger, and disclosed."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from shuce.foundation.jobs import commands as jobs
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.books import commands, queries
from shuce.lifecycle.books.comparing import LedgerLine
from shuce.lifecycle.books.models import Account, Charge, LedgerCheck
from shuce.lifecycle.books.statements import Way, statements_of
from shuce.lifecycle.books.words import CostBasis, DifferenceKind, LifeGround, Spread
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Booking
from tests import make
from tests.foundation.succession.test_succession import taken_over
from tests.lifecycle import granted
from tests.lifecycle.books.terms import COST, TERMS, TODAY

pytestmark = pytest.mark.django_db
API = "/api/v1/books"


@pytest.fixture
def world(city: make.City, home, shelf, monkeypatch) -> granted.World:
    """One registered asset that cost 120,000 yuan, obtained in June 2025."""
    for clock in (requests, jobs):
        monkeypatch.setattr(clock, "now", lambda: make.NOON)
    return shelf.take("registered", lambda: granted.registered(city, home), home)


def officer(world: granted.World, days: float = 0):
    return world.sign(Role.FINANCE_OFFICER, days=days)


def booked(world: granted.World, **changes: object) -> Account:
    return commands.book_asset(world.card, replace(TERMS, **changes), by=officer(world))


@pytest.mark.clause("N-8")
def test_an_asset_is_booked_and_its_card_says_so(world):
    account = booked(world)
    card = Card.objects.get(id=world.card_id)
    assert card.booking is Booking.BOOKED
    assert card.voucher_number == TERMS.voucher_number
    assert account.begins_on == date(2025, 6, 1)
    with pytest.raises(Refused, match="已经入账"):
        booked(world)


def test_only_finance_officers_keep_the_books(world):
    with pytest.raises(NotPermitted, match="资产入账和摊销"):
        commands.book_asset(world.card, TERMS, by=world.keeper)


@pytest.mark.clause("G-15")
def test_months_are_charged_once_from_that_of_acquisition(world):
    account = booked(world)
    unit = world.city.unit
    # June 2025 to March 2026: ten months of 2,000 yuan.
    assert commands.amortise(unit, TODAY, by=officer(world)) == 10
    assert commands.amortise(unit, TODAY, by=officer(world)) == 0
    account.refresh_from_db()
    assert account.amortised == Money.from_yuan(20_000)
    assert account.carried == Money.from_yuan(100_000)
    with pytest.raises(Refused, match="以后月份"):
        commands.amortise(unit, date(2026, 4, 1), by=officer(world))
    assert commands.amortise(unit, date(2026, 4, 1), by=officer(world, days=20)) == 1


@pytest.mark.clause("G-15")
def test_a_changed_estimate_holds_for_what_is_left(world):
    account = booked(world)
    commands.amortise(world.city.unit, TODAY, by=officer(world))
    with pytest.raises(Refused, match="变更的原因"):
        commands.change_life(account, months=10, reason=" ", by=officer(world))
    account = commands.change_life(account, months=10, reason="数据时效缩短", by=officer(world))
    assert account.begins_on == date(2026, 4, 1)
    commands.amortise(world.city.unit, date(2026, 4, 1), by=officer(world, days=20))
    last = Charge.objects.order_by("-month").first()
    assert last.amount == Money.from_yuan(10_000)


@pytest.mark.clause("G-15")
def test_by_units_the_work_of_each_month_is_charged(world):
    account = booked(world, spread=Spread.UNITS, months=0, total_units=1_200, unit="次")
    assert list(queries.waiting_for_units(world.city.unit, TODAY)) == [account]
    charge = commands.note_units(account, date(2026, 2, 1), 12, by=officer(world))
    assert charge.amount == Money.from_yuan(1_200)
    commands.note_units(account, TODAY, 6_000, by=officer(world))
    account.refresh_from_db()
    assert account.carried == Money(0), "more work than foreseen charges no more than the cost"
    with pytest.raises(Refused, match="已经登记"):
        commands.note_units(account, date(2026, 2, 1), 5, by=officer(world))


@pytest.mark.clause("G-15")
def test_a_unit_does_not_write_down(world):
    account = booked(world)
    with pytest.raises(Refused, match="不计提减值准备"):
        commands.impair(account, Money(100), "市价下跌", by=officer(world))


@pytest.mark.clause("G-15")
def test_the_yearly_table_closes_with_what_the_accounts_carry(world):
    booked(world)
    commands.amortise(world.city.unit, TODAY, by=officer(world))
    (table,) = statements_of(world.city.unit, 2026)
    figures = {}
    heading = ""
    for line in table.lines:
        if line.figures is None:
            heading = line.label
        else:
            figures[heading, line.label] = line.figures[Way.OWN]
    assert figures["账面原值", "期初余额"] == Money(0)
    assert figures["账面原值", "本期增加金额"] == COST
    assert figures["累计摊销", "期末余额"] == Money.from_yuan(20_000)
    assert figures["账面价值", "期末账面价值"] == Money.from_yuan(100_000)
    assert statements_of(world.city.unit, 2025) == []


def _figures(body, year) -> dict[tuple[str, str], Money]:
    found, heading = {}, ""
    for table in statements_of(body, year):
        for line in table.lines:
            if line.figures is None:
                heading = line.label
            else:
                found[heading, line.label] = line.cells[-1]
    return found


@pytest.mark.clause("G-12")
def test_after_a_succession_each_body_tells_of_its_own_time(world):
    city, heir = world.city, world.city.other_unit
    booked(world, booked_on=date(2025, 7, 1))
    commands.amortise(city.unit, TODAY, by=officer(world))
    alone = _figures(city.unit, 2025)
    assert alone["账面原值", "期末余额"] == COST
    in_2026 = _figures(city.unit, 2026)["累计摊销", "期末余额"]
    taken_over(city, city.unit, heir, world.keeper)
    former = Organization.objects.get(id=city.unit.id)

    assert _figures(former, 2025) == alone, "what was disclosed before stays as it was"
    assert _figures(heir, 2025) == {}
    left = _figures(former, 2026)
    assert left["账面原值", "期初余额"] == COST
    assert left["账面原值", "本期减少金额"] == COST
    assert left["账面原值", "期末余额"] == Money(0)
    assert left["累计摊销", "本期减少金额"] == in_2026
    assert left["账面价值", "期末账面价值"] == Money(0)
    came = _figures(heir, 2026)
    assert came["账面原值", "期初余额"] == Money(0)
    assert came["账面原值", "本期增加金额"] == COST
    assert came["累计摊销", "期末余额"] == in_2026
    assert _figures(former, 2027) == {}
    assert _figures(heir, 2027)["账面原值", "期初余额"] == COST

    # The heir's people read the former's books, and so does nobody from elsewhere.
    reader = city.sign(Role.FINANCE_OFFICER, heir).member
    assert queries.body_to_read(former.id, reader) == former
    with pytest.raises(NotFound):
        queries.body_to_read(former.id, city.sign(Role.OPERATOR_AGENT, city.operator).member)


@pytest.mark.clause("N-8")
def test_a_difference_between_card_and_ledger_waits_for_its_conclusion(world):
    booked(world)
    commands.amortise(world.city.unit, TODAY, by=officer(world))
    line = LedgerLine(world.card.number, COST, Money.from_yuan(18_000))
    check = commands.check_ledger(world.city.unit, TODAY, [line], by=officer(world))
    difference = check.differences.get()
    assert difference.kind is DifferenceKind.CHARGED
    assert (check.cards, check.agreed) == (1, 0)
    with pytest.raises(Refused, match="处理结论"):
        commands.conclude_difference(difference, " ", by=officer(world))
    commands.conclude_difference(difference, "三月凭证待入账", by=officer(world))
    with pytest.raises(Refused, match="已有处理结论"):
        commands.conclude_difference(difference, "再说一次", by=officer(world))


def typed(**changes: object) -> dict[str, object]:
    return {
        "treatment": "GOVERNMENT",
        "basis": "COST",
        "cost": "120,000",
        "life_ground": "CONTRACT",
        "spread": "STRAIGHT_LINE",
        "months": "60",
        "account_code": "1701 无形资产",
        "voucher_number": "记-2026-0312",
        "booked_on": TODAY.isoformat(),
    } | changes


@pytest.mark.clause("N-8")
def test_the_books_are_kept_by_hand(world, client, django_capture_on_commit_callbacks):
    client.force_login(officer(world).member)
    assert "还没有入账" in client.get(reverse("books:accounts")).content.decode()
    assert "入账" in client.get(f"/register/cards/{world.card_id}/").content.decode()
    booking = reverse("books:book", args=[world.card_id])
    wrong = client.post(booking, typed(cost="5"))
    assert wrong.status_code == 422
    assert "须与卡片原值" in wrong.content.decode()
    made = client.post(booking, typed())
    account = Account.objects.get()
    assert made.url == reverse("books:account", args=[account.id])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("books:amortise"), {"organization": world.city.unit.id})
    shown = client.get(made.url).content.decode()
    assert "100,000.00" in shown
    assert "2025-06" in shown
    year = reverse("books:statement", args=[world.city.unit.id])
    assert "期末账面价值" in client.get(f"{year}?year=2026").content.decode()
    sheet = client.get(f"{year}?year=2026&export=xlsx")
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    ledger = f"资产编号,原值,累计摊销\n{world.card.number},120000,19000\n,1,1\n"
    client.post(
        reverse("books:compare"),
        {
            "organization": world.city.unit.id,
            "as_of": TODAY.isoformat(),
            "file": SimpleUploadedFile("总账.csv", ledger.encode("gb18030")),
        },
    )
    check = LedgerCheck.objects.get()
    found = client.get(reverse("books:check", args=[check.id])).content.decode()
    assert "累计摊销不符" in found
    assert "没有资产编号" in found


def test_a_program_keeps_the_books_and_a_stranger_finds_none(
    world, client, django_capture_on_commit_callbacks
):
    client.force_login(officer(world).member)
    terms = {
        "treatment": "GOVERNMENT",
        "basis": "COST",
        "cost_fen": COST.fen,
        "spread": "STRAIGHT_LINE",
        "life_ground": "CONTRACT",
        "account_code": "1701",
        "voucher_number": "记-1",
        "booked_on": TODAY.isoformat(),
        "months": 60,
    }
    made = client.post(f"{API}/cards/{world.card_id}", terms, "application/json")
    assert made.status_code == 201, made.content
    account = made.json()
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(
            f"{API}/amortise", {"organization_id": world.city.unit.id}, "application/json"
        )
    assert asked.status_code == 202
    assert len(client.get(f"{API}/{account['id']}/charges").json()) == 10
    refused = client.post(
        f"{API}/{account['id']}/impair", {"amount_fen": 1, "reason": "x"}, "application/json"
    )
    assert refused.json()["obstacles"][0]["clause"] == "G-15"
    client.force_login(world.analyst.member)
    assert client.get(f"{API}/{account['id']}").status_code == 404
    assert client.get(reverse("books:account", args=[account["id"]])).status_code == 404


@pytest.mark.clause("G-15")
def test_a_nominal_amount_needs_its_decision_and_no_cost_on_the_card(world):
    with pytest.raises(Refused, match="卡片上有可靠的原值"):
        booked(
            world,
            basis=CostBasis.NOMINAL,
            cost=Money.from_yuan(1),
            spread=Spread.NONE,
            life_ground=LifeGround.INDEFINITE,
            life_note="名义金额",
            decision_number="会议纪要〔2026〕3号",
        )
