"""What may be done with an asset's quality rules and issues, and how grave an issue is (G-7)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from shuce.engines.quality import QualityRule, RuleKind, catalogue
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.quality.words import Gravity, IssueState

# Ours: how far (in points of a hundred) a rule is from being passed makes it this grave.
_FROM_SHORTFALL = ((30, Gravity.GRAVE), (10, Gravity.SERIOUS), (1, Gravity.GENERAL))
# A rule that its holder counts this much makes what fails it a degree graver.
_HEAVY = 3
# Ours: within how many days an issue is to be put right.
DAYS_TO_MEND = {
    Gravity.GRAVE: 7,
    Gravity.SERIOUS: 15,
    Gravity.GENERAL: 30,
    Gravity.MINOR: 60,
}
MOST_WEIGHT = 100


def key_of(rule: QualityRule) -> str:
    """Return what a rule asks as one word: its kind, column and parameters."""
    asked = [rule.kind.value, rule.column, sorted(rule.params.items())]
    told = json.dumps(asked, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def severity_of(share: float | None, passes_from: float, weight: int) -> Gravity:
    """Return how grave it is that only `share` (0 to 1) meets a rule; None: it cannot be measured.

    By how far the share falls short, and a degree graver for a rule of great weight.
    """
    if share is None:
        return Gravity.GENERAL
    short = passes_from - 100 * share
    found = next((grave for least, grave in _FROM_SHORTFALL if short >= least), Gravity.MINOR)
    if weight < _HEAVY:
        return found
    return list(Gravity)[min(found.rank + 1, len(Gravity) - 1)]


def due_on(severity: Gravity, today: date) -> date:
    return today + timedelta(days=DAYS_TO_MEND[severity])


def obstacles_to_take(
    rule: QualityRule, columns: frozenset[str], known: frozenset[str]
) -> Iterator[Obstacle]:
    """Yield every reason a rule may not be taken for an asset with these columns and rules."""
    for name in (rule.column, str(rule.params.get("other", ""))):
        if name and name not in columns:
            yield Obstacle("数据中没有字段“{column}”", Clause.G_7, field="column", column=name)
    if rule.kind in (RuleKind.EQUAL, RuleKind.ORDER) and rule.params["other"] == rule.column:
        yield Obstacle("请选择另一个字段", Clause.G_7, field="other")
    if key_of(rule) in known:
        yield Obstacle("该资产已采用同样的规则", Clause.G_7)
    yield from obstacles_to_weigh(rule.weight, rule.passes_from)


def obstacles_to_weigh(weight: int, least: float) -> Iterator[Obstacle]:
    """Yield every reason a rule may not count this much, or be passed from this share on."""
    if not 1 <= weight <= MOST_WEIGHT:
        yield Obstacle("权重应在 1 到 {most} 之间", field="weight", most=MOST_WEIGHT)
    if not 0 < least <= 100:
        yield Obstacle("合格比例应大于 0，不超过 100", field="least")


def obstacles_to_drop(is_dropped: bool, reason: str) -> Iterator[Obstacle]:
    """Yield every reason a rule may not be dropped."""
    if is_dropped:
        yield Obstacle("该规则已经停用", Clause.G_7)
    if not reason.strip():
        yield Obstacle("请写明停用原因", Clause.G_7, field="reason")


def obstacles_to_weights(weights: Mapping[str, Any]) -> Iterator[Obstacle]:
    """Yield every reason the six dimensions may not be weighed so."""
    if set(weights) != set(catalogue().dimensions):
        yield Obstacle("请填写全部六个维度的权重", Clause.G_6)
        return
    if any(not 0 <= weight <= MOST_WEIGHT for weight in weights.values()):
        yield Obstacle("权重应在 0 到 {most} 之间", Clause.G_6, most=MOST_WEIGHT)
    elif not any(weights.values()):
        yield Obstacle("六个维度的权重不能都是 0", Clause.G_6)


def obstacles_to_open(sentence: str, is_known: bool) -> Iterator[Obstacle]:
    """Yield every reason no issue may be opened by hand."""
    if not sentence.strip():
        yield Obstacle("请写明问题情况", Clause.G_7, field="sentence")
    if is_known:
        yield Obstacle("该字段已有同类问题正在整改", Clause.G_7)


def obstacles_to_work_on(state: IssueState) -> Iterator[Obstacle]:
    """Yield every reason nothing more can be done with an issue."""
    if state is IssueState.CLOSED:
        yield Obstacle("该问题已经销号", Clause.G_7)


def obstacles_to_close(state: IssueState, cause: str, measure: str) -> Iterator[Obstacle]:
    """Yield every reason an issue may not be closed: cause and measure must be told."""
    yield from obstacles_to_work_on(state)
    if not cause.strip():
        yield Obstacle("请写明问题原因", Clause.G_7, field="cause")
    if not measure.strip():
        yield Obstacle("请写明整改措施", Clause.G_7, field="measure")
