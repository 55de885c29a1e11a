from django.db import models
from django.db.models import F, Q

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.kernel.clauses import Clause
from shuce.kernel.words import say
from shuce.supervision.watch.words import (
    AlertGrade,
    AlertState,
    Confidence,
    IncidentKind,
    IncidentState,
    Indicator,
    NoteKind,
    RuleCode,
    Sentence,
    Settlement,
    Severity,
    UnitKind,
)


class WatchRule(Row):
    """监测规则: what is watched, from which threshold, how grave, and on what ground."""

    code = ChoiceField("规则", choice=RuleCode, unique=True)
    grade = ChoiceField("预警等级", choice=AlertGrade)
    clause = ChoiceField("条款", choice=Clause)
    thresholds = models.JSONField("参数")
    due_hours = models.PositiveIntegerField("处理时限（小时）")
    basis = models.CharField("依据", max_length=300)
    confidence = ChoiceField("依据核对", choice=Confidence)
    enabled = models.BooleanField("启用", default=True)
    last_run_at = models.DateTimeField("最近运行", null=True)
    last_raised = models.PositiveIntegerField("最近一次新预警", default=0)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return RuleCode(self.code).label


class Alert(Row):
    """预警: what a rule saw, whose matter it is, and by when it must be handled."""

    rule = models.ForeignKey(WatchRule, models.PROTECT, related_name="alerts")
    subject_id = models.CharField(max_length=26)
    card = models.ForeignKey("register.Card", models.PROTECT, null=True, related_name="alerts")
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="alerts"
    )
    grade = ChoiceField("预警等级", choice=AlertGrade)
    facts = models.JSONField("情况")
    state = ChoiceField("状态", choice=AlertState, default=AlertState.OPEN.value)
    raised_at = models.DateTimeField("预警时间")
    due_at = models.DateTimeField("处理时限")
    conclusion = models.CharField("处理结论", max_length=1000, blank=True)
    handled_by = models.ForeignKey("organizations.Member", models.PROTECT, null=True)
    handled_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="alert_state_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_id"],
                condition=Q(state=AlertState.OPEN.value),
                name="one_open_alert_of_a_subject",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """What the rule saw, in the reader's language."""
        return say(Sentence(self.rule.code).chinese, **self.facts)


class SeverityThreshold(Row):
    """One line of the table that decides how grave an incident is."""

    indicator = ChoiceField("指标", choice=Indicator)
    severity = ChoiceField("事件等级", choice=Severity)
    at_least = models.BigIntegerField("达到")
    basis = models.CharField("依据", max_length=300)
    confidence = ChoiceField("依据核对", choice=Confidence)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "severity"], name="one_threshold_each")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.severity}"


class ReportClock(Row):
    """One line of the table that decides by when, and to whom, an incident is reported."""

    unit_kind = ChoiceField("单位类别", choice=UnitKind)
    duty_from = ChoiceField("自等级", choice=Severity)
    minutes = models.PositiveIntegerField("时限（分钟）")
    recipient = models.CharField("报告对象", max_length=100)
    basis = models.CharField("依据", max_length=300)
    confidence = ChoiceField("依据核对", choice=Confidence)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["unit_kind", "duty_from"], name="one_clock_each")
        ]

    def __str__(self) -> str:
        return f"{self.unit_kind} {self.minutes}"


class ResponsePlan(Row):
    """应急预案: what to do in an incident of a kind and severity (G-13)."""

    # Empty for the plan that everybody has who made none of their own.
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, related_name="plans"
    )
    kind = ChoiceField("事件类别", choice=IncidentKind)
    severity = ChoiceField("事件等级", choice=Severity)
    title = models.CharField("预案名称", max_length=200)
    steps = models.JSONField("处置步骤")
    version = models.PositiveIntegerField("版本", default=1)
    set_at = models.DateTimeField("制定时间")

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "severity"],
                condition=Q(organization__isnull=False),
                name="one_own_plan_each",
            ),
            models.UniqueConstraint(
                fields=["kind", "severity"],
                condition=Q(organization=None),
                name="one_common_plan_each",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Incident(Row):
    """安全事件: harm to an asset, or a drill of it, from discovery to lessons (G-13)."""

    number = models.CharField("事件编号", max_length=40, unique=True)
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="incidents")
    kind = ChoiceField("类别", choice=IncidentKind)
    is_drill = models.BooleanField("演练", default=False)
    critical = models.BooleanField("关键信息基础设施", default=False)
    description = models.CharField("事件经过", max_length=2000)
    persons_affected = models.PositiveBigIntegerField("影响人数", default=0)
    loss = MoneyField("损失估计", default=0)
    severity = ChoiceField("等级", choice=Severity)
    plan = models.ForeignKey(ResponsePlan, models.PROTECT, null=True)
    # The plan as it read when it was picked: a plan changed later does not change what was done.
    plan_steps = models.JSONField("处置步骤", default=list)
    report_to = models.CharField("报告对象", max_length=100, blank=True)
    report_basis = models.CharField("报告依据", max_length=300, blank=True)
    report_due_at = models.DateTimeField("上报时限", null=True)
    state = ChoiceField("状态", choice=IncidentState, default=IncidentState.OPEN.value)
    opened_by = models.ForeignKey("organizations.Member", models.PROTECT)
    opened_at = models.DateTimeField("发现时间")
    contained_at = models.DateTimeField("控制时间", null=True)
    lessons = models.CharField("原因分析和改进措施", max_length=2000, blank=True)
    # What is to become of the grants that were suspended, as put to approval.
    resume = models.BooleanField("恢复授权", null=True)
    closed_at = models.DateTimeField("结案时间", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contained_at__isnull=True) | Q(contained_at__gte=F("opened_at")),
                name="contained_after_opened",
            ),
            models.CheckConstraint(
                condition=~Q(state=IncidentState.CLOSED.value) | ~Q(lessons=""),
                name="closed_with_lessons",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class IncidentNote(Row):
    """One moment of an incident's timeline."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notes")
    kind = ChoiceField("类别", choice=NoteKind)
    text = models.CharField("内容", max_length=2000, blank=True)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class IncidentReport(Row):
    """That an incident was reported: to whom, when, and whether in time."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reports")
    recipient = models.CharField("报告对象", max_length=200)
    reference = models.CharField("文号或记录", max_length=100, blank=True)
    reported_at = models.DateTimeField("报告时间")
    late = models.BooleanField("超时")
    member = models.ForeignKey("organizations.Member", models.PROTECT)

    class Meta:
        ordering = ["reported_at", "id"]

    def __str__(self) -> str:
        return self.recipient


class FrozenGrant(Row):
    """A grant that an incident suspended, and what became of it."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="frozen")
    grant = models.ForeignKey("rights.Grant", models.PROTECT, related_name="frozen")
    settlement = ChoiceField("处理", choice=Settlement, default=Settlement.SUSPENDED.value)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "grant"], name="grant_frozen_once")
        ]

    def __str__(self) -> str:
        return str(self.grant)
