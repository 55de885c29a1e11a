from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class AssetBooked(Event):
    """An asset was taken into the books: at what, on which basis, and how it is spread."""

    kind: ClassVar[str] = "books.booked"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "资产入账"

    treatment: str
    basis: str
    cost_fen: int
    spread: str
    months: int
    total_units: int
    voucher_number: str


@dataclass(frozen=True)
class Amortised(Event):
    """A body's assets were amortised through a month: how many charges, and their sum."""

    kind: ClassVar[str] = "books.amortised"
    clause: ClassVar[Clause] = Clause.G_15
    label: ClassVar[str] = "计提摊销"

    through: str
    charges: int
    amount_fen: int


@dataclass(frozen=True)
class UnitsNoted(Event):
    """The work an asset did in a month was noted, from which its amortisation follows."""

    kind: ClassVar[str] = "books.units_noted"
    clause: ClassVar[Clause] = Clause.G_15
    label: ClassVar[str] = "登记工作量"

    month: str
    units: int
    amount_fen: int


@dataclass(frozen=True)
class LifeChanged(Event):
    """The estimate of an asset's useful life was changed, for what was left to be spread."""

    kind: ClassVar[str] = "books.life_changed"
    clause: ClassVar[Clause] = Clause.G_15
    label: ClassVar[str] = "变更摊销年限"

    left_fen: int
    months: int
    total_units: int
    reason: str


@dataclass(frozen=True)
class AssetImpaired(Event):
    """An enterprise wrote an asset down below its carrying amount, and why."""

    kind: ClassVar[str] = "books.impaired"
    clause: ClassVar[Clause] = Clause.G_15
    label: ClassVar[str] = "计提减值准备"

    amount_fen: int
    carried_fen: int
    reason: str


@dataclass(frozen=True)
class LedgerChecked(Event):
    """A body's cards were compared with its general ledger: how many agree and how many differ."""

    kind: ClassVar[str] = "books.ledger_checked"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "账卡核对"

    as_of: str
    agreed: int
    differences: int
    unread: int


@dataclass(frozen=True)
class DifferenceConcluded(Event):
    """A difference between card and ledger was explained and concluded."""

    kind: ClassVar[str] = "books.difference_concluded"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "处理账卡差异"

    number: str
    difference: str
    conclusion: str
