from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class SuccessionDrafted(Event):
    """It was planned that some bodies are succeeded by others: how, who, and on which ground."""

    kind: ClassVar[str] = "succession.drafted"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "拟订承继方案"

    number: str
    manner: str
    ground: str
    former_ids: tuple[str, ...]
    heir_ids: tuple[str, ...]
    continues: bool


@dataclass(frozen=True)
class SuccessionAssigned(Event):
    """In a division, some things were assigned to one of the heirs."""

    kind: ClassVar[str] = "succession.assigned"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "分配承继事项"

    estate: str
    heir_id: str
    thing_ids: tuple[str, ...]


@dataclass(frozen=True)
class SuccessionSubmitted(Event):
    """A plan of succession was put to approval, with how many things it passes."""

    kind: ClassVar[str] = "succession.submitted"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "提交承继方案"

    case_id: str
    things: int


@dataclass(frozen=True)
class SuccessionSentBack(Event):
    """A plan of succession was not approved, and is a draft again."""

    kind: ClassVar[str] = "succession.sent_back"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "承继方案未获批准"

    outcome: str


@dataclass(frozen=True)
class SuccessionAbandoned(Event):
    """A plan of succession was given up before anything passed."""

    kind: ClassVar[str] = "succession.abandoned"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "放弃承继方案"


@dataclass(frozen=True)
class ThingsPassed(Event):
    """Things of one kind passed from a former body to its heir; at most 1,000 in one entry."""

    kind: ClassVar[str] = "succession.passed"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "权利义务承继"

    estate: str
    former_id: str
    heir_id: str
    thing_ids: tuple[str, ...]


@dataclass(frozen=True)
class SuccessionDone(Event):
    """A succession was carried out: everything passed in one act, and nothing is left ownerless."""

    kind: ClassVar[str] = "succession.done"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "完成承继"

    number: str
    things: int
