from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class Measured(Event):
    """The quality of an asset's data was measured at its node; issues were opened and reopened."""

    kind: ClassVar[str] = "quality.measured"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "测量数据质量"

    assessment_id: str
    score_hundredths: int
    rules: int
    failing: int
    opened: int
    reopened: int


@dataclass(frozen=True)
class RulesTaken(Event):
    """The holder took rules by which the quality of an asset's data is measured from now on."""

    kind: ClassVar[str] = "quality.rules_taken"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "采用质量规则"

    rules: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class RuleWeighed(Event):
    """The weight of a rule, or the share from which it is passed, was changed."""

    kind: ClassVar[str] = "quality.rule_weighed"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "调整质量规则"

    rule_id: str
    weight: int
    least: str


@dataclass(frozen=True)
class RuleDropped(Event):
    """A rule was dropped, and why; what it measured so far stays."""

    kind: ClassVar[str] = "quality.rule_dropped"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "停用质量规则"

    rule_id: str
    reason: str


@dataclass(frozen=True)
class DimensionsWeighed(Event):
    """How much each of the six dimensions counts for an asset was set."""

    kind: ClassVar[str] = "quality.dimensions_weighed"
    clause: ClassVar[Clause] = Clause.G_6
    label: ClassVar[str] = "设定质量维度权重"

    weights: tuple[str, ...]


@dataclass(frozen=True)
class IssueOpened(Event):
    """An issue with an asset's data was opened: by an assessment that it failed, or by hand."""

    kind: ClassVar[str] = "quality.issue_opened"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "登记质量问题"

    number: str
    severity: str
    due_on: str
    origin: str


@dataclass(frozen=True)
class IssueReopened(Event):
    """An issue that was closed failed the next assessment, and is open again."""

    kind: ClassVar[str] = "quality.issue_reopened"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "质量问题重新打开"

    number: str
    severity: str
    due_on: str
    times: int


@dataclass(frozen=True)
class IssueAssigned(Event):
    """A person was named to put an issue right."""

    kind: ClassVar[str] = "quality.issue_assigned"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "指定质量问题责任人"

    number: str
    owner_id: str


@dataclass(frozen=True)
class IssueNoted(Event):
    """How far an issue has been put right was written down."""

    kind: ClassVar[str] = "quality.issue_noted"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "记录质量问题整改"

    number: str
    text: str


@dataclass(frozen=True)
class IssueClosed(Event):
    """An issue was closed with its cause and the measure taken."""

    kind: ClassVar[str] = "quality.issue_closed"
    clause: ClassVar[Clause] = Clause.G_7
    label: ClassVar[str] = "质量问题销号"

    number: str
    cause: str
    measure: str
    late: bool
