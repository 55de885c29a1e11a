from django.db import models
from django.db.models import Q

from shuce.engines.guard.binding import Parameter
from shuce.engines.guard.verdicts import Rule
from shuce.foundation.fields import ChoiceField, Row
from shuce.lifecycle.cleanroom.rules import (
    Every,
    FileForm,
    RepeatState,
    RunState,
    SavedState,
    Verdict,
    What,
)
from shuce.lifecycle.cleanroom.set_rules import SetState


class SavedQuery(Row):
    """A question kept for use again, with parameters; its own analyst's, or its body's as well."""

    number = models.CharField("查询编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    description = models.CharField("说明", max_length=500, blank=True)
    grant = models.ForeignKey("rights.Grant", models.PROTECT, related_name="saved_queries")
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    shared = models.BooleanField("本单位共用", default=False)
    state = ChoiceField("状态", choice=SavedState, default=SavedState.ACTIVE.value)
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def latest(self) -> "QueryVersion":
        found = self.versions.order_by("-number").first()
        assert found is not None, "a query is saved with its first version"
        return found


class QueryVersion(Row):
    """The text and parameters of a saved query, as they were from one day to the next change."""

    query = models.ForeignKey(SavedQuery, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    sql = models.TextField("查询")
    parameters = models.JSONField(default=list)
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["query", "number"], name="query_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.query} v{self.number}"

    @property
    def declared(self) -> list[Parameter]:
        return [Parameter.from_json(one) for one in self.parameters]


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
    # What it was asked from, where it was not typed: a saved query with these values.
    version = models.ForeignKey(QueryVersion, models.PROTECT, null=True, related_name="questions")
    values = models.JSONField(default=dict)
    # What had it asked, once: the run of a report, the call of a product.
    cause_id = models.CharField(max_length=26, blank=True)
    asked_at = models.DateTimeField("提交时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cause_id"], condition=~Q(cause_id=""), name="question_of_a_cause_once"
            )
        ]

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


class Dataset(Row):
    """去标识化数据集: made at the node and kept there; here is how, what it is like, who passed it.

    `report` holds figures only. The rows come by when a file of them is handed over, and go on.
    """

    number = models.CharField("数据集编号", max_length=40, unique=True)
    title = models.CharField("名称", max_length=100)
    purpose = models.CharField("用途", max_length=500)
    grant = models.ForeignKey("rights.Grant", models.PROTECT, related_name="datasets")
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    recipe = models.JSONField("处理方案")
    report = models.JSONField("效果评估")
    # The node's digest of columns and rows, and its receipt over the report.
    digest = models.CharField("内容摘要", max_length=64)
    receipt = models.JSONField(default=dict)
    state = ChoiceField("状态", choice=SetState, default=SetState.MADE.value)
    valid_until = models.DateField("交付截止日")
    made_at = models.DateTimeField("制作时间")
    decided_at = models.DateTimeField("审查时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Delivery(Row):
    """One file that left: what it held, under which grant, to whom, and the mark it bears (D7)."""

    number = models.CharField("交付编号", max_length=40, unique=True)
    what = ChoiceField("交付内容", choice=What)
    grant = models.ForeignKey("rights.Grant", models.PROTECT, related_name="deliveries")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="deliveries")
    dataset = models.ForeignKey(Dataset, models.PROTECT, null=True, related_name="deliveries")
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


class Schedule(Row):
    """A saved query that is asked by the calendar, under the grant and budget of the day."""

    query = models.ForeignKey(SavedQuery, models.PROTECT, related_name="schedules")
    values = models.JSONField(default=dict)
    every = ChoiceField("周期", choice=Every)
    # The day of the week from Monday, or of the month; nothing for every day.
    day = models.PositiveSmallIntegerField("日", default=0)
    hour = models.PositiveSmallIntegerField("时")
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    state = ChoiceField("状态", choice=RepeatState, default=RepeatState.ACTIVE.value)
    next_at = models.DateTimeField("下次运行")
    made_at = models.DateTimeField("设立时间")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "next_at"], name="report_due")]

    def __str__(self) -> str:
        return f"{self.query.name} {self.every.label}"


class Run(Row):
    """One time that a schedule came due, and what came of it: once, whatever crashes between."""

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="runs")
    due_at = models.DateTimeField("应运行时间")
    state = ChoiceField("状态", choice=RunState, default=RunState.WAITING.value)
    question = models.OneToOneField(Question, models.PROTECT, null=True, related_name="run")
    told = models.CharField("结果", max_length=500, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="schedule_runs_once")
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_at:%Y-%m-%d}"


class Blend(Row):
    """A question over two grants together, done by both holders' nodes; its answer is a question's.

    `left` counts and `right` answers; neither learns more than docs/fusion.md says.
    """

    left = models.ForeignKey("rights.Grant", models.PROTECT, related_name="blends_counted")
    right = models.ForeignKey("rights.Grant", models.PROTECT, related_name="blends_answered")
    spec = models.JSONField("分组和合计")
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    question = models.OneToOneField(Question, models.PROTECT, null=True, related_name="blend")
    receipts = models.JSONField(default=dict)
    asked_at = models.DateTimeField("提交时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(left=models.F("right")), name="blend_of_two_grants")
        ]

    def __str__(self) -> str:
        return f"{self.left.number} + {self.right.number}"

    @property
    def spec_groups(self) -> int:
        """How many columns the answer is grouped by."""
        return sum(len(side["groups"]) for side in self.spec.values())
