from django.db import models

from shuce.foundation.fields import ChoiceField, Row
from shuce.foundation.notices.words import Channel, DeliveryState, Flavour, NoticeKind


class Notice(Row):
    """Something a person is told inside the register."""

    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="notices")
    kind = ChoiceField("类别", choice=NoticeKind)
    title = models.CharField("内容", max_length=200)
    url = models.CharField(max_length=300)
    subject_id = models.CharField(max_length=26, db_index=True)
    # Which part of the subject waits: a step, say.
    topic = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["member"], condition=models.Q(read_at=None), name="unread_of_member"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Preference(Row):
    """What one person wants to be told of one kind of thing, where it differs from the usual."""

    member = models.ForeignKey("organizations.Member", models.PROTECT, related_name="+")
    kind = ChoiceField("类别", choice=NoticeKind)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="one_preference_of_a_kind")
        ]


class Webhook(Row):
    """A group chat or system that a body's administrators want told; its address is a secret."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    name = models.CharField("名称", max_length=100)
    flavour = ChoiceField("平台", choice=Flavour)
    host = models.CharField("地址", max_length=253)
    # Both hold keys to somebody's chat, so they are kept sealed and are never shown again.
    sealed_url = models.TextField()
    sealed_secret = models.TextField(blank=True)
    kinds = models.JSONField(default=list)
    added_at = models.DateTimeField("添加时间")
    stopped_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Delivery(Row):
    """One message sent outside, to a mailbox or a webhook, with what came of it."""

    channel = ChoiceField("渠道", choice=Channel)
    webhook = models.ForeignKey(Webhook, models.PROTECT, null=True, related_name="deliveries")
    member = models.ForeignKey("organizations.Member", models.PROTECT, null=True)
    kind = ChoiceField("类别", choice=NoticeKind)
    url = models.CharField(max_length=300)
    subject_id = models.CharField(max_length=26)
    state = ChoiceField("状态", choice=DeliveryState, default=DeliveryState.WAITING.value)
    attempts = models.PositiveIntegerField("次数", default=0)
    made_at = models.DateTimeField("时间")
    next_at = models.DateTimeField("下次发送", null=True)
    message = models.CharField("结果", max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "next_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
