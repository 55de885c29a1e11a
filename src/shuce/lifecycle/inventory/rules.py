"""When data found is an asset (G-4), and what a stocktake may conclude (N-8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.kernel.words import say

# How many columns a difference names.
_MOST_NAMES = 8


class ResourceState(Choice):
    FOUND = "FOUND", "待确认"
    REGISTERED = "REGISTERED", "已建卡"
    MEMORANDUM = "MEMORANDUM", "备查"
    DISMISSED = "DISMISSED", "不属资产"


class RecognitionOutcome(Choice):
    CARD = "CARD", "登记资产卡片"
    MEMORANDUM = "MEMORANDUM", "列入备查簿"
    NEITHER = "NEITHER", "仅保留目录"


class Difference(Choice):
    SURPLUS = "SURPLUS", "盘盈"
    SHORTAGE = "SHORTAGE", "盘亏"
    CHANGED = "CHANGED", "变动"


class StocktakeState(Choice):
    OPEN = "OPEN", "进行中"
    SIGNED_OFF = "SIGNED_OFF", "已办结"


class ProposedGrade(Choice):
    """What a scan proposes; a person confirms the grade of the card (G-2)."""

    L1 = "L1", "一般数据1级"
    L2 = "L2", "一般数据2级"
    L3 = "L3", "一般数据3级"
    L4 = "L4", "一般数据4级"
    L5 = "L5", "重要数据"
    L6 = "L6", "核心数据"


class MemoStanding(Choice):
    """How a memorandum entry stands on a day."""

    KEPT = "WAITING", "备查中"
    REVIEW_DUE = "OVERDUE", "逾期未复核"
    PROMOTED = "DONE", "已转卡片"
    DISMISSED = "DISMISSED", "已移出"


@dataclass(frozen=True)
class Criterion:
    """One answer of the recognition test, with what it rests on."""

    met: bool
    evidence: str


@dataclass(frozen=True)
class RecognitionAnswers:
    """The recognition test (G-4, N-1; domain practice 1.4): five questions, each with evidence."""

    lawful_source: Criterion
    held_or_controlled: Criterion
    expected_benefit: Criterion
    measurable: Criterion
    not_barred_by_secrecy: Criterion


CRITERIA = {
    "lawful_source": "来源合法，取得依据清楚",
    "held_or_controlled": "由本单位在履职或提供公共服务中持有或控制",
    "expected_benefit": "预期能产生管理服务潜力或带来经济利益",
    "measurable": "成本或价值能够可靠计量",
    "not_barred_by_secrecy": "不属于依法不得纳入资产管理的涉密数据",
}


def obstacles_to_scan(is_connected: bool) -> Iterator[Obstacle]:
    """Yield every reason a source may not be scanned."""
    if not is_connected:
        yield Obstacle("该数据源已经停用，不能扫描", Clause.N_8)


def obstacles_to_recognize(answers: RecognitionAnswers, state: ResourceState) -> Iterator[Obstacle]:
    """Yield every reason the answers cannot be taken: each one needs its evidence."""
    yield from obstacles_to_judge(state)
    for field in fields(answers):
        if not getattr(answers, field.name).evidence.strip():
            yield Obstacle(
                "请写明“{criterion}”的依据",
                Clause.G_4,
                field=field.name,
                criterion=CRITERIA[field.name],
            )


def obstacles_to_judge(state: ResourceState) -> Iterator[Obstacle]:
    """Yield every reason a resource may not be judged, whatever the answers."""
    if state is ResourceState.REGISTERED:
        yield Obstacle("该数据资源已登记资产卡片，不能重复办理", Clause.G_4)


def obstacles_to_draft(
    state: ResourceState, outcome: RecognitionOutcome | None
) -> Iterator[Obstacle]:
    """Yield every reason no card can be drafted of a resource."""
    yield from obstacles_to_judge(state)
    if outcome is None:
        yield Obstacle("请先完成数据资产确认", Clause.G_4)
    elif outcome is not RecognitionOutcome.CARD:
        yield Obstacle("该资源未满足全部确认条件，只能列入备查簿", Clause.G_4)


def memo_standing(
    promoted_on: date | None, dismissed_on: date | None, next_review_on: date, today: date
) -> MemoStanding:
    """Say how a memorandum entry stands on `today`; the review's own day is still in time."""
    if promoted_on:
        return MemoStanding.PROMOTED
    if dismissed_on:
        return MemoStanding.DISMISSED
    return MemoStanding.REVIEW_DUE if next_review_on < today else MemoStanding.KEPT


def outcome_of(answers: RecognitionAnswers) -> RecognitionOutcome:
    """All five met: a card. All but the measure of cost or value: the memorandum register."""
    if not (
        answers.lawful_source.met
        and answers.held_or_controlled.met
        and answers.expected_benefit.met
        and answers.not_barred_by_secrecy.met
    ):
        return RecognitionOutcome.NEITHER
    return RecognitionOutcome.CARD if answers.measurable.met else RecognitionOutcome.MEMORANDUM


@dataclass(frozen=True)
class Held:
    """One table as the register knows it, or as a scan saw it. `grade` is a scan's or a card's."""

    columns: Mapping[str, str] | None
    rows: int
    grade: str
    holder: str


# A scan speaks of levels 5 and 6 where a card says what they are.
_GRADES = ("L1", "L2", "L3", "L4", "IMPORTANT", "CORE", "SECRET")
_AS_ON_CARDS = {"L5": "IMPORTANT", "L6": "CORE"}


def changes(known: Held, found: Held) -> Iterator[str]:
    """Yield how what was found differs from what the register says, aspect by aspect (N-8)."""
    if known.columns is not None and found.columns is not None:
        yield from _changes_of_columns(known.columns, found.columns)
    # A tenth more or fewer rows than the card says is a change worth a look.
    if known.rows and abs(found.rows - known.rows) * 10 > known.rows:
        yield say("规模由 {was} 条变为 {now} 条", was=known.rows, now=found.rows)
    if known.grade and _strictness(found.grade) > _strictness(known.grade):
        yield say(
            "扫描建议级别（{found}）高于登记级别（{known}）", found=found.grade, known=known.grade
        )
    if known.holder != found.holder:
        yield say(
            "数据所在单位为{found}，登记的持有单位为{known}", found=found.holder, known=known.holder
        )


def _changes_of_columns(known: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for sentence, names in (
        ("增加字段 {names}", found.keys() - known.keys()),
        ("减少字段 {names}", known.keys() - found.keys()),
        ("字段类型变化 {names}", {n for n in known.keys() & found.keys() if known[n] != found[n]}),
    ):
        if names:
            shown = sorted(names)[:_MOST_NAMES]
            more = "…" if len(names) > _MOST_NAMES else ""
            yield say(sentence, names="、".join(shown) + more)


def _strictness(grade: str) -> int:
    return _GRADES.index(_AS_ON_CARDS.get(grade, grade))


def obstacles_to_compare(is_open: bool) -> Iterator[Obstacle]:
    """Yield every reason a stocktake may not be worked on."""
    if not is_open:
        yield Obstacle("本次盘点已经办结", Clause.N_8)


def obstacles_to_sign_off(open_differences: int, is_open: bool) -> Iterator[Obstacle]:
    """Yield every reason a stocktake may not be signed off yet."""
    yield from obstacles_to_compare(is_open)
    if open_differences:
        yield Obstacle("还有{count}项差异没有处理结论", Clause.N_8, count=open_differences)
