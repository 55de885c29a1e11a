"""What the pages of the books show."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from shuce.foundation.office.parts import Action, Crumb, Figure
from shuce.foundation.office.showing import plain
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.books import queries
from shuce.lifecycle.books.models import Account, LedgerDifference
from shuce.lifecycle.books.rules import NOMINAL
from shuce.lifecycle.books.statements import Line, Statement
from shuce.lifecycle.books.tables import ChargeTable
from shuce.lifecycle.books.words import Carrying, Spread
from shuce.lifecycle.register.models import Card


def actions_of_list(member: Member) -> list[Action]:
    """What the reader can do from the list of accounts."""
    actions = [Action(say("账卡核对"), reverse("books:checks"), icon="scale")]
    own = queries.bodies_to_read(member).filter(id=member.organization_id).first()
    body = own or queries.bodies_to_read(member).first()
    if body:
        actions.append(
            Action(say("年度变动表"), reverse("books:statement", args=[body.id]), icon="report")
        )
    if queries.bodies_to_keep(member).exists():
        actions.append(
            Action(say("计提摊销"), reverse("books:amortise"), icon="calculator", primary=True)
        )
    return actions


def first_terms(card: Card, today: date) -> dict[str, Any]:
    """What the form proposes: the card's own cost; nothing that a person must judge."""
    return {
        "cost": card.cost or NOMINAL,
        "account_code": say("1701 无形资产"),
        "booked_on": today,
        "spread": Spread.STRAIGHT_LINE,
    }


def page_of(account: Account, request: SignedRequest) -> dict[str, Any]:
    """Everything that the page of one account shows."""
    charges = queries.charges_of(account)
    return {
        "title": account.card.name,
        "subtitle": account.card.number or "",
        "crumbs": [Crumb(say("资产台账"), reverse("books:accounts")), Crumb(account.card.name)],
        "actions": list(_actions(account, request.user)),
        "figures": [
            Figure(say("原值"), account.cost, icon="coin"),
            Figure(say("累计摊销"), account.amortised, icon="chart-line"),
            Figure(say("减值准备"), account.impaired, icon="arrow-down"),
            Figure(say("账面价值"), account.carried, icon="scale"),
        ],
        "facts": _facts(account),
        "charges": ChargeTable(charges, request=request),
        "count": len(charges),
    }


def _facts(account: Account) -> list[tuple[Any, ...]]:
    through = account.charged_through
    return [
        ("数据资产", account.card.name, reverse("register:card", args=[account.card_id])),
        ("持有单位", account.card.holder),
        ("会计处理", account.treatment.label),
        ("计量依据", account.basis.label),
        ("决定文号", account.decision_number),
        ("会计科目", account.account_code),
        ("会计凭证号", account.voucher_number),
        ("入账日期", account.booked_on),
        ("年限依据", account.life_ground.label),
        ("年限说明", account.life_note),
        ("摊销方法", account.spread.label),
        ("起始月份", f"{account.begins_on:%Y-%m}"),
        ("摊销月数", account.months or None),
        (
            "预计总工作量",
            f"{account.total_units:,} {account.unit}" if account.total_units else None,
        ),
        ("已计提至", f"{through:%Y-%m}" if through else None),
    ]


def _actions(account: Account, member: Member) -> Iterator[Action]:
    if not member.may(Permission.BOOKS_KEEP, account.card.holder):
        return
    if account.spread != Spread.NONE:
        yield Action(
            say("变更摊销年限"), reverse("books:life", args=[account.id]), icon="adjustments"
        )
    if account.treatment != Carrying.GOVERNMENT:
        yield Action(
            say("计提减值准备"), reverse("books:impair", args=[account.id]), icon="arrow-down"
        )
    if account.spread == Spread.UNITS:
        yield Action(
            say("登记工作量"), reverse("books:units", args=[account.id]), icon="plus", primary=True
        )


def with_heading(statement: Statement) -> list[Line]:
    """The lines of a table under the name of its treatment, for a sheet that holds several."""
    return [Line(statement.treatment.label), *statement.lines]


def told_of(difference: LedgerDifference) -> str:
    return say(
        "{name} 卡片：{card}；总账：{ledger}。核实后写明原因和如何更正。",
        name=difference.name or difference.number,
        card=plain(difference.on_card),
        ledger=plain(difference.in_ledger),
    )
