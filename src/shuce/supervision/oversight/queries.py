"""Inspections, the evidence within the reader's sight, and what carries out each clause."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from shuce.foundation.evidence.models import Entry
from shuce.foundation.evidence.recording import EVENTS
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.register.models import Card
from shuce.supervision.oversight.models import Finding, Inspection
from shuce.supervision.oversight.rules import FindingState

_SUPERVISORS = (Permission.INSPECTION_RUN, Permission.FINDING_RECTIFY, Permission.EVIDENCE_READ)


def inspections_seen_by(member: Member) -> QuerySet[Inspection]:
    reach = within_reach(member, *_SUPERVISORS, path="organization__path")
    waiting = Count("findings", filter=~Q(findings__state=FindingState.CLOSED))
    return (
        Inspection.objects.filter(reach)
        .select_related("organization", "inspector")
        .annotate(problems=Count("findings"), waiting=waiting)
    )


def inspection_seen(inspection_id: str, by: Member) -> Inspection:
    found = inspections_seen_by(by).filter(id=inspection_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这次检查，或您无权查看"))
    return found


def findings_of(inspection: Inspection) -> QuerySet[Finding]:
    return inspection.findings.select_related("rectified_by")


def finding_seen(finding_id: str, by: Member) -> Finding:
    found = (
        Finding.objects.filter(id=finding_id, inspection__in=inspections_seen_by(by).values("id"))
        .select_related("inspection__organization")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这个问题，或您无权查看"))
    return found


def bodies_to_inspect(member: Member) -> QuerySet[Organization]:
    reach = within_reach(member, Permission.INSPECTION_RUN, path="path")
    return Organization.objects.filter(reach, closed_on=None).exclude(id=member.organization_id)


def entries_seen_by(member: Member) -> QuerySet[Entry]:
    """The evidence of places in reach, newest first; and what the reader did."""
    places = member.reach(Permission.EVIDENCE_READ)
    own = Q(member_id=member.pk)
    if not places:
        return Entry.objects.filter(own).order_by("-id")
    below = reduce(or_, (Q(path__startswith=place) for place in places))
    bodies = Organization.objects.filter(below).values("id")
    return Entry.objects.filter(own | Q(organization_id__in=bodies)).order_by("-id")


def entry_seen(entry_id: int, by: Member) -> Entry:
    """One entry: within reach, the reader's own, or of the life of a card the reader may see."""
    from shuce.lifecycle.register.queries import cards_seen_by

    entry = Entry.objects.filter(id=entry_id).first()
    seen = entry is not None and (
        entries_seen_by(by).filter(id=entry_id).exists()
        or (entry.asset_id and cards_seen_by(by).filter(id=entry.asset_id).exists())
    )
    if entry is None or not seen:
        raise NotFound(Obstacle("没有这条存证，或您无权查看"))
    return entry


@dataclass(frozen=True)
class Covered:
    """One clause: the events that carry it out, and how often each happened."""

    clause: Clause
    events: tuple[tuple[str, str, int], ...]

    @property
    def happened(self) -> int:
        return sum(count for _, _, count in self.events)


def coverage(member: Member) -> list[Covered]:
    """For every clause, the acts that carry it out, with today's figures in the reader's sight."""
    counted = dict(
        entries_seen_by(member)
        .order_by()
        .values_list("kind")
        .annotate(n=Count("id"))
        .values_list("kind", "n")
    )
    by_clause: dict[Clause, list[tuple[str, str, int]]] = {clause: [] for clause in Clause}
    for kind, event in sorted(EVENTS.items()):
        by_clause[event.clause].append((kind, say(event.label), counted.get(kind, 0)))
    return [Covered(clause, tuple(events)) for clause, events in by_clause.items()]


def names_of(member_ids: Iterable[str]) -> dict[str, str]:
    return {member.pk: str(member) for member in Member.objects.filter(pk__in=set(member_ids))}


def cards_named(card_ids: Iterable[str]) -> dict[str, str]:
    return dict(Card.objects.filter(id__in=set(card_ids)).values_list("id", "name"))
