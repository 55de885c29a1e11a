"""The lists of the books."""

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    OfficeTable,
    PersonColumn,
)
from shuce.lifecycle.books.models import Account, Charge, LedgerCheck, LedgerDifference
from shuce.lifecycle.books.words import Carrying, DifferenceKind, Spread


class AccountTable(OfficeTable):
    card__name = LinkColumn("资产名称", to="books:account", by=["id"])
    card__number = Column("资产编号", narrow=False)
    card__holder = Column("持有单位", sort=["card__holder__name"])
    cost = MoneyColumn("原值")
    amortised = MoneyColumn("累计摊销", narrow=False)
    impaired = MoneyColumn("减值准备", narrow=False)
    carried = MoneyColumn("账面价值", sort=False)
    spread = Column("摊销方法", of="spread__label", sort=["spread"], narrow=False)
    charged_through = MadeColumn(
        "已计提至",
        lambda account: f"{account.charged_through:%Y-%m}" if account.charged_through else "",
    )
    booked_on = DayColumn("入账日期", narrow=False)


class AccountFilters(OfficeFilters):
    search = SearchFilter("card__name", "card__number", "voucher_number", hint="名称、编号、凭证号")
    treatment = ChoiceFilter(Carrying, "会计处理")
    spread = ChoiceFilter(Spread, "摊销方法")

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()


class ChargeTable(OfficeTable):
    month = MadeColumn("月份", lambda charge: f"{charge.month:%Y-%m}")
    kind = ChoiceColumn("类别")
    units = NumberColumn("工作量")
    amount = MoneyColumn("金额")
    reason = Column("原因", narrow=False)
    charged_at = MomentColumn("计提时间", narrow=False)


class ChargeFilters(OfficeFilters):
    class Meta:
        model = Charge
        fields: tuple[str, ...] = ()


class CheckTable(OfficeTable):
    organization = LinkColumn("单位", to="books:check", by=["id"])
    as_of = DayColumn("核对日期")
    cards = NumberColumn("卡片数")
    agreed = NumberColumn("相符数")
    member = PersonColumn("核对人", narrow=False)
    checked_at = MomentColumn("核对时间", narrow=False)


class CheckFilters(OfficeFilters):
    search = SearchFilter("organization__name", hint="单位")

    class Meta:
        model = LedgerCheck
        fields: tuple[str, ...] = ()


class DifferenceTable(OfficeTable):
    number = LinkColumn("资产编号", to="books:conclude", by=["id"])
    name = Column("资产名称", narrow=False)
    kind = ChoiceColumn("差异")
    on_card = MoneyColumn("卡片金额")
    in_ledger = MoneyColumn("账面金额")
    conclusion = Column("处理结论")


class DifferenceFilters(OfficeFilters):
    search = SearchFilter("number", "name", hint="编号、名称")
    kind = ChoiceFilter(DifferenceKind, "差异")

    class Meta:
        model = LedgerDifference
        fields: tuple[str, ...] = ()
