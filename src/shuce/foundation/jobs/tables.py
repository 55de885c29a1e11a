"""The list of jobs."""

from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    LinkColumn,
    MomentColumn,
    OfficeTable,
)


class JobTable(OfficeTable):
    title = LinkColumn("工作", to="jobs:job", by=["id"])
    state = ChoiceColumn("状态")
    organization = Column("单位", narrow=False)
    member = Column("提交人", narrow=False)
    asked_at = MomentColumn("提交时间")
    message = Column("结果", narrow=False, sort=False)


class JobFilters(OfficeFilters):
    search = SearchFilter("title", hint="工作名称")
    state = ChoiceFilter(JobState, "状态")

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()
