from django.db import models
from django.db.models import F, Q

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.kernel.periods import Period
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.rules import FeeBasis, GrantState, PurposeKind, Right


class SecurityAssessment(Row):
    """安全评估: what was looked at before data may be granted, and what was found (G-8, N-4)."""

    card = models.ForeignKey("register.Card", models.PROTECT, related_name="assessments")
    answers = models.JSONField("核查情况")
    findings = models.JSONField("待整改", default=list)
    grade_then = ChoiceField("评估时级别", choice=Grade)
    passed = models.BooleanField("通过")
    assessed_on = models.DateField("评估日期")
    valid_until = models.DateField("有效期至")
    member = models.ForeignKey("organizations.Member", models.PROTECT)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.card} {self.assessed_on}"


class Grant(Row):
    """授权: a processing or operating right over one asset, given to one operator."""

    number = models.CharField("授权编号", max_length=40, unique=True, null=True)
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="grants")
    # The grant out of which this one was given; empty where the holder itself gives it.
    source_grant = models.ForeignKey("self", models.PROTECT, null=True, related_name="sub_grants")
    right = ChoiceField("权利", choice=Right)
    operator = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="grants"
    )
    purpose = models.CharField("用途", max_length=500)
    purpose_kind = ChoiceField("用途类别", choice=PurposeKind)
    fee_basis = ChoiceField("使用方式", choice=FeeBasis)
    fee = MoneyField("费用", default=0)
    columns = models.JSONField("字段范围")
    region_code = models.CharField("适用地域", max_length=6)
    starts_on = models.DateField("起始日")
    ends_on = models.DateField("终止日")  # the first day the grant is no longer in force
    sub_granting = models.BooleanField("可再授权", default=False)
    exclusive = models.BooleanField("独占", default=False)
    state = ChoiceField("状态", choice=GrantState, default=GrantState.REQUESTED.value)
    requested_by = models.ForeignKey("organizations.Member", models.PROTECT)
    requested_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("决定时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "ends_on"], name="grant_state_end")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(right=Right.HOLDING.value), name="grant_never_gives_holding"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")), name="grant_starts_before_it_ends"
            ),
            # Two requests at once for the same thing end with one winner.
            models.UniqueConstraint(
                fields=["card", "operator", "right"],
                condition=Q(
                    state__in=[
                        GrantState.REQUESTED.value,
                        GrantState.IN_FORCE.value,
                        GrantState.SUSPENDED.value,
                    ]
                ),
                name="one_live_grant_of_a_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_right_display()} → {self.operator}"

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)
