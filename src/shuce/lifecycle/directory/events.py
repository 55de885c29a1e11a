from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class ScheduleCompiled(Event):
    """A body's asset schedule was frozen as a version: how much it lists, and its digest."""

    kind: ClassVar[str] = "directory.compiled"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "编制目录清单"

    as_of: str
    version: int
    count: int
    parts: int
    missing: int
    digest: str


@dataclass(frozen=True)
class ScheduleSubmitted(Event):
    """A schedule was submitted to the body above."""

    kind: ClassVar[str] = "directory.submitted"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "报送目录清单"

    version: int
    digest: str
    superior_id: str


@dataclass(frozen=True)
class ScheduleAnswered(Event):
    """The body above accepted a schedule, or returned it with the reason."""

    kind: ClassVar[str] = "directory.answered"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "答复目录清单"

    version: int
    verdict: str
    reason: str
