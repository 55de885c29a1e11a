"""Every page opens for everybody who may see it, over a life with everything in it."""

import re

import pytest

from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Role
from tests.web.test_strangers import _fill, _routes, known_ids, whole_life

# Elsewhere tested, or not ours: signing in and out, the language, files.
_APART = re.compile(r"^/(accounts|i18n|static|api)")


@pytest.fixture
def whole(home, db, monkeypatch):
    return whole_life(home, monkeypatch)


def test_no_page_fails_for_anybody(whole, client):
    known = known_ids(whole)
    known["member_id"] = Member.objects.get(username="jkxx-keeper").pk
    routes = [route for route in _routes() if not _APART.search(route)]
    opened = dict.fromkeys(routes, 0)
    for role in Role:
        holder = next(
            member
            for member in Member.objects.filter(posts__role=role).order_by("username")
            if _near(member)
        )
        client.force_login(holder)
        for route in list(routes):
            # An exception in our code is raised here, with its traceback.
            answer = client.get(_fill(route, known, real=True), headers={"accept-language": "en"})
            assert answer.status_code in (200, 302, 400, 403, 404, 405), (role, route)
            if answer.status_code == 405:  # a button, not a page
                routes.remove(route)
            opened[route] += answer.status_code == 200
    assert sum(1 for times in opened.values() if times) > 90


def _near(member):
    """Whether the person has to do with the life that was lived."""
    return member.username.startswith(
        ("jkxx", "wjw", "sfj", "sjyy", "szpg", "hhpg", "sjjy", "knbx", "ssjj", "rdcw")
    )
