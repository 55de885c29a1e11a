from django.db import models
from django.db.models import Q

from shuce.engines.lineage import Dialect, How, RunState
from shuce.foundation.fields import ChoiceField, Row
from shuce.kernel.words import say
from shuce.lifecycle.lineage.rules import CARD, EXTERNAL, Origin


class Dataset(Row):
    """A table, file or asset as somebody named it, and the resource or card that it is."""

    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="lineage_datasets"
    )
    namespace = models.CharField("命名空间", max_length=500)
    name = models.CharField("名称", max_length=500)
    columns = models.JSONField("字段", default=list)
    resource = models.ForeignKey(
        "inventory.Resource", models.PROTECT, null=True, related_name="lineage_datasets"
    )
    card = models.ForeignKey(
        "register.Card", models.PROTECT, null=True, related_name="lineage_datasets"
    )
    bound_by_hand = models.BooleanField("人工绑定", default=False)
    seen_at = models.DateTimeField("最近出现")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "namespace", "name"], name="dataset_named_once"
            )
        ]

    def __str__(self) -> str:
        if self.card:
            return self.card.name
        return str(self.resource) if self.resource else self.name

    @property
    def is_bound(self) -> bool:
        return self.card_id is not None or self.resource_id is not None

    @property
    def is_outside(self) -> bool:
        """Whether this was named as standing outside the register: there is nothing to bind."""
        return self.namespace in (CARD, EXTERNAL)

    @property
    def bound_to(self) -> str:
        """What this is in the register, in words; empty while nobody knows."""
        return str(self) if self.is_bound else ""


class Process(Row):
    """加工任务: a job that reports its runs through OpenLineage."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    namespace = models.CharField("命名空间", max_length=500)
    name = models.CharField("任务", max_length=500)
    state = ChoiceField("最近运行", choice=RunState, null=True)
    seen_at = models.DateTimeField("最近上报")

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "namespace", "name"], name="process_named_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Run(Row):
    """One run of a job, and what its events have named so far."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="runs")
    run_id = models.CharField("运行编号", max_length=36)
    state = ChoiceField("状态", choice=RunState)
    began_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    fault = models.CharField("失败原因", max_length=1000, blank=True)
    # {"inputs": [dataset ids], "outputs": [...], "flows": [[from, column, to, column, how]]}
    seen = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["process", "run_id"], name="run_once")]

    def __str__(self) -> str:
        return self.run_id


class Receipt(Row):
    """That an event was taken, by its hash: the same event sent again changes nothing."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField("接收时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="event_taken_once")
        ]

    def __str__(self) -> str:
        return self.digest


class Script(Row):
    """A SQL text that lineage was read from, with what was and was not understood."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    source = models.ForeignKey("sources.Source", models.PROTECT, null=True)
    title = models.CharField("名称", max_length=200)
    dialect = ChoiceField("SQL 方言", choice=Dialect)
    text = models.TextField("SQL 文本")
    digest = models.CharField(max_length=64)
    statements = models.JSONField("识别结果")
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    read_at = models.DateTimeField("识别时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="script_read_once")
        ]

    def __str__(self) -> str:
        return self.title


class Link(Row):
    """One asset's data goes into another: who says so, and on what ground (G-12)."""

    upstream = models.ForeignKey(Dataset, models.PROTECT, related_name="leaving")
    downstream = models.ForeignKey(Dataset, models.PROTECT, related_name="arriving")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    origin = ChoiceField("依据", choice=Origin)
    process = models.ForeignKey(Process, models.PROTECT, null=True, related_name="links")
    script = models.ForeignKey(Script, models.PROTECT, null=True, related_name="links")
    # The job or script that says so; empty for what a person entered.
    cause_id = models.CharField(max_length=26, blank=True)
    note = models.CharField("加工说明", max_length=500, blank=True)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    recorded_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("终止时间", null=True)
    end_reason = models.CharField("终止原因", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["upstream", "downstream", "cause_id"],
                condition=Q(ended_at=None),
                name="link_in_force_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.upstream} → {self.downstream}"

    @property
    def ground(self) -> str:
        """What this rests on: the job, the script, or what a person wrote."""
        return str(self.process or self.script or self.note or say("手工登记"))


class ColumnLink(Row):
    """One column bears on another; an empty `to_column` is the whole table."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="columns")
    from_column = models.CharField("来源字段", max_length=200)
    to_column = models.CharField("去向字段", max_length=200, blank=True)
    how = ChoiceField("方式", choice=How)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["link", "from_column", "to_column", "how"], name="column_link_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_column} → {self.to_column}"
