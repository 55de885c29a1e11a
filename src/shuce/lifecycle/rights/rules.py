"""What may be granted over an asset, decided from plain values (G-5, G-6, G-8, N-4, N-5)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import Period, add_months
from shuce.kernel.refusals import Obstacle
from shuce.kernel.regions import is_region, is_within
from shuce.lifecycle.register.rules import obstacles_to_use
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights.questionnaire import Question
from shuce.lifecycle.rights.row_limits import RowLimit, obstacles_in_rows


class Right(Choice):
    HOLDING = "HOLDING", "数据资源持有权"
    PROCESSING = "PROCESSING", "数据加工使用权"
    OPERATING = "OPERATING", "数据产品经营权"


class PurposeKind(Choice):
    PUBLIC = "PUBLIC", "公共治理、公益事业"
    INDUSTRY = "INDUSTRY", "产业发展、行业发展"


class FeeBasis(Choice):
    FREE = "FREE", "有条件无偿使用"
    PAID = "PAID", "有条件有偿使用"


class GrantState(Choice):
    REQUESTED = "REQUESTED", "审批中"
    IN_FORCE = "IN_FORCE", "有效"
    SUSPENDED = "SUSPENDED", "已暂停"
    REFUSED = "REFUSED", "未批准"
    WITHDRAWN = "WITHDRAWN", "已收回"
    EXPIRED = "EXPIRED", "已到期"


# A grant runs at most so long (发改数据规〔2025〕27号, in principle; confidence H).
LONGEST_TERM_MONTHS = 60
# The minimum number of people behind any released figure, by the strictness of the data.
MINIMUM_GROUP = {Grade.L1: 5, Grade.L2: 5, Grade.L3: 10, Grade.L4: 20, Grade.IMPORTANT: 50}
ASSESSMENT_VALID_MONTHS = 12


@dataclass(frozen=True)
class Terms:
    """What is asked for. The form and the API both fill in exactly this."""

    right: Right
    purpose: str
    purpose_kind: PurposeKind
    fee_basis: FeeBasis
    columns: tuple[str, ...]
    starts_on: date
    ends_on: date
    fee: Money = Money(0)
    region_code: str = "310000"
    sub_granting: bool = False
    exclusive: bool = False
    blending: bool = False
    rows: tuple[RowLimit, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What the rules need to know of the asset on the day."""

    state: CardState
    grade: Grade | None
    columns: frozenset[str]
    personal_data: bool
    personal_basis: bool
    assessment_valid_until: date | None
    appraised: bool
    guided_price: bool
    impact_valid_until: date | None = None
    offered: bool = True
    column_types: Mapping[str, str] = field(default_factory=dict)
    exclusive_periods: tuple[Period, ...] = ()
    taken_periods: tuple[Period, ...] = ()


@dataclass(frozen=True)
class SourceRight:
    """The right out of which a sub-grant would be given."""

    right: Right
    columns: frozenset[str]
    period: Period
    sub_granting: bool
    same_asset: bool = True
    same_operator: bool = False
    purpose_kind: PurposeKind = PurposeKind.INDUSTRY
    fee_basis: FeeBasis = FeeBasis.PAID
    region_code: str = "310000"
    blending: bool = False


def obstacles_to_grant(terms: Terms, asset: Standing, today: date) -> Iterator[Obstacle]:
    """Yield every reason `terms` may not be granted: the page lists them, the command refuses."""
    yield from obstacles_to_any_grant(asset, today)
    yield from _obstacles_in_terms(terms, asset, today)
    yield from _obstacles_in_fee(terms, asset)
    if terms.starts_on < terms.ends_on:
        period = Period(terms.starts_on, terms.ends_on)
        if any(period.overlaps(taken) for taken in asset.exclusive_periods):
            yield Obstacle("该资产在此期间已有独占授权", Clause.G_5, field="starts_on")
        if terms.exclusive and any(period.overlaps(taken) for taken in asset.taken_periods):
            yield Obstacle(
                "该资产在此期间已有其他授权，不能再作独占授权", Clause.G_5, field="exclusive"
            )


def obstacles_to_any_grant(asset: Standing, today: date) -> Iterator[Obstacle]:
    """Yield what stands in the way of every grant over an asset, whatever its terms."""
    yield from obstacles_to_use(asset.state, asset.grade)
    if not asset.offered:
        yield Obstacle("资产不予共享且不予开放，不能申请授权", Clause.N_5)
    if asset.assessment_valid_until is None or asset.assessment_valid_until < today:
        yield Obstacle("授权前须完成安全评估，且评估在有效期内", Clause.N_4)
    if asset.personal_data and not asset.personal_basis:
        yield Obstacle("涉及个人信息的资产须先写明处理依据和必要范围", Clause.G_4)
    if asset.personal_data and (
        asset.impact_valid_until is None or asset.impact_valid_until < today
    ):
        yield Obstacle(
            "涉及个人信息的资产，授权前须完成个人信息保护影响评估，且评估在有效期内", Clause.G_4
        )


def _obstacles_in_terms(terms: Terms, asset: Standing, today: date) -> Iterator[Obstacle]:
    if terms.right is Right.HOLDING:
        yield Obstacle(
            "只可授予加工使用权、产品经营权，持有权不随授权转移", Clause.G_6, field="right"
        )
    if not terms.purpose.strip():
        yield Obstacle("请写明用途，授权须有明确的使用范围", Clause.N_5, field="purpose")
    if not terms.columns:
        yield Obstacle("请选择授权的字段范围", Clause.N_5, field="columns")
    elif unknown := sorted(set(terms.columns) - asset.columns):
        yield Obstacle(
            "资产中没有这些字段：{columns}", Clause.N_5, field="columns", columns="、".join(unknown)
        )
    yield from obstacles_in_rows(terms.rows, asset.column_types)
    if not is_region(terms.region_code):
        yield Obstacle("行政区划代码不存在（GB/T 2260）", Clause.N_5, field="region_code")
    if terms.starts_on >= terms.ends_on:
        yield Obstacle("授权期限的终止日须晚于起始日", Clause.G_8, field="ends_on")
    elif terms.ends_on > add_months(terms.starts_on, LONGEST_TERM_MONTHS):
        yield Obstacle(
            "授权期限最长{years}年", Clause.G_8, field="ends_on", years=LONGEST_TERM_MONTHS // 12
        )
    if terms.ends_on <= today:
        yield Obstacle("授权期限已经过去", Clause.G_8, field="ends_on")


def _obstacles_in_fee(terms: Terms, asset: Standing) -> Iterator[Obstacle]:
    if terms.purpose_kind is PurposeKind.PUBLIC and terms.fee_basis is FeeBasis.PAID:
        yield Obstacle(
            "用于公共治理、公益事业的，应当有条件无偿使用", Clause.N_5, field="fee_basis"
        )
    if terms.fee_basis is FeeBasis.FREE and terms.fee:
        yield Obstacle("无偿使用不能收取费用", Clause.G_10, field="fee")
    if terms.fee_basis is FeeBasis.PAID:
        if terms.fee <= Money(0):
            yield Obstacle("有偿使用须写明费用", Clause.N_4, field="fee")
        if not (asset.appraised or asset.guided_price):
            yield Obstacle("有偿使用须先对相关权益进行评估或执行政府指导价", Clause.N_4)


def obstacles_to_sub_grant(terms: Terms, source: SourceRight) -> Iterator[Obstacle]:
    """Yield every way in which a sub-grant would be wider than the right it comes from."""
    if not source.same_asset:
        yield Obstacle("原授权不是这项资产的授权", Clause.N_4, field="source_number")
    if source.same_operator:
        yield Obstacle("不能向本单位再授权", Clause.N_4, field="source_number")
    if not source.sub_granting:
        yield Obstacle("原授权不允许再授权", Clause.N_4)
    if terms.right is not source.right:
        yield Obstacle("再授权只能授予原授权所含的权利", Clause.N_4, field="right")
    if terms.blending and not source.blending:
        yield Obstacle("原授权不允许融合加工，再授权也不能允许", Clause.G_8, field="blending")
    if not set(terms.columns) <= source.columns:
        yield Obstacle("再授权的字段不能超出原授权范围", Clause.N_4, field="columns")
    if terms.starts_on < terms.ends_on and not source.period.covers(
        Period(terms.starts_on, terms.ends_on)
    ):
        yield Obstacle("再授权的期限不能超出原授权期限", Clause.N_4, field="ends_on")
    if not is_within(terms.region_code, source.region_code):
        yield Obstacle("再授权的地域不能超出原授权地域", Clause.N_4, field="region_code")
    if source.purpose_kind is PurposeKind.PUBLIC and terms.purpose_kind is not source.purpose_kind:
        yield Obstacle(
            "原授权用于公共治理、公益事业，再授权不能改作他用", Clause.N_4, field="purpose_kind"
        )
    if source.fee_basis is FeeBasis.FREE and terms.fee_basis is FeeBasis.PAID:
        yield Obstacle("无偿取得的权利不能有偿再授权", Clause.G_10, field="fee_basis")


@dataclass(frozen=True)
class Answer:
    """What was found on one question; `evidence` names the paper that shows it."""

    met: bool
    note: str
    evidence: str = ""


def obstacles_to_assess(
    answers: dict[str, Answer], questions: Sequence[Question]
) -> Iterator[Obstacle]:
    """Yield each question of the security assessment that was left open or not explained."""
    for key in sorted(answers.keys() - {question.key for question in questions}):
        yield Obstacle("安全评估没有“{key}”这一项", Clause.G_8, key=key)
    for question in questions:
        key, text = question.key, question.text
        if key not in answers or not answers[key].note.strip():
            yield Obstacle("请写明“{question}”的核查情况", Clause.G_8, field=key, question=text)
        elif question.evidence and answers[key].met and not answers[key].evidence.strip():
            yield Obstacle(
                "请写明“{question}”的证明材料编号",
                Clause.G_8,
                field=f"evidence_{key}",
                question=text,
            )


def findings_of(answers: dict[str, Answer]) -> tuple[str, ...]:
    """The questions answered with no: each must be put right before a grant."""
    return tuple(key for key, answer in answers.items() if not answer.met)


def obstacles_to_suspend(state: GrantState) -> Iterator[Obstacle]:
    if state is not GrantState.IN_FORCE:
        yield Obstacle("只有有效的授权可以暂停", Clause.G_13)


def obstacles_to_resume(state: GrantState) -> Iterator[Obstacle]:
    if state is not GrantState.SUSPENDED:
        yield Obstacle("只有已暂停的授权可以恢复", Clause.G_13)


def obstacles_to_withdraw(state: GrantState) -> Iterator[Obstacle]:
    if state not in (GrantState.IN_FORCE, GrantState.SUSPENDED):
        yield Obstacle("只有有效或已暂停的授权可以收回", Clause.N_4)


def obstacles_to_act_under(
    state: GrantState, period: Period, day: date, card_state: CardState, grade: Grade | None
) -> Iterator[Obstacle]:
    """Yield every reason nothing may be done under a grant on `day`, whatever the path."""
    if state is not GrantState.IN_FORCE:
        yield Obstacle("授权{state}，不能使用", Clause.N_4, state=state.label)
    elif day not in period:
        yield Obstacle("今天不在授权期限内，不能使用", Clause.N_4)
    if card_state is not CardState.IN_FORCE:
        yield Obstacle("资产卡片不在册，授权不能使用", Clause.N_4)
    if grade not in MINIMUM_GROUP:
        yield Obstacle("资产的数据级别已不允许授权使用", Clause.N_5)


# What a column of a type may do in the clean room, from its use in people's hands: identifiers
# only count people, amounts only aggregate, the rest may also group and filter.
IDENTIFYING_TYPES: Collection[str] = frozenset(
    {
        "id_card",
        "bank_card",
        "passport",
        "travel_permit",
        "military_id",
        "biometric",
        "insurance_no",
        "gps",
        "password",
        "person_name",
        "mobile",
        "landline",
        "address",
        "email",
        "plate",
        "vin",
        "free_text_pii",
    }
)
