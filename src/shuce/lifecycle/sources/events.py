from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class SourceConnected(Event):
    """A body's source was connected at its node. The address is not told."""

    kind: ClassVar[str] = "sources.connected"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "接入数据源"

    name: str
    source_kind: str
    tables: int


@dataclass(frozen=True)
class SourceClosed(Event):
    """A source was closed: its node forgets the address."""

    kind: ClassVar[str] = "sources.closed"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "停用数据源"

    name: str
