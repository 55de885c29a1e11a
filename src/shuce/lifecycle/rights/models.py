from datetime import date

from django.db import models
from django.db.models import F, Q

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.kernel.periods import Period
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.encumbrance_rules import EncumbranceKind
from shuce.lifecycle.rights.exit_rules import ExitReason, ExitStepKind
from shuce.lifecycle.rights.impact import Ground
from shuce.lifecycle.rights.row_limits import RowLimit, from_data
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


class ImpactAssessment(Row):
    """个人信息保护影响评估, kept at least until `keep_until`: no command removes it before."""

    card = models.ForeignKey("register.Card", models.PROTECT, related_name="impacts")
    ground = ChoiceField("处理依据", choice=Ground)
    reference = models.CharField("依据条文或编号", max_length=300)
    separate_consent = models.CharField("单独同意", max_length=300, blank=True)
    sensitive = models.BooleanField("含敏感个人信息")
    necessity = models.CharField("目的和最小必要范围", max_length=1000)
    risks = models.CharField("影响和风险", max_length=1000)
    measures = models.CharField("保护措施", max_length=1000)
    acceptable = models.BooleanField("风险可接受")
    assessed_on = models.DateField("评估日期")
    valid_until = models.DateField("有效期至")
    keep_until = models.DateField("保存至")
    reminded_at = models.DateTimeField("提醒时间", null=True)
    member = models.ForeignKey("organizations.Member", models.PROTECT)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(keep_until__gt=F("assessed_on")), name="impact_is_kept"
            )
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.assessed_on}"


class Grant(Row):
    """授权: a processing or operating right over one asset, given to one operator."""

    number = models.CharField("授权编号", max_length=40, unique=True, null=True)
    card = models.ForeignKey("register.Card", models.PROTECT, related_name="grants")
    # The grant out of which this one was given; empty where the holder itself gives it.
    source_grant = models.ForeignKey("self", models.PROTECT, null=True, related_name="sub_grants")
    # The grant that this one goes on from the day it ends; the chain and its products stay.
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="renewals")
    right = ChoiceField("权利", choice=Right)
    operator = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="grants"
    )
    purpose = models.CharField("用途", max_length=500)
    purpose_kind = ChoiceField("用途类别", choice=PurposeKind)
    fee_basis = ChoiceField("使用方式", choice=FeeBasis)
    fee = MoneyField("费用", default=0)
    columns = models.JSONField("字段范围")
    rows = models.JSONField("行范围", default=list, blank=True)
    region_code = models.CharField("适用地域", max_length=6)
    starts_on = models.DateField("起始日")
    ends_on = models.DateField("终止日")  # the first day the grant is no longer in force
    sub_granting = models.BooleanField("可再授权", default=False)
    exclusive = models.BooleanField("独占", default=False)
    # Whether people may be counted together with another holder's, at both nodes (G-8).
    blending = models.BooleanField("可融合加工", default=False)
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
                    ],
                    renews=None,
                ),
                name="one_live_grant_of_a_right",
            ),
            models.UniqueConstraint(
                fields=["renews"],
                condition=Q(
                    state__in=[
                        GrantState.REQUESTED.value,
                        GrantState.IN_FORCE.value,
                        GrantState.SUSPENDED.value,
                    ],
                ),
                name="one_live_renewal_of_a_grant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_right_display()} → {self.operator}"

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def row_limits(self) -> tuple[RowLimit, ...]:
        return from_data(self.rows)


class Exit(Row):
    """退出: what an operator hands back and clears away once its right is over."""

    number = models.CharField("退出编号", max_length=40, unique=True)
    grant = models.OneToOneField(Grant, models.PROTECT, related_name="exit")
    reason = ChoiceField("退出原因", choice=ExitReason)
    opened_at = models.DateTimeField("发起时间")
    due_on = models.DateField("办理期限")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["closed_at", "due_on"], name="exit_open_due")]

    def __str__(self) -> str:
        return self.number

    def is_overdue(self, today: date) -> bool:
        return self.closed_at is None and self.due_on < today


class ExitStep(Row):
    """One thing to be done on exit: the operator says how, the holder confirms it."""

    exit = models.ForeignKey(Exit, models.PROTECT, related_name="steps")
    kind = ChoiceField("事项", choice=ExitStepKind)
    note = models.CharField("办理情况", max_length=1000, blank=True)
    evidence = models.CharField("证明材料编号", max_length=200, blank=True)
    done_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="exit_steps_done"
    )
    done_at = models.DateTimeField("办理时间", null=True)
    confirmed_by = models.ForeignKey(
        "organizations.Member", models.PROTECT, null=True, related_name="exit_steps_confirmed"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["exit", "kind"], name="exit_step_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(done_at__isnull=False),
                name="exit_step_done_before_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exit} {self.kind}"


class Encumbrance(Row):
    """A pledge or share contribution over an asset, under the pilot that allows it (G-5)."""

    card = models.ForeignKey("register.Card", models.PROTECT, related_name="encumbrances")
    kind = ChoiceField("类别", choice=EncumbranceKind)
    party = models.CharField("对方单位", max_length=200)
    amount = MoneyField("金额")
    purpose = models.CharField("用途", max_length=500)
    decision = models.CharField("集体决策文号", max_length=100)
    pilot = models.CharField("试点", max_length=60)
    since = models.DateField("登记日期")
    ended_on = models.DateField("解除日期", null=True)
    member = models.ForeignKey("organizations.Member", models.PROTECT)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.card} {self.kind}"
