from django.db import models
from django.db.models import Q

from shuce.engines.erasure import Medium, Method
from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.lifecycle.disposal.rules import CopyKind, DisposalKind, DisposalState, Treatment


class Disposal(Row):
    """资产处置: the end of an asset's life, by collective decision, approval and reply (N-6)."""

    number = models.CharField("处置编号", max_length=40, unique=True)
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="disposals")
    kind = ChoiceField("处置方式", choice=DisposalKind)
    reason = models.CharField("处置理由", max_length=1000)
    recipient = models.CharField("接收方", max_length=200, blank=True)
    book_value = MoneyField("账面价值")
    # What a destruction was recognised on: no value, no duty to keep, and the grounds.
    recognition = models.JSONField("认定", default=dict)
    state = ChoiceField("状态", choice=DisposalState, default=DisposalState.PROPOSED.value)
    proposed_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, related_name="disposals_proposed"
    )
    proposed_at = models.DateTimeField("申请时间")
    reply_number = models.CharField("批复文号", max_length=40, unique=True, null=True)
    replied_at = models.DateTimeField("批复时间", null=True)
    # The second person, who has signed that they watch the destruction.
    attending = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="destructions_attended"
    )
    attended_at = models.DateTimeField("监销签到时间", null=True)
    outcome = models.CharField("办理结果", max_length=1000, blank=True)
    done_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], name="disposal_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(
                    state__in=[
                        DisposalState.PROPOSED.value,
                        DisposalState.APPROVED.value,
                        DisposalState.DESTROYING.value,
                        DisposalState.UNPROVEN.value,
                    ]
                ),
                name="one_open_disposal_of_a_card",
            ),
            models.CheckConstraint(
                condition=Q(reply_number__isnull=False)
                | Q(
                    state__in=[
                        DisposalState.PROPOSED.value,
                        DisposalState.REFUSED.value,
                        DisposalState.WITHDRAWN.value,
                    ]
                ),
                name="disposal_acts_on_a_reply",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Copy(Row):
    """A grant, product, extract or backup that must be dealt with before the asset ends."""

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="copies")
    kind = ChoiceField("类别", choice=CopyKind)
    what = models.CharField("副本", max_length=300)
    where = models.CharField("所在", max_length=300)
    # The grant, product or source that makes it a copy; empty where a person added it.
    cause_id = models.CharField(max_length=26, blank=True)
    how = ChoiceField("清理方式", choice=Treatment, null=True)
    note = models.CharField("清理情况", max_length=500, blank=True)
    dealt_with_by = models.ForeignKey("organizations.Member", models.PROTECT, null=True)
    dealt_with_at = models.DateTimeField("清理时间", null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["disposal", "kind", "cause_id"],
                condition=~Q(cause_id=""),
                name="copy_listed_once",
            ),
            models.CheckConstraint(
                condition=Q(how__isnull=True, dealt_with_at__isnull=True)
                | Q(how__isnull=False, dealt_with_at__isnull=False),
                name="copy_dealt_with_somehow",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_dealt_with(self) -> bool:
        return self.dealt_with_at is not None


class Destruction(Row):
    """销毁: who destroyed, who watched, every step, and the proof that nothing is left (G-11)."""

    disposal = models.OneToOneField(Disposal, models.PROTECT, related_name="destruction")
    executor = models.ForeignKey(
        "organizations.Member", models.PROTECT, related_name="destructions_run"
    )
    witness = models.ForeignKey(
        "organizations.Member", models.PROTECT, related_name="destructions_witnessed"
    )
    contractor = models.CharField("受托单位", max_length=200, blank=True)
    confidentiality_contract = models.CharField("安全保密合同编号", max_length=100, blank=True)
    medium = ChoiceField("介质", choice=Medium)
    method = ChoiceField("销毁方式", choice=Method)
    table = models.CharField("数据表", max_length=200)
    source_name = models.CharField("数据源", max_length=100)
    rows = models.BigIntegerField("登记行数")
    began_at = models.DateTimeField("开始时间")
    steps = models.JSONField("步骤", default=list)
    proof = models.JSONField("证明", default=dict)
    holds = models.BooleanField("通过验证", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    certificate_number = models.CharField("销毁证明编号", max_length=40, unique=True, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(executor=models.F("witness")), name="destruction_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(certificate_number__isnull=True) | Q(holds=True),
                name="certificate_needs_proof",
            ),
            models.CheckConstraint(
                condition=Q(contractor="") | ~Q(confidentiality_contract=""),
                name="contractor_bound_to_secrecy",
            ),
        ]

    def __str__(self) -> str:
        return self.certificate_number or str(self.disposal)
