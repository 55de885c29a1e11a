from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet, Sum

from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.succession.heritage import Estate, Thing, passes_on
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.revenue.ledger import post
from shuce.lifecycle.revenue.models import BreachFinding, JournalLine, ShareLine
from shuce.lifecycle.revenue.rules import Account, LineState, Posting


class Balances(Estate):
    """What stands in a body's accounts passes by an entry: nothing in the ledger is edited."""

    def rows_of(self, body: Organization) -> "QuerySet[Any]":
        return JournalLine.objects.filter(party=body).order_by("pk")

    def things_of(self, body: Organization) -> list[Thing]:
        return [
            Thing(self, account.value, f"{account.label} {amount}", "", body)
            for account, amount in _balances(body)
        ]

    def pass_on(
        self, ids: Collection[str], former: Organization, heir: Organization, *, by: Signature
    ) -> None:
        postings = [
            posting
            for account, amount in _balances(former)
            if account.value in ids
            for posting in (
                Posting(account, former.id, -amount),
                Posting(account, heir.id, amount),
            )
        ]
        text = say("承继账户余额：{former}", former=former.name)
        post(text[:200], tuple(postings), former.id, by=by)


def _balances(body: Organization) -> list[tuple[Account, Money]]:
    rows = JournalLine.objects.filter(party=body).order_by("account").values_list("account")
    summed = rows.annotate(fen=Sum("amount"))
    found = [(Account(account), Money(int(_fen(fen)))) for account, fen in summed]
    return [(account, amount) for account, amount in found if amount]


def _fen(amount: Any) -> int:
    return amount.fen if isinstance(amount, Money) else int(amount or 0)


passes_on(
    Balances("revenue.balances", "账户余额", JournalLine, "party"),
    Estate(
        "revenue.due",
        "应缴财政的收入",
        ShareLine,
        "party",
        Q(state=LineState.DUE.value),
        related=("party",),
    ),
    Estate(
        "revenue.breaches", "未处理的收缴问题", BreachFinding, "organization", Q(handled_at=None)
    ),
)
