"""What may be asked, before the node judges the question itself."""

from collections.abc import Iterator

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle

LONGEST_QUESTION = 20_000


class Verdict(Choice):
    RELEASED = "released", "已放行"
    REFUSED = "refused", "已拒绝"


def obstacles_to_ask(sql: str, operator_is_own: bool) -> Iterator[Obstacle]:
    """Yield every reason a question is not even put to the node."""
    if not operator_is_own:
        yield Obstacle("只能使用本单位获得的授权", Clause.N_4)
    if not sql.strip():
        yield Obstacle("请输入查询语句", field="sql")
    if len(sql) > LONGEST_QUESTION:
        yield Obstacle("查询语句过长，最多{most}个字符", field="sql", most=LONGEST_QUESTION)


def obstacles_to_export(verdict: Verdict) -> Iterator[Obstacle]:
    if verdict is not Verdict.RELEASED:
        yield Obstacle("只有已放行的结果可以导出", Clause.G_8)
