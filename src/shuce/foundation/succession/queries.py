"""What a succession passes, to whom, and what stands in its way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.foundation.organizations.rules import Kind
from shuce.foundation.succession import rules
from shuce.foundation.succession.heritage import Estate, Thing, all_estates, estate_called
from shuce.foundation.succession.models import Passing, Succession
from shuce.foundation.succession.rules import Body, Manner, SuccessionState
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say

_READERS = (Permission.SUCCESSION_PROPOSE, Permission.CASE_DECIDE, Permission.EVIDENCE_READ)


def body_of(organization: Organization) -> Body:
    """What the rules need to know of a body."""
    below = organization.children.filter(closed_on=None).values_list("kind", flat=True)
    return Body(
        organization.id,
        organization.name,
        Kind(organization.kind),
        organization.path,
        organization.closed_on is not None,
        organization.parent_id is None and organization.kind == Kind.FINANCE,
        frozenset(Kind(kind) for kind in below),
    )


def successions_seen_by(member: Member) -> "QuerySet[Succession]":
    """Plans decided where the reader may look, or whose bodies stand there."""
    seen = within_reach(member, *_READERS, path="place__path") | within_reach(
        member, *_READERS, path="parts__organization__path"
    )
    return (
        Succession.objects.filter(seen | Q(drafted_by=member))
        .distinct()
        .select_related("place", "drafted_by")
        .prefetch_related("parts__organization")
    )


def succession_seen(succession_id: str, by: Member) -> Succession:
    found = successions_seen_by(by).filter(id=succession_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这份承继方案，或您无权查看"))
    return found


def bodies_to_choose(by: Member) -> "QuerySet[Organization]":
    """The living bodies that may take part in a plan of this reader."""
    reach = within_reach(by, Permission.SUCCESSION_PROPOSE)
    return Organization.objects.filter(
        Q(closed_on=None) & (reach | ~Q(kind__in=[kind for kind in Kind if kind.holds_assets]))
    ).order_by("path")


def heirs_to_choose(by: Member) -> "QuerySet[Organization]":
    """Whoever may succeed: an heir need not stand where the planner may act."""
    return Organization.objects.filter(closed_on=None).order_by("path")


def heir_chosen(organization_id: str, by: Member) -> Organization:
    found = heirs_to_choose(by).filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位，或它已经撤销"))
    return found


def case_of(plan: Succession) -> Case | None:
    return Case.objects.filter(matter=Matter.SUCCESSION, subject_id=plan.id).first()


def obstacles_of_others(bodies: Sequence[Organization]) -> Iterator[Obstacle]:
    """Yield each body that takes part in another plan which is not ended."""
    others = Succession.objects.filter(
        state__in=[SuccessionState.DRAFT, SuccessionState.IN_APPROVAL],
        parts__organization__in=bodies,
    ).distinct()
    for plan in others:
        yield Obstacle(
            "所选单位已在承继方案{number}中，请先办结或放弃该方案", Clause.G_12, number=plan.number
        )


def things_of(plan: Succession, estate: str = "") -> list[Thing]:
    """Everything that the former bodies have now, of one kind or of all."""
    chosen: Iterable[Estate] = all_estates()
    if estate:
        found = estate_called(estate)
        if found is None:
            raise NotFound(Obstacle("没有这类承继事项"))
        chosen = [found]
    return [thing for one in chosen for former in plan.formers for thing in one.things_of(former)]


def heir_of(plan: Succession, thing: Thing) -> Organization | None:
    """To whom a thing goes: as assigned, or as its anchor; else to the main heir.

    In a division that the former body outlives, what nobody is assigned stays: None.
    """
    heirs = {heir.id: heir for heir in plan.heirs}
    said = plan.assigned.get(thing.id) or plan.assigned.get(thing.anchor_id)
    if said:
        return heirs[said]
    return None if plan.continues else plan.heirs[0]


def things_and_heirs(plan: Succession) -> list[tuple[Thing, Organization | None]]:
    """Everything the former bodies have, and to whom it goes; None where it stays."""
    return [(thing, heir_of(plan, thing)) for thing in things_of(plan)]


def passing_of(plan: Succession) -> list[tuple[Thing, Organization]]:
    """Everything that passes, and to whom, in the order of an asset's life."""
    return [(thing, heir) for thing, heir in things_and_heirs(plan) if heir is not None]


def count_of(plan: Succession) -> int:
    return len(passing_of(plan))


def summary_of(plan: Succession) -> list[tuple[Estate, str, int]]:
    """How many things of each kind go to whom, for the page that shows a plan."""
    counted: Counter[tuple[str, str]] = Counter()
    for thing in things_of(plan):
        heir = heir_of(plan, thing)
        counted[thing.estate.key, heir.name if heir else say("留在原主体")] += 1
    return [
        (estate, name, count)
        for estate in all_estates()
        for (key, name), count in counted.items()
        if key == estate.key
    ]


def obstacles_to_pass(plan: Succession) -> Iterator[Obstacle]:
    """Yield every reason the plan could not be carried out today."""
    formers, heirs = plan.formers, plan.heirs
    yield from rules.obstacles_to_succession(
        Manner(plan.manner),
        [body_of(one) for one in formers],
        [body_of(one) for one in heirs],
        plan.continues,
        plan.ground,
    )
    passing = passing_of(plan)
    if plan.continues and not passing:
        yield Obstacle("还没有给承继主体分配任何事项", Clause.G_12)
    for estate in all_estates():
        if estate.alike:
            yield from _clashes(estate, [pair for pair in passing if pair[0].estate is estate])


def _clashes(estate: Estate, passing: list[tuple[Thing, Organization]]) -> Iterator[Obstacle]:
    """Yield each thing whose like the heir has already, or gets twice."""
    chosen = estate.model._default_manager.filter(pk__in=[thing.id for thing, _ in passing])
    rows = {str(pk): tuple(same) for pk, *same in chosen.values_list("pk", *estate.alike)}
    taken: set[tuple[str, tuple[object, ...]]] = set()
    for heir in {whose.id: whose for _, whose in passing}.values():
        theirs = estate.rows_of(heir).values_list(*estate.alike)
        taken |= {(heir.id, tuple(values)) for values in theirs}
    for thing, heir in passing:
        same = (heir.id, rows[thing.id])
        if same in taken:
            yield Obstacle(
                "“{heir}”已有相同的{kind}：{thing}；请先终止其中一项",
                Clause.G_12,
                heir=heir.name,
                kind=thing.kind,
                thing=thing.text,
            )
        taken.add(same)


def former_holders_of(thing_id: str) -> "QuerySet[Passing]":
    """Who had a thing before, and how it passed: newest first."""
    return (
        Passing.objects.filter(thing_id=thing_id)
        .select_related("former", "heir", "succession")
        .order_by("-id")
    )


def passings_through(organization: Organization, estate: str) -> "QuerySet[Passing]":
    """Return what passed from a body or to it, of one kind of thing, in the order it happened."""
    return (
        Passing.objects.filter(Q(former=organization) | Q(heir=organization), estate=estate)
        .select_related("succession")
        .order_by("id")
    )


@dataclass(frozen=True)
class Planned:
    """One row of the preview: what would pass today, from whom to whom."""

    kind: str
    text: str
    former: Organization
    heir: str


def preview_of(plan: Succession) -> list[Planned]:
    """Everything the former bodies have, and to whom each thing goes."""
    return [
        Planned(thing.kind, thing.text, thing.former, heir_words(plan, thing))
        for thing in things_of(plan)
    ]


def passings_of(plan: Succession) -> "QuerySet[Passing]":
    """Everything that passed."""
    return plan.passings.select_related("former", "heir")


def heir_words(plan: Succession, thing: Thing) -> str:
    heir = heir_of(plan, thing)
    return heir.name if heir else say("留在原主体")


def default_words(plan: Succession) -> str:
    """Where a thing goes that nobody is assigned."""
    if plan.continues:
        return say("留在原主体")
    return say("未分配（由{heir}承继）", heir=plan.heirs[0].name)


def obstacles_to_change(plan: Succession, member: Member) -> list[Obstacle]:
    """Every reason this reader may not change, submit or give up the plan."""
    found = list(rules.obstacles_to_change(SuccessionState(plan.state)))
    if not member.may(Permission.SUCCESSION_PROPOSE, plan.place):
        found.append(Obstacle("由原主体或其财政部门的资产管理员办理", Clause.G_12))
    return found


def passed_summary_of(plan: Succession) -> list[tuple[Estate, str, int]]:
    """How many things of each kind passed to whom."""
    counted = Counter(plan.passings.values_list("estate", "heir__name"))
    return [
        (estate, name, count)
        for estate in all_estates()
        for (key, name), count in counted.items()
        if key == estate.key
    ]
