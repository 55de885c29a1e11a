from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class SourceScanned(Event):
    """A source was scanned at its node; the profile came back, no row did."""

    kind: ClassVar[str] = "inventory.source_scanned"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "扫描数据源"

    scan_id: str
    tables: int
    found: int
    missing: int


@dataclass(frozen=True)
class ResourceJudged(Event):
    """A resource was judged against the recognition test, each answer with its evidence."""

    kind: ClassVar[str] = "inventory.resource_judged"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "确认数据资产"

    recognition_id: str
    outcome: str
    unmet: tuple[str, ...]


@dataclass(frozen=True)
class MemoEntered(Event):
    """A resource that cannot be recognised yet was entered into the memorandum register."""

    kind: ClassVar[str] = "inventory.memo_entered"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "列入备查簿"

    memo_id: str
    next_review_on: str


@dataclass(frozen=True)
class MemoPromoted(Event):
    """A memorandum entry met all criteria and left for a card."""

    kind: ClassVar[str] = "inventory.memo_promoted"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "备查簿转资产卡片"

    memo_id: str


@dataclass(frozen=True)
class ResourceRegistered(Event):
    """A resource got its asset card."""

    kind: ClassVar[str] = "inventory.resource_registered"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "数据资源建卡"

    card_id: str


@dataclass(frozen=True)
class StocktakeOpened(Event):
    """A stocktake of a body's data was opened."""

    kind: ClassVar[str] = "inventory.stocktake_opened"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "开展清查盘点"

    name: str
    due_on: str


@dataclass(frozen=True)
class StocktakeCompared(Event):
    """What the last scans found was compared with the register."""

    kind: ClassVar[str] = "inventory.stocktake_compared"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "账实比对"

    surplus: int
    shortage: int
    changed: int


@dataclass(frozen=True)
class DifferenceConcluded(Event):
    """A difference found by a stocktake was handled to a conclusion."""

    kind: ClassVar[str] = "inventory.difference_concluded"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "处理盘点差异"

    line_id: str
    difference: str
    conclusion: str


@dataclass(frozen=True)
class StocktakeSignedOff(Event):
    """A stocktake was signed off with every difference handled."""

    kind: ClassVar[str] = "inventory.stocktake_signed_off"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "清查盘点办结"

    differences: int
