"""Approvals as a room: whose turn it is, who may not, and what comes of it."""

from datetime import timedelta

import pytest

from shuce.engines.procedure import Ballot, NotNow, TaskKind, Verdict
from shuce.foundation.approvals import commands, procedures, queries
from shuce.foundation.approvals.models import Case, Matter, Outcome, ProcedureVersion
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations import commands as organizations
from shuce.foundation.organizations.models import Member, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Refused
from tests import make

FINANCE, SECURITY, HEAD = Role.FINANCE_OFFICER, Role.SECURITY_OFFICER, Role.UNIT_HEAD


@pytest.fixture
def concluded(monkeypatch):
    """What came of each case, in place of the rooms that carry it out."""
    outcomes = []
    for matter in Matter:
        monkeypatch.setitem(
            commands._conclusions, matter, lambda case, *, by: outcomes.append(case.outcome)
        )
    return outcomes


@pytest.fixture
def case(city, concluded) -> Case:
    """A card put to approval by the unit's keeper; finance and security are asked first."""
    for role in (FINANCE, SECURITY, HEAD):
        city.sign(role, city.unit)
    return open_case(city)


def open_case(city, matter=Matter.CARD_ENTRY, subject_id="", **facts) -> Case:
    return commands.open_case(
        matter,
        subject_id=subject_id or new_id(),
        title="门诊数据",
        organization=city.unit,
        facts=facts,
        by=city.sign(Role.ASSET_KEEPER, city.unit),
    )


def step_of(case: Case, role: Role) -> str:
    return case.tasks.get(role=role).step


def approve(case: Case, role: Role, city) -> Case:
    by = city.sign(role, city.unit)
    return commands.decide(case, step_of(case, role), Verdict.APPROVE, opinion="同意", by=by)


def test_a_step_waits_in_the_inbox_of_its_post_and_leaves_it_when_decided(city, case):
    finance = city.sign(FINANCE, city.unit).member
    assert [task.case for task in queries.tasks_for(finance)] == [case]
    head = city.sign(HEAD, city.unit).member
    assert not queries.tasks_for(head).exists()
    approve(case, FINANCE, city)
    assert not queries.tasks_for(finance).exists()
    assert not queries.tasks_for(head).exists()  # security has not decided yet
    approve(case, SECURITY, city)
    assert queries.tasks_for(head).exists()


def test_a_case_that_everybody_approves_is_concluded_once_with_its_evidence(city, case, concluded):
    for role in (FINANCE, SECURITY, HEAD):
        case = approve(case, role, city)
    assert case.outcome == Outcome.APPROVED
    assert concluded == [Outcome.APPROVED]
    kinds = list(Entry.objects.filter(subject_id=case.id).order_by("id").values_list("kind"))
    assert [kind for (kind,) in kinds] == [
        "approvals.opened",
        *["approvals.step_decided"] * 3,
        "approvals.closed",
    ]


@pytest.mark.clause("N-4", "N-6")
def test_the_maker_never_decides_whatever_other_post_they_hold(city, case):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    organizations.appoint(keeper, city.unit, FINANCE, by=city.security_admin)
    keeper = Member.objects.get(pk=keeper.pk)
    assert not queries.tasks_for(keeper).exists()
    with pytest.raises(NotNow):
        commands.decide(
            case,
            step_of(case, FINANCE),
            Verdict.APPROVE,
            opinion="同意",
            by=Signature(keeper, make.NOON),
        )
    assert not case.decisions.exists()


def test_somebody_with_another_post_or_at_another_unit_may_not_decide(city, case):
    for by in (city.sign(HEAD, city.unit), city.sign(FINANCE, city.other_unit)):
        with pytest.raises(NotPermitted):
            commands.decide(case, step_of(case, FINANCE), Verdict.APPROVE, opinion="同意", by=by)
    with pytest.raises(NotFound):
        queries.case_seen(case.id, city.sign(FINANCE, city.other_unit).member)


def test_a_rejection_without_an_opinion_is_refused_and_with_one_ends_the_case(
    city, case, concluded
):
    by, step = city.sign(FINANCE, city.unit), step_of(case, FINANCE)
    with pytest.raises(NotNow):
        commands.decide(case, step, Verdict.REJECT, by=by)
    assert concluded == []
    case = commands.decide(case, step, Verdict.REJECT, opinion="成本不实", by=by)
    assert (case.outcome, concluded) == (Outcome.REJECTED, [Outcome.REJECTED])
    assert not case.tasks.exists()


def test_a_step_is_decided_once(city, case):
    step = step_of(case, FINANCE)
    approve(case, FINANCE, city)
    with pytest.raises(Conflict):
        commands.decide(
            case, step, Verdict.APPROVE, opinion="同意", by=city.sign(FINANCE, city.unit)
        )


def test_a_returned_case_waits_for_its_maker_and_is_reviewed_anew(city, case, concluded):
    approve(case, FINANCE, city)
    case = commands.decide(
        case,
        step_of(case, SECURITY),
        Verdict.RETURN,
        opinion="请补充来源",
        return_to="start",
        by=city.sign(SECURITY, city.unit),
    )
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    [task] = queries.tasks_for(keeper.member)
    assert task.kind == TaskKind.ANSWER
    case = commands.resubmit(case, remark="已补充", by=keeper)
    # The finance officer's approval was of the first round: it does not count in the second.
    assert {t.role for t in case.tasks.all()} == {FINANCE, SECURITY}
    for role in (FINANCE, SECURITY, HEAD):
        case = approve(case, role, city)
    assert concluded == [Outcome.APPROVED]


def test_only_the_maker_withdraws_and_only_while_it_is_open(city, case, concluded):
    with pytest.raises(NotNow):
        commands.withdraw(case, by=city.sign(HEAD, city.unit))
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    commands.withdraw(case, by=keeper)
    assert concluded == [Outcome.WITHDRAWN]
    with pytest.raises(NotNow):
        commands.withdraw(case, by=keeper)


def test_a_step_is_handed_to_a_colleague_and_to_nobody_else(city, case):
    finance = city.sign(FINANCE, city.unit)
    step = step_of(case, FINANCE)
    stranger = city.sign(FINANCE, city.other_unit).member
    with pytest.raises(Refused, match="本单位人员"):
        commands.delegate(case, step, stranger, by=finance)
    with pytest.raises(Refused):
        commands.delegate(case, step, city.sign(Role.ASSET_KEEPER, city.unit).member, by=finance)
    colleague = city.add(Role.DATA_STEWARD, city.unit)
    case = commands.delegate(case, step, colleague, by=finance)
    assert queries.tasks_for(Member.objects.get(pk=colleague.pk)).filter(step=step).exists()
    case = commands.decide(
        case, step, Verdict.APPROVE, opinion="同意", by=Signature(colleague, make.NOON)
    )
    assert not case.tasks.filter(step=step).exists()


@pytest.mark.clause("N-6")
def test_a_collective_decision_needs_its_members_and_its_minutes(city, concluded):
    case = open_case(city, Matter.DISPOSAL, kind="DESTRUCTION", value_fen=0)
    task = case.tasks.get(role=Role.DECISION_MEMBER)
    members = [city.add(Role.DECISION_MEMBER, city.unit) for _ in range(3)]
    signs = [Signature(Member.objects.get(pk=one.pk), make.NOON) for one in members]

    def minutes(by):
        return commands.record_minutes(
            case,
            task.step,
            number="会纪〔2026〕8号",
            held_on=make.NOON.date(),
            text="一致同意",
            by=by,
        )

    commands.vote(case, task.step, Ballot.FOR, by=signs[0])
    with pytest.raises(NotNow, match="人数不足"):
        minutes(signs[0])
    for by in signs[1:]:
        commands.vote(case, task.step, Ballot.FOR, by=by)
    with pytest.raises(Refused, match="纪要"):
        commands.record_minutes(
            case, task.step, number="", held_on=make.NOON.date(), text="", by=signs[0]
        )
    with pytest.raises(Refused, match="不能晚于"):
        commands.record_minutes(
            case,
            task.step,
            number="会纪〔2026〕8号",
            held_on=make.NOON.date() + timedelta(days=1),
            text="一致同意",
            by=signs[0],
        )
    after = minutes(signs[0])
    assert not after.tasks.filter(step=task.step).exists()
    assert Entry.objects.filter(kind="approvals.minutes_recorded", subject_id=case.id).exists()


def test_the_same_matter_is_not_put_to_approval_twice_at_once(city, case):
    with pytest.raises(Conflict):
        open_case(city, subject_id=case.subject_id)
    assert Case.objects.filter(subject_id=case.subject_id).count() == 1


@pytest.mark.clause("N-2")
def test_a_changed_procedure_holds_for_new_cases_only(city, case):
    old = case.version
    by = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    new = procedures.set_procedure("card_entry", old.text + "\n# 2026年修订\n", False, by=by)
    assert new.version == old.version + 1
    assert open_case(city).version == new
    for role in (FINANCE, SECURITY, HEAD):
        case = approve(case, role, city)
    assert (case.version, case.outcome) == (old, Outcome.APPROVED)


@pytest.mark.clause("N-2")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('role = "UNIT_HEAD"', 'role = "NOBODY"'),
        lambda text: text.replace('key = "card_entry"', 'key = "disposal"', 1),
        lambda text: text + "\nkey = [",
    ],
    ids=["unknown role", "another's name", "not TOML"],
)
def test_a_procedure_that_does_not_hold_is_refused_and_the_old_one_stays(city, spoil):
    before = ProcedureVersion.objects.get(key="card_entry", is_table=False)
    by = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    with pytest.raises(Refused):
        procedures.set_procedure("card_entry", spoil(before.text), False, by=by)
    assert ProcedureVersion.objects.get(key="card_entry", is_table=False) == before


def test_a_unit_may_not_change_the_procedure(city):
    text = ProcedureVersion.objects.get(key="card_entry", is_table=False).text
    with pytest.raises(NotPermitted):
        procedures.set_procedure("card_entry", text, False, by=city.sign(Role.UNIT_HEAD, city.unit))


def test_installing_again_sets_nothing_and_leaves_what_a_bureau_set(city):
    count = ProcedureVersion.objects.count()
    assert procedures.install_procedures(by=city.sign(Role.BUREAU_REVIEWER, city.bureau)) == []
    assert ProcedureVersion.objects.count() == count
