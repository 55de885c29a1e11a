from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """A question was judged at the node and a result released; the receipt tells its digest."""

    kind: ClassVar[str] = "cleanroom.answered"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "净室查询放行"

    grant_id: str
    rows: int
    suppressed: int
    digest: str


@dataclass(frozen=True)
class QuestionRefused(Event):
    """A question was refused at the node, under a named rule; nothing went out."""

    kind: ClassVar[str] = "cleanroom.refused"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "净室查询拒绝"

    grant_id: str
    rule: str


@dataclass(frozen=True)
class ResultExported(Event):
    """Released figures were taken out as a file that bears a delivery's number and hidden mark.

    `digest` is the node's, of the figures; `file_digest` is the SHA-256 of the file as it left.
    """

    kind: ClassVar[str] = "cleanroom.exported"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "导出净室结果"

    grant_id: str
    digest: str
    number: str
    receiver_id: str
    file_digest: str
