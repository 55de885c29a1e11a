from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class FileAttached(Event):
    """A file was hung on a thing of the register, with its digests: what is shown later is this."""

    kind: ClassVar[str] = "attachments.added"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "上传附件"

    about: str
    about_id: str
    name: str
    size: int
    sha256: str
    sm3: str


@dataclass(frozen=True)
class AttachmentRemoved(Event):
    """A file was taken off a thing and destroyed, and why; its record and digests stay."""

    kind: ClassVar[str] = "attachments.removed"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "移除附件"

    about: str
    about_id: str
    sha256: str
    reason: str
