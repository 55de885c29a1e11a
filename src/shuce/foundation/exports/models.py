from django.db import models

from shuce.foundation.fields import ChoiceField, Row
from shuce.foundation.office.exporting import Format


class Export(Row):
    """A list that somebody wants as a file: which, what came of it, and until when it is kept."""

    member = models.ForeignKey("organizations.Member", models.PROTECT)
    title = models.CharField("清单", max_length=200, blank=True)
    # The list as the reader had it, with what it was narrowed to and sorted by.
    address = models.CharField("地址", max_length=2000)
    format = ChoiceField("格式", choice=Format)
    language = models.CharField("语言", max_length=20)
    asked_at = models.DateTimeField("提交时间")
    rows = models.PositiveIntegerField("行数", default=0)
    size = models.PositiveBigIntegerField("大小", default=0)
    digest = models.CharField("文件摘要（SHA-256）", max_length=64, blank=True)
    kept_until = models.DateTimeField("保留至", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title or self.address
