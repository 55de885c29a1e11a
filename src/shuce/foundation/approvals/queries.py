"""What waits for whom, and where each case stands."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from shuce.engines import procedure as engine
from shuce.engines.procedure import TaskKind
from shuce.foundation.approvals.models import (
    Case,
    Decision,
    Matter,
    Outcome,
    ProcedureVersion,
    Reminder,
    Task,
)
from shuce.foundation.approvals.procedures import NAMES
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import NotFound, Obstacle


def tasks_for(member: Member, *, deciding_again: bool = False) -> QuerySet[Task]:
    """The steps that wait for this person: by post, or by name; never on own requests.

    What the person has already decided is left out, unless the step still waits for the minutes
    of a vote, or `deciding_again` asks for it.
    """
    posts = Q(pk__in=[])
    for post in member.posts_held:
        posts |= Q(member=None, role=post.role, organization_id=post.organization_id)
    already = Decision.objects.filter(
        case=OuterRef("case"), step=OuterRef("step"), round=OuterRef("round"), member=member
    )
    # The maker answers returns, which are addressed by name, and decides nothing.
    waiting = Task.objects.filter(Q(member=member) | (posts & ~Q(case__maker=member)))
    if not deciding_again:
        waiting = waiting.exclude(Exists(already) & ~Q(kind=TaskKind.MINUTES))
    return waiting.select_related("case__organization", "case__maker", "organization").order_by(
        "due_at", "id"
    )


def cases_seen_by(member: Member) -> QuerySet[Case]:
    """Own cases, cases of places in reach, and cases in which the reader has a part."""
    mine = Q(maker=member) | Q(decisions__member=member) | Q(tasks__in=tasks_for(member))
    reach = within_reach(member, Permission.CARD_VIEW, path="organization__path")
    found = Case.objects.filter(mine | reach).values("id")
    return (
        Case.objects.filter(id__in=found)
        .select_related("organization", "maker", "version")
        .order_by("-id")
    )


def case_seen(case_id: str, by: Member) -> Case:
    case = cases_seen_by(by).filter(id=case_id).first()
    if case is None:
        raise NotFound(Obstacle("没有这件审批，或您无权查看"))
    return case


def task_of(case: Case, member: Member) -> Task | None:
    """The step of a case that waits for this person, if one does."""
    return tasks_for(member, deciding_again=True).filter(case=case).first()


def task_seen(case: Case, step: str, by: Member) -> Task:
    """The waiting step, if it waits for the reader (who may already have voted at it)."""
    task = tasks_for(by, deciding_again=True).filter(case=case, step=step).first()
    if task is None:
        raise NotFound(Obstacle("该步骤已经办结，或不由您办理"))
    return task


def has_voted(case: Case, step: str, member: Member) -> bool:
    return str(member.pk) in case.standing.deciders(step)


def return_targets(case: Case, step: str) -> tuple[str, ...]:
    """The steps to which a waiting step may return the case."""
    for task in engine.waiting(case.procedure, case.standing):
        if task.step == step:
            return task.may_return_to
    return ()


def open_case_about(matter: Matter, subject_id: str) -> Case | None:
    return Case.objects.filter(matter=matter, subject_id=subject_id, outcome=Outcome.OPEN).first()


def last_case_about(matter: Matter, subject_id: str) -> Case | None:
    return (
        Case.objects.filter(matter=matter, subject_id=subject_id)
        .select_related("version", "organization", "maker")
        .order_by("-id")
        .first()
    )


def decisions_of(case: Case) -> QuerySet[Decision]:
    return case.decisions.select_related("member", "member__organization").order_by("id")


def reminders_of(case: Case) -> list[tuple[Reminder, str]]:
    """When people were told of deadlines, and the step's title; the newest first."""
    procedure = case.procedure
    return [(one, procedure.title_of(one.step)) for one in case.reminders.order_by("-id")]


def drawing_of(case: Case) -> str:
    """The procedure as SVG, with where the case stands."""
    return engine.draw(case.procedure, case.standing, names=NAMES)


def drawing_of_version(version: ProcedureVersion, notes: Mapping[str, str]) -> str:
    """A procedure as SVG, without a case, with a note in each step; nothing for a table."""
    return "" if version.is_table else engine.draw(version.procedure, names=NAMES, notes=notes)


def current_procedures() -> list[ProcedureVersion]:
    """The newest version of every procedure and table."""
    newest: dict[tuple[str, bool], ProcedureVersion] = {}
    for version in ProcedureVersion.objects.order_by("key", "version"):
        newest[version.key, version.is_table] = version
    return list(newest.values())


def procedure_version(version_id: str) -> ProcedureVersion:
    found = ProcedureVersion.objects.filter(id=version_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个流程版本"))
    return found


def in_force(version: ProcedureVersion) -> ProcedureVersion:
    """The newest version of the same procedure or table."""
    newest = versions_of(version).first()
    assert newest is not None, "a version has at least itself"
    return newest


def versions_of(version: ProcedureVersion) -> QuerySet[ProcedureVersion]:
    """Every version of the same procedure or table, the newest first."""
    return ProcedureVersion.objects.filter(key=version.key, is_table=version.is_table).order_by(
        "-version"
    )


def version_beside(version: ProcedureVersion, other_id: str) -> ProcedureVersion:
    """Another version of the same procedure; without a name, the one before, or the only one."""
    versions = versions_of(version)
    if other_id:
        found = versions.filter(id=other_id).first()
        if found is None:
            raise NotFound(Obstacle("没有这个流程版本"))
        return found
    return versions.filter(version__lt=version.version).first() or version
