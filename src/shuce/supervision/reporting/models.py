from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime

from shuce.foundation.fields import ChoiceField, Row
from shuce.supervision.reporting.words import ReportState


class Report(Row):
    """国有资产报告的数据资产部分: what a body, and all below it, held and did in a year (N-11)."""

    number = models.CharField("报告编号", max_length=40, unique=True)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="reports"
    )
    year = models.PositiveSmallIntegerField("年度")
    state = ChoiceField("状态", choice=ReportState, default=ReportState.DRAFT.value)
    # Whole numbers by the code of their definition, money in fen, as they were at `counted_at`.
    figures = models.JSONField("数据")
    digest = models.CharField("数据摘要", max_length=64)
    counted_at = models.DateTimeField("取数时间")
    text = models.TextField("填报说明", blank=True)
    prepared_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, related_name="reports_prepared"
    )
    prepared_at = models.DateTimeField("编制时间")
    submitted_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="reports_submitted"
    )
    submitted_at = models.DateTimeField("报送时间", null=True)
    confirmed_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="reports_confirmed"
    )
    confirmed_at = models.DateTimeField("审核时间", null=True)
    returned_because = models.CharField("退回原因", max_length=500, blank=True)

    class Meta:
        ordering = ["-year", "organization__path"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="one_report_of_a_year"),
            models.CheckConstraint(
                condition=~Q(state=ReportState.CONFIRMED.value)
                | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=models.F("prepared_by")),
                name="report_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_interim(self) -> bool:
        """Whether the figures were counted before the year was over."""
        return localtime(self.counted_at).year <= self.year


class Disclosure(Row):
    """信息披露: what the public may know of an asset, on what terms, and how to ask (G-14)."""

    card = models.ForeignKey("register.Card", models.PROTECT, related_name="disclosures")
    title = models.CharField("标题", max_length=200)
    summary = models.CharField("内容简介", max_length=1000, blank=True)
    terms = models.CharField("取得和使用条件", max_length=1000)
    contact = models.CharField("申请方式和联系部门", max_length=500)
    published_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, related_name="disclosures"
    )
    published_at = models.DateTimeField("披露时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_because = models.CharField("撤回原因", max_length=500, blank=True)

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["card"], condition=Q(withdrawn_at=None), name="one_disclosure_of_a_card"
            )
        ]

    def __str__(self) -> str:
        return self.title
