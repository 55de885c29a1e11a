"""Fusions and the grants they can be asked over, as the reader may see them."""

from django.db.models import Q, QuerySet

from shuce.foundation.jobs.commands import is_open
from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.cleanroom.models import Blend
from shuce.lifecycle.cleanroom.queries import studios_of
from shuce.lifecycle.rights.models import Grant


def blends_seen_by(member: Member) -> QuerySet[Blend]:
    """Fusions of the reader's own body, and those over data of places in reach."""
    reach = Q(left__operator_id=member.organization_id)
    for side in ("left", "right"):
        reach |= within_reach(
            member, Permission.CLEANROOM_OVERSEE, path=f"{side}__card__holder__path"
        )
    return Blend.objects.filter(reach).select_related(
        "left__card__holder",
        "left__operator",
        "right__card__holder",
        "member__organization",
        "question__grant__card__holder",
        "question__member__organization",
    )


def blend_seen(blend_id: str, by: Member) -> Blend:
    found = blends_seen_by(by).filter(id=blend_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这次融合，或您无权查看"))
    return found


def grants_to_blend(member: Member) -> QuerySet[Grant]:
    """The grants of the reader's own body that may be used in a fusion."""
    return studios_of(member).filter(blending=True)


def job_of(blend: Blend) -> Job | None:
    """The work that does a fusion."""
    return Job.objects.filter(kind="cleanroom.blend", subject_id=blend.id).order_by("-id").first()


def is_running(blend: Blend, job: Job | None) -> bool:
    return blend.question_id is None and job is not None and is_open(job)
