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
class ImpactAssessed(Event):
    """What handling an asset's personal data does to people was assessed, and until when kept."""

    kind: ClassVar[str] = "rights.impact_assessed"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "完成个人信息保护影响评估"

    ground: str
    sensitive: bool
    acceptable: bool
    valid_until: str
    keep_until: str


@dataclass(frozen=True)
class ImpactReminded(Event):
    """The holder was told that the assessment of personal data is about to run out."""

    kind: ClassVar[str] = "rights.impact_reminded"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "提醒影响评估到期"

    valid_until: str


@dataclass(frozen=True)
class ImpactDiscarded(Event):
    """An assessment of personal data was removed after the years it had to be kept."""

    kind: ClassVar[str] = "rights.impact_discarded"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "清理到期的影响评估"

    assessed_on: str
    reason: str


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
    rows: tuple[str, ...] = ()
    renews: str = ""


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


@dataclass(frozen=True)
class GrantRelinquished(Event):
    """An operator gave a right up before its time, and why."""

    kind: ClassVar[str] = "rights.grant_relinquished"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "主动退出授权"

    reason: str


@dataclass(frozen=True)
class ExitOpened(Event):
    """A right is over; what must be handed back and cleared away was listed."""

    kind: ClassVar[str] = "rights.exit_opened"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "发起授权退出"

    number: str
    grant_id: str
    ground: str


@dataclass(frozen=True)
class ExitStepDone(Event):
    """The operator did one thing of an exit, with what shows it."""

    kind: ClassVar[str] = "rights.exit_step_done"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "办理退出事项"

    step: str
    note: str
    evidence: str


@dataclass(frozen=True)
class ExitStepConfirmed(Event):
    """The holder confirmed that one thing of an exit was done."""

    kind: ClassVar[str] = "rights.exit_step_confirmed"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "确认退出事项"

    step: str


@dataclass(frozen=True)
class ExitClosed(Event):
    """Everything of an exit was done, confirmed and paid."""

    kind: ClassVar[str] = "rights.exit_closed"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "授权退出办结"

    number: str


@dataclass(frozen=True)
class AssetEncumbered(Event):
    """An asset was pledged or contributed as capital, under a pilot that allows it."""

    kind: ClassVar[str] = "rights.asset_encumbered"
    clause: ClassVar[Clause] = Clause.G_5
    label: ClassVar[str] = "登记质押或入股"

    manner: str
    party: str
    amount_fen: int
    decision: str
    pilot: str


@dataclass(frozen=True)
class EncumbranceReleased(Event):
    """A pledge or contribution ended, and why."""

    kind: ClassVar[str] = "rights.encumbrance_released"
    clause: ClassVar[Clause] = Clause.G_5
    label: ClassVar[str] = "解除质押或入股"

    reason: str
