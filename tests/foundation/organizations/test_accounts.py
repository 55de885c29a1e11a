"""Administrators look after other people's sign-ins; nobody alone, and never their own."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.urls import reverse

from shuce.foundation.organizations import accounts, commands, queries
from shuce.foundation.organizations.models import Member, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotPermitted, Refused
from tests.make import NOON, PASSWORD

NEW = "Suzhou-river-2026"


@pytest.fixture
def person(city) -> Member:
    """One of the unit's people, with a sign-in and no post."""
    return commands.enter_member(
        city.unit, username="wangyu", name="王瑜", password=PASSWORD, by=city.system_admin
    )


@pytest.mark.clause("N-10")
def test_a_new_password_works_and_ends_what_was_open(city, person, client):
    client.force_login(person)
    accounts.set_password(person, NEW, by=city.system_admin)
    assert authenticate(username="wangyu", password=NEW) == person
    assert authenticate(username="wangyu", password=PASSWORD) is None
    assert client.get("/").status_code == 302


@pytest.mark.clause("N-10")
def test_a_weak_password_is_refused_with_every_reason(city, person):
    with pytest.raises(Refused) as refusal:
        accounts.set_password(person, "1234", by=city.system_admin)
    reasons = [obstacle.reason for obstacle in refusal.value.obstacles]
    assert reasons == ["口令太短，至少8个字符", "口令太常见，请换一个", "口令不能全是数字"]


@pytest.mark.clause("N-10")
def test_no_administrator_takes_over_an_account_alone(city, person):
    for act in (
        lambda: accounts.set_password(person, NEW, by=city.security_admin),
        lambda: accounts.lift_second_factor(person, by=city.system_admin),
        lambda: accounts.set_password(city.system_admin.member, NEW, by=city.system_admin),
        lambda: accounts.close_account(city.system_admin.member, by=city.system_admin),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_lost_second_factor_is_lifted_by_the_security_administrator(city, person):
    with pytest.raises(Refused, match="没有启用"):
        accounts.lift_second_factor(person, by=city.security_admin)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    assert queries.with_second_factor(city.unit) == {person.pk}
    accounts.lift_second_factor(person, by=city.security_admin)
    assert queries.with_second_factor(city.unit) == frozenset()


@pytest.mark.clause("N-10")
def test_a_closed_account_stops_with_its_keys_and_may_be_opened_again(city, person):
    by = Signature(person, NOON)
    _, secret = commands.make_token("报表程序", by.today + timedelta(days=30), by=by)
    accounts.close_account(person, by=city.system_admin)
    assert authenticate(username="wangyu", password=PASSWORD) is None
    assert queries.member_with_token(secret, by.today) is None
    with pytest.raises(Refused, match="已经停用"):
        accounts.close_account(person, by=city.system_admin)
    accounts.reopen_account(person, by=city.system_admin)
    assert authenticate(username="wangyu", password=PASSWORD) == person
    assert queries.member_with_token(secret, by.today) is None


@pytest.mark.clause("N-10")
def test_an_account_with_a_post_is_not_closed(city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    with pytest.raises(Refused, match="资产管理员") as refusal:
        accounts.close_account(keeper, by=city.system_admin)
    assert refusal.value.obstacles[0].clause is Clause.N_10
    assert Member.objects.get(pk=keeper.pk).is_active


def test_the_buttons_stand_on_the_bodys_page_for_those_who_may(city, person, client):
    page = reverse("organizations:organization", args=[city.unit.id])
    button = reverse("organizations:password", args=[person.pk])
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    assert button not in client.get(page).content.decode()
    client.force_login(city.system_admin.member)
    assert button in client.get(page).content.decode()
    answer = client.post(button, {"password": "1234"}, follow=True)
    assert "口令太短" in answer.content.decode()
    client.post(button, {"password": NEW})
    assert authenticate(username="wangyu", password=NEW) == person
