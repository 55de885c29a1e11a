"""Rights are asked for, approved, marked, stopped: through commands, with their evidence."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from shuce.demo.approving import reject
from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.evidence.models import Entry
from shuce.foundation.evidence.queries import tell
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Refused
from shuce.lifecycle.register.commands import confirm_grade
from shuce.lifecycle.register.models import CardReader, Mark
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights import commands, queries, requesting
from shuce.lifecycle.rights.history import rights_on
from shuce.lifecycle.rights.models import Grant, SecurityAssessment
from shuce.lifecycle.rights.odrl import odrl_of
from shuce.lifecycle.rights.rules import FeeBasis, GrantState, PurposeKind, Right
from tests import make
from tests.lifecycle import granted
from tests.lifecycle.granted import TERMS, TODAY


def kinds(subject_id: str) -> list[str]:
    return [e.kind for e in Entry.objects.filter(subject_id=subject_id).order_by("id")]


@pytest.mark.clause("N-4", "G-8")
def test_a_grant_without_security_assessment_is_refused_and_nothing_is_kept(world):
    assert world.agent  # entered before we count
    entries = Entry.objects.count()
    with pytest.raises(Refused, match="安全评估"):
        granted.requested(world)
    assert not Grant.objects.exists()
    assert not Case.objects.filter(matter=Matter.GRANT_RIGHT).exists()
    assert Entry.objects.count() == entries
    granted.assessed(world)
    assert granted.requested(world).state == GrantState.REQUESTED


@pytest.mark.clause("G-8")
def test_an_assessment_with_a_finding_does_not_pass_and_a_stricter_grade_undoes_it(world):
    failed = commands.assess_security(
        world.card, granted.answers(access="多人共用账号"), by=world.officer
    )
    assert not failed.passed
    assert failed.findings == ["access"]
    with pytest.raises(Refused, match="安全评估"):
        granted.requested(world)
    granted.assessed(world)
    confirm_grade(world.card, Grade.IMPORTANT, "", by=world.officer)
    with pytest.raises(Refused, match="安全评估"):
        granted.requested(world)


def test_only_the_security_officer_assesses_and_only_with_every_answer(world):
    with pytest.raises(NotPermitted):
        commands.assess_security(world.card, granted.answers(), by=world.keeper)
    with pytest.raises(Refused) as refusal:
        commands.assess_security(world.card, {}, by=world.officer)
    assert {one.field for one in refusal.value.obstacles} >= {"environment", "output"}
    assert not SecurityAssessment.objects.exists()


@pytest.mark.clause("G-6", "G-5")
def test_the_card_is_marked_and_neither_its_value_nor_its_state_changes(world):
    before = world.card
    grant = granted.granted(world)
    after = world.card
    assert grant.state == GrantState.IN_FORCE
    assert grant.number.startswith("SQ-2026-")
    assert (after.value, after.cost, after.state, after.holder_id) == (
        before.value,
        before.cost,
        CardState.IN_FORCE,
        before.holder_id,
    )
    mark = Mark.objects.get(cause_id=grant.id)
    assert grant.number in mark.text
    assert world.card in cards_seen_by(world.agent.member)
    assert kinds(grant.id) == ["rights.grant_requested", "rights.grant_concluded"]
    rights = [
        one.right for one in rights_on([world.card], TODAY + timedelta(days=3), world.keeper.member)
    ]
    assert rights == [Right.HOLDING, Right.PROCESSING]


def test_a_rejected_request_marks_nothing_and_may_be_made_again(world):
    granted.assessed(world)
    grant = granted.requested(world)
    case = last_case_about(Matter.GRANT_RIGHT, grant.id)
    reject(case, make.NOON, "用途不明")
    assert granted.fresh(grant).state == GrantState.REFUSED
    assert not Mark.objects.exists()
    assert not CardReader.objects.exists()
    assert granted.requested(world).state == GrantState.REQUESTED


@pytest.mark.clause("N-5")
def test_a_fee_for_a_public_purpose_is_refused(world):
    granted.assessed(world)
    with pytest.raises(Refused) as refusal:
        granted.requested(
            world, purpose_kind=PurposeKind.PUBLIC, fee_basis=FeeBasis.PAID, fee=Money(100)
        )
    assert "fee_basis" in [one.field for one in refusal.value.obstacles]


def test_only_an_operators_agent_asks(world):
    granted.assessed(world)
    for stranger in (world.keeper, world.sign(Role.CLIENT_AGENT, world.city.client)):
        with pytest.raises(NotPermitted):
            commands.request_grant(world.card, TERMS, by=stranger)
    with pytest.raises(NotPermitted):
        commands.request_grant(world.card, TERMS, by=world.analyst)


@pytest.mark.clause("G-5")
def test_two_exclusive_requests_side_by_side_are_not_both_approved(world):
    granted.assessed(world)
    first = granted.requested(world, exclusive=True)
    second = granted.requested(world, world.city.other_operator)
    granted.finish(Matter.GRANT_RIGHT, first.id)
    with pytest.raises(Conflict, match="独占"):
        granted.finish(Matter.GRANT_RIGHT, second.id)
    assert granted.fresh(second).state == GrantState.REQUESTED
    with pytest.raises(Refused, match="独占"):
        granted.requested(world, world.city.other_operator, right=Right.OPERATING)


@pytest.mark.clause("N-4")
def test_a_sub_grant_stays_within_its_source_and_ends_with_it(world):
    other = world.city.other_operator
    source = granted.granted(world, sub_granting=True, exclusive=True)
    with pytest.raises(Refused) as refusal:
        granted.requested(world, other, source, columns=("age", "fee"))
    assert [one.field for one in refusal.value.obstacles] == ["columns"]
    sub = granted.granted(world, other, source, columns=("district", "age"))
    assert queries.chain_of(sub) == [source, sub]
    commands.suspend_grant(source, "核查", by=world.officer)
    with pytest.raises(Refused, match="已暂停"):
        queries.require_in_force(sub, TODAY)
    commands.resume_grant(source, "核查完毕", by=world.officer)
    assert queries.require_in_force(sub, TODAY) == sub
    commands.withdraw_grant(source, "违约", by=world.keeper)
    assert granted.fresh(sub).state == GrantState.WITHDRAWN
    assert not Mark.objects.filter(ended_at=None).exists()


def test_a_source_that_does_not_allow_it_gives_no_sub_grant(world):
    source = granted.granted(world)
    with pytest.raises(Refused, match="不允许再授权"):
        granted.requested(world, world.city.other_operator, source)


@pytest.mark.clause("G-13", "N-4")
def test_a_grant_is_suspended_resumed_and_withdrawn_with_reasons_by_those_who_may(world):
    grant = granted.granted(world)
    for verb in (commands.suspend_grant, commands.withdraw_grant):
        with pytest.raises(NotPermitted):
            verb(grant, "无权", by=world.agent)
    with pytest.raises(Refused) as refusal:
        commands.suspend_grant(grant, " ", by=world.officer)
    assert refusal.value.obstacles[0].field == "reason"
    commands.suspend_grant(grant, "接到投诉", by=world.officer)
    with pytest.raises(Refused):
        commands.suspend_grant(grant, "再停", by=world.officer)
    commands.resume_grant(grant, "查无问题", by=world.officer)
    commands.withdraw_grant(grant, "到期前收回", by=world.keeper)
    with pytest.raises(Refused):
        commands.resume_grant(grant, "反悔", by=world.officer)
    assert kinds(grant.id)[2:] == [
        "rights.grant_suspended",
        "rights.grant_resumed",
        "rights.grant_withdrawn",
    ]
    assert Mark.objects.get(cause_id=grant.id).ended_at is not None
    assert not CardReader.objects.exists()
    # The asset is free again.
    assert granted.requested(world).state == GrantState.REQUESTED


@pytest.mark.clause("N-4")
def test_grants_expire_on_their_day_and_not_before(world):
    grant = granted.granted(world)
    last = make.NOON + timedelta(days=364)
    assert commands.expire_due_grants(last) == 0
    assert queries.require_in_force(grant, last.date()) == grant
    after = make.NOON + timedelta(days=365)
    with pytest.raises(Refused, match="期限"):
        queries.require_in_force(grant, after.date())
    assert commands.expire_due_grants(after) == 1
    assert granted.fresh(grant).state == GrantState.EXPIRED
    with pytest.raises(Conflict):
        commands.expire_grant(grant.id, by=world.keeper)


def test_a_second_request_of_the_same_right_is_a_conflict(world):
    granted.assessed(world)
    granted.requested(world)
    with pytest.raises(Conflict, match="不能重复申请"):
        granted.requested(world)
    assert Grant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_wins(city, home):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time; the race needs PostgreSQL")
    world = granted.registered(city, home)
    granted.assessed(world)
    agent: Signature = world.agent
    card = world.card
    ends: list[object] = []
    together = threading.Barrier(2)

    def ask() -> None:
        together.wait()
        try:
            ends.append(commands.request_grant(card, TERMS, by=agent))
        except Conflict as refusal:
            ends.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(end).__name__ for end in ends) == ["Conflict", "Grant"]
    assert Grant.objects.count() == 1


def test_a_grant_is_seen_by_holder_supervisor_and_its_operator_alone(world):
    grant = granted.granted(world)
    for reader in (world.keeper, world.agent, world.sign(Role.BUREAU_REVIEWER, world.city.bureau)):
        assert queries.grant_seen(grant.id, reader.member) == grant
    for stranger in (
        world.sign(Role.OPERATOR_AGENT, world.city.other_operator),
        world.sign(Role.ASSET_KEEPER, world.city.other_unit),
        world.sign(Role.CLIENT_AGENT, world.city.client),
    ):
        with pytest.raises(NotFound):
            queries.grant_seen(grant.id, stranger.member)


def test_an_asset_kept_back_is_offered_to_nobody(world):
    from shuce.lifecycle.register.words import Opening, Sharing

    agent = world.agent.member
    assert list(queries.offers_for(agent)) == [world.card]
    card = world.card
    standing = queries.standing_of(card)
    assert standing.offered
    card.opening, card.sharing = Opening.NONE, Sharing.NONE
    assert not queries.standing_of(card).offered
    with pytest.raises(NotFound):
        queries.card_to_ask_for(card.id, world.keeper.member)


@pytest.mark.clause("N-5")
def test_a_grant_reads_as_an_odrl_agreement(world):
    grant = granted.granted(world, sub_granting=True)
    policy = odrl_of(grant)
    assert json.loads(json.dumps(policy)) == policy
    assert policy["@type"] == "Agreement"
    assert policy["assigner"]["vcard:fn"] == world.city.unit.name
    assert policy["assignee"]["vcard:fn"] == world.city.operator.name
    [permission] = policy["permission"]
    assert permission["target"]["source"] == f"urn:shuce:asset:{grant.card_id}"
    assert "grantUse" in permission["action"]
    limits = {(c["leftOperand"], c["operator"]) for c in permission["constraint"]}
    assert {("dateTime", "gteq"), ("dateTime", "lt"), ("purpose", "eq")} <= limits
    assert odrl_of(replace_state(grant))["@type"] == "Request"


def replace_state(grant: Grant) -> Grant:
    grant.number, grant.state = None, GrantState.REQUESTED
    return grant


def test_the_story_of_a_grant_tells_its_reasons(world):
    grant = granted.granted(world)
    commands.suspend_grant(grant, "接到投诉", by=world.officer)
    told = queries.story_of(grant)
    assert [one.kind for one in told] == kinds(grant.id)
    assert told[-1].facts["reason"] == "接到投诉"
    assert tell(Entry.objects.get(id=told[-1].entry_id)) == told[-1]
    assert queries.people_of_story(told)[told[-1].member_id] == world.officer.member


def test_terms_read_back_from_a_grant_are_those_asked_for(world):
    granted.assessed(world)
    asked = replace(TERMS, exclusive=True, region_code="310101")
    grant = granted.requested(world, exclusive=True, region_code="310101")
    assert requesting.terms_of(granted.fresh(grant)) == asked
