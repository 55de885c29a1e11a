"""Every page opens for everybody who may see it, over a life with everything in it."""

import re

import pytest
from django.test import Client

from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Role
from tests.web.test_strangers import _fill, _routes, known_ids, whole_life

# Elsewhere tested, or not ours: signing in and out, the language, files.
_APART = re.compile(r"^/(accounts|i18n|static|api)")
ENOUGH = 3  # posts that open a page, out of all that may: the others see what these see


@pytest.fixture
def whole(home, db, monkeypatch):
    return whole_life(home, monkeypatch)


def test_no_page_fails_for_anybody(whole):
    known = known_ids(whole)
    known["member_id"] = Member.objects.get(username="jkxx-keeper").pk
    posts = [(role, _signed_in(_holder(role))) for role in Role]
    seen = 0
    for turn, route in enumerate(one for one in _routes() if not _APART.search(one)):
        address, opened = _fill(route, known, real=True), 0
        start = turn % len(posts)  # so that every post opens pages of every room
        for role, client in [*posts[start:], *posts[:start]]:
            # An exception in our code is raised here, with its traceback.
            answer = client.get(address, headers={"accept-language": "en"})
            assert answer.status_code in (200, 302, 400, 403, 404, 405), (role, route)
            opened += answer.status_code == 200
            if answer.status_code == 405 or opened == ENOUGH:  # 405: a button, not a page
                break
        seen += opened > 0
    assert seen > 90


def _signed_in(member):
    client = Client()
    client.force_login(member)
    return client


def _holder(role):
    return next(
        member
        for member in Member.objects.filter(posts__role=role).order_by("username")
        if _near(member)
    )


def _near(member):
    """Whether the person has to do with the life that was lived."""
    return member.username.startswith(
        ("jkxx", "wjw", "sfj", "sjyy", "szpg", "hhpg", "sjjy", "knbx", "ssjj", "rdcw")
    )
