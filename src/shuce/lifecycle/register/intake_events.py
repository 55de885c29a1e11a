"""What the log tells of files of cards that were read in, taken in, undone and sent."""

from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class IntakeRead(Event):
    """A file of cards was read in and judged row by row; no card was touched."""

    kind: ClassVar[str] = "register.intake_read"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "上传并核对卡片文件"

    digest: str
    rows: int


@dataclass(frozen=True)
class IntakeJudged(Event):
    """What the rows of a file would do was worked out: new, changed, unchanged and bad ones."""

    kind: ClassVar[str] = "register.intake_judged"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "核对卡片文件完成"

    new: int
    changed: int
    unchanged: int
    bad: int


@dataclass(frozen=True)
class IntakeAsked(Event):
    """The good rows of a file are to be taken in; the recognition test of new ones is kept."""

    kind: ClassVar[str] = "register.intake_asked"
    clause: ClassVar[Clause] = Clause.G_4
    label: ClassVar[str] = "确认导入卡片"

    title: str


@dataclass(frozen=True)
class IntakePartTaken(Event):
    """Some rows of a file were taken in, in one act; each card has its own events."""

    kind: ClassVar[str] = "register.intake_part_taken"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "导入一批卡片"

    first_row: int
    last_row: int
    refused: int


@dataclass(frozen=True)
class IntakeDone(Event):
    """A file of cards was taken in; what it held and what was taken are compared (N-8)."""

    kind: ClassVar[str] = "register.intake_done"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "导入卡片完成"

    count: int
    cost_fen: int
    rejected: int
    balanced: bool


@dataclass(frozen=True)
class IntakeDiscarded(Event):
    """A file of cards was put aside before anything of it was taken in."""

    kind: ClassVar[str] = "register.intake_discarded"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "放弃导入"


@dataclass(frozen=True)
class DraftWithdrawn(Event):
    """A draft that an import made was taken away with it; nothing had happened to it since."""

    kind: ClassVar[str] = "register.draft_withdrawn"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "撤销导入的草稿"

    intake_id: str
    name: str


@dataclass(frozen=True)
class IntakeUndone(Event):
    """An import was undone as far as nobody had gone on working on its cards."""

    kind: ClassVar[str] = "register.intake_undone"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "撤销导入"

    removed: int
    restored: int
    kept: int
    reason: str


@dataclass(frozen=True)
class CardsSent(Event):
    """Cards were exported in the exchange layout: how many, at what cost, under which digest."""

    kind: ClassVar[str] = "register.cards_sent"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "按交换格式导出卡片"

    layout: str
    count: int
    cost_fen: int
    digest: str
