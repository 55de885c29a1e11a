from shuce.foundation.office.lists import (
    ChoiceColumn,
    ChoiceFilter,
    Column,
    DayColumn,
    DayRangeFilter,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    OfficeFilters,
    OfficeTable,
    SearchFilter,
)
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.revenue.models import (
    Bill,
    BreachFinding,
    JournalEntry,
    OutsideRecord,
    ShareLine,
)
from shuce.lifecycle.revenue.rules import BillState, OutsideKind, Standing


class BillTable(OfficeTable):
    number = LinkColumn("账单编号", to="revenue:bill", by=["id"])
    contract__product__name = Column("数据产品")
    contract__seller = Column("运营主体", narrow=False, sort=["contract__seller__name"])
    contract__buyer = Column("使用方", sort=["contract__buyer__name"])
    quantity = NumberColumn("数量", narrow=False)
    amount = MoneyColumn("金额")
    issued_on = DayColumn("开单日期", narrow=False)
    due_on = DayColumn("应付日期")
    state = ChoiceColumn("状态")


class BillFilters(OfficeFilters):
    search = SearchFilter(
        "number",
        "contract__number",
        "contract__product__name",
        "contract__buyer__name",
        hint="账单、合同、产品、使用方",
    )
    state = ChoiceFilter(BillState, "状态")
    issued_on = DayRangeFilter("开单日期")

    class Meta:
        model = Bill
        fields: tuple[str, ...] = ()


class RemittanceTable(OfficeTable):
    amount = LinkColumn("应缴金额", to="revenue:line", by=["id"])
    party = Column("单位", sort=["party__name"])
    product = Column(
        "数据产品", of="distribution__receipt__bill__contract__product__name", narrow=False
    )
    remit_by = DayColumn("上缴期限")
    remitted_on = DayColumn("上缴日期", narrow=False)
    slip_number = Column("缴款书编号", narrow=False)
    standing = ChoiceColumn("状态", choice=Standing)


class RemittanceFilters(OfficeFilters):
    search = SearchFilter(
        "party__name", "slip_number", "distribution__receipt__serial", hint="单位、缴款书、流水号"
    )
    standing = ChoiceFilter(Standing, "状态")
    remit_by = DayRangeFilter("上缴期限")

    class Meta:
        model = ShareLine
        fields: tuple[str, ...] = ()


class EntryTable(OfficeTable):
    number = LinkColumn("凭证号", to="revenue:entry", by=["id"])
    posted_on = DayColumn("记账日期")
    text = Column("摘要")
    debit = MadeColumn("金额", lambda entry: debit_of(entry))
    reversed = MadeColumn(
        "冲销", lambda entry: say("冲销凭证") if entry.reverses_id else "", narrow=False
    )


class EntryFilters(OfficeFilters):
    search = SearchFilter("number", "text", hint="凭证号、摘要")
    posted_on = DayRangeFilter("记账日期")

    class Meta:
        model = JournalEntry
        fields: tuple[str, ...] = ()


class FindingTable(OfficeTable):
    code = LinkColumn("代码", to="revenue:breach", by=["id"])
    title = Column("行为")
    organization = Column("单位", sort=["organization__name"])
    amount = MoneyColumn("金额")
    why = Column("说明", narrow=False, sort=False)
    found_at = MomentColumn("发现时间", narrow=False)
    handled_at = MomentColumn("处理时间")


class FindingFilters(OfficeFilters):
    search = SearchFilter(
        "code", "title", "organization__name", "why", hint="代码、行为、单位、说明"
    )
    found_at = DayRangeFilter("发现时间")

    class Meta:
        model = BreachFinding
        fields: tuple[str, ...] = ()


def debit_of(entry: JournalEntry) -> Money:
    """What an entry moves: the sum of its debits."""
    return Money.total(line.amount for line in entry.lines.all() if line.amount > Money(0))


class OutsideTable(OfficeTable):
    kind = ChoiceColumn("类别")
    organization = Column("单位", sort=["organization__name"])
    about = Column("关于")
    party = Column("对方单位", narrow=False)
    amount = MoneyColumn("金额")
    happened_on = DayColumn("发生日期")
    source = Column("来源文件编号", narrow=False)
    text = Column("内容", narrow=False)


class OutsideFilters(OfficeFilters):
    search = SearchFilter("about", "party", "source", "text", hint="编号、单位、内容")
    kind = ChoiceFilter(OutsideKind, "类别")
    happened_on = DayRangeFilter("发生日期")

    class Meta:
        model = OutsideRecord
        fields: tuple[str, ...] = ()
