from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import Q

from shuce.engines import procedure as engine
from shuce.engines.procedure import TaskKind, tables
from shuce.foundation.approvals.words import Act
from shuce.foundation.fields import ChoiceField, Row
from shuce.foundation.notices.words import NoticeKind
from shuce.kernel.choices import Choice


class Matter(Choice):
    """What an approval is about: each has a shipped procedure and a function that concludes it."""

    CARD_ENTRY = "card_entry", "资产卡片登记"
    CARD_CHANGE = "card_change", "资产卡片变更"
    GRANT_RIGHT = "grant_right", "授权运营"
    GRANT_RENEWAL = "grant_renewal", "授权续期"
    PRICE = "price", "定价"
    VALUE_ADJUSTMENT = "value_adjustment", "价值调整"
    DISPOSAL = "disposal", "资产处置"
    INCIDENT_CLOSURE = "incident_closure", "应急处置结案"
    SUCCESSION = "succession", "主体承继"
    DATASET_EGRESS = "dataset_egress", "去标识化数据集出域"


class Outcome(Choice):
    OPEN = "OPEN", "审批中"
    APPROVED = "APPROVED", "已批准"
    REJECTED = "REJECTED", "未批准"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class ProcedureVersion(Row):
    """One version of a procedure or decision table, as data. A case keeps the one it began with."""

    key = models.CharField(max_length=60)
    is_table = models.BooleanField(default=False)
    version = models.PositiveIntegerField()
    text = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "is_table", "version"], name="procedure_version")
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"

    @cached_property
    def procedure(self) -> engine.Procedure:
        """The procedure with the newest tables; a case keeps its own (`Case.procedure`)."""
        newest = ProcedureVersion.objects.filter(is_table=True).order_by("version")
        return engine.load(self.text, {one.key: tables.load_table(one.text) for one in newest})

    @property
    def title(self) -> str:
        return tables.load_table(self.text).title if self.is_table else self.procedure.title


class Case(Row):
    """One run of an approval procedure about one subject."""

    number = models.CharField("文号", max_length=40, unique=True)
    matter = ChoiceField("事项", choice=Matter)
    title = models.CharField("标题", max_length=200)
    subject_id = models.CharField(max_length=26, db_index=True)
    asset_id = models.CharField(max_length=26, blank=True, db_index=True)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="cases"
    )
    maker = models.ForeignKey("organizations.Member", models.PROTECT, related_name="cases_made")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT)
    table_ids = models.JSONField(default=list)
    state = models.TextField()
    # Where the subject is shown, so that a reviewer sees what is being decided.
    subject_url = models.CharField(max_length=300, blank=True)
    summary = models.JSONField(default=list)
    outcome = ChoiceField("结果", choice=Outcome, default=Outcome.OPEN.value)
    opened_at = models.DateTimeField("提交时间")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "subject_id"],
                condition=Q(outcome=Outcome.OPEN.value),
                name="one_open_case_of_a_matter",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return bool(self.outcome == Outcome.OPEN)

    @cached_property
    def procedure(self) -> engine.Procedure:
        """The procedure as it was when the case began, with its decision tables."""
        asked = ProcedureVersion.objects.filter(id__in=self.table_ids)
        return engine.load(
            self.version.text, {table.key: tables.load_table(table.text) for table in asked}
        )

    @property
    def standing(self) -> engine.State:
        return engine.state_from_json(self.state)


class Task(Row):
    """A step that waits for somebody: the row that inboxes read."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    step = models.CharField(max_length=60)
    title = models.CharField("步骤", max_length=100)
    round = models.PositiveIntegerField()
    kind = ChoiceField("办理方式", choice=TaskKind)
    role = models.CharField(max_length=30)
    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    # Set where one person must act: the maker after a return, or a delegate.
    member = models.ForeignKey("organizations.Member", models.PROTECT, null=True)
    opened_at = models.DateTimeField("到达时间")
    due_at = models.DateTimeField("办理时限", null=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step", "round", "member"],
                name="task_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_overdue(self, today: date) -> bool:
        return self.due_at is not None and self.due_at.date() < today


class Reminder(Row):
    """That the people of a waiting step were told of its deadline: each kind once a round."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=60)
    round = models.PositiveIntegerField()
    kind = ChoiceField("类别", choice=NoticeKind)
    at = models.DateTimeField("时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "step", "round", "kind"], name="told_once")
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.kind}"


class Decision(Row):
    """What one person decided at one step, and the opinion they wrote."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="decisions")
    step = models.CharField(max_length=60)
    title = models.CharField("步骤", max_length=100)
    round = models.PositiveIntegerField()
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    act = ChoiceField("办理结果", choice=Act)
    opinion = models.CharField("意见", max_length=1000, blank=True)
    at = models.DateTimeField("办理时间")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.title} {self.act}"
