"""When a report may be made, sent and confirmed, whether it agrees, and what may be told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shuce.foundation.organizations.rules import HOLDERS, Kind
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.register.words import Acquisition, CardState, Grade, Opening, Sharing
from shuce.supervision.reporting.words import ReportState

FIRST_YEAR = 2020


@dataclass(frozen=True)
class Check:
    """勾稽关系: two ways to one figure. `left` and `right` are codes whose sums must be equal."""

    title: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    minus: tuple[str, ...] = ()

    def sides(self, figures: Mapping[str, int]) -> tuple[int, int]:
        """Return both sums: those of `left` less `minus`, and those of `right`."""
        taken = sum(figures[code] for code in self.minus)
        return sum(figures[code] for code in self.left) - taken, sum(
            figures[code] for code in self.right
        )


def _parts(table: str, lines: tuple[str, ...], column: str) -> tuple[str, ...]:
    return tuple(f"{table}.{line}.{column}" for line in lines)


_KINDS = tuple(kind.value for kind in Kind if kind in HOLDERS)
_GRADES = (*(grade.value for grade in Grade), "ungraded")
_MODES = tuple(mode.value for mode in Acquisition)
CHECKS: tuple[Check, ...] = (
    Check("表1 各类单位个数合计 = 总数", _parts("1", _KINDS, "count"), ("1.total.count",)),
    Check("表1 各类单位原值合计 = 总额", _parts("1", _KINDS, "cost"), ("1.total.cost",)),
    Check("表2 各级别个数合计 = 表1 总数", _parts("2", _GRADES, "count"), ("1.total.count",)),
    Check("表2 各级别原值合计 = 表1 总额", _parts("2", _GRADES, "cost"), ("1.total.cost",)),
    Check("表3 各配置方式个数合计 = 表1 总数", _parts("3", _MODES, "count"), ("1.total.count",)),
    Check("表3 各配置方式原值合计 = 表1 总额", _parts("3", _MODES, "cost"), ("1.total.cost",)),
    Check("表3 本年新增个数 = 表8 本年增加", ("3.total.new",), ("8.increase.count",)),
    Check(
        "表4 各共享属性个数合计 = 表1 总数",
        tuple(f"4.sharing_{one.value}.count" for one in Sharing),
        ("1.total.count",),
    ),
    Check(
        "表4 各开放属性个数合计 = 表1 总数",
        tuple(f"4.opening_{one.value}.count" for one in Opening),
        ("1.total.count",),
    ),
    Check(
        "表8 期初 + 增加 − 减少 = 期末（个数）",
        ("8.opening.count", "8.increase.count"),
        ("8.closing.count",),
        minus=("8.decrease.count",),
    ),
    Check(
        "表8 期初 + 增加 − 减少 + 调整 = 期末（原值）",
        ("8.opening.cost", "8.increase.cost", "8.cost_changes.cost"),
        ("8.closing.cost",),
        minus=("8.decrease.cost",),
    ),
    Check(
        "表8 期初 + 增加 − 减少 + 变动 = 期末（价值）",
        ("8.opening.value", "8.increase.value", "8.value_changes.value"),
        ("8.closing.value",),
        minus=("8.decrease.value",),
    ),
    Check("表8 期末个数 = 表1 总数", ("8.closing.count",), ("1.total.count",)),
    Check("表8 期末原值 = 表1 总额", ("8.closing.cost",), ("1.total.cost",)),
    Check("表8 期末价值 = 表1 总额", ("8.closing.value",), ("1.total.value",)),
)


def obstacles_to_prepare(
    year: int, this_year: int, holds_assets: bool, is_known: bool
) -> Iterator[Obstacle]:
    """Yield every reason no report of a year may be begun."""
    if not FIRST_YEAR <= year <= this_year:
        yield Obstacle(
            "报告年度应在{first}至{last}之间",
            Clause.N_11,
            field="year",
            first=FIRST_YEAR,
            last=this_year,
        )
    if not holds_assets:
        yield Obstacle("该单位不持有国有数据资产，不编报告", Clause.N_11, field="organization")
    if is_known:
        yield Obstacle("该单位本年度的报告已经存在", Clause.N_11, field="year")


def obstacles_to_change(state: ReportState) -> Iterator[Obstacle]:
    if state is not ReportState.DRAFT:
        yield Obstacle("报告已经报送，不能再更改；需要更改的，请上级退回", Clause.N_11)


def obstacles_to_submit(state: ReportState, figures: Mapping[str, int]) -> Iterator[Obstacle]:
    """Yield every reason a report may not be sent up: its figures must agree."""
    yield from obstacles_to_change(state)
    for check in CHECKS:
        left, right = check.sides(figures)
        if left != right:
            yield Obstacle(
                "勾稽关系不符：{title}（{left} ≠ {right}）",
                Clause.N_11,
                title=check.title,
                left=left,
                right=right,
            )


def obstacles_to_decide(state: ReportState, is_maker: bool) -> Iterator[Obstacle]:
    """Yield every reason a report may not be confirmed or returned by this person."""
    if state is not ReportState.SUBMITTED:
        yield Obstacle("只有已报送的报告可以审核", Clause.N_11)
    if is_maker:
        yield Obstacle("编制人、报送人不能审核自己的报告", Clause.N_11)


def obstacles_to_return(state: ReportState, is_maker: bool, reason: str) -> Iterator[Obstacle]:
    yield from obstacles_to_decide(state, is_maker)
    if not reason.strip():
        yield Obstacle("请写明退回原因", Clause.N_11, field="reason")


def obstacles_to_tell(
    state: CardState, grade: Grade | None, opening: Opening
) -> Iterator[Obstacle]:
    """Yield every reason an asset may not be made known to the public (N-5, G-14)."""
    if state is not CardState.IN_FORCE:
        yield Obstacle("只有在册的数据资产可以披露", Clause.G_14)
    if grade is None:
        yield Obstacle("资产尚未定级，不能披露", Clause.G_14)
    if grade is Grade.SECRET:
        yield Obstacle("依法保密的数据资产不予披露", Clause.N_5)
    if grade is Grade.CORE:
        yield Obstacle("核心数据不予披露", Clause.N_5)
    if opening is Opening.NONE:
        yield Obstacle("开放属性为“不予开放”的数据资产不能披露", Clause.N_5)
    if grade is Grade.IMPORTANT and opening is Opening.UNCONDITIONAL:
        yield Obstacle("重要数据不得无条件开放，请先更正开放属性", Clause.N_5)


def obstacles_to_publish(
    title: str, terms: str, contact: str, is_published: bool
) -> Iterator[Obstacle]:
    """Yield what a disclosure still lacks: people must learn the terms and how to ask."""
    if not title.strip():
        yield Obstacle("请填写披露标题", Clause.G_14, field="title")
    if not terms.strip():
        yield Obstacle("请写明取得和使用的条件", Clause.G_14, field="terms")
    if not contact.strip():
        yield Obstacle("请写明申请方式和联系部门", Clause.G_14, field="contact")
    if is_published:
        yield Obstacle("该资产已有披露信息，请先撤回", Clause.G_14)


def obstacles_to_take_back(is_withdrawn: bool) -> Iterator[Obstacle]:
    if is_withdrawn:
        yield Obstacle("该披露已经撤回", Clause.G_14)


def obstacles_to_withdraw(is_withdrawn: bool, reason: str) -> Iterator[Obstacle]:
    yield from obstacles_to_take_back(is_withdrawn)
    if not reason.strip():
        yield Obstacle("请写明撤回原因", Clause.G_14, field="reason")
