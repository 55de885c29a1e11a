from django.db import models
from django.db.models import F, Q

from shuce.engines.apportionment import Basis
from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.kernel.money import Money
from shuce.lifecycle.market.rules import (
    AuctionState,
    ContractState,
    PriceMethod,
    PriceState,
    ProductKind,
    ProductState,
)
from shuce.lifecycle.market.serving_rules import CallState, Limits, Platform, ServiceState
from shuce.lifecycle.rights.rules import PurposeKind


class Product(Row):
    """数据产品: what an operator makes from granted data and offers (G-8)."""

    number = models.CharField("产品编号", max_length=40, unique=True)
    name = models.CharField("产品名称", max_length=200)
    operator = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="products"
    )
    kind = ChoiceField("形态", choice=ProductKind)
    description = models.CharField("说明", max_length=1000, blank=True)
    unit = models.CharField("计量单位", max_length=20)
    state = ChoiceField("状态", choice=ProductState, default=ProductState.REGISTERED.value)
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ProductInput(Row):
    """One asset that a product is made from, and the grant that allows it (G-12: lineage)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="inputs")
    grant = models.ForeignKey("rights.Grant", models.PROTECT, related_name="products")
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="products")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "grant"], name="product_input_once")
        ]

    def __str__(self) -> str:
        return f"{self.card} → {self.product}"


class Price(Row):
    """What a product costs, how that was found, and the cap it stands under."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="prices")
    method = ChoiceField("定价方式", choice=PriceMethod)
    unit_price = MoneyField("单价")
    cap = MoneyField("上限收费标准", null=True)
    basis = models.JSONField("依据", default=dict)
    state = ChoiceField("状态", choice=PriceState, default=PriceState.PROPOSED.value)
    proposed_at = models.DateTimeField("提出时间")
    in_force_on = models.DateField("执行日期", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state=PriceState.IN_FORCE.value),
                name="one_price_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.unit_price}"


class Auction(Row):
    """A sealed auction of one product. No bid can be read before it closes."""

    number = models.CharField("竞价编号", max_length=40, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="auctions")
    rules = models.JSONField("规则")
    reserve = MoneyField("保留价", default=0)
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("截止时间")
    state = ChoiceField("状态", choice=AuctionState, default=AuctionState.OPEN.value)
    # Public keys of the custodians who can open bids together, and how many it takes.
    custodians = models.JSONField()
    needed = models.PositiveSmallIntegerField("开启所需保管人")
    record = models.JSONField("竞价记录", default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def price(self) -> Money | None:
        fen = self.record.get("price_fen")
        return None if fen is None else Money(fen)


class SealedBid(Row):
    """A bid as it lies before the close: sealed to the custodians, committed by its hash."""

    auction = models.ForeignKey(Auction, models.PROTECT, related_name="bids")
    bidder = models.ForeignKey("organizations.Organization", models.PROTECT)
    sealed = models.JSONField()
    commitment = models.CharField("承诺", max_length=64)
    placed_at = models.DateTimeField("报价时间")
    amount = MoneyField("报价", null=True)  # empty until the auction is closed

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["auction", "bidder"], name="one_bid_of_a_bidder")
        ]

    def __str__(self) -> str:
        return f"{self.bidder} → {self.auction}"


class KeyShare(Row):
    """A custodian's share of one bid's key, released after the close."""

    bid = models.ForeignKey(SealedBid, models.PROTECT, related_name="key_shares")
    place = models.PositiveSmallIntegerField()
    share = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "place"], name="key_share_once")]

    def __str__(self) -> str:
        return f"{self.bid} {self.place}"


class Contract(Row):
    """A contract over a product: who uses it, for what, at which price, and who shares."""

    number = models.CharField("合同编号", max_length=40, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="contracts")
    seller = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="contracts_sold"
    )
    buyer = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="contracts_bought"
    )
    purpose = models.CharField("用途", max_length=500)
    purpose_kind = ChoiceField("用途类别", choice=PurposeKind)
    unit_price = MoneyField("单价")
    starts_on = models.DateField("起始日")
    ends_on = models.DateField("终止日")
    shares = models.JSONField("分成")
    share_basis = ChoiceField("分成方式", choice=Basis, default=Basis.RATIO.value)
    share_evidence = models.CharField("分成依据", max_length=500, blank=True)
    # What each combination of the sharing parties is worth, by number: bit i is the i-th of them.
    share_worths = models.JSONField("组合价值", default=list, blank=True)
    state = ChoiceField("状态", choice=ContractState, default=ContractState.IN_FORCE.value)
    signed_at = models.DateTimeField("签订时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")), name="contract_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=~Q(seller=F("buyer")), name="contract_between_two_parties"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Service(Row):
    """A product's data interface: one version of a saved query, answered to who holds a key."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="services")
    query = models.ForeignKey("cleanroom.SavedQuery", models.PROTECT, related_name="services")
    # Pinned: a change of the query does not change what was contracted.
    version = models.ForeignKey("cleanroom.QueryVersion", models.PROTECT, related_name="+")
    per_minute = models.PositiveIntegerField("每分钟次数")
    per_day = models.PositiveIntegerField("每天次数")
    state = ChoiceField("状态", choice=ServiceState, default=ServiceState.ACTIVE.value)
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    published_at = models.DateTimeField("发布时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state=ServiceState.ACTIVE.value),
                name="one_service_of_a_product",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.version}"

    @property
    def limits(self) -> Limits:
        return Limits(self.per_minute, self.per_day)


class ProductKey(Row):
    """A key with which a buyer's programs call a product under a contract; only its digest."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="keys")
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    name = models.CharField("用途", max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("生成时间")
    expires_on = models.DateField("到期日")
    revoked_at = models.DateTimeField("吊销时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Call(Row):
    """One call of a product, counted when it was admitted, with what came of it."""

    key = models.ForeignKey(ProductKey, models.PROTECT, related_name="calls")
    service = models.ForeignKey(Service, models.PROTECT, related_name="calls")
    state = ChoiceField("结果", choice=CallState, default=CallState.ADMITTED.value)
    question = models.OneToOneField(
        "cleanroom.Question", models.PROTECT, null=True, related_name="call"
    )
    admitted_at = models.DateTimeField("调用时间")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["key", "admitted_at"], name="call_of_key")]

    def __str__(self) -> str:
        return self.id


class Edition(Row):
    """One issue of a report: a released result that buyers take under their contracts."""

    number = models.CharField("报告编号", max_length=40, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="editions")
    question = models.ForeignKey("cleanroom.Question", models.PROTECT, related_name="editions")
    title = models.CharField("报告标题", max_length=200)
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("发布时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Publication(Row):
    """A product's place on a platform: where, under which number there, and for which use."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="publications")
    platform = ChoiceField("平台类别", choice=Platform)
    platform_name = models.CharField("平台名称", max_length=100)
    reference = models.CharField("平台编号", max_length=100, blank=True)
    region_code = models.CharField("供应地域", max_length=6)
    purpose_kind = ChoiceField("用途类别", choice=PurposeKind)
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    published_at = models.DateTimeField("发布时间")
    recalled_at = models.DateTimeField("撤下时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.product} → {self.platform_name}"
