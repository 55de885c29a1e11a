"""What pages show of bills, shares and findings: the acts there are, and where a record is."""

from django.urls import reverse

from shuce.foundation.office.parts import Action
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.market.models import Contract
from shuce.lifecycle.revenue import queries, rules
from shuce.lifecycle.revenue.models import Bill, ShareLine
from shuce.lifecycle.revenue.rules import BillState


def actions_on_bill(request: SignedRequest, found: Bill) -> list[Action]:
    """Return what the reader may do with a bill now: book its receipt, or share that out."""
    if not request.user.may(Permission.USAGE_METER, found.contract.seller):
        return []
    if found.state == BillState.ISSUED:
        return [
            Action(
                say("登记收款"),
                reverse("revenue:receipt", args=[found.id]),
                icon="cash",
                primary=True,
            )
        ]
    obstacles = rules.obstacles_to_distribute(
        queries.receipt_of(found) is not None, queries.distribution_of(found) is not None
    )
    return [
        Action(
            say("分配收益"),
            reverse("revenue:distribute", args=[found.id]),
            icon="chart-pie",
            primary=True,
            post=True,
            obstacles=tuple(obstacles),
        )
    ]


def facts_of_line(found: ShareLine) -> list[tuple[str, object]]:
    """Return a share as (label, value)."""
    return [
        ("单位", found.party),
        ("金额", found.amount),
        ("上缴期限", found.remit_by),
        ("上缴日期", found.remitted_on),
        ("缴款书编号", found.slip_number),
    ]


def page_of(thing: Bill | Contract | None) -> str:
    """Return the address of what a finding rests on, or nothing."""
    match thing:
        case Bill():
            return reverse("revenue:bill", args=[thing.id])
        case Contract():
            return reverse("market:contract", args=[thing.id])
    return ""
