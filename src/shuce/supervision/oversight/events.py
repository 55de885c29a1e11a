from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class InspectionOpened(Event):
    """A supervisor opened an inspection of a body."""

    kind: ClassVar[str] = "oversight.inspection_opened"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "开展监督检查"

    number: str
    inspection_kind: str
    phase: str


@dataclass(frozen=True)
class ProblemFound(Event):
    """An inspection found a problem and set a day by which to put it right."""

    kind: ClassVar[str] = "oversight.problem_found"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "发现问题"

    finding_id: str
    broken_clause: str
    rectify_by: str


@dataclass(frozen=True)
class ProblemRectified(Event):
    """The body told how it put a problem right."""

    kind: ClassVar[str] = "oversight.problem_rectified"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "报告整改"

    finding_id: str


@dataclass(frozen=True)
class ProblemRechecked(Event):
    """The supervisor looked again and passed the rectification, or sent it back."""

    kind: ClassVar[str] = "oversight.problem_rechecked"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "复核整改"

    finding_id: str
    passed: bool


@dataclass(frozen=True)
class InspectionClosed(Event):
    """An inspection was closed with every problem rechecked."""

    kind: ClassVar[str] = "oversight.inspection_closed"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "监督检查办结"

    findings: int
