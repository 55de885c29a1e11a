from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, Row
from shuce.lifecycle.directory.words import ChangeKind, ScheduleState
from shuce.lifecycle.register.words import Grade, Industry, Opening, Sharing, ValueBasis


class AssetSchedule(Row):
    """目录清单: what a body's register held on a day, frozen, with the schedules below it (G-4)."""

    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="asset_schedules"
    )
    as_of = models.DateField("清单日期")
    version = models.PositiveIntegerField("版本")
    count = models.PositiveIntegerField("资产数")
    rows = models.BigIntegerField("数据规模（条）")
    digest = models.CharField("摘要（SHA-256）", max_length=64)
    # Every accepted schedule that this one takes in, those of the bodies further below included:
    # a schedule of a city names its parts and copies no line.
    parts = models.ManyToManyField("self", symmetrical=False, related_name="taken_into")
    # The bodies directly below whose schedule was not there to be taken in, by name.
    missing = models.JSONField("未报送单位", default=list)
    state = ChoiceField("状态", choice=ScheduleState, default=ScheduleState.COMPILED.value)
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    compiled_at = models.DateTimeField("编制时间")
    submitted_at = models.DateTimeField("报送时间", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answer = models.CharField("答复意见", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "version"], name="schedule_version_once"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=False) | Q(state=ScheduleState.COMPILED.value),
                name="schedule_answered_when_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.as_of} v{self.version}"


class ScheduleLine(Row):
    """One asset as its card read when the schedule was compiled."""

    schedule = models.ForeignKey(AssetSchedule, models.PROTECT, related_name="lines")
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="+")
    number = models.CharField("资产编号", max_length=40)
    name = models.CharField("资产名称", max_length=200)
    class_code = models.CharField("国标分类代码", max_length=9)
    industry = ChoiceField("行业", choice=Industry)
    holder = models.CharField("持有单位", max_length=200)
    system = models.CharField("所属系统", max_length=200)
    grade = ChoiceField("数据级别", choice=Grade, null=True)
    sharing = ChoiceField("共享属性", choice=Sharing)
    opening = ChoiceField("开放属性", choice=Opening)
    rows = models.BigIntegerField("数据规模（条）")
    update_cycle_days = models.PositiveIntegerField("更新周期（天）")
    value_basis = ChoiceField("计价方式", choice=ValueBasis)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "card"], name="card_on_schedule_once")
        ]
        indexes = [models.Index(fields=["schedule", "number"], name="schedule_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ScheduleChange(Row):
    """One line that differs from the version before: added, removed, or what changed in it."""

    schedule = models.ForeignKey(AssetSchedule, models.PROTECT, related_name="changes")
    kind = ChoiceField("变化", choice=ChangeKind)
    number = models.CharField("资产编号", max_length=40)
    name = models.CharField("资产名称", max_length=200)
    holder = models.CharField("持有单位", max_length=200)
    # What changed: [column, before, after], with codes and plain figures.
    facts = models.JSONField("内容", default=list)

    class Meta:
        ordering = ["number", "id"]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
