"""Whom an approval tells of what: whose turn it is, what is late, and how it ended."""

from collections.abc import Collection

from django.urls import reverse

from shuce.engines.procedure import TaskKind
from shuce.foundation.approvals.models import Case, Task
from shuce.foundation.notices.commands import no_longer, tell
from shuce.foundation.notices.words import NoticeKind
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.queries import holders_of_role
from shuce.kernel.words import say

# A step's turn in one round, and the one person it is addressed to, if it is.
Turn = tuple[str, int, str | None]


def turns_of(case: Case) -> set[Turn]:
    """Return whose turn it is: told once each, however often the case is looked through."""
    return set(case.tasks.values_list("step", "round", "member_id"))


def tell_of_turns(case: Case, before: Collection[Turn], by: Signature) -> None:
    """Tell those whose turn came since `before`; what waits no more counts as read."""
    tasks = list(case.tasks.select_related("organization", "member"))
    no_longer(case.id, still=[task.step for task in tasks], by=by)
    for task in tasks:
        if (task.step, task.round, task.member_id) not in before:
            kind = NoticeKind.RETURNED if task.kind == TaskKind.ANSWER else NoticeKind.TASK
            tell_about(task, kind, deciders_of(task), by)


def tell_of_end(case: Case, by: Signature) -> None:
    """Tell the maker how the case ended."""
    no_longer(case.id, still=(), by=by)
    tell(
        NoticeKind.CLOSED,
        [] if case.maker_id == by.member_id else [case.maker],
        title=say("{outcome}：{title}", outcome=case.outcome.label, title=case.title),
        url=_address(case),
        subject_id=case.id,
        by=by,
    )


def tell_about(task: Task, kind: NoticeKind, people: list[Member], by: Signature) -> None:
    """Tell `people` of a waiting step."""
    tell(
        kind,
        [one for one in people if str(one.pk) != by.member_id],
        title=say("{step}：{title}", step=say(task.title), title=task.case.title),
        url=_address(task.case),
        subject_id=task.case_id,
        topic=task.step,
        by=by,
    )


def deciders_of(task: Task) -> list[Member]:
    """Return those for whom a step waits: by name or by post, never its maker as a decider."""
    if task.member:
        return [task.member]
    return list(holders_of_role(Role(task.role), task.organization).exclude(pk=task.case.maker_id))


def heads_above(task: Task) -> list[Member]:
    """Return the heads of the body that is late; where it has none but the decider, those above."""
    late = {str(one.pk) for one in deciders_of(task)}
    body: Organization | None = task.organization
    while body is not None:
        heads = [one for one in holders_of_role(Role.UNIT_HEAD, body) if str(one.pk) not in late]
        if heads:
            return heads
        body = body.parent
    return []


def _address(case: Case) -> str:
    return reverse("approvals:case", args=[case.id])
