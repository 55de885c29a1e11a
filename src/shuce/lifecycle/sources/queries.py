from django.db.models import QuerySet

from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.foundation.organizations.rules import HOLDERS
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.sources import rules
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import SourceState


def sources_seen_by(member: Member) -> QuerySet[Source]:
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    return Source.objects.filter(reach).select_related("organization")


def source_seen(source_id: str, by: Member) -> Source:
    found = sources_seen_by(by).filter(id=source_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个数据源，或您无权查看"))
    return found


def places_for(member: Member, permission: Permission) -> QuerySet[Organization]:
    """The bodies that may hold data and where `member` has `permission`: what forms offer."""
    reach = within_reach(member, permission)
    return Organization.objects.filter(reach, kind__in=HOLDERS, closed_on=None).order_by("path")


def obstacles_to_close(source: Source) -> list[Obstacle]:
    return list(rules.obstacles_to_close(SourceState(source.state)))
