from django.db import models

from shuce.foundation.fields import ChoiceField, Row
from shuce.kernel.choices import Choice


class JobState(Choice):
    WAITING = "WAITING", "排队中"
    RUNNING = "RUNNING", "运行中"
    DONE = "DONE", "已完成"
    STOPPED = "STOPPED", "已停止"
    FAILED = "FAILED", "失败"


class Job(Row):
    """Long work that somebody asked for: how far it is, and what came of it."""

    kind = models.CharField(max_length=60)
    title = models.CharField("工作", max_length=200)
    subject_id = models.CharField(max_length=26, db_index=True)
    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    state = ChoiceField("状态", choice=JobState, default=JobState.WAITING.value)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总量", default=0)
    stop_asked = models.BooleanField(default=False)
    message = models.CharField("结果", max_length=500, blank=True)
    asked_at = models.DateTimeField("提交时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], name="job_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
