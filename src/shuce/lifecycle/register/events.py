from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class CardDrafted(Event):
    """A card was drafted for a recognised asset."""

    kind: ClassVar[str] = "register.card_drafted"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "起草资产卡片"

    name: str
    resource_id: str
    acquisition: str
    cost_fen: int


@dataclass(frozen=True)
class BatchDrafted(Event):
    """Cards of one body were drafted together: how many are new, were known, were refused."""

    kind: ClassVar[str] = "register.batch_drafted"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "批量起草卡片"

    title: str
    drafted: int
    known: int
    refused: int


@dataclass(frozen=True)
class BatchGraded(Event):
    """The grades of a batch's cards were confirmed together; each card has its own event."""

    kind: ClassVar[str] = "register.batch_graded"
    clause: ClassVar[Clause] = Clause.G_2
    label: ClassVar[str] = "批量确认数据级别"

    graded: int
    refused: int


@dataclass(frozen=True)
class BatchSubmitted(Event):
    """The drafts of a batch were put to one approval."""

    kind: ClassVar[str] = "register.batch_submitted"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "批量提交卡片审批"

    case_id: str
    submitted: int


@dataclass(frozen=True)
class BatchConcluded(Event):
    """The approval of a batch ended: its cards were entered under numbers, or are drafts again."""

    kind: ClassVar[str] = "register.batch_concluded"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "批量登记审批办结"

    outcome: str
    count: int


@dataclass(frozen=True)
class CardSubmitted(Event):
    """A drafted card was put to approval."""

    kind: ClassVar[str] = "register.card_submitted"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "提交卡片审批"

    case_id: str


@dataclass(frozen=True)
class CardEntered(Event):
    """A card was approved, numbered, and entered into the register."""

    kind: ClassVar[str] = "register.card_entered"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "资产卡片登记入册"

    number: str


@dataclass(frozen=True)
class CardSentBack(Event):
    """A card's approval ended without success and it is a draft again."""

    kind: ClassVar[str] = "register.card_sent_back"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "卡片审批未通过"

    outcome: str


@dataclass(frozen=True)
class CardRevised(Event):
    """A card was changed; how it read before is kept as a version."""

    kind: ClassVar[str] = "register.card_revised"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "变更资产卡片"

    version: int
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class ChangeProposed(Event):
    """A change to a card in force was put to approval; until then the card stays as it is."""

    kind: ClassVar[str] = "register.change_proposed"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "提出卡片变更"

    proposal_id: str
    case_id: str
    base_version: int
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class ChangeDeclined(Event):
    """A proposed change ended without approval; the card is as it was."""

    kind: ClassVar[str] = "register.change_declined"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "卡片变更未通过"

    proposal_id: str
    outcome: str


@dataclass(frozen=True)
class FieldAdded(Event):
    """A body asked for a further fact on the cards of all below it."""

    kind: ClassVar[str] = "register.field_added"
    clause: ClassVar[Clause] = Clause.G_6
    label: ClassVar[str] = "设立自定义字段"

    key: str
    name: str
    field_kind: str
    required: bool


@dataclass(frozen=True)
class FieldChanged(Event):
    """The wording of an added field, its choices, or whether it must be filled in, was changed."""

    kind: ClassVar[str] = "register.field_changed"
    clause: ClassVar[Clause] = Clause.G_6
    label: ClassVar[str] = "修改自定义字段"

    key: str
    name: str
    required: bool


@dataclass(frozen=True)
class FieldRetired(Event):
    """An added field was retired: no new card is asked for it, and what was said of it stays."""

    kind: ClassVar[str] = "register.field_retired"
    clause: ClassVar[Clause] = Clause.G_6
    label: ClassVar[str] = "停用自定义字段"

    key: str


@dataclass(frozen=True)
class NumberPatternSet(Event):
    """A body set how the cards entered from now on are numbered."""

    kind: ClassVar[str] = "register.number_pattern_set"
    clause: ClassVar[Clause] = Clause.G_6
    label: ClassVar[str] = "设定卡片编号规则"

    pattern: str


@dataclass(frozen=True)
class UpdateNoted(Event):
    """The data of an asset was brought up to date; its next update is counted from that day."""

    kind: ClassVar[str] = "register.update_noted"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "登记数据更新"

    updated_on: str
    rows: int


@dataclass(frozen=True)
class GradeConfirmed(Event):
    """A person confirmed the grade of an asset's data; every gate reads it from now on."""

    kind: ClassVar[str] = "register.grade_confirmed"
    clause: ClassVar[Clause] = Clause.G_2
    label: ClassVar[str] = "确认数据级别"

    grade: str
    proposed: str
    reason: str


@dataclass(frozen=True)
class CardMarked(Event):
    """A right given was marked on the card. The asset stays on the books in full."""

    kind: ClassVar[str] = "register.card_marked"
    clause: ClassVar[Clause] = Clause.G_6
    label: ClassVar[str] = "加注登记标识"

    text: str
    cause_id: str


@dataclass(frozen=True)
class MarkEnded(Event):
    """The mark of a right that ended was closed; it stays readable on the card."""

    kind: ClassVar[str] = "register.mark_ended"
    clause: ClassVar[Clause] = Clause.G_6
    label: ClassVar[str] = "登记标识终止"

    text: str
    cause_id: str


@dataclass(frozen=True)
class ReaderAdmitted(Event):
    """A body outside the tree was let read a card, for a cause."""

    kind: ClassVar[str] = "register.reader_admitted"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "准予查阅卡片"

    reader_id: str
    cause_id: str


@dataclass(frozen=True)
class ReaderDismissed(Event):
    """A body's right to read a card ended with its cause."""

    kind: ClassVar[str] = "register.reader_dismissed"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "终止查阅卡片"

    reader_id: str
    cause_id: str


@dataclass(frozen=True)
class UseNoted(Event):
    """A use of the asset flowed back to its card."""

    kind: ClassVar[str] = "register.use_noted"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "更新使用情况"

    uses: int
    cause_id: str


@dataclass(frozen=True)
class ValueRecorded(Event):
    """The value on a card became another, on a stated basis."""

    kind: ClassVar[str] = "register.value_recorded"
    clause: ClassVar[Clause] = Clause.G_9
    label: ClassVar[str] = "记录资产价值"

    value_fen: int
    basis: str
    cause_id: str


@dataclass(frozen=True)
class DisposalBegun(Event):
    """A card was set aside for disposal: no new right can be given over it."""

    kind: ClassVar[str] = "register.disposal_begun"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "进入处置"

    cause_id: str


@dataclass(frozen=True)
class DisposalAbandoned(Event):
    """A disposal was not approved, and the card is in force again."""

    kind: ClassVar[str] = "register.disposal_abandoned"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "终止处置"

    cause_id: str


@dataclass(frozen=True)
class CardClosed(Event):
    """A card was closed after its asset was disposed of as approved."""

    kind: ClassVar[str] = "register.card_closed"
    clause: ClassVar[Clause] = Clause.N_6
    label: ClassVar[str] = "注销资产卡片"

    cause_id: str


@dataclass(frozen=True)
class HolderChanged(Event):
    """An asset passed to the body that succeeds its former holder; its number did not change."""

    kind: ClassVar[str] = "register.holder_changed"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "持有单位变更"

    former_id: str
    heir_id: str


@dataclass(frozen=True)
class BookingNoted(Event):
    """A card was noted as carried in the books, with its subject, voucher and original value."""

    kind: ClassVar[str] = "register.booking_noted"
    clause: ClassVar[Clause] = Clause.N_8
    label: ClassVar[str] = "卡片入账"

    account_code: str
    voucher_number: str
    cost_fen: int
