"""Bodies, people, posts and duties: the lawful way beside the refused way."""

from datetime import timedelta

import pytest

from shuce.foundation.organizations import commands, queries
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.foundation.organizations.rules import Entering, Kind, Level, Link
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from tests import make


def entering(serial: int, **changes) -> Entering:
    facts = {
        "name": "市测绘院",
        "kind": Kind.INSTITUTION,
        "level": Level.PROVINCE,
        "uscc": make.uscc("12", serial),
        "region_code": "310000",
    }
    return Entering(**facts | changes)


@pytest.mark.clause("N-1")
def test_a_body_is_entered_below_its_department_and_seen_from_above(city):
    body = commands.enter_organization(entering(50), city.department, by=city.system_admin)
    assert body.is_within(city.department)
    assert body.is_within(city.bureau)
    reviewer = city.sign(Role.DEPARTMENT_REVIEWER, city.department).member
    assert body in queries.organizations_seen_by(reviewer)
    assert queries.department_of(body) == city.department
    assert queries.bureau_of(body) == city.bureau


@pytest.mark.clause("N-1")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uscc": "12310000425000014X"}, "uscc"),
        ({"uscc": make.uscc("11", 51)}, "uscc"),
        ({"region_code": "319999"}, "region_code"),
        ({"kind": Kind.DEPARTMENT, "uscc": make.uscc("11", 52)}, "parent"),
        ({"name": " "}, "name"),
    ],
)
def test_a_body_that_is_not_in_order_is_refused_at_its_field(city, changes, field):
    with pytest.raises(Refused) as refusal:
        commands.enter_organization(entering(50, **changes), city.department, by=city.system_admin)
    assert field in [obstacle.field for obstacle in refusal.value.obstacles]


def test_a_credit_code_is_entered_once(city):
    with pytest.raises(Refused, match="已登记"):
        commands.enter_organization(
            entering(0, uscc=city.unit.uscc), city.department, by=city.system_admin
        )


@pytest.mark.clause("N-10")
def test_the_three_administrators_are_three_people(city):
    with pytest.raises(Refused) as refusal:
        commands.appoint(
            city.system_admin.member, city.bureau, Role.AUDIT_ADMIN, by=city.security_admin
        )
    assert refusal.value.obstacles[0].clause is Clause.N_10


@pytest.mark.clause("N-10")
def test_nobody_appoints_themselves_and_the_system_administrator_appoints_nobody(city):
    with pytest.raises(NotPermitted):
        commands.appoint(
            city.security_admin.member, city.bureau, Role.AUDITOR, by=city.security_admin
        )
    clerk = city.add(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(NotPermitted):
        commands.appoint(clerk, city.unit, Role.UNIT_HEAD, by=city.system_admin)


def test_a_dismissed_person_may_no_longer(city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    assert keeper.may(Permission.CARD_ENTER, city.unit)
    commands.dismiss(keeper.posts.get(), by=city.security_admin)
    assert not Member.objects.get(pk=keeper.pk).may(Permission.CARD_ENTER, city.unit)


@pytest.mark.clause("N-2", "S-3")
def test_a_hole_in_the_duty_list_stops_work_in_that_link(city):
    bare = commands.enter_organization(entering(50), city.department, by=city.system_admin)
    with pytest.raises(Refused) as refusal:
        commands.require_duty(bare, Link.USE)
    assert refusal.value.obstacles[0].clause is Clause.N_2
    head = city.sign(Role.UNIT_HEAD, bare)
    commands.assign_duty(bare, Link.USE, head.member, "数据资产管理办法", by=head)
    commands.require_duty(bare, Link.USE)


@pytest.mark.clause("N-2")
def test_the_responsible_person_belongs_to_the_body(city):
    head = city.sign(Role.UNIT_HEAD, city.unit)
    stranger = city.sign(Role.UNIT_HEAD, city.other_unit).member
    with pytest.raises(Refused, match="本单位人员"):
        commands.assign_duty(city.unit, Link.USE, stranger, "办法", by=head)


def test_a_stranger_does_not_see_a_unit(city):
    keeper = city.sign(Role.ASSET_KEEPER, city.other_unit).member
    with pytest.raises(NotFound):
        queries.organization_seen(city.unit.id, keeper)


@pytest.mark.clause("N-9")
def test_a_token_acts_as_its_maker_until_it_is_revoked_or_expires(city):
    by = city.sign(Role.ASSET_KEEPER, city.unit)
    token, secret = commands.make_token("报表程序", by.today + timedelta(days=30), by=by)
    assert queries.member_with_token(secret, by.today) == by.member
    assert queries.member_with_token(secret, by.today + timedelta(days=30)) is None
    assert secret not in str(vars(token))
    commands.revoke_token(token, by=by)
    assert queries.member_with_token(secret, by.today) is None


def test_a_token_may_not_outlast_a_year(city):
    by = city.sign(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(Refused, match="最长365天"):
        commands.make_token("报表程序", by.today + timedelta(days=400), by=by)


def test_the_register_is_founded_once(city):
    with pytest.raises(Refused, match="已经启用"):
        commands.found_register(
            entering(60, kind=Kind.FINANCE, uscc=make.uscc("11", 60)),
            username="second",
            name="二",
            password=make.PASSWORD,
            at=make.NOON,
        )
    assert Organization.objects.filter(parent=None, kind=Kind.FINANCE).count() == 1


def test_a_weak_password_is_refused_with_its_reason(city):
    with pytest.raises(Refused) as refusal:
        commands.enter_member(
            city.unit, username="weak", name="弱", password="12345678", by=city.system_admin
        )
    assert {obstacle.field for obstacle in refusal.value.obstacles} == {"password"}


def test_a_signature_outside_ones_place_is_not_permitted(city):
    keeper = city.sign(Role.ASSET_KEEPER, city.other_unit)
    with pytest.raises(NotPermitted):
        Signature(keeper.member, make.NOON).require(Permission.CARD_ENTER, within=city.unit)
