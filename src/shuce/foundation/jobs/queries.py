from django.db.models import Q, QuerySet

from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import NotFound, Obstacle


def jobs_seen_by(member: Member) -> QuerySet[Job]:
    """The reader's own jobs, and those of places where the reader may look."""
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return Job.objects.filter(Q(member=member) | reach).select_related("member", "organization")


def job_seen(job_id: str, by: Member) -> Job:
    job = jobs_seen_by(by).filter(id=job_id).first()
    if job is None:
        raise NotFound(Obstacle("没有这项工作，或您无权查看"))
    return job
