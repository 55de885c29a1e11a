"""The desk opens for everybody who may sign in, and for nobody else."""

import pytest

from shuce.foundation.evidence.middleware import WroteOutsideCommand
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Role
from shuce.web import home

PAGES = ("/", "/inbox/", "/me/tokens/", "/organizations/", "/approvals/cases/", "/jobs/")


@pytest.mark.parametrize(
    "role",
    [Role.ASSET_KEEPER, Role.BUREAU_REVIEWER, Role.OPERATOR_AGENT, Role.APPRAISER],
)
def test_every_role_has_a_desk(city, client, role):
    body = {
        Role.BUREAU_REVIEWER: city.bureau,
        Role.OPERATOR_AGENT: city.operator,
        Role.APPRAISER: city.appraiser,
    }.get(role, city.unit)
    client.force_login(city.sign(role, body).member)
    for page in PAGES:
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_door(db, client, page):
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_page_that_writes_outside_a_command_is_a_bug(city, client, monkeypatch):
    def careless(request):
        Organization.objects.update(name="改了")

    monkeypatch.setattr(home, "_figures", lambda request, cards, late: careless(request) or [])
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    with pytest.raises(WroteOutsideCommand):
        client.get("/")
