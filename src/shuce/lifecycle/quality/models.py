from django.db import models
from django.db.models import Q

from shuce.engines.quality import RuleKind
from shuce.foundation.fields import ChoiceField, Row
from shuce.lifecycle.quality.words import (
    Gravity,
    IssueKind,
    IssueOrigin,
    IssueState,
    RuleOrigin,
    StepKind,
)


class AssetRule(Row):
    """质量规则: what must hold of an asset's data. Dropped, never deleted."""

    card = models.ForeignKey("register.Card", models.PROTECT, related_name="quality_rules")
    # What the rule asks, in one word: the same question is not asked twice.
    key = models.CharField(max_length=64)
    kind = ChoiceField("规则", choice=RuleKind)
    column = models.CharField("字段", max_length=200, blank=True)
    params = models.JSONField("参数", default=dict)
    weight = models.PositiveSmallIntegerField("权重", default=1)
    indicator = models.CharField("指标", max_length=6)
    least = models.DecimalField("合格比例（%）", max_digits=5, decimal_places=2)
    origin = ChoiceField("来源", choice=RuleOrigin)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    taken_at = models.DateTimeField("采用时间")
    dropped_at = models.DateTimeField("停用时间", null=True)
    drop_reason = models.CharField("停用原因", max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "key"],
                condition=Q(dropped_at=None),
                name="quality_rule_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.column} {self.kind}"


class Weighting(Row):
    """维度权重: how much each of the six dimensions counts for one asset."""

    card = models.OneToOneField("register.Card", models.PROTECT, related_name="quality_weights")
    weights = models.JSONField("权重")
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    set_at = models.DateTimeField("设定时间")

    def __str__(self) -> str:
        return str(self.card)


class Assessment(Row):
    """质量评价: one measurement of a card's data against its rules (GB/T 36344)."""

    card = models.ForeignKey("register.Card", models.PROTECT, related_name="qualities")
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    dimensions = models.JSONField("维度得分")
    issues = models.JSONField("问题", default=list)
    # Each measured indicator's X by its code, and every rule with what became of it.
    indicators = models.JSONField("指标", default=dict)
    results = models.JSONField("规则结果", default=list)
    weights = models.JSONField("维度权重", default=dict)
    # Whether the holder chose the rules, or those suggested by the scan stood in.
    chosen = models.BooleanField("按选定规则", default=False)
    failing = models.PositiveIntegerField("未达标规则数", default=0)
    member = models.ForeignKey("organizations.Member", models.PROTECT, null=True)
    measured_at = models.DateTimeField("评价时间")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["card", "-id"], name="assessment_card")]

    def __str__(self) -> str:
        return f"{self.card} {self.score}"


class Issue(Row):
    """质量问题: something wrong with an asset's data, from discovery until it is put right."""

    number = models.CharField("编号", max_length=30, unique=True)
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="quality_issues")
    column = models.CharField("字段", max_length=200, blank=True)
    kind = ChoiceField("类别", choice=IssueKind)
    severity = ChoiceField("严重程度", choice=Gravity)
    origin = ChoiceField("来源", choice=IssueOrigin)
    sentence = models.CharField("情况", max_length=500)
    owner = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="quality_issues"
    )
    state = ChoiceField("状态", choice=IssueState, default=IssueState.OPEN.value)
    # The assessment that saw it last, failing; and whether a later one found it put right.
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="found")
    passed_at = models.DateTimeField("再次评价达标时间", null=True)
    opened_at = models.DateTimeField("登记时间")
    due_on = models.DateField("整改期限")
    reopened = models.PositiveSmallIntegerField("重新打开次数", default=0)
    cause = models.CharField("原因", max_length=500, blank=True)
    measure = models.CharField("整改措施", max_length=500, blank=True)
    closed_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField("销号时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="quality_issue_due"),
            models.Index(fields=["card", "state"], name="quality_issue_card"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "column", "kind"],
                condition=Q(state=IssueState.OPEN.value),
                name="quality_issue_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.number


class IssueStep(Row):
    """One thing that happened to an issue."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="steps")
    kind = ChoiceField("事项", choice=StepKind)
    text = models.CharField("内容", max_length=1100, blank=True)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.issue} {self.kind}"
