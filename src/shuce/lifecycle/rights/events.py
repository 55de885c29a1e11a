from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class SecurityAssessed(Event):
    """The risks of granting an asset were assessed, question by question."""

    kind: ClassVar[str] = "rights.security_assessed"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "完成安全评估"

    passed: bool
    findings: tuple[str, ...]
    valid_until: str


@dataclass(frozen=True)
class GrantRequested(Event):
    """An operator asked for a right over an asset."""

    kind: ClassVar[str] = "rights.grant_requested"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "申请授权"

    right: str
    operator_id: str
    purpose: str
    purpose_kind: str
    fee_fen: int
    starts_on: str
    ends_on: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class GrantConcluded(Event):
    """The approval ended and the grant came into force, or did not."""

    kind: ClassVar[str] = "rights.grant_concluded"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "授权审批办结"

    number: str
    state: str


@dataclass(frozen=True)
class GrantSuspended(Event):
    """A grant was suspended: nothing can be done under it until it is resumed."""

    kind: ClassVar[str] = "rights.grant_suspended"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "暂停授权"

    reason: str


@dataclass(frozen=True)
class GrantResumed(Event):
    """A suspended grant was put back in force."""

    kind: ClassVar[str] = "rights.grant_resumed"
    clause: ClassVar[Clause] = Clause.G_13
    label: ClassVar[str] = "恢复授权"

    reason: str


@dataclass(frozen=True)
class GrantWithdrawn(Event):
    """A grant was withdrawn before its time, and why."""

    kind: ClassVar[str] = "rights.grant_withdrawn"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "收回授权"

    reason: str


@dataclass(frozen=True)
class GrantExpired(Event):
    """A grant reached the end of its term."""

    kind: ClassVar[str] = "rights.grant_expired"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "授权到期"

    ends_on: str
