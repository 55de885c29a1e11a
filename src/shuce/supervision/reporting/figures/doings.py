"""表4–表7: how assets were shared, granted, earned from, disposed of, and what befell them."""

from typing import Any

from django.db.models import Q, QuerySet

from shuce.lifecycle.disposal.models import Disposal
from shuce.lifecycle.disposal.rules import DisposalKind, DisposalState
from shuce.lifecycle.register.words import Opening, Sharing
from shuce.lifecycle.revenue.models import Bill, Receipt, ShareLine
from shuce.lifecycle.revenue.rules import BillState, LineState
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import FeeBasis, GrantState
from shuce.supervision.reporting.figures.holdings import held
from shuce.supervision.reporting.figures.parts import (
    Column,
    Line,
    Measure,
    Scope,
    Table,
    lines_by,
)
from shuce.supervision.reporting.words import Unit
from shuce.supervision.watch.models import Incident
from shuce.supervision.watch.words import IncidentKind, IncidentState


def _grants(scope: Scope) -> QuerySet[Grant]:
    """The grants that were approved before the year was over."""
    return Grant.objects.filter(
        scope.below("card__holder__path"), decided_at__lt=scope.ends_at
    ).exclude(state__in=[GrantState.REQUESTED, GrantState.REFUSED])


def _running(scope: Scope) -> Q:
    """Return the condition that a grant's term runs when the year is over, unless withdrawn."""
    return Q(starts_on__lt=scope.after, ends_on__gte=scope.after) & ~Q(state=GrantState.WITHDRAWN)


def _approved_in_year(scope: Scope) -> Q:
    return scope.in_year("decided_at")


_OF_CARDS = {"count": Measure(), "rows": Measure("rows")}
_OF_GRANTS = {
    "count": Measure("card", where=_running, distinct=True),
    "running": Measure(where=_running),
    "approved": Measure(where=_approved_in_year),
    "fee": Measure("fee", where=_approved_in_year),
}
USE = Table(
    "4",
    "表4 数据资产使用与授权情况",
    "表4 使用",
    "共享、开放按年末属性；授权按年末有效和本年批准",
    (
        Column("count", "资产个数", Unit.ITEMS),
        Column("rows", "数据规模", Unit.ROWS),
        Column("running", "年末有效授权", Unit.CASES),
        Column("approved", "本年批准授权", Unit.CASES),
        Column("fee", "本年批准费用", Unit.MONEY),
    ),
    (
        *lines_by(Sharing, "sharing", held, _OF_CARDS, prefix="sharing_"),
        *lines_by(Opening, "opening", held, _OF_CARDS, prefix="opening_"),
        *lines_by(FeeBasis, "fee_basis", _grants, _OF_GRANTS, card="card", prefix="grant_"),
        Line("grants", "授权合计", _grants, _OF_GRANTS, card="card"),
    ),
)


def _of_our_assets(scope: Scope, contract: str) -> Q:
    """Return the condition that a contract's product is made from an asset in scope."""
    inputs = f"{contract}__product__inputs__card__holder__path"
    return scope.below(inputs)


def _bills(scope: Scope) -> QuerySet[Any]:
    # A product may be made from several assets in scope: its bill counts once.
    ours = Bill.objects.filter(_of_our_assets(scope, "contract")).values("id")
    return Bill.objects.filter(scope.in_year("issued_on"), id__in=ours).exclude(
        state=BillState.VOIDED
    )


def _receipts(scope: Scope) -> QuerySet[Any]:
    ours = Receipt.objects.filter(_of_our_assets(scope, "bill__contract")).values("id")
    return Receipt.objects.filter(scope.in_year("received_on"), id__in=ours)


def _shares(scope: Scope) -> QuerySet[ShareLine]:
    return ShareLine.objects.filter(scope.below("party__path"))


def _due(scope: Scope) -> QuerySet[Any]:
    return _shares(scope).filter(
        scope.in_year("distribution__distributed_at"),
        state__in=[LineState.DUE, LineState.REMITTED],
    )


def _remitted(scope: Scope) -> QuerySet[Any]:
    return _shares(scope).filter(scope.in_year("remitted_on"))


def _outstanding(scope: Scope) -> QuerySet[Any]:
    """The shares that had not reached the treasury when the year was over."""
    return _shares(scope).filter(
        Q(remitted_on=None) | Q(remitted_on__gte=scope.after),
        distribution__distributed_at__lt=scope.ends_at,
        state__in=[LineState.DUE, LineState.REMITTED],
    )


def _kept(scope: Scope) -> QuerySet[Any]:
    return _shares(scope).filter(
        scope.in_year("distribution__distributed_at"), state=LineState.KEPT
    )


_OF_MONEY = {"count": Measure(), "amount": Measure("amount")}
_CARD_OF_BILL = "contract__product__inputs__card"
_CARD_OF_SHARE = f"distribution__receipt__bill__{_CARD_OF_BILL}"
REVENUE = Table(
    "5",
    "表5 数据资产收益情况",
    "表5 收益",
    "应收、实收为涉及本范围资产的合同全额；应缴、已缴、留用为本范围单位的份额",
    (Column("count", "笔数", Unit.CASES), Column("amount", "金额", Unit.MONEY)),
    (
        Line("billed", "本年应收", _bills, _OF_MONEY, card=_CARD_OF_BILL),
        Line("received", "本年实收", _receipts, _OF_MONEY, card=f"bill__{_CARD_OF_BILL}"),
        Line("due", "本年应缴国库", _due, _OF_MONEY, card=_CARD_OF_SHARE),
        Line("remitted", "本年已缴国库", _remitted, _OF_MONEY, card=_CARD_OF_SHARE),
        Line("outstanding", "年末未缴", _outstanding, _OF_MONEY, card=_CARD_OF_SHARE),
        Line("kept", "本年留归单位", _kept, _OF_MONEY, card=_CARD_OF_SHARE),
    ),
)


def _disposals(scope: Scope) -> QuerySet[Disposal]:
    return Disposal.objects.filter(
        scope.below("card__holder__path"), scope.in_year("done_at"), state=DisposalState.DONE
    )


_OF_DISPOSALS = {
    "count": Measure(),
    "cost": Measure("card__cost"),
    "book": Measure("book_value"),
}
DISPOSAL = Table(
    "6",
    "表6 数据资产处置情况",
    "表6 处置",
    "本年办结的处置，按处置方式",
    (
        Column("count", "资产个数", Unit.ITEMS),
        Column("cost", "原值", Unit.MONEY),
        Column("book", "账面价值", Unit.MONEY),
    ),
    (
        Line("total", "合计", _disposals, _OF_DISPOSALS, card="card"),
        *lines_by(DisposalKind, "kind", _disposals, _OF_DISPOSALS, card="card"),
    ),
)


def _incidents(scope: Scope) -> QuerySet[Incident]:
    return Incident.objects.filter(
        scope.below("card__holder__path"), scope.in_year("opened_at"), is_drill=False
    )


def _drills(scope: Scope) -> QuerySet[Incident]:
    return Incident.objects.filter(
        scope.below("card__holder__path"), scope.in_year("opened_at"), is_drill=True
    )


def _unsettled(scope: Scope) -> Q:
    return ~Q(state=IncidentState.CLOSED) | Q(closed_at__gte=scope.ends_at)


_OF_INCIDENTS = {
    "count": Measure(),
    "persons": Measure("persons_affected"),
    "loss": Measure("loss"),
    "unsettled": Measure(where=_unsettled),
}
SAFETY = Table(
    "7",
    "表7 数据资产安全与事件",
    "表7 安全",
    "本年发现的安全事件，按类别；演练单列，不计入合计",
    (
        Column("count", "件数", Unit.CASES),
        Column("persons", "影响人数", Unit.PERSONS),
        Column("loss", "损失估计", Unit.MONEY),
        Column("unsettled", "年末未结案", Unit.CASES),
    ),
    (
        Line("total", "合计", _incidents, _OF_INCIDENTS, card="card"),
        *lines_by(IncidentKind, "kind", _incidents, _OF_INCIDENTS, card="card"),
        Line("drills", "应急演练", _drills, {"count": Measure()}, card="card"),
    ),
)
