from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, MoneyField, Row
from shuce.lifecycle.register.catalogue import FieldKind
from shuce.lifecycle.register.words import (
    Acquisition,
    Booking,
    CardState,
    Grade,
    Industry,
    IntakeState,
    Opening,
    ProposalState,
    RowVerdict,
    Sharing,
    UseState,
    ValueBasis,
)


class Batch(Row):
    """批量建卡: cards of one body that were drafted together, and go to approval together."""

    holder = models.ForeignKey("organizations.Organization", models.PROTECT)
    title = models.CharField("批次", max_length=200)
    # The recognition test, answered once for all: what the cards' data has in common.
    answers = models.JSONField("确认条件")
    count = models.PositiveIntegerField("卡片数")
    state = ChoiceField("状态", choice=CardState, default=CardState.DRAFT.value)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    drafted_at = models.DateTimeField("建卡时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class Card(Row):
    """数据资产卡片: one data asset in the register (G-4, G-6, N-8)."""

    # 基本信息
    number = models.CharField("资产编号", max_length=40, unique=True, null=True)
    name = models.CharField("资产名称", max_length=200)
    summary = models.CharField("摘要", max_length=1000, blank=True)
    resource = models.ForeignKey(
        "inventory.Resource", models.PROTECT, null=True, related_name="cards"
    )
    class_code = models.CharField("国标分类代码", max_length=9, default="A08060200")
    industry = ChoiceField("行业", choice=Industry)
    subject_area = models.CharField("主题", max_length=100, blank=True)
    region_code = models.CharField("覆盖地域", max_length=6)
    acquisition = ChoiceField("配置方式", choice=Acquisition)
    source_note = models.CharField("数据来源", max_length=500)
    lawful_basis = models.CharField("合法性依据", max_length=500)
    budget_item = models.CharField("预算项目", max_length=100, blank=True)
    procurement_number = models.CharField("采购文号", max_length=100, blank=True)
    rows = models.BigIntegerField("数据规模（条）", default=0)
    obtained_on = models.DateField("取得日期")
    # 权利信息
    holder = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="cards")
    personal_data = models.BooleanField("涉及个人信息", default=False)
    personal_basis = models.CharField("个人信息处理依据", max_length=500, blank=True)
    # 使用信息
    use_state = ChoiceField("使用状况", choice=UseState, default=UseState.IN_USE.value)
    sharing = ChoiceField("共享属性", choice=Sharing, default=Sharing.CONDITIONAL.value)
    opening = ChoiceField("开放属性", choice=Opening, default=Opening.NONE.value)
    scene = models.CharField("应用场景", max_length=500, blank=True)
    uses = models.PositiveBigIntegerField("使用次数", default=0)
    last_used_on = models.DateField("最近使用日", null=True)
    # 管理信息
    grade = ChoiceField("数据级别", choice=Grade, null=True)
    grade_confirmed_on = models.DateField("定级日期", null=True)
    # To the moment, since what is made from this asset is graded against it.
    grade_confirmed_at = models.DateTimeField("定级时间", null=True)
    grade_raised_at = models.DateTimeField("级别调高时间", null=True)
    mlps_level = models.PositiveSmallIntegerField("网络安全等级", default=2)
    update_cycle_days = models.PositiveIntegerField("更新周期（天）", default=365)
    updated_on = models.DateField("最近更新日")
    # Kept beside its two parts, so that overdue cards are found by an index.
    update_due_on = models.DateField("下次更新日")
    retain_until = models.DateField("保存期限", null=True)
    cost = MoneyField("原值", default=0)
    value = MoneyField("价值", null=True)
    value_basis = ChoiceField("计价方式", choice=ValueBasis, default=ValueBasis.UNPRICED.value)
    booking = ChoiceField("入账状态", choice=Booking, default=Booking.UNBOOKED.value)
    account_code = models.CharField("会计科目", max_length=60, blank=True)
    voucher_number = models.CharField("会计凭证号", max_length=60, blank=True)
    booked_on = models.DateField("入账日期", null=True)
    # Every further fact by its key in the catalogue of fields; what is not said is not in it.
    more = models.JSONField("更多信息", default=dict)
    state = ChoiceField("登记状态", choice=CardState, default=CardState.DRAFT.value)
    version = models.PositiveIntegerField("版本", default=1)
    drafted_at = models.DateTimeField("建卡时间")
    # Where a card came with others, and under which name: sent again, it is known again.
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="cards")
    key_in_source = models.CharField("原编号", max_length=100, null=True)
    entered_on = models.DateField("登记日期", null=True)
    closed_on = models.DateField("注销日期", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["holder", "state"], name="card_holder_state"),
            # A page of a list is the beginning of an index, whoever looks and however it is sorted.
            models.Index(fields=["holder", "id"], name="card_holder_id"),
            models.Index(fields=["grade", "id"], name="card_grade_id"),
            models.Index(fields=["state", "id"], name="card_state_id"),
            models.Index(fields=["name", "id"], name="card_name_id"),
            models.Index(fields=["value", "id"], name="card_value_id"),
            models.Index(fields=["rows", "id"], name="card_rows_id"),
            models.Index(fields=["entered_on", "id"], name="card_entered_id"),
            models.Index(fields=["state", "entered_on"], name="card_state_entered"),
            models.Index(fields=["state", "update_due_on"], name="card_state_update_due"),
            # The figures of the home page are added up from the index alone.
            models.Index(fields=["state", "grade", "industry", "value"], name="card_figures"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__isnull=False)
                | Q(state__in=[CardState.DRAFT.value, CardState.IN_APPROVAL.value]),
                name="card_in_force_has_number",
            ),
            models.CheckConstraint(
                condition=Q(class_code__startswith="A0806"), name="card_class_is_data"
            ),
            models.UniqueConstraint(
                fields=["holder", "key_in_source"],
                condition=Q(key_in_source__isnull=False),
                name="card_key_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}" if self.number else self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.update_due_on = self.updated_on + timedelta(days=self.update_cycle_days)
        fields = options.get("update_fields")
        if fields is not None and {"updated_on", "update_cycle_days"} & set(fields):
            options["update_fields"] = [*fields, "update_due_on"]
        super().save(*args, **options)


class CardVersion(Row):
    """How a card read before it was changed, and why it was."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField("版本")
    facts = models.JSONField()
    reason = models.CharField("变更原因", max_length=500)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["card", "version"], name="card_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.card} v{self.version}"


class Proposal(Row):
    """拟变更版本: a version of a card in approval, beside the one in force (N-8)."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="proposals")
    # The version that was changed; another change in between makes the proposal void.
    base_version = models.PositiveIntegerField("所依据的版本")
    # What the changed facts are to become, by key; null takes a fact away.
    facts = models.JSONField("拟变更内容")
    reason = models.CharField("变更原因", max_length=500)
    state = ChoiceField("状态", choice=ProposalState, default=ProposalState.WAITING.value)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    proposed_at = models.DateTimeField("提出时间")
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(state=ProposalState.WAITING.value),
                name="one_proposal_of_a_card_waits",
            )
        ]

    def __str__(self) -> str:
        return f"{self.card} v{self.base_version}+"


class AddedField(Row):
    """自定义字段: a fact a body asks for on the cards of all below it. Retired, never deleted."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    key = models.CharField("字段代码", max_length=20, unique=True)
    label = models.CharField("字段名称", max_length=60)
    english = models.CharField("英文名称", max_length=100, blank=True)
    kind = ChoiceField("类型", choice=FieldKind)
    choices = models.JSONField("选项", default=list)
    group = models.CharField("所在分组", max_length=10)
    required = models.BooleanField("必填", default=False)
    hint = models.CharField("填写说明", max_length=200, blank=True)
    added_at = models.DateTimeField("设立时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label


class Intake(Row):
    """导入: one file of cards, read, judged row by row, taken in and, if need be, undone."""

    holder = models.ForeignKey("organizations.Organization", models.PROTECT)
    title = models.CharField("名称", max_length=200)
    file_name = models.CharField("文件", max_length=200)
    digest = models.CharField("文件摘要（SHA-256）", max_length=64)
    headings = models.JSONField("表头")
    # Which column holds which field: [place, key]. Kept, so that the next such file is known.
    mapping = models.JSONField("对应关系")
    answers = models.JSONField("确认条件", default=dict)
    # What the sender of an exchange file says it holds, and what was taken: the receipt.
    claimed = models.JSONField("声明合计", default=dict)
    taken = models.JSONField("导入合计", default=dict)
    state = ChoiceField("状态", choice=IntakeState, default=IntakeState.READING.value)
    member = models.ForeignKey("organizations.Member", models.PROTECT)
    read_at = models.DateTimeField("上传时间")
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class IntakeLine(Row):
    """One row of a file: as it came, what it says, what it would do, and what came of it."""

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField("行号")
    cells = models.JSONField("原内容")
    key = models.CharField("原编号", max_length=100, blank=True)
    facts = models.JSONField("内容", default=dict)
    verdict = ChoiceField("核对结果", choice=RowVerdict, null=True)
    reasons = models.JSONField("原因", default=list)
    card_id = models.CharField("卡片", max_length=26, blank=True, db_index=True)
    # The version the card had before and after, so that only what nobody touched is undone.
    version_before = models.PositiveIntegerField(null=True)
    version_after = models.PositiveIntegerField(null=True)
    done = models.BooleanField("已处理", default=False)
    undone = models.BooleanField("已撤销", default=False)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["intake", "place"], name="intake_line_once")]
        indexes = [models.Index(fields=["intake", "verdict"], name="intake_verdict")]

    def __str__(self) -> str:
        return f"{self.intake} {self.place}"


class NumberPattern(Row):
    """编号规则: how a body numbers the new cards of all below it, from the moment it is set."""

    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    pattern = models.CharField("编号规则", max_length=100)
    set_at = models.DateTimeField("设定时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.pattern


class Mark(Row):
    """登记标识: a right given to somebody else. The card itself is not reduced (G-6)."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="marks")
    text = models.CharField("标识", max_length=200)
    cause_id = models.CharField(max_length=26, db_index=True)
    marked_at = models.DateTimeField("标识时间")
    ended_at = models.DateTimeField("终止时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text


class CardReader(Row):
    """A body outside the tree that may read one card, and the cause that lets it."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="readers")
    organization = models.ForeignKey("organizations.Organization", models.PROTECT)
    cause_id = models.CharField(max_length=26)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card", "organization", "cause_id"], name="card_reader_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} → {self.card}"


class ValueEntry(Row):
    """One step in the history of a card's value: what it became, on what basis, and why."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="values")
    value = MoneyField("价值")
    basis = ChoiceField("计价方式", choice=ValueBasis)
    cause_id = models.CharField(max_length=26)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.card} {self.value}"
