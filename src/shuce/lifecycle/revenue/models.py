from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.kernel.money import Money
from shuce.lifecycle.revenue.rules import Account, BillState, LineState, OutsideKind


class Usage(Row):
    """So much use under a contract, metered once under its serial."""

    contract = models.ForeignKey("market.Contract", models.PROTECT, related_name="usages")
    quantity = models.PositiveBigIntegerField("使用量")
    used_on = models.DateField("使用日期")
    serial = models.CharField("流水号", max_length=60)
    bill = models.ForeignKey("Bill", models.PROTECT, null=True, related_name="usages")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "serial"], name="usage_serial_once")
        ]

    def __str__(self) -> str:
        return self.serial


class Bill(Row):
    """What a contract's use costs, issued to its buyer."""

    number = models.CharField("账单编号", max_length=40, unique=True)
    contract = models.ForeignKey("market.Contract", models.PROTECT, related_name="bills")
    quantity = models.PositiveBigIntegerField("数量")
    amount = MoneyField("金额")
    issued_on = models.DateField("开单日期")
    due_on = models.DateField("应付日期")
    state = ChoiceField("状态", choice=BillState, default=BillState.ISSUED.value)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class Receipt(Row):
    """Money that came in for a bill, and the bank's own serial."""

    bill = models.OneToOneField(Bill, models.PROTECT, related_name="receipt")
    amount = MoneyField("金额")
    account = models.CharField("收款账户", max_length=60)
    serial = models.CharField("银行流水号", max_length=60, unique=True)
    received_on = models.DateField("收款日期")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.serial


class Distribution(Row):
    """One receipt split among those who have a share in it, to the fen (G-10)."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="distribution")
    distributed_at = models.DateTimeField("分配时间")

    def __str__(self) -> str:
        return str(self.receipt)


class ShareLine(Row):
    """One party's part of a distribution, and whether it has reached the treasury."""

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="lines")
    party = models.ForeignKey("organizations.Organization", models.PROTECT)
    weight = models.PositiveIntegerField("比例")
    amount = MoneyField("金额")
    state = ChoiceField("状态", choice=LineState)
    remit_by = models.DateField("上缴期限", null=True)
    remitted_on = models.DateField("上缴日期", null=True)
    slip_number = models.CharField("缴款书编号", max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["slip_number"], condition=~Q(slip_number=""), name="slip_used_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="share_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.amount}"


class JournalEntry(Row):
    """A balanced entry of the ledger. Never edited: a mistake is reversed by another entry."""

    number = models.CharField("凭证号", max_length=40, unique=True)
    text = models.CharField("摘要", max_length=200)
    cause_id = models.CharField(max_length=26, db_index=True)
    posted_on = models.DateField("记账日期")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class JournalLine(Row):
    """A debit (positive) or credit (negative) of one party's account."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="lines")
    account = ChoiceField("科目", choice=Account)
    party = models.ForeignKey("organizations.Organization", models.PROTECT)
    amount = MoneyField("金额")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["party", "account"], name="line_party_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def credit(self) -> Money:
        """A credit line's amount as it is written in its own column."""
        return Money(-self.amount.fen)


class BreachFinding(Row):
    """What a detector of N-7 found in the ledger, with the records it rests on."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    code = models.CharField("代码", max_length=4)
    title = models.CharField("行为", max_length=20)
    amount = MoneyField("金额")
    refs = models.JSONField("依据")
    digest = models.CharField(max_length=64, default="")  # of code and refs
    why = models.CharField("说明", max_length=500)
    found_at = models.DateTimeField("发现时间")
    handled_at = models.DateTimeField("处理时间", null=True)
    conclusion = models.CharField("处理结论", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code", "digest"],
                condition=Q(handled_at=None),
                name="one_open_finding_of_a_breach",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class OutsideRecord(Row):
    """What was learned from outside about a body's deals; `about` is the number it concerns."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    kind = ChoiceField("类别", choice=OutsideKind)
    about = models.CharField("关于", max_length=60, blank=True)
    party = models.CharField("对方单位", max_length=200, blank=True)
    amount = MoneyField("金额", default=0)
    happened_on = models.DateField("发生日期")
    source = models.CharField("来源文件编号", max_length=100)
    text = models.CharField("内容", max_length=200, blank=True)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    noted_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"
