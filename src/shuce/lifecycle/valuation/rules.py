"""When an appraisal is needed, whom it may be given to, and what it must hold (G-9, G-15)."""

from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle


class AppraisalState(Choice):
    ORDERED = "ORDERED", "评估中"
    REPORTED = "REPORTED", "已出具"
    IN_APPROVAL = "IN_APPROVAL", "审批中"
    ADOPTED = "ADOPTED", "已采用"
    REFUSED = "REFUSED", "未采用"


class Method(Choice):
    COST = "COST", "成本法"
    INCOME = "INCOME", "收益法"
    MARKET = "MARKET", "市场法"


# 资产评估法 art. 26: two methods at least, unless a reason is given why one is enough.
METHODS_NEEDED = 2


# What a data asset costs to have (中评协〔2023〕17号, annex): C of the cost approach.
COST_COMPONENTS = ("前期费用", "直接成本", "间接成本", "机会成本", "相关税费")


def draw(candidates: Sequence[str], seed: str) -> str:
    """Draw one candidate so that anyone can draw again: the lowest SHA-256 of seed and candidate.

    The seed is the root of the evidence log before the draw, which nobody could choose.
    """
    return lots(candidates, seed)[0][1]


def lots(candidates: Sequence[str], seed: str) -> list[tuple[str, str]]:
    """Return every candidate's lot, the lowest first: (SHA-256 in hex, candidate)."""
    return sorted((sha256(f"{seed}:{one}".encode()).hexdigest(), one) for one in candidates)


def obstacles_to_order(
    candidates: Collection[str], scene: str, *, on_register: bool, has_grade: bool
) -> Iterator[Obstacle]:
    """Yield every reason an appraisal may not be ordered."""
    if not on_register:
        yield Obstacle("只有在册或处置中的资产可以委托评估", Clause.G_9)
    if len(candidates) < 2:
        yield Obstacle("可选评估机构不足两家，不能公平选聘", Clause.G_9)
    if not scene.strip():
        yield Obstacle("请写明应用场景，同一资产在不同场景下价值不同", Clause.G_9, field="scene")
    if not has_grade:
        yield Obstacle("资产尚未定级，请先确认数据级别", Clause.G_2)


def obstacles_to_report(methods: Collection[Method], single_reason: str) -> Iterator[Obstacle]:
    """Yield every reason an appraisal is not ready: two methods, or a recorded reason."""
    if not methods:
        yield Obstacle("请先用至少一种方法得出评估意见", Clause.G_9)
    elif len(set(methods)) < METHODS_NEEDED and not single_reason.strip():
        yield Obstacle(
            "应采用两种以上方法；仅用一种的，请写明理由", Clause.G_9, field="single_reason"
        )


def obstacles_to_adopt(state: AppraisalState) -> Iterator[Obstacle]:
    if state is not AppraisalState.REPORTED:
        yield Obstacle("只有已出具的评估结果可以采用", Clause.G_9)
