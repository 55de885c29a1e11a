"""The pages and the API of bills, shares, the ledger and breaches, and who is shown nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.revenue import commands
from shuce.lifecycle.revenue.models import BreachFinding, JournalEntry, ShareLine
from shuce.lifecycle.revenue.rules import LineState
from tests.lifecycle import make_market


@pytest.fixture
def paid(market):
    """A contract with one bill paid and shared out, and a breach found."""
    make_market.priced(market)
    contract = make_market.signed(market)
    receipt = make_market.received(market, contract, 1000, "B1")
    commands.distribute(receipt, by=market.agent())
    commands.scan_breaches(market.city.unit, by=market.inspector(30))
    return market, contract, receipt.bill


def test_the_way_from_use_to_treasury_is_shown_and_walked(paid, client):
    market, contract, bill = paid
    line = ShareLine.objects.get(state=LineState.DUE)
    entry = JournalEntry.objects.get(lines__account="TREASURY_DUE")
    finding = BreachFinding.objects.get()
    client.force_login(market.finance().member)
    pages = {
        reverse("revenue:bills"): bill.number,
        reverse("revenue:bill", args=[bill.id]): "¥240.00",
        reverse("market:contract", args=[contract.id]): "U-B1",
        reverse("revenue:remittances"): "逾期未缴",
        reverse("revenue:line", args=[line.id]): "来龙去脉",
        reverse("revenue:remit", args=[line.id]): "缴款书编号",
        reverse("revenue:ledger"): "应缴财政款",
        reverse("revenue:entry", args=[entry.id]): "待分配收益",
        reverse("revenue:breaches"): "不缴",
        reverse("revenue:breach", args=[finding.id]): "分文未缴",
        reverse("revenue:scan"): market.city.unit.name,
    }
    for address, words in pages.items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert words in answer.content.decode(), address
    for name in ("bills", "remittances", "ledger", "breaches"):
        assert client.get(reverse(f"revenue:{name}") + "?export=xlsx").status_code == 200
    overdue = client.get(reverse("revenue:remittances") + "?standing=REMITTED")
    assert "¥240.00" not in overdue.content.decode()
    remit = reverse("revenue:remit", args=[line.id])
    assert client.post(remit, {"slip_number": ""}).status_code == 422
    assert client.post(remit, {"slip_number": "JK-1"}).status_code == 302
    line.refresh_from_db()
    assert line.state == LineState.REMITTED
    scanned = client.post(reverse("revenue:scan"), {"organization": market.city.unit.id})
    assert scanned.status_code == 302

    conclude = reverse("revenue:conclude", args=[finding.id])
    assert client.post(conclude, {"conclusion": "已补缴"}).status_code == 403
    client.force_login(market.inspector().member)
    assert client.post(conclude, {"conclusion": "已补缴"}).status_code == 302


def test_the_operator_meters_bills_books_and_shares_by_pages(paid, client):
    market, contract, _ = paid
    client.force_login(market.agent().member)
    day = (make_market.TODAY + timedelta(days=6)).isoformat()
    meter = reverse("revenue:meter", args=[contract.id])
    use = {"quantity": "10", "used_on": day, "serial": "U-9"}
    assert client.get(meter).status_code == 200
    assert client.post(meter, use).status_code == 302
    assert client.post(meter, use).status_code == 422
    billed = client.post(reverse("revenue:issue", args=[contract.id]))
    bill = contract.bills.order_by("-id")[0]
    assert billed["Location"] == reverse("revenue:bill", args=[bill.id])
    early = client.post(reverse("revenue:distribute", args=[bill.id]))
    assert early.status_code == 404
    book = reverse("revenue:receipt", args=[bill.id])
    money = {"amount": "8.00", "account": "运营收入专户", "serial": "B9", "received_on": day}
    assert client.get(book).status_code == 200
    assert client.post(book, money | {"amount": "9"}).status_code == 422
    assert client.post(book, money).status_code == 302
    client.post(reverse("revenue:distribute", args=[bill.id]))
    assert ShareLine.objects.filter(distribution__receipt__bill=bill).count() == 2
    entry = JournalEntry.objects.order_by("id")[0]
    undo = reverse("revenue:reverse", args=[entry.id])
    assert client.get(undo).status_code == 200
    assert client.post(undo, {"reason": "有误"}).status_code == 302


def test_the_api_answers_as_the_pages_do(paid, client):
    market, contract, bill = paid

    def post(path: str, body: dict[str, object]):
        return client.post(f"/api/v1/revenue/{path}", body, content_type="application/json")

    line, unit = ShareLine.objects.get(state=LineState.DUE), market.city.unit
    client.force_login(market.finance().member)
    for path in ("bills", f"bills/{bill.id}", "remittances", "ledger", "breaches"):
        assert client.get(f"/api/v1/revenue/{path}").status_code == 200, path
    trail = client.get(f"/api/v1/revenue/shares/{line.id}/trail").json()
    assert trail[0]["label"].endswith(contract.number)
    balances = client.get(f"/api/v1/revenue/organizations/{unit.id}/balances").json()
    assert balances == [{"account": "TREASURY_DUE", "amount_fen": -24_000}]
    assert post(f"shares/{line.id}/remit", {"slip_number": "JK-1"}).json()["state"] == "REMITTED"
    assert post(f"organizations/{unit.id}/scan", {}).status_code == 200
    client.force_login(market.agent().member)
    use = {"quantity": 5, "used_on": market.agent().today.isoformat(), "serial": "U-9"}
    assert post(f"contracts/{contract.id}/usages", use).status_code == 200
    made = post(f"contracts/{contract.id}/bills", {}).json()
    money = {"amount_fen": 400, "account": "专户", "serial": "B9", "received_on": "2026-03-20"}
    assert post(f"bills/{made['id']}/receipt", money | {"amount_fen": 4}).status_code == 422
    assert post(f"bills/{made['id']}/receipt", money).status_code == 200
    lines = post(f"bills/{made['id']}/distribution", {}).json()["lines"]
    assert sum(one["amount_fen"] for one in lines) == 400


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_shown_nothing(paid, client, method):
    market, contract, bill = paid
    line, entry = ShareLine.objects.get(state=LineState.DUE), JournalEntry.objects.all()[0]
    finding = BreachFinding.objects.get()
    stranger = market.world.sign(Role.FINANCE_OFFICER, market.city.other_unit)
    client.force_login(stranger.member)
    for name, thing in (
        ("meter", contract),
        ("issue", contract),
        ("bill", bill),
        ("receipt", bill),
        ("distribute", bill),
        ("line", line),
        ("remit", line),
        ("entry", entry),
        ("reverse", entry),
        ("breach", finding),
        ("conclude", finding),
    ):
        address = reverse(f"revenue:{name}", args=[thing.id])
        assert getattr(client, method)(address).status_code == 404, name
    for name in ("bills", "remittances", "ledger", "breaches"):
        page = client.get(reverse(f"revenue:{name}")).content.decode()
        assert "¥240.00" not in page
    scan = f"/api/v1/revenue/organizations/{market.city.unit.id}/scan"
    assert client.post(scan, {}, content_type="application/json").status_code == 404
