from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class ProcedureSet(Event):
    """A procedure or a decision table was set; cases opened from now on follow it."""

    kind: ClassVar[str] = "approvals.procedure_set"
    clause: ClassVar[Clause] = Clause.N_2
    label: ClassVar[str] = "设定审批流程"

    key: str
    version: int
    digest: str


@dataclass(frozen=True)
class CaseOpened(Event):
    """A matter was put to approval."""

    kind: ClassVar[str] = "approvals.opened"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "提交审批"

    number: str
    matter: str
    about_id: str


@dataclass(frozen=True)
class StepDecided(Event):
    """One person decided one step of an approval."""

    kind: ClassVar[str] = "approvals.step_decided"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "办理审批"

    step: str
    round: int
    act: str
    opinion: str


@dataclass(frozen=True)
class MinutesRecorded(Event):
    """The minutes of a collective decision were recorded with their digest."""

    kind: ClassVar[str] = "approvals.minutes_recorded"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "记录集体决策纪要"

    step: str
    minutes_number: str
    held_on: str
    digest: str


@dataclass(frozen=True)
class StepDelegated(Event):
    """A person handed a waiting step to a colleague."""

    kind: ClassVar[str] = "approvals.step_delegated"
    clause: ClassVar[Clause] = Clause.N_2
    label: ClassVar[str] = "委托办理"

    step: str
    to_id: str


@dataclass(frozen=True)
class CaseResubmitted(Event):
    """The maker answered a return, and a new round began."""

    kind: ClassVar[str] = "approvals.resubmitted"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "补正后重新提交"

    remark: str


@dataclass(frozen=True)
class DeadlineTold(Event):
    """The deadline of a waiting step came near or passed, and who was told of it."""

    kind: ClassVar[str] = "approvals.deadline_told"
    clause: ClassVar[Clause] = Clause.N_1
    label: ClassVar[str] = "催办"

    step: str
    round: int
    what: str
    told_ids: tuple[str, ...]


@dataclass(frozen=True)
class CaseClosed(Event):
    """An approval ended: approved, rejected or withdrawn."""

    kind: ClassVar[str] = "approvals.closed"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "审批办结"

    number: str
    matter: str
    outcome: str
