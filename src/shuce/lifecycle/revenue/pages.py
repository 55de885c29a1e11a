"""Pages of use, bills, receipts, shares and remittances."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.market.queries import contract_seen
from shuce.lifecycle.revenue import commands, queries
from shuce.lifecycle.revenue.forms import MeterForm, ReceiptForm, RemitForm
from shuce.lifecycle.revenue.rules import LineState
from shuce.lifecycle.revenue.showing import actions_on_bill, facts_of_line
from shuce.lifecycle.revenue.tables import (
    BillFilters,
    BillTable,
    RemittanceFilters,
    RemittanceTable,
)
from shuce.lifecycle.revenue.trails import entries_about, trail_of


@login_required
def meter(request: SignedRequest, contract_id: str) -> HttpResponse:
    """Meter a use under a contract."""
    found = contract_seen(contract_id, request.user)
    request.signature.require(Permission.USAGE_METER, within=found.seller)
    here = reverse("market:contract", args=[found.id])
    return act(
        request,
        partial(MeterForm, initial={"used_on": request.signature.today}),
        lambda form: commands.meter_usage(found, **form.cleaned_data, by=request.signature),
        title=say("计量使用"),
        intro=say("合同 {number}，单位：{unit}", number=found.number, unit=found.product.unit),
        done=say("已计量"),
        then=here,
        back=here,
    )


@login_required
def issue(request: SignedRequest, contract_id: str) -> HttpResponse:
    """Bill all use of a contract that is not billed yet."""
    found = contract_seen(contract_id, request.user)
    return press(
        request,
        lambda: commands.issue_bill(found, by=request.signature),
        then=lambda made: reverse("revenue:bill", args=[made.id]),
        done=lambda made: say(
            "账单 {number} 已开具，金额 {amount}", number=made.number, amount=made.amount
        ),
    )


@login_required
def bills(request: SignedRequest) -> HttpResponse:
    """Every bill the reader may see."""
    return list_page(
        request,
        rows=queries.bills_seen_by(request.user),
        table=BillTable,
        filters=BillFilters,
        title=say("账单"),
        empty=say("还没有账单。请在合同页面计量使用后开具。"),
        actions=[Action(say("账簿"), reverse("revenue:ledger"), icon="book")],
    )


@login_required
def bill(request: SignedRequest, bill_id: str) -> HttpResponse:
    """One bill: what it counts, what came in, and how that was shared."""
    found = queries.bill_seen(bill_id, request.user)
    contract, booked = found.contract, queries.receipt_of(found)
    seen = set(queries.share_lines_seen_by(request.user).values_list("id", flat=True))
    lines = [one for one in queries.share_lines_of(found) if one.id in seen]
    return render(
        request,
        "revenue/bill.html",
        {
            "title": found.number,
            "state": found.state,
            "bill": found,
            "crumbs": [Crumb(say("账单"), reverse("revenue:bills")), Crumb(found.number)],
            "actions": actions_on_bill(request, found),
            "facts": [
                ("合同", contract.number, reverse("market:contract", args=[contract.id])),
                ("数据产品", contract.product),
                ("运营主体", contract.seller),
                ("使用方", contract.buyer),
                ("数量", found.quantity),
                ("单价", contract.unit_price),
                ("金额", found.amount),
                ("开单日期", found.issued_on),
                ("应付日期", found.due_on),
            ],
            "receipt": booked,
            "receipt_facts": [
                ("收款金额", booked.amount),
                ("收款账户", booked.account),
                ("银行流水号", booked.serial),
                ("收款日期", booked.received_on),
            ]
            if booked
            else (),
            "usages": found.usages.order_by("used_on", "id"),
            "lines": lines,
            "total": sum((one.amount.fen for one in lines), 0),
        },
    )


@login_required
def receipt(request: SignedRequest, bill_id: str) -> HttpResponse:
    """Book the money that came in for a bill."""
    found = queries.bill_seen(bill_id, request.user)
    request.signature.require(Permission.USAGE_METER, within=found.contract.seller)
    here = reverse("revenue:bill", args=[found.id])
    return act(
        request,
        partial(ReceiptForm, initial={"amount": found.amount}),
        lambda form: commands.book_receipt(found, **form.cleaned_data, by=request.signature),
        title=say("登记收款"),
        intro=say("账单 {number}，应收 {amount}", number=found.number, amount=found.amount),
        done=say("收款已登记"),
        then=here,
        back=here,
    )


@login_required
def distribute(request: SignedRequest, bill_id: str) -> HttpResponse:
    """Share out what came in for a bill."""
    found = queries.bill_seen(bill_id, request.user)
    return press(
        request,
        lambda: commands.distribute(queries.receipt_booked(found), by=request.signature),
        then=reverse("revenue:bill", args=[found.id]),
        done=say("已按合同分成"),
    )


@login_required
def remittances(request: SignedRequest) -> HttpResponse:
    """Every share that belongs to the treasury."""
    return list_page(
        request,
        rows=queries.remittances_seen_by(request.user, request.signature.today),
        table=RemittanceTable,
        filters=RemittanceFilters,
        title=say("上缴国库"),
        empty=say("还没有应上缴的收入。收款分配后会出现在这里。"),
    )


@login_required
def line(request: SignedRequest, line_id: str) -> HttpResponse:
    """One share, with its whole way back to the contract and the use."""
    found = queries.share_line_seen(line_id, request.user)
    actions = []
    if request.user.may(Permission.REMITTANCE_MAKE, found.party) and found.state == LineState.DUE:
        actions.append(
            Action(
                say("上缴国库"),
                reverse("revenue:remit", args=[found.id]),
                icon="building-bank",
                primary=True,
            )
        )
    return render(
        request,
        "revenue/line.html",
        {
            "title": say("{party}的分成", party=found.party),
            "state": found.state,
            "crumbs": [Crumb(say("上缴国库"), reverse("revenue:remittances"))],
            "actions": actions,
            "facts": facts_of_line(found),
            "moments": trail_of(found),
            "entries": entries_about(found),
        },
    )


@login_required
def remit(request: SignedRequest, line_id: str) -> HttpResponse:
    """Remit a share to the treasury under its slip."""
    found = queries.share_line_seen(line_id, request.user)
    request.signature.require(Permission.REMITTANCE_MAKE, within=found.party)
    here = reverse("revenue:line", args=[found.id])
    return act(
        request,
        RemitForm,
        lambda form: commands.remit(found, form.cleaned_data["slip_number"], by=request.signature),
        title=say("上缴国库"),
        intro=say("{party}应缴 {amount}，须全额上缴。", party=found.party, amount=found.amount),
        done=say("已上缴"),
        then=here,
        back=here,
    )
