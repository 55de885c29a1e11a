"""What may be asked, before the node judges the question itself."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

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


class SavedState(Choice):
    ACTIVE = "ACTIVE", "使用中"
    RETIRED = "RETIRED", "已停用"


class Every(Choice):
    DAY = "DAY", "每天"
    WEEK = "WEEK", "每周"
    MONTH = "MONTH", "每月"


class RepeatState(Choice):
    ACTIVE = "ACTIVE", "运行中"
    PAUSED = "PAUSED", "已暂停"
    STOPPED = "STOPPED", "已停止"


class RunState(Choice):
    WAITING = "WAITING", "等待运行"
    DONE = "DONE", "已完成"
    REFUSED = "REFUSED", "未能运行"


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


def obstacles_to_save(name: str, state: SavedState, own: bool) -> Iterator[Obstacle]:
    """Yield every reason a query may not be saved, or changed, by who asks."""
    if not own:
        yield Obstacle("只有保存人可以修改这个查询")
    if not name.strip():
        yield Obstacle("请填写名称", field="name")
    if state is not SavedState.ACTIVE:
        yield Obstacle("这个查询已停用")


def obstacles_to_schedule(every: Every, day: int, hour: int) -> Iterator[Obstacle]:
    """Yield what is wrong with the time of a schedule."""
    most = {Every.DAY: 0, Every.WEEK: 7, Every.MONTH: 31}[every]
    if every is not Every.DAY and not 1 <= day <= most:
        yield Obstacle("日须在 1 到 {most} 之间", field="day", most=most)
    if not 0 <= hour <= 23:
        yield Obstacle("时须在 0 到 23 之间", field="hour")


def next_due(every: Every, day: int, hour: int, after: datetime) -> datetime:
    """Return the first time after `after` at which a schedule is due, in the zone of `after`.

    A month without such a day has its last day instead.
    """
    today = after.date()
    match every:
        case Every.DAY:
            days = [today, today + timedelta(days=1)]
        case Every.WEEK:
            first = today + timedelta(days=(day - today.isoweekday()) % 7)
            days = [first, first + timedelta(days=7)]
        case _:
            months = [(today.year, today.month), *_following(today.year, today.month)]
            days = [date(y, m, min(day, monthrange(y, m)[1])) for y, m in months]
    moments = (datetime.combine(one, time(hour), after.tzinfo) for one in days)
    return next(moment for moment in moments if moment > after)


def _following(year: int, month: int) -> list[tuple[int, int]]:
    return [(year + month // 12, month % 12 + 1)]


def obstacles_to_export(verdict: Verdict) -> Iterator[Obstacle]:
    if verdict is not Verdict.RELEASED:
        yield Obstacle("只有已放行的结果可以导出", Clause.G_8)
