"""Put a matter to approval, decide its steps, and carry out what was decided.

The procedure engine decides what comes next; this room keeps the case, tells people what waits
for them, and hands the outcome back to the one function registered for the matter.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from shuce.engines import procedure as engine
from shuce.foundation.approvals import events, telling
from shuce.foundation.approvals.models import (
    Case,
    Decision,
    Matter,
    Outcome,
    Task,
)
from shuce.foundation.approvals.procedures import current, current_tables, loaded
from shuce.foundation.approvals.words import Act
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.foundation.organizations.queries import bureau_of, department_of, holders_of_role
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, NotPermitted, Obstacle, Refused

Conclusion = Callable[..., object]
_conclusions: dict[Matter, Conclusion] = {}


def concludes(matter: Matter) -> Callable[[Conclusion], Conclusion]:
    """Register the one function that carries out the outcome of a matter's approval."""

    def register(conclusion: Conclusion) -> Conclusion:
        assert matter not in _conclusions, f"{matter} already has a conclusion"
        _conclusions[matter] = conclusion
        return conclusion

    return register


@command
def open_case(
    matter: Matter,
    *,
    subject_id: str,
    title: str,
    organization: Organization,
    facts: Mapping[str, engine.Fact],
    by: Signature,
    asset_id: str = "",
    subject_url: str = "",
    summary: Sequence[tuple[str, str]] = (),
) -> Case:
    """Put a matter of `organization` to approval. The signer is its maker and never decides it."""
    assert matter in _conclusions, f"nobody concludes {matter}"
    version = current(matter.value)
    table_versions = current_tables()
    procedure = engine.load(version.text, loaded(table_versions))
    places: dict[str, engine.Fact] = {
        "has_department": department_of(organization) is not None,
        "has_bureau": bureau_of(organization) is not None,
        "holder_kind": str(organization.kind),
        "holder_level": str(organization.level),
    }
    state = engine.start(procedure, {**places, **facts}, maker=by.member_id, at=by.at)
    if Case.objects.filter(matter=matter, subject_id=subject_id, outcome=Outcome.OPEN).exists():
        raise Conflict(Obstacle("该事项已在审批中，不能重复提交", Clause.N_4))
    case = Case.objects.create(
        number=next_number(f"SP-{by.today.year}-"),
        matter=matter,
        title=title,
        subject_id=subject_id,
        asset_id=asset_id,
        organization=organization,
        maker=by.member,
        version=version,
        table_ids=[table.id for table in table_versions],
        state=engine.to_json(state),
        subject_url=subject_url,
        summary=[list(pair) for pair in summary],
        opened_at=by.at,
    )
    record(
        events.CaseOpened(
            case.id,
            case.number,
            matter,
            subject_id,
            asset_id=asset_id,
            organization_id=organization.id,
        ),
        by,
    )
    _settle(case, state, by)
    return case


@command
def decide(
    case: Case,
    step: str,
    verdict: engine.Verdict,
    *,
    opinion: str = "",
    return_to: str | None = None,
    by: Signature,
) -> Case:
    """Approve, reject or return one waiting step. A rejection or return says why."""
    case = _locked(case)
    task = _task_of(case, step, by)
    state = engine.decide(
        case.procedure,
        case.standing,
        step=step,
        actor=by.member_id,
        verdict=verdict,
        at=by.at,
        opinion_given=bool(opinion.strip()),
        return_to=return_to,
        voters=_voters(task),
    )
    _note(case, task, Act(verdict.name), opinion, by)
    return _settle(case, state, by)


@command
def vote(case: Case, step: str, ballot: engine.Ballot, *, opinion: str = "", by: Signature) -> Case:
    """Cast one member's ballot in a collective decision."""
    case = _locked(case)
    task = _task_of(case, step, by)
    state = engine.vote(
        case.procedure,
        case.standing,
        step=step,
        actor=by.member_id,
        ballot=ballot,
        at=by.at,
        voters=_voters(task),
    )
    _note(case, task, Act(ballot.name), opinion, by)
    return _settle(case, state, by)


@command
def record_minutes(
    case: Case, step: str, *, number: str, held_on: date, text: str, by: Signature
) -> Case:
    """Record the minutes of a collective decision (N-6); without them it does not count."""
    case = _locked(case)
    by.require(Permission.CASE_DECIDE, within=case.organization)
    if not number.strip() or not text.strip():
        raise Refused(Obstacle("请填写会议纪要的文号和内容", Clause.N_6, field="number"))
    if held_on > by.today:
        raise Refused(Obstacle("会议日期不能晚于今天", Clause.N_6, field="held_on"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    state = engine.minute(
        case.procedure,
        case.standing,
        step=step,
        actor=by.member_id,
        number=number,
        held_on=held_on,
        digest=digest,
        at=by.at,
    )
    task = case.tasks.filter(step=step).first()
    record(
        events.MinutesRecorded(
            case.id,
            step,
            number,
            held_on.isoformat(),
            digest,
            asset_id=case.asset_id,
            organization_id=case.organization_id,
        ),
        by,
    )
    if task:
        Decision.objects.create(
            case=case,
            step=step,
            title=task.title,
            round=task.round,
            member=by.member,
            act=Act.MINUTES,
            opinion=f"{number} {text}"[:1000],
            at=by.at,
        )
    return _settle(case, state, by)


@command
def delegate(case: Case, step: str, to: Member, *, by: Signature) -> Case:
    """Hand a step that waits for the signer to a colleague of the same body."""
    case = _locked(case)
    task = _task_of(case, step, by)
    if to.organization_id != by.organization_id:
        raise Refused(Obstacle("只能委托本单位人员办理", Clause.N_2, field="to"))
    state = engine.delegate(
        case.procedure, case.standing, step=step, actor=by.member_id, to=str(to.pk), at=by.at
    )
    record(
        events.StepDelegated(
            case.id, step, str(to.pk), asset_id=case.asset_id, organization_id=case.organization_id
        ),
        by,
    )
    _note(case, task, Act.DELEGATE, "", by, silently=True)
    return _settle(case, state, by)


@command
def resubmit(
    case: Case, *, remark: str, facts: Mapping[str, engine.Fact] | None = None, by: Signature
) -> Case:
    """Answer a return: a new round begins where the case was returned to."""
    case = _locked(case)
    state = engine.resubmit(
        case.procedure,
        case.standing,
        actor=by.member_id,
        at=by.at,
        facts=facts or {},
    )
    record(
        events.CaseResubmitted(
            case.id, remark, asset_id=case.asset_id, organization_id=case.organization_id
        ),
        by,
    )
    return _settle(case, state, by)


@command
def withdraw(case: Case, *, by: Signature) -> Case:
    """Take a matter back before it is decided. Only its maker may."""
    case = _locked(case)
    state = engine.withdraw(case.procedure, case.standing, actor=by.member_id, at=by.at)
    return _settle(case, state, by)


def _settle(case: Case, state: engine.State, by: Signature) -> Case:
    """Keep the new state, put the steps that now wait into inboxes, and conclude an ended case."""
    case.state = engine.to_json(state)
    case.outcome = Outcome(state.outcome.value)
    before = telling.turns_of(case)
    case.tasks.all().delete()
    if case.outcome is Outcome.OPEN:
        for task in engine.waiting(case.procedure, state):
            _address(case, task)
        case.save(update_fields=["state", "outcome"])
        telling.tell_of_turns(case, before, by)
        return case
    case.closed_at = by.at
    case.save(update_fields=["state", "outcome", "closed_at"])
    record(
        events.CaseClosed(
            case.id,
            case.number,
            case.matter,
            case.outcome,
            asset_id=case.asset_id,
            organization_id=case.organization_id,
        ),
        by,
    )
    _conclusions[Matter(case.matter)](case, by=by)
    telling.tell_of_end(case, by)
    return case


def _address(case: Case, waiting: engine.Task) -> None:
    place = _place(case, waiting.place)
    if place is None:
        raise Refused(
            Obstacle("没有找到“{step}”的办理单位，请核对组织机构", Clause.N_1, step=waiting.title)
        )
    # Everybody who holds the role, or one named person; and whoever it was handed to.
    named = [*waiting.persons, *(to for to, _ in waiting.delegates)]
    persons: list[Member | None] = list(Member.objects.filter(pk__in=named))
    if not waiting.persons:
        persons.append(None)
    for person in persons:
        Task.objects.create(
            case=case,
            step=waiting.step,
            title=waiting.title,
            round=waiting.round,
            kind=waiting.kind,
            role=waiting.role,
            organization=place,
            member=person,
            opened_at=waiting.opened_at,
            due_at=waiting.due_at,
        )


def _place(case: Case, place: str) -> Organization | None:
    match place:
        case "holder":
            return case.organization
        case "department":
            return department_of(case.organization)
        case "bureau":
            return bureau_of(case.organization)
        case "operator":
            return case.maker.organization
    raise AssertionError(f"the checker lets no place {place} through")


def _task_of(case: Case, step: str, by: Signature) -> Task:
    """Return the waiting task that the signer may act on, or refuse."""
    tasks = list(case.tasks.filter(step=step).select_related("organization"))
    if not tasks:
        raise Conflict(Obstacle("该步骤已经办结或尚未开始，请刷新页面"))
    for task in tasks:
        by_name = task.member_id == by.member_id
        by_post = task.member_id is None and any(
            post.role == task.role and post.organization_id == task.organization_id
            for post in by.member.posts_held
        )
        if by_name or by_post:
            return task
    raise NotPermitted(Obstacle("该步骤由其他岗位办理", Clause.N_2))


def _voters(task: Task) -> tuple[str, ...]:
    return tuple(
        str(pk)
        for pk in holders_of_role(Role(task.role), task.organization).values_list("pk", flat=True)
    )


def _note(
    case: Case, task: Task, act: Act, opinion: str, by: Signature, *, silently: bool = False
) -> None:
    Decision.objects.create(
        case=case,
        step=task.step,
        title=task.title,
        round=task.round,
        member=by.member,
        act=act,
        opinion=opinion,
        at=by.at,
    )
    if not silently:
        record(
            events.StepDecided(
                case.id,
                task.step,
                task.round,
                act,
                opinion,
                asset_id=case.asset_id,
                organization_id=case.organization_id,
            ),
            by,
        )


def _locked(case: Case) -> Case:
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("version", "organization", "maker__organization")
        .get(id=case.id)
    )
