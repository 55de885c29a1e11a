"""What was asked of granted data, by whom, and what came out."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from shuce.engines.deidentify import PartRole, Recipe
from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import cases_seen_by
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.cleanroom import set_rules
from shuce.lifecycle.cleanroom.models import Dataset, Delivery, Question, Run, SavedQuery, Schedule
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.cleanroom.set_rules import Held, SetState
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.policies import policy_of
from shuce.lifecycle.rights.queries import grants_seen_by, obstacles_in_chain
from shuce.lifecycle.rights.rules import GrantState


def questions_seen_by(member: Member, *, grant_id: str = "") -> QuerySet[Question]:
    """Questions of the reader's own body, and those about data of places in reach."""
    reach = within_reach(member, Permission.CLEANROOM_OVERSEE, path="grant__card__holder__path")
    own = Q(grant__operator_id=member.organization_id)
    # Figures of a fusion are about both sides' data.
    reach |= within_reach(
        member, Permission.CLEANROOM_OVERSEE, path="blend__right__card__holder__path"
    )
    found = Question.objects.filter(reach | own)
    if grant_id:
        found = found.filter(grant_id=grant_id)
    return found.select_related(
        "grant__card__holder", "grant__operator", "member__organization", "version__query"
    )


def question_seen(question_id: str, by: Member) -> Question:
    found = questions_seen_by(by).filter(id=question_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这次查询，或您无权查看"))
    return found


def saved_seen_by(member: Member, *, grant_id: str = "") -> QuerySet[SavedQuery]:
    """The reader's own saved queries, and those its body shares."""
    found = SavedQuery.objects.filter(
        Q(member=member) | Q(shared=True), grant__operator_id=member.organization_id
    )
    if Permission.CLEANROOM_ASK not in member.permissions:
        found = found.none()
    if grant_id:
        found = found.filter(grant_id=grant_id)
    return found.select_related("grant__card__holder", "grant__operator", "member")


def saved_seen(query_id: str, by: Member) -> SavedQuery:
    found = saved_seen_by(by).filter(id=query_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个查询，或您无权查看"))
    return found


def schedules_of(query: SavedQuery) -> QuerySet[Schedule]:
    return query.schedules.select_related("member", "query")


def schedule_seen(schedule_id: str, by: Member) -> Schedule:
    found = (
        Schedule.objects.filter(id=schedule_id, query__in=saved_seen_by(by))
        .select_related("query__grant__card__holder", "query__grant__operator", "member")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这项定期报告，或您无权查看"))
    return found


def runs_of(query: SavedQuery) -> QuerySet[Run]:
    return Run.objects.filter(schedule__query=query).select_related("schedule__query", "question")


def deliveries_seen_by(member: Member) -> QuerySet[Delivery]:
    """What left to the reader's own body, and what left of data of places in reach."""
    reach = within_reach(
        member,
        Permission.CLEANROOM_OVERSEE,
        Permission.EVIDENCE_READ,
        path="grant__card__holder__path",
    )
    own = Q(grant__operator_id=member.organization_id) | Q(receiver_id=member.organization_id)
    return Delivery.objects.filter(reach | own).select_related(
        "grant__card__holder", "grant__operator", "receiver", "member__organization", "question"
    )


def datasets_seen_by(member: Member, *, grant_id: str = "") -> QuerySet[Dataset]:
    """Sets that the reader's own body made, and those of data of places in reach."""
    reach = within_reach(
        member,
        Permission.CLEANROOM_OVERSEE,
        Permission.EVIDENCE_READ,
        path="grant__card__holder__path",
    )
    own = Q(grant__operator_id=member.organization_id)
    found = Dataset.objects.filter(reach | own)
    if grant_id:
        found = found.filter(grant_id=grant_id)
    return found.select_related("grant__card__holder", "grant__operator", "member__organization")


def dataset_seen(dataset_id: str, by: Member) -> Dataset:
    found = datasets_seen_by(by).filter(id=dataset_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个数据集，或您无权查看"))
    return found


def review_of(dataset: Dataset, member: Member) -> Case | None:
    """The egress review of a set, where the reader may see it."""
    cases = cases_seen_by(member).filter(matter=Matter.DATASET_EGRESS, subject_id=dataset.id)
    return cases.first()


def columns_for_sets(grant: Grant) -> dict[str, Held]:
    """Every column of a grant's asset, as the rules of sets look at it."""
    granted = set(grant.columns)
    return {
        str(column["name"]): Held(
            str(column.get("grade") or ""),
            str(column.get("type") or ""),
            column["name"] in granted,
        )
        for column in columns_of(grant.card)
    }


def obstacles_to_take_dataset(dataset: Dataset, day: date) -> list[Obstacle]:
    """Why a set's file does not leave just now: itself, its grant, or its columns graded anew."""
    found = list(set_rules.obstacles_to_take(SetState(dataset.state), dataset.valid_until, day))
    found += obstacles_in_chain(dataset.grant, day)
    columns, grade = columns_for_sets(dataset.grant), Grade(dataset.grant.card.grade)
    found += set_rules.obstacles_in_asset(columns, grade)
    for part in Recipe.from_json(dataset.recipe).parts:
        held = columns.get(part.column)
        if held and part.role is not PartRole.SUBJECT:
            found += set_rules.obstacles_in_column(part.column, held)
    return found


def may_withdraw_dataset(dataset: Dataset, member: Member) -> bool:
    """Say whether the reader is of those who may withdraw a set: its makers, or its holder's."""
    own = dataset.grant.operator_id == member.organization_id
    holder = dataset.grant.card.holder
    return (own and Permission.CLEANROOM_ASK in member.permissions) or any(
        member.may(one, holder) for one in (Permission.GRANT_SUSPEND, Permission.GRANT_MANAGE)
    )


def may_trace(member: Member) -> bool:
    return bool({Permission.EVIDENCE_READ, Permission.CLEANROOM_OVERSEE} & member.permissions)


def studios_of(member: Member) -> QuerySet[Grant]:
    """The grants under which the reader's own body may ask."""
    return (
        grants_seen_by(member)
        .filter(operator_id=member.organization_id, state=GrantState.IN_FORCE)
        .annotate(questions_asked=Count("questions"))
    )


def studio_seen(grant_id: str, by: Member) -> Grant:
    """A grant of the reader's own body that was once given, whether or not it may be used now."""
    found = (
        grants_seen_by(by)
        .filter(id=grant_id, operator_id=by.organization_id, number__isnull=False)
        .select_related("card__holder", "card__resource", "operator")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这项授权，或您无权查看"))
    return found


def obstacles_to_ask_here(grant: Grant, member: Member, day: date) -> list[Obstacle]:
    """Why the reader may not ask under a grant just now; the command judges again."""
    found = obstacles_in_chain(grant, day)
    if Permission.CLEANROOM_ASK not in member.permissions:
        found.append(Obstacle("净室查询由运营分析师进行", Clause.N_4))
    return found


def may_export(question: Question, member: Member) -> bool:
    """Say whether the reader is of the people who may take the figures out; for the button."""
    own = question.grant.operator_id == member.organization_id
    asks = Permission.CLEANROOM_ASK in member.permissions
    return own and asks and question.verdict == Verdict.RELEASED


def what_may_be_asked(grant: Grant) -> list[dict[str, Any]]:
    """The tables of a grant with their columns and what each column may do."""
    policy, _ = policy_of(grant)
    return [
        {
            "table": table,
            "columns": [{"name": name, **column} for name, column in spec["columns"].items()],
            "minimum_group": policy["minimum_group"],
        }
        for table, spec in policy["tables"].items()
    ]
