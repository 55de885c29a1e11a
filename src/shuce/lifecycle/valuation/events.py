from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class AppraisalOrdered(Event):
    """An appraisal was ordered from an appraiser who was drawn; anyone can draw again."""

    kind: ClassVar[str] = "valuation.ordered"
    clause: ClassVar[Clause] = Clause.G_9
    label: ClassVar[str] = "委托价值评估"

    number: str
    appraiser_id: str
    candidate_ids: tuple[str, ...]
    seed: str


@dataclass(frozen=True)
class OpinionGiven(Event):
    """A method gave its value, with every input and step on record."""

    kind: ClassVar[str] = "valuation.opinion_given"
    clause: ClassVar[Clause] = Clause.G_9
    label: ClassVar[str] = "出具评估意见"

    opinion_id: str
    method: str
    value_fen: int
    flags: int


@dataclass(frozen=True)
class AppraisalReported(Event):
    """The appraiser reported one value out of the methods used."""

    kind: ClassVar[str] = "valuation.reported"
    clause: ClassVar[Clause] = Clause.G_9
    label: ClassVar[str] = "出具评估报告"

    value_fen: int
    flags: int


@dataclass(frozen=True)
class AdoptionAsked(Event):
    """The holder asked to adopt a value that bears flags, so its adjustment goes to approval."""

    kind: ClassVar[str] = "valuation.adoption_asked"
    clause: ClassVar[Clause] = Clause.G_15
    label: ClassVar[str] = "申请采用评估结果"

    case_id: str


@dataclass(frozen=True)
class AppraisalAdopted(Event):
    """A reported value was adopted and recorded on the card."""

    kind: ClassVar[str] = "valuation.adopted"
    clause: ClassVar[Clause] = Clause.G_15
    label: ClassVar[str] = "采用评估结果"

    value_fen: int


@dataclass(frozen=True)
class AppraisalRefused(Event):
    """A reported value was not adopted."""

    kind: ClassVar[str] = "valuation.refused"
    clause: ClassVar[Clause] = Clause.G_15
    label: ClassVar[str] = "不采用评估结果"

    outcome: str
