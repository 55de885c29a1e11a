from django.db import models
from django.db.models import Q

from shuce.foundation.fields import Row


class Attachment(Row):
    """附件: a file that hangs on a thing of the register. Its record stays when the file goes."""

    # What it hangs on: the kind's name, as its room registered it, and the thing's id.
    kind = models.CharField("所属类别", max_length=40)
    subject_id = models.CharField("所属事项", max_length=26)
    name = models.CharField("文件名", max_length=200)
    note = models.CharField("说明", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("大小")
    sha256 = models.CharField("SHA-256", max_length=64)
    sm3 = models.CharField("SM3", max_length=64)
    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    added_at = models.DateTimeField("上传时间")
    removed_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField("移除时间", null=True)
    removed_for = models.CharField("移除原因", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "subject_id"], name="attachment_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "sha256"],
                condition=Q(removed_at__isnull=True),
                name="attachment_hangs_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
