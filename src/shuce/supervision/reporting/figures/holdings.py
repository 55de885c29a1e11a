"""表1–表3, 表8: what was in the register on a day, how it divides, and how it changed."""

from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from shuce.foundation.organizations.rules import HOLDERS, Kind
from shuce.lifecycle.inventory.models import MemoEntry
from shuce.lifecycle.register.models import Card, CardVersion, ValueEntry
from shuce.lifecycle.register.words import Acquisition, Grade, ValueBasis
from shuce.supervision.reporting.figures.parts import (
    Column,
    Line,
    Measure,
    Scope,
    Table,
    lines_by,
)
from shuce.supervision.reporting.words import Unit

_FEN = BigIntegerField()
KINDS = tuple(kind for kind in Kind if kind in HOLDERS)


def held_on(scope: Scope, before: date) -> Q:
    """Return the condition that a card stood in the register when the day `before` began."""
    return (
        scope.below("holder__path")
        & Q(entered_on__lt=before)
        & (Q(closed_on=None) | Q(closed_on__gte=before))
    )


def held(scope: Scope) -> QuerySet[Card]:
    """The cards in the register when the year was over, as they were worth then."""
    return _worth_at(Card.objects.filter(held_on(scope, scope.after)), scope.ends_at)


def _held_at_first(scope: Scope) -> QuerySet[Card]:
    return _worth_at(Card.objects.filter(held_on(scope, scope.first)), scope.begins_at)


def _worth_at(cards: QuerySet[Card], moment: datetime) -> QuerySet[Card]:
    """Give each card the cost and the value that it had just before `moment`."""
    return _worth(cards, later=Q(changed_at__gte=moment), earlier=Q(recorded_at__lt=moment))


def _worth_on(cards: QuerySet[Card], day: str) -> QuerySet[Card]:
    """Give each card the cost and the value that it had at the end of its own day `day`."""
    return _worth(
        cards,
        later=Q(changed_at__date__gt=OuterRef(day)),
        earlier=Q(recorded_at__date__lte=OuterRef(day)),
    )


def _worth(cards: QuerySet[Card], *, later: Q, earlier: Q) -> QuerySet[Card]:
    # A version keeps what it replaced, so the first later one tells how the card read before it.
    replaced = (
        CardVersion.objects.filter(later, card=OuterRef("pk"), facts__has_key="cost")
        .order_by("version")
        .annotate(before=Cast(KT("facts__cost"), _FEN))
        .values("before")[:1]
    )
    recorded = (
        ValueEntry.objects.filter(earlier, card=OuterRef("pk"))
        .order_by("-recorded_at", "-id")
        .values("value")[:1]
    )
    return cards.annotate(
        cost_then=Coalesce(Subquery(replaced), F("cost"), output_field=_FEN),
        value_then=Subquery(recorded, output_field=_FEN),
    )


def _entered(scope: Scope) -> QuerySet[Card]:
    cards = Card.objects.filter(scope.below("holder__path"), scope.in_year("entered_on"))
    return _worth_on(cards, "entered_on")


def _closed(scope: Scope) -> QuerySet[Card]:
    cards = Card.objects.filter(scope.below("holder__path"), scope.in_year("closed_on"))
    return _worth_on(cards.exclude(entered_on=None), "closed_on")


def _ever_entered(scope: Scope) -> QuerySet[Card]:
    cards = Card.objects.filter(scope.below("holder__path"), entered_on__lt=scope.after)
    return _worth_at(cards, scope.ends_at)


def _revisions_of_cost(scope: Scope) -> QuerySet[Any]:
    """The revisions in the year that changed the cost of a card after the day it was entered."""
    next_before = (
        CardVersion.objects.filter(
            card=OuterRef("card"), version__gt=OuterRef("version"), facts__has_key="cost"
        )
        .order_by("version")
        .annotate(before=Cast(KT("facts__cost"), _FEN))
        .values("before")[:1]
    )
    changed = CardVersion.objects.filter(
        scope.below("card__holder__path"),
        scope.in_year("changed_at"),
        facts__has_key="cost",
        changed_at__date__gt=F("card__entered_on"),
    )
    after = Coalesce(Subquery(next_before), F("card__cost"), output_field=_FEN)
    before = Cast(KT("facts__cost"), _FEN)
    return changed.annotate(moved=ExpressionWrapper(after - before, output_field=_FEN))


def _changes_of_value(scope: Scope) -> QuerySet[Any]:
    """The values recorded in the year after the day a card was entered and until it closed."""
    previous = (
        ValueEntry.objects.filter(card=OuterRef("card"), id__lt=OuterRef("id"))
        .order_by("-id")
        .values("value")[:1]
    )
    recorded = ValueEntry.objects.filter(
        scope.below("card__holder__path"),
        scope.in_year("recorded_at"),
        Q(card__closed_on=None) | Q(recorded_at__date__lte=F("card__closed_on")),
        recorded_at__date__gt=F("card__entered_on"),
    )
    before = Coalesce(Subquery(previous, output_field=_FEN), Value(0), output_field=_FEN)
    return recorded.annotate(moved=ExpressionWrapper(F("value") - before, output_field=_FEN))


def _memorandum(scope: Scope) -> QuerySet[MemoEntry]:
    """The entries that stood in the memorandum register when the year was over."""
    return MemoEntry.objects.filter(
        scope.below("organization__path"),
        Q(promoted_on=None) | Q(promoted_on__gte=scope.after),
        Q(dismissed_on=None) | Q(dismissed_on__gte=scope.after),
        entered_on__lt=scope.after,
    )


_TOTAL = "合计"
_WORTH = {"count": Measure(), "cost": Measure("cost_then"), "value": Measure("value_then")}
_COUNT = Column("count", "资产个数", Unit.ITEMS)
_ROWS = Column("rows", "数据规模", Unit.ROWS)
_COST = Column("cost", "原值", Unit.MONEY)
_VALUE = Column("value", "账面价值", Unit.MONEY)

_IN_TOTAL = _WORTH | {
    "rows": Measure("rows"),
    "appraised": Measure("value_then", where=lambda _: Q(value_basis=ValueBasis.APPRAISAL)),
}
OVERALL = Table(
    "1",
    "表1 数据资产总体情况",
    "表1 总体",
    "年末在册的数据资产，按持有单位类别",
    (_COUNT, _ROWS, _COST, _VALUE, Column("appraised", "其中：评估计价", Unit.MONEY)),
    (
        Line("total", _TOTAL, held, _IN_TOTAL),
        *lines_by(KINDS, "holder__kind", held, _IN_TOTAL),
    ),
)

_OF_MEMO = {
    "count": Measure(),
    "rows": Measure("resource__rows"),
    "expert": Measure("expert_value"),
}
MEMORANDUM = Table(
    "m",
    "表1附 备查簿",
    "备查簿",
    "年末列入备查、尚未确认为资产的数据资源，不计入资产总量",
    (Column("count", "备查个数", Unit.ITEMS), _ROWS, Column("expert", "专家估价", Unit.MONEY)),
    (
        Line("total", _TOTAL, _memorandum, _OF_MEMO),
        *lines_by(KINDS, "organization__kind", _memorandum, _OF_MEMO),
    ),
    of_cards=False,
)

_BY_GRADE = _WORTH | {
    "rows": Measure("rows"),
    "personal": Measure(where=lambda _: Q(personal_data=True)),
}
GRADES = Table(
    "2",
    "表2 数据资产分级分布",
    "表2 分级",
    "年末在册的数据资产，按已确认的数据级别",
    (_COUNT, _ROWS, _COST, _VALUE, Column("personal", "其中：涉及个人信息", Unit.ITEMS)),
    (
        Line("total", _TOTAL, held, _BY_GRADE),
        *lines_by(Grade, "grade", held, _BY_GRADE),
        Line("ungraded", "尚未定级", lambda scope: held(scope).filter(grade=None), _BY_GRADE),
    ),
)


def _still(scope: Scope) -> Q:
    return Q(closed_on=None) | Q(closed_on__gte=scope.after)


def _new(scope: Scope) -> Q:
    return scope.in_year("entered_on")


_BY_MODE = {
    "count": Measure(where=_still),
    "cost": Measure("cost_then", where=_still),
    "new": Measure(where=_new),
    "new_cost": Measure("cost_then", where=_new),
}
ACQUISITION = Table(
    "3",
    "表3 数据资产配置情况",
    "表3 配置",
    "按配置方式；本年新增含当年登记后又注销的资产",
    (
        Column("count", "年末个数", Unit.ITEMS),
        Column("cost", "年末原值", Unit.MONEY),
        Column("new", "本年新增个数", Unit.ITEMS),
        Column("new_cost", "本年新增原值", Unit.MONEY),
    ),
    (
        Line("total", _TOTAL, _ever_entered, _BY_MODE),
        *lines_by(Acquisition, "acquisition", _ever_entered, _BY_MODE),
    ),
)

CHANGES = Table(
    "8",
    "表8 数据资产增减变动",
    "表8 增减",
    "期初 + 增加 − 减少 + 调整 = 期末；增加按登记当日、减少按注销当日的原值和价值",
    (_COUNT, _COST, _VALUE),
    (
        Line("opening", "期初数", _held_at_first, _WORTH),
        Line("increase", "本年增加", _entered, _WORTH),
        Line("decrease", "本年减少", _closed, _WORTH),
        Line(
            "cost_changes", "原值调整", _revisions_of_cost, {"cost": Measure("moved")}, card="card"
        ),
        Line(
            "value_changes", "价值变动", _changes_of_value, {"value": Measure("moved")}, card="card"
        ),
        Line("closing", "期末数", held, _WORTH),
    ),
)
