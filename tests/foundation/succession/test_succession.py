"""A body is succeeded: everything passes in one act, and history shows who had it."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals.commands import decide
from shuce.foundation.approvals.models import Matter
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.commands import assign_duty, enter_member
from shuce.foundation.organizations.models import Duty, Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import Link
from shuce.foundation.succession import commands, queries
from shuce.foundation.succession.models import Succession
from shuce.foundation.succession.rules import Manner, SuccessionState
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.cleanroom.commands import ask_question
from shuce.lifecycle.market.models import Contract, Product
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import cards_seen_by
from shuce.lifecycle.revenue.commands import distribute
from shuce.lifecycle.revenue.models import JournalLine, ShareLine
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.sources.models import Source
from tests import make
from tests.foundation.succession.test_rules import GROUND
from tests.lifecycle import granted, make_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city: make.City, home, shelf) -> granted.World:
    return shelf.take("registered", lambda: granted.registered(city, home), home)


def taken_over(city: make.City, former: Organization, heir: Organization, keeper) -> Succession:
    """Let `heir` take `former` over, approved by everybody whose turn it is."""
    plan = commands.draft_succession(Manner.TAKEOVER, [former], [heir], ground=GROUND, by=keeper)
    commands.submit_succession(plan, by=keeper)
    granted.finish(Matter.SUCCESSION, plan.id)
    return Succession.objects.get(id=plan.id)


@pytest.mark.clause("G-12")
def test_a_unit_taken_over_leaves_nothing_ownerless_and_its_heir_goes_on(world):
    city, card = world.city, world.card
    assess, grant = granted.assessed(world), granted.granted(world)
    assert assess.passed
    steward = world.sign(Role.DATA_STEWARD).member
    plan = taken_over(city, city.unit, city.other_unit, world.keeper)

    assert plan.state is SuccessionState.DONE
    former = Organization.objects.get(id=city.unit.id)
    assert former.successor == city.other_unit
    assert former.closed_on == localtime(plan.done_at).date()
    assert queries.things_of(plan) == []
    moved = Card.objects.get(id=card.id)
    assert moved.holder == city.other_unit
    assert moved.number == card.number, "the number a card was given does not change"
    assert Source.objects.get().organization == city.other_unit
    steward = Member.objects.get(pk=steward.pk)
    assert steward.organization == city.other_unit
    assert [post.role for post in steward.posts_held] == [Role.DATA_STEWARD]
    # The right that was granted goes on: the operator asks under it as before.
    answer = ask_question(grant, granted.BY_DISTRICT, by=world.analyst)
    assert answer.verdict == "released"
    # Who held it before is shown, and the asset's own story tells of the change.
    assert [one.former for one in queries.former_holders_of(card.id)] == [former]
    told = Entry.objects.filter(asset_id=card.id, kind="register.holder_changed")
    assert told.count() == 1


@pytest.mark.clause("G-12")
def test_the_heirs_people_read_what_the_former_body_left(world):
    city = world.city
    reader = city.add(Role.ASSET_KEEPER, city.other_unit)
    assert not cards_seen_by(reader).exists()
    taken_over(city, city.unit, city.other_unit, world.keeper)
    reader = Member.objects.get(pk=reader.pk)
    assert cards_seen_by(reader).get().id == world.card_id
    closed = Organization.objects.get(id=city.unit.id)
    assert closed.is_within(Organization.objects.get(id=city.other_unit.id))


@pytest.mark.clause("N-2")
def test_the_duty_list_of_the_heir_is_filled_and_its_own_entries_stay(world):
    city = world.city
    own = city.add(Role.SECURITY_OFFICER, city.other_unit)
    head = city.sign(Role.UNIT_HEAD, city.other_unit)
    Duty.objects.filter(organization=city.other_unit).delete()
    assign_duty(city.other_unit, Link.SECURITY, own, "本单位制度", by=head)
    taken_over(city, city.unit, city.other_unit, world.keeper)
    duties = {duty.link: duty for duty in Duty.objects.filter(organization=city.other_unit)}
    assert set(duties) == set(Link)
    assert duties[Link.SECURITY].rule == "本单位制度"


@pytest.mark.clause("G-12")
def test_nothing_passes_before_the_plan_is_approved_or_when_it_is_not(world):
    city = world.city
    plan = commands.draft_succession(
        Manner.TAKEOVER, [city.unit], [city.other_unit], ground=GROUND, by=world.keeper
    )
    commands.submit_succession(plan, by=world.keeper)
    assert world.card.holder == city.unit
    with pytest.raises(Refused, match="只有拟订中"):
        commands.abandon_succession(plan, by=world.keeper)
    case = queries.case_of(plan)
    assert case is not None
    head = world.sign(Role.UNIT_HEAD)
    decide(case, "head", Verdict.REJECT, opinion="材料不全", by=head)
    assert Succession.objects.get(id=plan.id).state is SuccessionState.DRAFT
    assert world.card.holder == city.unit


@pytest.mark.clause("G-12")
def test_nobody_joins_a_body_that_was_closed(world):
    city = world.city
    taken_over(city, city.unit, city.other_unit, world.keeper)
    closed = Organization.objects.get(id=city.unit.id)
    with pytest.raises(Refused, match="已经撤销"):
        enter_member(
            closed, username="late", name="后来者", password=make.PASSWORD, by=city.system_admin
        )


def test_only_an_asset_keeper_of_the_place_plans_a_succession(world):
    city = world.city
    for stranger in (world.officer, city.sign(Role.ASSET_KEEPER, city.other_unit)):
        with pytest.raises(NotPermitted, match="拟订主体承继方案"):
            commands.draft_succession(
                Manner.TAKEOVER, [city.unit], [city.other_unit], ground=GROUND, by=stranger
            )


def test_a_body_is_in_one_plan_at_a_time(world):
    city = world.city
    commands.draft_succession(
        Manner.TAKEOVER, [city.unit], [city.other_unit], ground=GROUND, by=world.keeper
    )
    with pytest.raises(Refused, match="已在承继方案"):
        commands.draft_succession(
            Manner.TAKEOVER, [city.unit], [city.department], ground=GROUND, by=world.keeper
        )


@pytest.mark.clause("G-12")
def test_a_division_gives_each_heir_what_was_assigned_and_the_rest_to_the_main_one(world):
    city = world.city
    keeper = world.keeper
    plan = commands.draft_succession(
        Manner.SPLIT,
        [city.unit],
        [city.other_unit, city.department],
        ground=GROUND,
        by=keeper,
    )
    source = Source.objects.get()
    commands.assign_things(plan, "sources.sources", [source.id], city.department.id, by=keeper)
    commands.submit_succession(plan, by=keeper)
    granted.finish(Matter.SUCCESSION, plan.id)
    # The resource and the card go along with their source; the people with the main heir.
    assert Source.objects.get().organization == city.department
    assert world.card.holder == city.department
    assert world.card.resource.organization == city.department
    assert Member.objects.get(pk=keeper.member.pk).organization == city.other_unit


@pytest.mark.clause("G-12")
def test_a_body_that_continues_keeps_what_nobody_was_assigned(world):
    city = world.city
    plan = commands.draft_succession(
        Manner.SPLIT,
        [city.unit],
        [city.other_unit],
        ground=GROUND,
        continues=True,
        by=world.keeper,
    )
    with pytest.raises(Refused, match="还没有给承继主体分配"):
        commands.submit_succession(plan, by=world.keeper)
    for wrong in ([], ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]):
        with pytest.raises(Refused, match="请选择原主体现有的事项"):
            commands.assign_things(
                plan, "register.cards", wrong, city.other_unit.id, by=world.keeper
            )
    commands.assign_things(
        plan, "register.cards", [world.card_id], city.other_unit.id, by=world.keeper
    )
    commands.submit_succession(plan, by=world.keeper)
    granted.finish(Matter.SUCCESSION, plan.id)
    assert world.card.holder == city.other_unit
    assert Source.objects.get().organization == city.unit
    assert Organization.objects.get(id=city.unit.id).closed_on is None


@pytest.mark.clause("G-12")
def test_an_operators_rights_products_and_contracts_pass_to_its_heir(world):
    city = world.city
    market = make_market.opened(world)
    make_market.priced(market)
    contract = make_market.signed(market)
    first = make_market.received(market, contract, 1_000, "S-1")
    distribute(first, by=market.agent())
    waiting = make_market.received(market, contract, 333, "S-2")
    keeper = city.sign(Role.ASSET_KEEPER, city.bureau)
    city.sign(Role.UNIT_HEAD, city.bureau)
    before = JournalLine.objects.count()
    agent = market.agent().member
    taken_over(city, city.operator, city.other_operator, keeper)

    heir = city.other_operator
    assert Grant.objects.get().operator == heir
    assert Product.objects.get().operator == heir
    contract = Contract.objects.get()
    assert contract.seller == heir
    assert heir.id in [share["organization_id"] for share in contract.shares]
    # What stood in its accounts passed by an entry that balances; no line was edited.
    assert JournalLine.objects.count() > before
    left = JournalLine.objects.filter(party=city.operator)
    assert sum(line.amount.fen for line in left) == 0
    # A receipt of before the succession is shared out by the heir.
    later = make.NOON + timedelta(days=6)
    distribute(waiting, by=Signature(Member.objects.get(pk=agent.pk), later))
    lines = ShareLine.objects.filter(distribution__receipt=waiting)
    assert Money.total(line.amount for line in lines) == waiting.amount
    assert {line.party for line in lines} == {city.unit, heir}


@pytest.mark.clause("G-12")
def test_two_rights_of_the_same_kind_cannot_fall_to_one_heir(world):
    city = world.city
    granted.granted(world)
    granted.granted(world, city.other_operator)
    keeper = city.sign(Role.ASSET_KEEPER, city.bureau)
    plan = commands.draft_succession(
        Manner.TAKEOVER, [city.operator], [city.other_operator], ground=GROUND, by=keeper
    )
    with pytest.raises(Refused, match="已有相同的取得的授权"):
        commands.submit_succession(plan, by=keeper)
