from django.db import models

from shuce.engines.guard.verdicts import Rule
from shuce.foundation.fields import ChoiceField, Row
from shuce.lifecycle.cleanroom.rules import FileForm, Verdict, What


class Question(Row):
    """One question asked of granted data: its text, the node's verdict, and what was released.

    `rows` holds released figures only: the node lets nothing else out.
    """

    grant = models.ForeignKey("rights.Grant", models.PROTECT, related_name="questions")
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    sql = models.TextField("查询")
    verdict = ChoiceField("结果", choice=Verdict)
    rule = models.CharField("规则", max_length=40, blank=True)
    reason = models.CharField("说明", max_length=500, blank=True)
    columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    suppressed = models.PositiveIntegerField("隐去的组", default=0)
    receipt = models.JSONField(default=dict)
    asked_at = models.DateTimeField("提交时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.sql[:60]

    @property
    def digest(self) -> str:
        """The digest of columns and rows that the node signed."""
        return str(self.receipt.get("digest", ""))

    @property
    def rule_label(self) -> str:
        """The rule of a refusal, in words."""
        return Rule(self.rule).label if self.rule else ""


class Delivery(Row):
    """One file that left: what it held, under which grant, to whom, and the mark it bears (D7)."""

    number = models.CharField("交付编号", max_length=40, unique=True)
    what = ChoiceField("交付内容", choice=What)
    grant = models.ForeignKey("rights.Grant", models.PROTECT, related_name="deliveries")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="deliveries")
    receiver = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    form = ChoiceField("格式", choice=FileForm)
    # The node's digest of what was released, and that of the file itself.
    digest = models.CharField("结果摘要", max_length=64)
    file_digest = models.CharField("文件摘要", max_length=64, db_index=True)
    mark = models.CharField(max_length=32)
    delivered_at = models.DateTimeField("交付时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
