from django.db import models

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.lifecycle.valuation.rules import AppraisalState, Method


class Appraisal(Row):
    """价值评估: an opinion of value on one asset for one purpose, by a drawn appraiser (G-9)."""

    number = models.CharField("评估编号", max_length=40, unique=True)
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="appraisals")
    appraiser = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="appraisals"
    )
    purpose = models.CharField("评估目的", max_length=200)
    scene = models.CharField("应用场景", max_length=500)
    base_date = models.DateField("评估基准日")
    # The draw, so that anyone can draw again: seed, candidates in order, and who came out.
    draw = models.JSONField("选聘记录")
    value = MoneyField("评估值", null=True)
    reconciliation = models.CharField("结论说明", max_length=1000, blank=True)
    flags = models.JSONField("风险提示", default=list)
    state = ChoiceField("状态", choice=AppraisalState, default=AppraisalState.ORDERED.value)
    ordered_at = models.DateTimeField("委托时间")
    reported_at = models.DateTimeField("出具时间", null=True)
    adopted_on = models.DateField("采用日期", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class Opinion(Row):
    """What one method says: its inputs, every intermediate figure, and its value."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="opinions")
    method = ChoiceField("方法", choice=Method)
    inputs = models.JSONField("参数")
    steps = models.JSONField("计算过程")
    flags = models.JSONField("风险提示", default=list)
    value = MoneyField("结果")
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    given_at = models.DateTimeField("出具时间")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "method"], name="one_opinion_of_a_method")
        ]

    def __str__(self) -> str:
        return f"{self.appraisal} {self.method}"
