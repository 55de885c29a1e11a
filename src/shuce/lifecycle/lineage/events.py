from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class LinkEntered(Event):
    """A person entered that one asset's data goes into another."""

    kind: ClassVar[str] = "lineage.link_entered"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "登记数据血缘"

    upstream_id: str
    downstream_id: str
    columns: int
    reason: str


@dataclass(frozen=True)
class LinkEnded(Event):
    """A link of lineage was ended, and why; it stays readable."""

    kind: ClassVar[str] = "lineage.link_ended"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "终止数据血缘"

    reason: str


@dataclass(frozen=True)
class ScriptRead(Event):
    """Lineage was read from a SQL text: how much was understood, and how much was not."""

    kind: ClassVar[str] = "lineage.script_read"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "从 SQL 识别血缘"

    digest: str
    links: int
    unread: int
    unresolved_columns: int


@dataclass(frozen=True)
class EventTaken(Event):
    """An OpenLineage event was taken from a program of a body, and what links it made."""

    kind: ClassVar[str] = "lineage.event_taken"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "接收血缘上报"

    event_kind: str
    state: str
    run_id: str
    digest: str
    links: int


@dataclass(frozen=True)
class DatasetBound(Event):
    """A person decided which resource or card a reported name stands for."""

    kind: ClassVar[str] = "lineage.dataset_bound"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "绑定数据集"

    card_id: str
    resource_id: str


@dataclass(frozen=True)
class DatasetUnbound(Event):
    """A binding of a reported name was taken back."""

    kind: ClassVar[str] = "lineage.dataset_unbound"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "解除数据集绑定"

    reason: str
