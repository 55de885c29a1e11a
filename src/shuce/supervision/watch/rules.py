"""How grave an incident is, when it must be reported, and what may be done with it (G-12, G-13)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shuce.foundation.organizations.rules import Kind, Level
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.register.words import CardState, Grade
from shuce.supervision.watch.words import (
    AlertState,
    IncidentKind,
    IncidentState,
    Indicator,
    Severity,
    UnitKind,
)


@dataclass(frozen=True)
class Threshold:
    """From `at_least` of an indicator on, an incident is at least of this severity."""

    indicator: Indicator
    severity: Severity
    at_least: int


@dataclass(frozen=True)
class Clock:
    """Within how many minutes, and to whom, incidents from a severity on are reported."""

    unit_kind: UnitKind
    duty_from: Severity
    minutes: int
    recipient: str


@dataclass(frozen=True)
class Extent:
    """What is known of an incident's harm so far."""

    kind: IncidentKind
    persons_affected: int
    loss: Money
    grade: Grade | None


@dataclass(frozen=True)
class Sighting:
    """Something a rule saw: about what, whose matter it is, and the facts its sentence tells."""

    subject_id: str
    organization_id: str
    card_id: str | None
    facts: Mapping[str, str | int]


@dataclass(frozen=True)
class Progress:
    """How far the handling of an incident is."""

    state: IncidentState
    severity: Severity
    is_drill: bool
    reported: bool


def severity_of(extent: Extent, thresholds: Iterable[Threshold]) -> Severity:
    """Return the gravest severity that any indicator reaches; below all of them it is 一般."""
    measured = _measured(extent)
    reached = (
        one.severity
        for one in thresholds
        if one.indicator in measured and measured[one.indicator] >= one.at_least
    )
    return max(reached, key=lambda severity: severity.rank, default=Severity.GENERAL)


def _measured(extent: Extent) -> dict[Indicator, int]:
    found = {
        Indicator.PERSONS_AFFECTED: extent.persons_affected,
        Indicator.LOSS_FEN: extent.loss.fen,
    }
    if extent.kind is IncidentKind.LEAK:
        # People whose data leaked are counted by the rule made for that, not as those cut off.
        del found[Indicator.PERSONS_AFFECTED]
        found[Indicator.PERSONS_LEAKED] = extent.persons_affected
        if extent.grade is not None:
            found[Indicator.DATA_GRADE] = extent.grade.strictness
    return found


def unit_kind_of(kind: Kind, level: Level, *, critical: bool) -> UnitKind:
    """Return how a body reports: by infrastructure first, then by its place in the State."""
    if critical:
        return UnitKind.CRITICAL
    central = level is Level.CENTRAL and kind is not Kind.ENTERPRISE
    return UnitKind.CENTRAL if central else UnitKind.OTHER


def clock_for(unit_kind: UnitKind, severity: Severity, clocks: Iterable[Clock]) -> Clock | None:
    """Return the clock that an incident of this severity runs by: the one for the gravest from."""
    fitting = (
        clock
        for clock in clocks
        if clock.unit_kind is unit_kind and clock.duty_from.rank <= severity.rank
    )
    return max(fitting, key=lambda clock: clock.duty_from.rank, default=None)


def report_due(opened_at: datetime, minutes: int | None) -> datetime | None:
    """Return by when an incident must be reported; None where no table says so."""
    return None if minutes is None else opened_at + timedelta(minutes=minutes)


def obstacles_to_handle(state: AlertState, conclusion: str) -> Iterator[Obstacle]:
    if state is not AlertState.OPEN:
        yield Obstacle("该预警已经处理", Clause.G_12)
    if not conclusion.strip():
        yield Obstacle("请写明处理结论", Clause.G_12, field="conclusion")


def obstacles_to_tune(
    due_hours: int, thresholds: Mapping[str, object], known: Iterable[str]
) -> Iterator[Obstacle]:
    """Yield every reason a rule may not be set so: exactly its own thresholds, none negative."""
    if due_hours < 1:
        yield Obstacle("处理时限须为正整数小时", Clause.G_12, field="due_hours")
    if set(thresholds) != set(known):
        yield Obstacle(
            "参数应为：{names}", Clause.G_12, field="thresholds", names="、".join(sorted(known))
        )
    for name, value in thresholds.items():
        if type(value) is not int or value < 0:
            yield Obstacle("参数{name}须为非负整数", Clause.G_12, field="thresholds", name=name)


def obstacles_to_open(
    state: CardState, description: str, persons_affected: int, loss: Money
) -> Iterator[Obstacle]:
    """Yield every reason an incident cannot be opened so. A closed card's data may still leak."""
    if state in (CardState.DRAFT, CardState.IN_APPROVAL):
        yield Obstacle("资产尚未登记在册", Clause.G_13)
    if not description.strip():
        yield Obstacle("请写明事件经过", Clause.G_13, field="description")
    yield from obstacles_to_extent(persons_affected, loss)


def obstacles_to_extent(persons_affected: int, loss: Money) -> Iterator[Obstacle]:
    if persons_affected < 0:
        yield Obstacle("人数不能为负数", Clause.G_13, field="persons_affected")
    if loss < Money(0):
        yield Obstacle("损失不能为负数", Clause.G_13, field="loss")


def obstacles_to_change(state: IncidentState) -> Iterator[Obstacle]:
    """Yield why nothing more may be added to an incident."""
    if state is IncidentState.CLOSED:
        yield Obstacle("事件已经结案", Clause.G_13)


def obstacles_to_contain(state: IncidentState) -> Iterator[Obstacle]:
    if state is not IncidentState.OPEN:
        yield Obstacle("事态已经控制", Clause.G_13)


def obstacles_to_report(
    state: IncidentState, recipient: str, reported_at: datetime, opened_at: datetime, now: datetime
) -> Iterator[Obstacle]:
    yield from obstacles_to_change(state)
    if not recipient.strip():
        yield Obstacle("请写明报告给谁", Clause.G_13, field="recipient")
    if not opened_at <= reported_at <= now:
        yield Obstacle("报告时间应在发现之后、现在之前", Clause.G_13, field="reported_at")


def obstacles_to_close(progress: Progress, lessons: str) -> Iterator[Obstacle]:
    """Yield every reason an incident may not be put to closing."""
    if progress.state is not IncidentState.CONTAINED:
        yield Obstacle("事态控制后才能申请结案", Clause.G_13)
    if progress.severity is not Severity.GENERAL and not (progress.reported or progress.is_drill):
        yield Obstacle(
            "{severity}事件尚未上报，不能结案", Clause.G_13, severity=progress.severity.label
        )
    if not lessons.strip():
        yield Obstacle("请写明原因分析和改进措施", Clause.G_13, field="lessons")


def obstacles_to_plan(title: str, steps: list[str]) -> Iterator[Obstacle]:
    if not title.strip():
        yield Obstacle("请填写预案名称", Clause.G_13, field="title")
    if not [step for step in steps if step.strip()]:
        yield Obstacle("请写明处置步骤", Clause.G_13, field="steps")


def obstacles_to_settle(state: IncidentState, waiting: int, held_back: bool) -> Iterator[Obstacle]:
    """Yield every reason the frozen grants may not be settled now."""
    if state is not IncidentState.CLOSED:
        yield Obstacle("结案批准后才能恢复或收回授权", Clause.G_13)
    elif not waiting:
        yield Obstacle("没有待处理的授权", Clause.G_13)
    if held_back:
        yield Obstacle("该资产还有其他未结案的事件，授权不能恢复", Clause.G_13)
