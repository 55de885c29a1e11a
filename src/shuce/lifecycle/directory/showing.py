"""What the pages of asset schedules show."""

from collections.abc import Iterator

from django.urls import reverse

from shuce.foundation.office.parts import Action, Crumb, Figure
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.choices import Choice
from shuce.kernel.words import say
from shuce.lifecycle.directory import queries
from shuce.lifecycle.directory.models import AssetSchedule, ScheduleChange, ScheduleLine
from shuce.lifecycle.directory.words import ScheduleState
from shuce.lifecycle.register.words import Grade, Industry, Opening, Sharing, ValueBasis

_CHOICES: dict[str, type[Choice]] = {
    "industry": Industry,
    "grade": Grade,
    "sharing": Sharing,
    "opening": Opening,
    "value_basis": ValueBasis,
}


def told_of(change: ScheduleChange) -> str:
    """Return what changed in a line, as people read it."""
    return "；".join(
        f"{say(str(ScheduleLine._meta.get_field(name).verbose_name))}："  # type: ignore[union-attr]
        f"{_word(name, before)} → {_word(name, after)}"
        for name, before, after in change.facts
    )


def page_of(schedule: AssetSchedule) -> str:
    return reverse("directory:schedule", args=[schedule.id])


def crumbs_of(schedule: AssetSchedule) -> list[Crumb]:
    return [
        Crumb(say("目录清单"), reverse("directory:schedules")),
        Crumb(schedule.organization.name, page_of(schedule)),
    ]


def figures_of(schedule: AssetSchedule) -> list[Figure]:
    return [
        Figure(say("资产数"), schedule.count, icon="books"),
        Figure(say("数据规模（条）"), schedule.rows, icon="database"),
        Figure(say("下级清单"), schedule.parts.count(), icon="report"),
        Figure(
            say("未报送单位"),
            len(schedule.missing),
            icon="alert-triangle",
            tone="yellow" if schedule.missing else "",
        ),
    ]


def facts_of(schedule: AssetSchedule) -> list[tuple[object, ...]]:
    return [
        ("状态", schedule.state),
        ("清单日期", schedule.as_of),
        ("编制人", schedule.member),
        ("报送时间", schedule.submitted_at),
        ("答复时间", schedule.answered_at),
        ("答复意见", schedule.answer),
        ("未报送单位", "、".join(schedule.missing)),
        ("摘要（SHA-256）", schedule.digest),
    ]


def actions_of_list(member: Member) -> Iterator[Action]:
    body = _own(member)
    if body:
        yield Action(
            say("下级报送情况"), reverse("directory:standing", args=[body.id]), icon="report"
        )
    if queries.bodies_to_compile(member).exists():
        yield Action(say("编制目录清单"), reverse("directory:compile"), icon="plus", primary=True)


def actions_of(schedule: AssetSchedule, member: Member) -> Iterator[Action]:
    """What the reader can do with one schedule."""
    if schedule.version > 1:
        yield Action(
            say("与上一版比较"), reverse("directory:changes", args=[schedule.id]), icon="history"
        )
    above = schedule.organization.parent
    if (
        above
        and schedule.state == ScheduleState.SUBMITTED
        and member.may(Permission.STOCKTAKE_RUN, above)
    ):
        yield Action(
            say("接收或退回"),
            reverse("directory:answer", args=[schedule.id]),
            icon="check",
            primary=True,
        )
    elif member.may(Permission.STOCKTAKE_RUN, schedule.organization):
        yield Action(
            say("报送"),
            reverse("directory:submit", args=[schedule.id]),
            icon="send",
            primary=True,
            post=True,
            obstacles=queries.obstacles_to_submit(schedule),
        )


def _own(member: Member) -> Organization | None:
    bodies = queries.bodies_to_read(member)
    return bodies.filter(id=member.organization_id).first() or bodies.first()


def _word(name: str, value: str | int | None) -> str:
    if value is None:
        return "—"
    return _CHOICES[name](str(value)).label if name in _CHOICES else str(value)
