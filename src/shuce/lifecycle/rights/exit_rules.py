"""How a right is handed back: which things must be done, by whom, before an exit is closed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle

# Within how many days an exit is done: no rule says; a contract may set less.
EXIT_DAYS = 30


class ExitReason(Choice):
    EXPIRED = "EXPIRED", "到期"
    WITHDRAWN = "WITHDRAWN", "收回"
    RELINQUISHED = "RELINQUISHED", "主动退出"


class ExitStepKind(Choice):
    OUTPUTS = "OUTPUTS", "成果和资料移交"
    KEYS = "KEYS", "账号、密钥和接口停用"
    COPIES = "COPIES", "数据副本清除"
    CERTIFICATE = "CERTIFICATE", "出具数据清除证明"
    BILLS = "BILLS", "合同和账款结清"


# Without a paper these are only words.
NEEDS_EVIDENCE = frozenset({ExitStepKind.COPIES, ExitStepKind.CERTIFICATE})


@dataclass(frozen=True)
class StepStanding:
    kind: ExitStepKind
    done: bool
    confirmed: bool


def obstacles_to_do(
    step: StepStanding, note: str, evidence: str, *, closed: bool
) -> Iterator[Obstacle]:
    """Yield why the operator may not report this step as done."""
    if closed:
        yield Obstacle("退出已经办结", Clause.G_8)
    if step.confirmed:
        yield Obstacle("该事项已经确认", Clause.G_8)
    if not note.strip():
        yield Obstacle("请写明办理情况", Clause.G_8, field="note")
    if step.kind in NEEDS_EVIDENCE and not evidence.strip():
        yield Obstacle("请填写证明材料编号", Clause.G_8, field="evidence")


def obstacles_to_confirm(
    step: StepStanding, *, closed: bool, same_person: bool = False
) -> Iterator[Obstacle]:
    """Yield why the holder may not confirm this step."""
    if closed:
        yield Obstacle("退出已经办结", Clause.G_8)
    if not step.done:
        yield Obstacle("运营主体尚未办理该事项", Clause.G_8)
    if step.confirmed:
        yield Obstacle("该事项已经确认", Clause.G_8)
    if same_person:
        yield Obstacle("办理人不能确认自己办理的事项", Clause.N_10)


def obstacles_to_close(
    steps: Iterable[StepStanding], *, closed: bool, unsettled: Iterable[Obstacle] = ()
) -> Iterator[Obstacle]:
    """Yield why an exit may not be closed: every step confirmed, nothing owed."""
    if closed:
        yield Obstacle("退出已经办结", Clause.G_8)
    for step in steps:
        if not step.confirmed:
            yield Obstacle("“{step}”尚未办理并确认", Clause.G_8, step=step.kind.label)
    yield from unsettled


def obstacles_from_exits(overdue: int) -> Iterator[Obstacle]:
    """Yield why a body that did not hand back in time may ask for nothing new."""
    if overdue:
        yield Obstacle(
            "本单位有{count}项授权到期未办结退出，办结后才能申请新的授权", Clause.G_8, count=overdue
        )
