"""What the guard says about a question."""

from dataclasses import dataclass
from typing import Any

from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class Rule(Choice):
    """The rule by which a question was refused."""

    SYNTAX = "SYNTAX", "查询无法读懂"
    STATEMENT = "STATEMENT", "只允许单条 SELECT 查询"
    TABLE = "TABLE", "表不在授权范围内"
    COLUMN = "COLUMN_FORBIDDEN", "列不允许这样使用"
    FUNCTION = "FUNCTION", "函数不在允许之列"
    ROW_LEVEL = "ROW_LEVEL", "只允许输出汇总结果"
    JOIN = "JOIN", "关联方式不在授权范围内"
    FILTER = "FILTER", "筛选条件不允许"
    CUT_POINT = "CUT_POINT", "该列只能与约定的分界值比较"
    EXTREME = "EXTREME", "不允许取个别人的值"
    GROUP_TOO_FINE = "GROUP_TOO_FINE", "分组人数不足最小人数"
    DIFFERENCING = "DIFFERENCING", "与以前的结果相减会露出少数人"
    BUDGET = "BUDGET", "预算已经用完"
    LIMIT = "LIMIT", "超过了资源限制"
    ENGINE = "ENGINE", "查询不能执行"
    GRANT = "GRANT", "授权不在有效状态"
    RECIPE = "RECIPE", "去标识化方案不符合要求"
    SIGNATURE = "SIGNATURE", "任务签名无效"
    STALE = "STALE", "任务已过期"
    REPLAY = "REPLAY", "任务重复提交"
    SOURCE = "SOURCE", "数据源不可用"
    PARTNER = "PARTNER", "融合的另一方不可信或未按规程操作"


@dataclass(frozen=True)
class Verdict:
    """Released, with columns and rows; or refused, with the rule and a reason without any value.

    `rows` hold plain JSON values. `epsilon` is what this answer cost. `errors` gives, for each
    noised column, the half-width that holds the true figure in 95 % of cases.
    """

    rule: Rule | None = None
    reason: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    suppressed_groups: int = 0
    epsilon: float = 0.0
    errors: tuple[tuple[str, float], ...] = ()

    @property
    def is_released(self) -> bool:
        return self.rule is None


class Stopped(Exception):
    """The question breaks a rule. Raised while reading it, and turned into a verdict."""

    def __init__(self, rule: Rule, sentence: str, **facts: object) -> None:
        super().__init__(rule, sentence)
        self.rule = rule
        self.sentence = sentence
        self.facts = facts

    @property
    def verdict(self) -> Verdict:
        return refusal(self.rule, self.sentence, **self.facts)


def refusal(rule: Rule, sentence: str, **facts: object) -> Verdict:
    """Return a refusal whose reason is `sentence` (Chinese) filled with `facts`: names only."""
    return Verdict(rule=rule, reason=say(sentence, **facts))
