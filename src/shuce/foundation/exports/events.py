from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class ExportAsked(Event):
    """A person asked for a long list as a file; the address says which rows of it."""

    kind: ClassVar[str] = "exports.asked"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "申请导出"

    address: str
    format: str


@dataclass(frozen=True)
class ExportMade(Event):
    """A list was written to a file for the person who asked: how many rows, and its digest."""

    kind: ClassVar[str] = "exports.made"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "导出完成"

    title: str
    rows: int
    size: int
    sha256: str
