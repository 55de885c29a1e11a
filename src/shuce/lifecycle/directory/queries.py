"""Asset schedules, from where the reader stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum

from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import department_of, within_reach
from shuce.foundation.organizations.rules import HOLDERS
from shuce.kernel.choices import Choice
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.directory import rules
from shuce.lifecycle.directory.models import AssetSchedule, ScheduleChange, ScheduleLine
from shuce.lifecycle.directory.rules import COLUMNS, Line
from shuce.lifecycle.directory.words import ScheduleState
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState, Industry

_READ = Permission.CARD_VIEW
# On the register, whatever is being done about it.
_HELD = [CardState.IN_FORCE.value, CardState.IN_DISPOSAL.value]


@dataclass(frozen=True)
class Total:
    """How much of a schedule belongs to one system or one industry."""

    label: str
    count: int
    rows: int


def schedules_seen_by(member: Member) -> "QuerySet[AssetSchedule]":
    reach = within_reach(member, _READ, path="organization__path")
    return AssetSchedule.objects.filter(reach).select_related("organization__parent", "member")


def schedule_seen(schedule_id: str, by: Member) -> AssetSchedule:
    found = schedules_seen_by(by).filter(id=schedule_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这份目录清单，或您无权查看"))
    return found


def bodies_to_compile(member: Member) -> "QuerySet[Organization]":
    """The bodies whose schedule this reader compiles."""
    reach = within_reach(member, Permission.STOCKTAKE_RUN)
    return Organization.objects.filter(reach, kind__in=HOLDERS, closed_on=None).order_by("path")


def bodies_to_read(member: Member) -> "QuerySet[Organization]":
    return Organization.objects.filter(within_reach(member, _READ), kind__in=HOLDERS).order_by(
        "path"
    )


def body_to_read(organization_id: str, by: Member) -> Organization:
    found = bodies_to_read(by).filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位，或您无权查看"))
    return found


def latest_of(organization: Organization) -> AssetSchedule | None:
    return AssetSchedule.objects.filter(organization=organization).order_by("-version").first()


def lines_from(organization: Organization) -> Iterator[Line]:
    """What a body's own cards say now, as lines of a schedule."""
    department = department_of(organization)
    system = department.name if department else organization.name
    cards = Card.objects.filter(holder=organization, state__in=_HELD).order_by("id")
    for card in cards.iterator(chunk_size=2_000):
        yield Line(
            card.id,
            card.number or "",
            card.name,
            card.class_code,
            str(card.industry),
            organization.name,
            system,
            str(card.grade) if card.grade else None,
            str(card.sharing),
            str(card.opening),
            card.rows,
            card.update_cycle_days,
            str(card.value_basis),
        )


def below(organization: Organization) -> "QuerySet[Organization]":
    """The bodies directly below that hold assets, each with its latest schedule."""
    latest = AssetSchedule.objects.filter(organization=OuterRef("pk")).order_by("-version")
    return (
        Organization.objects.filter(parent=organization, kind__in=HOLDERS, closed_on=None)
        .annotate(
            schedule_id=Subquery(latest.values("id")[:1]),
            version=Subquery(latest.values("version")[:1]),
            state=Subquery(latest.values("state")[:1]),
            count=Subquery(latest.values("count")[:1]),
            submitted_at=Subquery(latest.values("submitted_at")[:1]),
        )
        .order_by("name")
    )


def standing_of(organization: Organization) -> "QuerySet[Organization]":
    """Who directly below has sent a schedule, and who has not."""
    return below(organization)


def accepted_below(organization: Organization) -> list[AssetSchedule]:
    """The last accepted schedule of every body directly below."""
    last = (
        AssetSchedule.objects.filter(
            organization=OuterRef("organization"), state=ScheduleState.ACCEPTED.value
        )
        .order_by("-version")
        .values("id")[:1]
    )
    return list(
        AssetSchedule.objects.filter(
            id=Subquery(last), organization__in=below(organization).values("pk")
        ).prefetch_related("parts")
    )


def lines_of(schedule: AssetSchedule) -> "QuerySet[ScheduleLine]":
    """Every line of a schedule, those of its parts included; each asset once.

    An asset that moved between two bodies below may stand in the lists of both, until the former
    holder sends its next: it counts where it was listed last.
    """
    taken = [schedule.id, *_parts(schedule)]
    listed_later = ScheduleLine.objects.filter(
        schedule__in=taken, card=OuterRef("card"), schedule_id__gt=OuterRef("schedule_id")
    )
    return ScheduleLine.objects.filter(~Exists(listed_later), schedule__in=taken)


def totals_of(schedule: AssetSchedule) -> tuple[int, int]:
    """How many assets a schedule lists, and how many rows they hold together."""
    found = lines_of(schedule).order_by().aggregate(count=Count("id"), total=Sum("rows"))
    return found["count"], found["total"] or 0


def changes_of(schedule: AssetSchedule) -> "QuerySet[ScheduleChange]":
    return schedule.changes.all()


def unlike_lines(
    schedule: AssetSchedule, other: AssetSchedule
) -> tuple[dict[str, Line], dict[str, Line]]:
    """The lines of two schedules by card, as far as parts that only one takes in tell of them."""
    ours, theirs = ({one.id, *_parts(one)} for one in (schedule, other))
    touched = ScheduleLine.objects.filter(schedule__in=ours ^ theirs).order_by().values("card_id")
    # Of these cards every line: one that moved stands in a part that both take in.
    after, before = (lines_of(one).filter(card__in=touched) for one in (schedule, other))
    return _by_card(after), _by_card(before)


def by_system(schedule: AssetSchedule) -> list[Total]:
    """The totals of every department's system, largest first."""
    return [Total(*row) for row in _summed(schedule, "system")]


def by_industry(schedule: AssetSchedule) -> list[Total]:
    return [
        Total(Industry(code).label, count, rows)
        for code, count, rows in _summed(schedule, "industry")
    ]


def obstacles_to_submit(schedule: AssetSchedule) -> list[Obstacle]:
    latest = latest_of(schedule.organization)
    return list(
        rules.obstacles_to_submit(
            ScheduleState(schedule.state),
            is_latest=latest is None or latest.id == schedule.id,
            has_superior=schedule.organization.parent_id is not None,
        )
    )


def _summed(schedule: AssetSchedule, column: str) -> "QuerySet[ScheduleLine, tuple[str, int, int]]":
    return (
        lines_of(schedule)
        .order_by()
        .values_list(column)
        .annotate(count=Count("id"), total=Sum("rows"))
        .order_by("-count", column)
    )


def _parts(schedule: AssetSchedule) -> list[str]:
    return list(schedule.parts.order_by().values_list("id", flat=True))


def _by_card(lines: "QuerySet[ScheduleLine]") -> dict[str, Line]:
    return {
        row.card_id: Line(**{name: _plain(getattr(row, name)) for name in COLUMNS})
        for row in lines.order_by("card_id").iterator(chunk_size=2_000)
    }


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Choice) else value
