from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class RulesInstalled(Event):
    """The rules, thresholds, clocks and plans that were missing were installed."""

    kind: ClassVar[str] = "watch.rules_installed"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "安装监测规则"

    rules: int
    plans: int


@dataclass(frozen=True)
class RuleTuned(Event):
    """A rule was switched, or its thresholds, grade or clock were changed."""

    kind: ClassVar[str] = "watch.rule_tuned"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "调整监测规则"

    code: str
    grade: str
    enabled: bool
    due_hours: int
    thresholds: tuple[str, ...]


@dataclass(frozen=True)
class RulesRun(Event):
    """The rules were run over the register, and raised so many new alerts."""

    kind: ClassVar[str] = "watch.rules_run"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "运行监测规则"

    rules: int
    raised: int
    failed: tuple[str, ...]


@dataclass(frozen=True)
class AlertRaised(Event):
    """A rule raised an alert, with a grade, an owner and a clock."""

    kind: ClassVar[str] = "watch.alert_raised"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "发出预警"

    code: str
    grade: str
    about_id: str
    due_at: str


@dataclass(frozen=True)
class AlertHandled(Event):
    """An alert was handled, in time or late."""

    kind: ClassVar[str] = "watch.alert_handled"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "处理预警"

    code: str
    conclusion: str
    late: bool


@dataclass(frozen=True)
class PlanSet(Event):
    """A response plan was made or changed."""

    kind: ClassVar[str] = "watch.plan_set"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "制定应急预案"

    incident_kind: str
    severity: str
    version: int
    steps: int


@dataclass(frozen=True)
class IncidentOpened(Event):
    """An incident, or a drill of one, was opened and its severity and clock were set."""

    kind: ClassVar[str] = "watch.incident_opened"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "报告安全事件"

    number: str
    incident_kind: str
    severity: str
    is_drill: bool
    persons_affected: int
    loss_fen: int
    report_due_at: str


@dataclass(frozen=True)
class IncidentReassessed(Event):
    """More became known of an incident's harm, and its severity was found again."""

    kind: ClassVar[str] = "watch.incident_reassessed"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "事件重新定级"

    severity: str
    persons_affected: int
    loss_fen: int
    report_due_at: str


@dataclass(frozen=True)
class IncidentContained(Event):
    """An incident was contained: every grant in force over the asset was suspended."""

    kind: ClassVar[str] = "watch.incident_contained"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "控制安全事件"

    number: str
    grant_ids: tuple[str, ...]
    is_drill: bool


@dataclass(frozen=True)
class IncidentNoted(Event):
    """Something done about an incident was noted in its timeline."""

    kind: ClassVar[str] = "watch.incident_noted"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "记录事件处置"

    note_id: str


@dataclass(frozen=True)
class IncidentReported(Event):
    """An incident was reported outside, in time or late."""

    kind: ClassVar[str] = "watch.incident_reported"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "上报安全事件"

    recipient: str
    reported_at: str
    late: bool


@dataclass(frozen=True)
class IncidentClosureAsked(Event):
    """Lessons were drawn from an incident, and its closing was put to approval."""

    kind: ClassVar[str] = "watch.incident_closure_asked"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "申请事件结案"

    number: str
    resume: bool


@dataclass(frozen=True)
class IncidentConcluded(Event):
    """The approval of an incident's closing ended: closed, or back in handling."""

    kind: ClassVar[str] = "watch.incident_concluded"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "事件结案审批办结"

    number: str
    state: str


@dataclass(frozen=True)
class FrozenGrantsSettled(Event):
    """The grants that an incident suspended were resumed or withdrawn, as was decided."""

    kind: ClassVar[str] = "watch.frozen_grants_settled"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "处理因事件暂停的授权"

    resumed: int
    withdrawn: int
    waiting: int
