from django.db import models

from shuce.engines.guard.verdicts import Rule
from shuce.foundation.fields import ChoiceField, Row
from shuce.lifecycle.cleanroom.rules import Verdict


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
