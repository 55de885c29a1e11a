from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.lifecycle.inventory.rules import (
    Difference,
    RecognitionOutcome,
    ResourceState,
    StocktakeState,
)


class Scan(Row):
    """One look at a source: when, by whom, and how much was found."""

    source = models.ForeignKey("sources.Source", models.PROTECT, related_name="scans")
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    tables = models.PositiveIntegerField("表数")
    rows = models.BigIntegerField("行数")
    sampled = models.BooleanField("抽样", default=False)
    unread = models.JSONField("未能读取的表", default=list)
    scanned_at = models.DateTimeField("扫描时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.scanned_at:%Y-%m-%d}"


class Resource(Row):
    """数据资源: a table that a scan found. It is an asset only once it is recognised as one."""

    source = models.ForeignKey("sources.Source", models.PROTECT, related_name="resources")
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="resources"
    )
    table_name = models.CharField("表名", max_length=200)
    comment = models.CharField("说明", max_length=500, blank=True)
    rows = models.BigIntegerField("行数")
    columns = models.JSONField("字段")
    is_view = models.BooleanField("视图", default=False)
    keys = models.JSONField("主键", default=list)
    # Foreign keys, declared or guessed: columns, table, to_columns, share, confidence, evidence.
    references = models.JSONField("引用关系", default=list)
    proposed_grade = models.CharField("建议级别", max_length=4)
    state = ChoiceField("状态", choice=ResourceState, default=ResourceState.FOUND.value)
    card_id = models.CharField(max_length=26, blank=True)
    first_seen_at = models.DateTimeField("首次发现")
    last_seen_at = models.DateTimeField("最近发现")
    missing_since = models.DateTimeField("缺失起始", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "table_name"], name="resource_once")
        ]

    def __str__(self) -> str:
        return self.comment or self.table_name

    @property
    def column_count(self) -> int:
        return len(self.columns)


class Snapshot(Row):
    """概况快照: what one scan saw of a resource, and how that differs from the scan before."""

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="snapshots")
    scan = models.ForeignKey(Scan, models.PROTECT, related_name="snapshots")
    rows = models.BigIntegerField("行数")
    sampled = models.BooleanField("抽样", default=False)
    columns = models.JSONField("字段")
    # The newest day among the columns of days, and the column it stands in.
    newest_on = models.DateField("最新日期", null=True)
    newest_in = models.CharField("最新日期所在字段", max_length=200, blank=True)
    drifts = models.JSONField("变化", default=list)
    # The greatest change of each sort, so that those beyond a limit are found by comparison.
    rows_percent = models.PositiveIntegerField("行数变化（%）", default=0)
    nulls_points = models.PositiveIntegerField("空值比例变化（百分点）", default=0)
    distinct_percent = models.PositiveIntegerField("不同值个数变化（%）", default=0)
    psi_hundredths = models.PositiveIntegerField("分布变化（PSI×100）", default=0)
    restructured = models.BooleanField("字段有变", default=False)
    is_newest = models.BooleanField("最近一次", default=True)
    taken_at = models.DateTimeField("扫描时间")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["resource", "-id"], name="snapshot_resource")]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"], condition=Q(is_newest=True), name="snapshot_newest_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.taken_at:%Y-%m-%d}"


class Recognition(Row):
    """One judgement whether a resource is an asset, with its evidence."""

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="recognitions")
    answers = models.JSONField("确认条件")
    outcome = ChoiceField("结论", choice=RecognitionOutcome)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    judged_at = models.DateTimeField("判定时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.resource} {self.outcome}"


class MemoEntry(Row):
    """备查簿: what cannot be recognised yet, and when it is looked at again."""

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="memo_entries")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    reasons = models.CharField("未确认原因", max_length=500)
    expert_value = MoneyField("专家估价", null=True)
    entered_on = models.DateField("列入日期")
    next_review_on = models.DateField("下次复核日")
    promoted_on = models.DateField("转卡片日期", null=True)
    dismissed_on = models.DateField("移出日期", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(promoted_on=None, dismissed_on=None),
                name="memo_entry_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.resource)


class Stocktake(Row):
    """清查盘点: one count of what a body holds against its register."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    name = models.CharField("名称", max_length=100)
    due_on = models.DateField("截止日期")
    state = ChoiceField("状态", choice=StocktakeState, default=StocktakeState.OPEN.value)
    opened_at = models.DateTimeField("开始时间")
    signed_off_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class StocktakeLine(Row):
    """One difference that a stocktake found, and what was concluded."""

    stocktake = models.ForeignKey(Stocktake, models.PROTECT, related_name="lines")
    resource = models.ForeignKey(Resource, models.PROTECT)
    difference = ChoiceField("差异", choice=Difference)
    note = models.CharField("情况", max_length=500)
    conclusion = models.CharField("处理结论", max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stocktake", "resource", "difference"], name="difference_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.difference} {self.resource}"
