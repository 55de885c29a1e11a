from django.db import models

from shuce.foundation.fields import ChoiceField, Row
from shuce.kernel.clauses import Clause
from shuce.supervision.oversight.rules import (
    FindingState,
    InspectionKind,
    InspectionState,
    Phase,
)


class Inspection(Row):
    """监督检查: one look by a supervisor at how a body manages its data assets (N-10)."""

    number = models.CharField("检查编号", max_length=40, unique=True)
    title = models.CharField("检查名称", max_length=200)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="inspections"
    )
    kind = ChoiceField("类型", choice=InspectionKind)
    phase = ChoiceField("阶段", choice=Phase)
    due_on = models.DateField("截止日期")
    state = ChoiceField("状态", choice=InspectionState, default=InspectionState.OPEN.value)
    inspector = models.ForeignKey("organizations.Member", models.PROTECT)
    opened_at = models.DateTimeField("开始时间")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Finding(Row):
    """A problem found, the clause it breaks, and how it was put right."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings")
    text = models.CharField("问题", max_length=1000)
    clause = ChoiceField("条款", choice=Clause)
    state = ChoiceField("状态", choice=FindingState, default=FindingState.OPEN.value)
    rectify_by = models.DateField("整改期限")
    rectification = models.CharField("整改情况", max_length=1000, blank=True)
    rectified_at = models.DateTimeField("整改时间", null=True)
    rectified_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]
