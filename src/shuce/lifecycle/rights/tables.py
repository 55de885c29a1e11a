"""The lists of the rights room."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from shuce.foundation.fields import say_later
from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    FlagColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.foundation.organizations.queries import bodies_of, organizations_seen_by
from shuce.foundation.organizations.rules import HOLDERS, Kind
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.register.words import Grade, Industry, Opening
from shuce.lifecycle.rights.exit_rules import ExitReason
from shuce.lifecycle.rights.models import Exit, Grant
from shuce.lifecycle.rights.rules import FeeBasis, GrantState, PurposeKind, Right


class OfferTable(OfficeTable):
    name = LinkColumn("资产名称", to="rights:request", by=["id"])
    summary = Column("摘要", sort=False, narrow=False)
    holder = Column("持有单位", sort=["holder__name"])
    grade = ChoiceColumn("级别")
    opening = ChoiceColumn("开放属性", narrow=False)
    industry = ChoiceColumn("行业", narrow=False)
    rows = NumberColumn("数据规模（条）", narrow=False)
    column_count = MadeColumn("字段数", lambda card: len(columns_of(card)))
    assessed_until = DayColumn("安全评估有效期至")


class OfferFilters(OfficeFilters):
    search = SearchFilter("name", "summary", "holder__name", "number", hint="名称、摘要、单位")
    industry = ChoiceFilter(Industry, "行业")
    grade = ChoiceFilter(Grade, "级别")
    opening = ChoiceFilter(Opening, "开放属性")

    class Meta:
        model = Card
        fields: tuple[str, ...] = ()


class HeldOfferTable(OfferTable):
    """The same list for those who look after the assets: a name leads to the assessment."""

    name = LinkColumn("资产名称", to="rights:assess", by=["id"])


class GrantTable(OfficeTable):
    card__name = LinkColumn("数据资产", to="rights:grant", by=["id"])
    number = Column("授权编号")
    right = Column("权利", of="right__label", sort=["right"])
    operator = Column("运营主体", sort=["operator__name"])
    card__holder = Column("持有单位", sort=["card__holder__name"], narrow=False)
    purpose_kind = ChoiceColumn("用途类别", narrow=False)
    fee = MoneyColumn("费用", narrow=False)
    starts_on = DayColumn("起始日", narrow=False)
    ends_on = DayColumn("终止日")
    sub_granting = FlagColumn("可再授权", narrow=False)
    state = ChoiceColumn("状态")


def _operators(request: Any) -> "QuerySet[Any]":
    return bodies_of(Kind.OPERATOR)


def _holders(request: Any) -> "QuerySet[Any]":
    seen = organizations_seen_by(request.user) if request else bodies_of()
    return seen.filter(kind__in=HOLDERS)


class ExitTable(OfficeTable):
    number = LinkColumn("退出编号", to="rights:exit", by=["id"])
    grant__card = Column("数据资产", sort=["grant__card__name"])
    grant__operator = Column("运营主体", sort=["grant__operator__name"])
    reason = ChoiceColumn("退出原因")
    due_on = DayColumn("办理期限")
    closed_at = MomentColumn("办结时间", narrow=False)


class ExitFilters(OfficeFilters):
    search = SearchFilter("number", "grant__number", "grant__card__name", hint="编号、资产名称")
    reason = ChoiceFilter(ExitReason, "退出原因")
    due_on = DayRangeFilter("办理期限")

    class Meta:
        model = Exit
        fields: tuple[str, ...] = ()


class GrantFilters(OfficeFilters):
    search = SearchFilter(
        "number", "card__name", "card__number", "purpose", hint="编号、资产名称、用途"
    )
    state = ChoiceFilter(GrantState, "状态")
    right = ChoiceFilter(Right, "权利")
    purpose_kind = ChoiceFilter(PurposeKind, "用途类别")
    fee_basis = ChoiceFilter(FeeBasis, "使用方式")
    operator = django_filters.ModelChoiceFilter(queryset=_operators, label=say_later("运营主体"))
    holder = django_filters.ModelChoiceFilter(
        field_name="card__holder", queryset=_holders, label=say_later("持有单位")
    )
    ends_on = DayRangeFilter("终止日")

    class Meta:
        model = Grant
        fields: tuple[str, ...] = ()
