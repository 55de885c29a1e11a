from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class ReportPrepared(Event):
    """A body began its yearly report on data assets; the digest fixes the figures counted."""

    kind: ClassVar[str] = "reporting.report_prepared"
    clause: ClassVar[Clause] = Clause.N_11
    label: ClassVar[str] = "编制资产报告"

    number: str
    year: int
    digest: str


@dataclass(frozen=True)
class ReportCounted(Event):
    """The figures of a report that was not yet sent were counted again."""

    kind: ClassVar[str] = "reporting.report_counted"
    clause: ClassVar[Clause] = Clause.N_11
    label: ClassVar[str] = "重新取数"

    digest: str


@dataclass(frozen=True)
class ReportWritten(Event):
    """The notes of a report were written or rewritten."""

    kind: ClassVar[str] = "reporting.report_written"
    clause: ClassVar[Clause] = Clause.N_11
    label: ClassVar[str] = "填写填报说明"

    characters: int


@dataclass(frozen=True)
class ReportSubmitted(Event):
    """A report whose figures agree was sent to the level above; nothing in it changes after."""

    kind: ClassVar[str] = "reporting.report_submitted"
    clause: ClassVar[Clause] = Clause.N_11
    label: ClassVar[str] = "报送资产报告"

    digest: str


@dataclass(frozen=True)
class ReportReturned(Event):
    """The level above sent a report back to be put right, and said why."""

    kind: ClassVar[str] = "reporting.report_returned"
    clause: ClassVar[Clause] = Clause.N_11
    label: ClassVar[str] = "退回资产报告"

    reason: str


@dataclass(frozen=True)
class ReportConfirmed(Event):
    """The level above confirmed a report; from now on the people's congress may read it."""

    kind: ClassVar[str] = "reporting.report_confirmed"
    clause: ClassVar[Clause] = Clause.N_11
    label: ClassVar[str] = "审核资产报告"

    digest: str


@dataclass(frozen=True)
class DisclosurePublished(Event):
    """What the public may know of an asset was published, with its terms."""

    kind: ClassVar[str] = "reporting.disclosure_published"
    clause: ClassVar[Clause] = Clause.G_14
    label: ClassVar[str] = "发布信息披露"

    title: str


@dataclass(frozen=True)
class DisclosureWithdrawn(Event):
    """A disclosure was taken back, and why."""

    kind: ClassVar[str] = "reporting.disclosure_withdrawn"
    clause: ClassVar[Clause] = Clause.G_14
    label: ClassVar[str] = "撤回信息披露"

    reason: str
