from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class DisposalProposed(Event):
    """The disposal of an asset was proposed, in which way and at which book value."""

    kind: ClassVar[str] = "disposal.proposed"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "申请处置"

    number: str
    disposal_kind: str
    book_value_fen: int
    copies: int


@dataclass(frozen=True)
class DisposalConcluded(Event):
    """The approval of a disposal ended: with an official reply, or without."""

    kind: ClassVar[str] = "disposal.concluded"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "处置审批办结"

    state: str
    reply_number: str


@dataclass(frozen=True)
class CopiesListed(Event):
    """Copies of an asset were counted again, and those newly found were listed."""

    kind: ClassVar[str] = "disposal.copies_listed"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "清点副本"

    found: int
    listed: int


@dataclass(frozen=True)
class CopyDealtWith(Event):
    """A copy, grant or product was dealt with before the asset's end."""

    kind: ClassVar[str] = "disposal.copy_dealt_with"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "清理副本"

    copy_id: str
    copy_kind: str
    how: str
    cause_id: str


@dataclass(frozen=True)
class DisposalCarriedOut(Event):
    """A disposal was carried out as its reply says, and the card closed."""

    kind: ClassVar[str] = "disposal.carried_out"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "执行处置"

    number: str
    reply_number: str
    disposal_kind: str


@dataclass(frozen=True)
class DisposalAbandoned(Event):
    """An approved disposal was given up, and the card put back in force."""

    kind: ClassVar[str] = "disposal.abandoned"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "终止处置"

    number: str
    reason: str


@dataclass(frozen=True)
class WitnessAttended(Event):
    """A second person signed that they watch the destruction."""

    kind: ClassVar[str] = "disposal.witness_attended"
    clause: ClassVar[Clause] = Clause.G_11
    label: ClassVar[str] = "监销签到"

    number: str


@dataclass(frozen=True)
class DestructionBegun(Event):
    """The destruction of an asset's data began, by one person under the eyes of another."""

    kind: ClassVar[str] = "disposal.destruction_begun"
    clause: ClassVar[Clause] = Clause.G_11
    label: ClassVar[str] = "开始销毁"

    destruction_id: str
    reply_number: str
    witness_id: str
    medium: str
    method: str
    entrusted: bool
    confidentiality_contract: str


@dataclass(frozen=True)
class DestructionFailed(Event):
    """The node destroyed nothing, and the disposal stands where it stood before."""

    kind: ClassVar[str] = "disposal.destruction_failed"
    clause: ClassVar[Clause] = Clause.G_11
    label: ClassVar[str] = "销毁未执行"

    reply_number: str


@dataclass(frozen=True)
class DataDestroyed(Event):
    """Data was destroyed at the node; the digests and the read-back tell whether it is gone."""

    kind: ClassVar[str] = "disposal.data_destroyed"
    clause: ClassVar[Clause] = Clause.G_11
    label: ClassVar[str] = "销毁数据"

    destruction_id: str
    certificate_number: str
    holds: bool
    samples: int
    found_again: int
    before_sm3: str
    after_sm3: str
