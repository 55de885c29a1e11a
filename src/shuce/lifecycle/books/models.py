from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.kernel.money import Money
from shuce.lifecycle.books.words import (
    Carrying,
    ChargeKind,
    CostBasis,
    DifferenceKind,
    LifeGround,
    Spread,
)


class Account(Row):
    """资产台账: what an asset was taken into the books at, and how that is spread (N-8, G-15)."""

    card = models.OneToOneField("register.Card", models.PROTECT, related_name="account")
    treatment = ChoiceField("会计处理", choice=Carrying)
    basis = ChoiceField("计量依据", choice=CostBasis)
    decision_number = models.CharField("决定文号", max_length=100, blank=True)
    cost = MoneyField("原值")
    account_code = models.CharField("会计科目", max_length=60)
    voucher_number = models.CharField("会计凭证号", max_length=60)
    booked_on = models.DateField("入账日期")
    spread = ChoiceField("摊销方法", choice=Spread)
    life_ground = ChoiceField("年限依据", choice=LifeGround)
    life_note = models.CharField("年限说明", max_length=500, blank=True)
    unit = models.CharField("工作量单位", max_length=20, blank=True)
    # The plan in force: at first the whole cost, after a changed estimate what was left then.
    begins_on = models.DateField("起始月份")
    base = MoneyField("应摊销额")
    months = models.PositiveIntegerField("摊销月数", default=0)
    total_units = models.PositiveBigIntegerField("预计总工作量", default=0)
    amortised = MoneyField("累计摊销", default=0)
    impaired = MoneyField("减值准备", default=0)
    charged_through = models.DateField("已计提至", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__gte=models.F("amortised") + models.F("impaired")),
                name="never_charged_past_cost",
            )
        ]

    def __str__(self) -> str:
        return str(self.card)

    @property
    def carried(self) -> Money:
        """The carrying amount: cost less amortisation and impairment."""
        return Money(self.cost.fen - self.amortised.fen - self.impaired.fen)


class Charge(Row):
    """One month's amortisation, or an impairment, of one asset."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="charges")
    kind = ChoiceField("类别", choice=ChargeKind, default=ChargeKind.AMORTISATION.value)
    month = models.DateField("月份")
    amount = MoneyField("金额")
    units = models.PositiveBigIntegerField("工作量", null=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    charged_at = models.DateTimeField("计提时间")

    class Meta:
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month"],
                condition=Q(kind=ChargeKind.AMORTISATION.value),
                name="amortised_once_a_month",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.month:%Y-%m} {self.amount}"


class LedgerCheck(Row):
    """账卡核对: one comparison of a body's cards with its general ledger."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    as_of = models.DateField("核对日期")
    cards = models.PositiveIntegerField("卡片数")
    agreed = models.PositiveIntegerField("相符数")
    # Lines of the file that could not be read, with their reasons.
    unread = models.JSONField("未能读取", default=list)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    checked_at = models.DateTimeField("核对时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.organization} {self.as_of}"


class LedgerDifference(Row):
    """One difference between card and ledger, and what was concluded."""

    check_made = models.ForeignKey(LedgerCheck, models.PROTECT, related_name="differences")
    number = models.CharField("资产编号", max_length=40)
    name = models.CharField("资产名称", max_length=200, blank=True)
    kind = ChoiceField("差异", choice=DifferenceKind)
    on_card = MoneyField("卡片金额", null=True)
    in_ledger = MoneyField("账面金额", null=True)
    conclusion = models.CharField("处理结论", max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
