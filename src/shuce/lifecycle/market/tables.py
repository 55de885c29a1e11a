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
    OfficeFilters,
    OfficeTable,
    SearchFilter,
)
from shuce.lifecycle.market.models import Auction, Contract, Product
from shuce.lifecycle.market.rules import (
    AuctionState,
    ContractState,
    ProductKind,
    ProductState,
)
from shuce.lifecycle.rights.rules import PurposeKind


class ProductTable(OfficeTable):
    number = LinkColumn("产品编号", to="market:product", by=["id"])
    name = Column("产品名称")
    operator = Column("运营主体", sort=["operator__name"])
    kind = ChoiceColumn("形态", narrow=False)
    unit = Column("计量单位", narrow=False)
    registered_at = MomentColumn("登记时间", narrow=False)
    state = ChoiceColumn("状态")


class ProductFilters(OfficeFilters):
    search = SearchFilter("number", "name", "operator__name", hint="编号、名称、运营主体")
    kind = ChoiceFilter(ProductKind, "形态")
    state = ChoiceFilter(ProductState, "状态")

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()


class AuctionTable(OfficeTable):
    number = LinkColumn("竞价编号", to="market:auction", by=["id"])
    product__name = Column("数据产品")
    reserve = MoneyColumn("保留价", narrow=False)
    opens_at = MomentColumn("开始时间", narrow=False)
    closes_at = MomentColumn("截止时间")
    price = MadeColumn("成交价", lambda auction: auction.price)
    state = ChoiceColumn("状态")


class AuctionFilters(OfficeFilters):
    search = SearchFilter("number", "product__name", hint="编号、产品")
    state = ChoiceFilter(AuctionState, "状态")
    closes_at = DayRangeFilter("截止时间")

    class Meta:
        model = Auction
        fields: tuple[str, ...] = ()


class ContractTable(OfficeTable):
    number = LinkColumn("合同编号", to="market:contract", by=["id"])
    product__name = Column("数据产品")
    seller = Column("运营主体", narrow=False, sort=["seller__name"])
    buyer = Column("使用方", sort=["buyer__name"])
    purpose_kind = ChoiceColumn("用途类别", narrow=False)
    unit_price = MoneyColumn("单价")
    starts_on = DayColumn("起始日", narrow=False)
    ends_on = DayColumn("终止日", narrow=False)
    state = ChoiceColumn("状态")


class ContractFilters(OfficeFilters):
    search = SearchFilter(
        "number", "product__name", "buyer__name", "seller__name", hint="编号、产品、单位"
    )
    purpose_kind = ChoiceFilter(PurposeKind, "用途类别")
    state = ChoiceFilter(ContractState, "状态")

    class Meta:
        model = Contract
        fields: tuple[str, ...] = ()


class CallTable(OfficeTable):
    id = Column("调用编号", sort=False)
    key__name = Column("密钥用途", sort=False)
    admitted_at = MomentColumn("调用时间")
    state = ChoiceColumn("结果")
