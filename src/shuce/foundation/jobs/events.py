from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class JobAsked(Event):
    """Somebody asked for long work to be done in the background."""

    kind: ClassVar[str] = "jobs.asked"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "提交后台工作"

    job_kind: str
    about_id: str


@dataclass(frozen=True)
class JobStopAsked(Event):
    """Somebody asked a running job to stop; what it had not finished it gives up."""

    kind: ClassVar[str] = "jobs.stop_asked"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "要求停止后台工作"


@dataclass(frozen=True)
class JobEnded(Event):
    """A background job ended: done, stopped or failed."""

    kind: ClassVar[str] = "jobs.ended"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "后台工作结束"

    state: str
