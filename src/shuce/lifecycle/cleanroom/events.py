from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """A question was judged at the node and a result released; the receipt tells its digest."""

    kind: ClassVar[str] = "cleanroom.answered"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "净室查询放行"

    grant_id: str
    rows: int
    suppressed: int
    digest: str


@dataclass(frozen=True)
class QuestionRefused(Event):
    """A question was refused at the node, under a named rule; nothing went out."""

    kind: ClassVar[str] = "cleanroom.refused"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "净室查询拒绝"

    grant_id: str
    rule: str


@dataclass(frozen=True)
class ResultExported(Event):
    """Released figures were taken out as a file that bears a delivery's number and hidden mark.

    `digest` is the node's, of the figures; `file_digest` is the SHA-256 of the file as it left.
    """

    kind: ClassVar[str] = "cleanroom.exported"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "导出净室结果"

    grant_id: str
    digest: str
    number: str
    receiver_id: str
    file_digest: str


@dataclass(frozen=True)
class QuerySaved(Event):
    """A question with its parameters was kept for use again, or changed into a new version."""

    kind: ClassVar[str] = "cleanroom.query_saved"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "保存净室查询"

    grant_id: str
    version: int
    sql_digest: str
    shared: bool


@dataclass(frozen=True)
class QueryRetired(Event):
    """A saved query was taken out of use; its schedules stopped with it."""

    kind: ClassVar[str] = "cleanroom.query_retired"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "停用净室查询"

    grant_id: str


@dataclass(frozen=True)
class ReportScheduled(Event):
    """A saved query was put on the calendar: it is asked by itself when due."""

    kind: ClassVar[str] = "cleanroom.report_scheduled"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "设立定期报告"

    query_id: str
    every: str
    day: int
    hour: int


@dataclass(frozen=True)
class ScheduleChanged(Event):
    """A schedule was paused, resumed or stopped."""

    kind: ClassVar[str] = "cleanroom.schedule_changed"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "变更定期报告"

    state: str


@dataclass(frozen=True)
class ReportDue(Event):
    """A scheduled report came due and its run was queued, once for that time."""

    kind: ClassVar[str] = "cleanroom.report_due"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "定期报告到期"

    schedule_id: str
    due_at: str


@dataclass(frozen=True)
class ReportEnded(Event):
    """The run of a scheduled report ended: with a released result, or refused."""

    kind: ClassVar[str] = "cleanroom.report_ended"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "定期报告结束"

    schedule_id: str
    state: str
    question_id: str


@dataclass(frozen=True)
class SetMade(Event):
    """A de-identified set was made at the node; its report and the digest of its rows came back.

    `receipt` is the digest of the report as the node signed it.
    """

    kind: ClassVar[str] = "cleanroom.set_made"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "制作去标识化数据集"

    number: str
    grant_id: str
    columns: tuple[str, ...]
    k: int
    diversity: int
    digest: str
    receipt: str


@dataclass(frozen=True)
class SetDecided(Event):
    """The egress review of a de-identified set ended; `reviewers` are those who passed it."""

    kind: ClassVar[str] = "cleanroom.set_decided"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "去标识化数据集出域审查"

    number: str
    state: str
    digest: str
    reviewers: tuple[str, ...]


@dataclass(frozen=True)
class SetWithdrawn(Event):
    """A de-identified set was withdrawn: nobody takes it from then on."""

    kind: ClassVar[str] = "cleanroom.set_withdrawn"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "撤回去标识化数据集"

    number: str
    reason: str


@dataclass(frozen=True)
class BlendAsked(Event):
    """A fusion of this grant's data with another's was asked of both nodes."""

    kind: ClassVar[str] = "cleanroom.blend_asked"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "发起融合加工"

    grant_id: str
    other_grant_id: str


@dataclass(frozen=True)
class BlendAnswered(Event):
    """Both nodes let the figures of a fusion out; each asset has this event with its digest."""

    kind: ClassVar[str] = "cleanroom.blend_answered"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "融合加工放行"

    grant_id: str
    rows: int
    suppressed: int
    digest: str


@dataclass(frozen=True)
class BlendRefused(Event):
    """A node refused a fusion, under a named rule; nothing went out."""

    kind: ClassVar[str] = "cleanroom.blend_refused"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "融合加工拒绝"

    grant_id: str
    rule: str
