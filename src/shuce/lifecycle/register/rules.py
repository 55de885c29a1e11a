"""What a card must say before it may enter the register, and when it may change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle
from shuce.kernel.regions import is_region
from shuce.kernel.standards import asset_classes, industries
from shuce.lifecycle.register.words import (
    Acquisition,
    Booking,
    CardState,
    Grade,
    Industry,
    Opening,
    Sharing,
    UseState,
)


@dataclass(frozen=True)
class CardFacts:
    """What a person says of an asset. The form, the API and an import all fill in exactly this."""

    name: str
    industry: Industry
    region_code: str
    acquisition: Acquisition
    source_note: str
    lawful_basis: str
    obtained_on: date
    summary: str = ""
    subject_area: str = ""
    class_code: str = "A08060200"
    budget_item: str = ""
    procurement_number: str = ""
    personal_data: bool = False
    personal_basis: str = ""
    sharing: Sharing = Sharing.CONDITIONAL
    opening: Opening = Opening.NONE
    scene: str = ""
    mlps_level: int = 2
    update_cycle_days: int = 365
    retain_until: date | None = None
    cost: Money = Money(0)
    use_state: UseState = UseState.IN_USE
    booking: Booking = Booking.UNBOOKED
    account_code: str = ""
    voucher_number: str = ""
    booked_on: date | None = None
    # Every further fact by its key in the catalogue of fields, as `catalogue.taken` keeps it.
    more: Mapping[str, Any] = field(default_factory=dict)


# A purchase at or above this needs a government procurement procedure (dated configuration to
# come; the local catalogue and threshold change by year).
PROCUREMENT_THRESHOLD = Money.from_yuan(500_000)


# What one approval can look through, and one transaction can hold without others waiting.
MOST_CARDS_OF_A_BATCH = 5_000


def obstacles_to_batch(count: int, title: str) -> Iterator[Obstacle]:
    """Yield every reason so many cards cannot be drafted together."""
    if not title.strip():
        yield Obstacle("请填写批次名称", Clause.N_8, field="title")
    if len(title) > 200:
        yield Obstacle("“{label}”最多{most}个字", field="title", label="批次", most=200)
    if not count:
        yield Obstacle("没有可登记的行", Clause.N_8)
    if count > MOST_CARDS_OF_A_BATCH:
        yield Obstacle("一批最多{most}张卡片，请分批登记", Clause.N_8, most=MOST_CARDS_OF_A_BATCH)


def obstacles_to_key(key: str, taken_by: int | None) -> Iterator[Obstacle]:
    """Yield every reason `key` cannot name a row; `taken_by` is the place of one that has it."""
    if not key:
        yield Obstacle("请填写原编号，用于识别重复导入", Clause.N_8, field="key")
    if taken_by is not None:
        yield Obstacle("原编号与第{row}行重复", Clause.N_8, field="key", row=taken_by + 1)


def obstacles_to_submit_batch(state: CardState, drafts: int) -> Iterator[Obstacle]:
    """Yield every reason a batch may not go to approval."""
    if state is not CardState.DRAFT or not drafts:
        yield Obstacle("本批次没有可以提交审批的草稿", Clause.N_8)


def obstacles_to_draft(facts: CardFacts, today: date) -> Iterator[Obstacle]:
    """Yield every reason these facts cannot make a card."""
    if not facts.name.strip():
        yield Obstacle("请填写资产名称", Clause.N_8, field="name")
    if not is_region(facts.region_code):
        yield Obstacle("行政区划代码不存在（GB/T 2260）", Clause.N_8, field="region_code")
    if not facts.class_code.startswith("A0806") or len(facts.class_code) != 9:
        yield Obstacle(
            "数据资产的国标分类代码应为 A0806 开头的9位代码（GB/T 14885-2022）",
            Clause.N_8,
            field="class_code",
        )
    elif facts.class_code not in asset_classes():
        yield Obstacle(
            "GB/T 14885-2022 没有代码 {code}", Clause.N_8, field="class_code", code=facts.class_code
        )
    if not facts.source_note.strip():
        yield Obstacle("请写明数据来源", Clause.G_12, field="source_note")
    if not facts.lawful_basis.strip():
        yield Obstacle("请写明取得数据的合法性依据", Clause.G_12, field="lawful_basis")
    if facts.obtained_on > today:
        yield Obstacle("取得日期不能晚于今天", Clause.N_8, field="obtained_on")
    if facts.personal_data and not facts.personal_basis.strip():
        yield Obstacle(
            "涉及个人信息的，请写明处理依据和必要范围", Clause.G_4, field="personal_basis"
        )
    if facts.update_cycle_days < 1:
        yield Obstacle("更新周期须为正整数天", Clause.G_7, field="update_cycle_days")
    division = industries().get(str(facts.more.get("industry_division")))
    if division and division.above != facts.industry:
        yield Obstacle(
            "行业大类 {division} 不属于所选行业",
            Clause.N_8,
            field="industry_division",
            division=f"{division.code} {division.name}",
        )
    if facts.cost < Money(0):
        yield Obstacle("原值不能为负数", Clause.N_8, field="cost")
    yield from _obstacles_to_booking(facts, today)
    if facts.acquisition is Acquisition.PURCHASED:
        yield from _obstacles_to_purchase(facts)


def _obstacles_to_booking(facts: CardFacts, today: date) -> Iterator[Obstacle]:
    """An entry in the books names its account, its voucher and its day, or there is none."""
    if facts.booking is Booking.BOOKED:
        for name, label in (("account_code", "会计科目"), ("voucher_number", "会计凭证号")):
            if not getattr(facts, name).strip():
                yield Obstacle("已入账的，请填写“{label}”", Clause.N_8, field=name, label=label)
        if facts.booked_on is None:
            yield Obstacle(
                "已入账的，请填写“{label}”", Clause.N_8, field="booked_on", label="入账日期"
            )
    if facts.booked_on and facts.booked_on > today:
        yield Obstacle("入账日期不能晚于今天", Clause.N_8, field="booked_on")


def _obstacles_to_purchase(facts: CardFacts) -> Iterator[Obstacle]:
    if not facts.budget_item.strip():
        yield Obstacle("购置数据资产须有预算项目", Clause.N_3, field="budget_item")
    if facts.cost >= PROCUREMENT_THRESHOLD and not facts.procurement_number.strip():
        yield Obstacle(
            "购置金额达到{threshold}的，须履行政府采购程序并填写采购文号",
            Clause.N_3,
            field="procurement_number",
            threshold=PROCUREMENT_THRESHOLD,
        )


def obstacles_to_submit(state: CardState, grade: Grade | None) -> Iterator[Obstacle]:
    """Yield every reason a draft may not go to approval."""
    if state is not CardState.DRAFT:
        yield Obstacle("只有草稿状态的卡片可以提交审批", Clause.N_8)
    if grade is Grade.CORE:
        yield Obstacle("核心数据不纳入本系统登记范围，请按国家核心数据规定管理", Clause.G_2)


def obstacles_to_revise(state: CardState) -> Iterator[Obstacle]:
    if state not in (CardState.DRAFT, CardState.IN_FORCE):
        yield Obstacle("审批中、处置中或已注销的卡片不能变更", Clause.N_8)


def obstacles_to_note_update(state: CardState) -> Iterator[Obstacle]:
    """Yield every reason no update of the data may be noted."""
    if state is not CardState.IN_FORCE:
        yield Obstacle("只有在册的资产可以登记数据更新", Clause.G_7)


def obstacles_to_update_on(day: date, last: date, today: date) -> Iterator[Obstacle]:
    """Yield every reason the data cannot have been updated on `day`."""
    if day > today:
        yield Obstacle("更新日期不能晚于今天", Clause.G_7, field="updated_on")
    if day < last:
        yield Obstacle(
            "更新日期不能早于上次更新日 {last}", Clause.G_7, field="updated_on", last=last
        )


def obstacles_to_measure(
    state: CardState, has_data: bool, is_connected: bool
) -> Iterator[Obstacle]:
    """Yield every reason the quality of a card's data cannot be measured."""
    if state is CardState.CLOSED:
        yield Obstacle("已注销的资产不再测量数据质量", Clause.G_7)
    if not has_data:
        yield Obstacle("该资产没有关联的数据资源，无法测量", Clause.G_7)
    elif not is_connected:
        yield Obstacle("数据源已经停用，无法测量", Clause.G_7)


def obstacles_to_grade_at_all(state: CardState) -> Iterator[Obstacle]:
    """Yield every reason no grade may be confirmed, whichever it is."""
    if state in (CardState.CLOSED, CardState.IN_DISPOSAL):
        yield Obstacle("处置中或已注销的资产不再定级", Clause.G_2)


def obstacles_to_grade(
    state: CardState, grade: Grade, current: Grade | None, proposed: Grade, reason: str
) -> Iterator[Obstacle]:
    """Yield every reason the grade may not be confirmed: lower than proposed needs a reason."""
    yield from obstacles_to_grade_at_all(state)
    lowered = grade.strictness < max(proposed, current or proposed, key=_strictness).strictness
    if lowered and not reason.strip():
        yield Obstacle(
            "低于系统建议级别或现有级别时，请写明理由（就高从严）", Clause.G_2, field="reason"
        )
    if current in (Grade.IMPORTANT, Grade.CORE, Grade.SECRET) and lowered:
        yield Obstacle(
            "重要数据、核心数据和涉密数据的级别不得在本系统内调低", Clause.G_2, field="grade"
        )


def obstacles_to_use(state: CardState, grade: Grade | None) -> Iterator[Obstacle]:
    """Yield every reason an asset may not be granted, opened, asked or sold just now."""
    if state is not CardState.IN_FORCE:
        yield Obstacle("资产卡片不在册，不能办理", Clause.N_4)
    if grade is None:
        yield Obstacle("资产尚未定级，请先确认数据级别", Clause.G_2)
    if grade is Grade.SECRET:
        yield Obstacle("依法保密的数据资产不予开放和授权", Clause.N_5)
    if grade is Grade.CORE:
        yield Obstacle("核心数据不纳入授权运营范围", Clause.G_2)


def _strictness(grade: Grade) -> int:
    return grade.strictness
