"""What may be asked, before the node judges the question itself."""

from collections.abc import Iterator

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle

LONGEST_QUESTION = 20_000


class Verdict(Choice):
    RELEASED = "released", "已放行"
    REFUSED = "refused", "已拒绝"


class What(Choice):
    RESULT = "RESULT", "净室查询结果"
    REPORT = "REPORT", "数据报告"
    DATASET = "DATASET", "去标识化数据集"


class FileForm(Choice):
    EXCEL = "xlsx", "Excel"
    CSV = "csv", "CSV"


class Ground(Choice):
    """By what a file was found to be a delivery."""

    FILE = "FILE", "文件与交付时完全一致"
    NUMBER = "NUMBER", "文件中写有交付编号"
    MARK = "MARK", "单元格中的暗记一致"
    FIGURES = "FIGURES", "数值与放行的结果一致"


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
