from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class UsageMetered(Event):
    """A use under a contract was metered."""

    kind: ClassVar[str] = "revenue.usage_metered"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "计量使用"

    contract_id: str
    quantity: int
    serial: str


@dataclass(frozen=True)
class BillIssued(Event):
    """A bill was issued for use that was metered."""

    kind: ClassVar[str] = "revenue.bill_issued"
    clause: ClassVar[Clause] = Clause.N_7
    label: ClassVar[str] = "开具账单"

    number: str
    contract_id: str
    quantity: int
    amount_fen: int


@dataclass(frozen=True)
class ReceiptBooked(Event):
    """Money for a bill came in and was booked."""

    kind: ClassVar[str] = "revenue.receipt_booked"
    clause: ClassVar[Clause] = Clause.N_7
    label: ClassVar[str] = "登记收款"

    bill_id: str
    amount_fen: int
    serial: str


@dataclass(frozen=True)
class RevenueDistributed(Event):
    """A receipt was split among its parties, to the fen."""

    kind: ClassVar[str] = "revenue.distributed"
    clause: ClassVar[Clause] = Clause.G_10
    label: ClassVar[str] = "分配收益"

    receipt_id: str
    party_ids: tuple[str, ...]
    amounts_fen: tuple[int, ...]


@dataclass(frozen=True)
class ShareRemitted(Event):
    """A share that belongs to the treasury was remitted under its slip."""

    kind: ClassVar[str] = "revenue.share_remitted"
    clause: ClassVar[Clause] = Clause.N_7
    label: ClassVar[str] = "上缴国库"

    party_id: str
    amount_fen: int
    slip_number: str


@dataclass(frozen=True)
class EntryReversed(Event):
    """A journal entry was reversed by another."""

    kind: ClassVar[str] = "revenue.entry_reversed"
    clause: ClassVar[Clause] = Clause.N_7
    label: ClassVar[str] = "冲销凭证"

    reversed_id: str
    reason: str


@dataclass(frozen=True)
class LedgerScanned(Event):
    """The detectors of the twelve breaches ran over a body's ledger."""

    kind: ClassVar[str] = "revenue.ledger_scanned"
    clause: ClassVar[Clause] = Clause.N_7
    label: ClassVar[str] = "检查收益违规"

    codes: tuple[str, ...]


@dataclass(frozen=True)
class FindingConcluded(Event):
    """A finding of the detectors was handled to a conclusion."""

    kind: ClassVar[str] = "revenue.finding_concluded"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "处理违规线索"

    code: str
    conclusion: str


@dataclass(frozen=True)
class OutsideRecordNoted(Event):
    """An inspector noted what was learned from outside about a body's deals."""

    kind: ClassVar[str] = "revenue.outside_record_noted"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "登记外部记录"

    matter: str
    about: str
    amount_fen: int
    source: str
