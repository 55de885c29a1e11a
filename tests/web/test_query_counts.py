"""No page asks the database once more for every row that it shows: counted, not believed."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.revising import revise_card
from shuce.lifecycle.register.texts import say_all_anew
from tests import make
from tests.lifecycle import assets
from tests.lifecycle.register.test_bulk import concluded, entered, row
from tests.web.test_strangers import _routes

# A page in a list opens one window of rows; these pages change, or are not ours.
_APART = re.compile(r"^/(accounts|i18n|static|api)|logout|<")
# What a page may ask more often for more rows: nothing, but for caches filled on the way.
_SLACK = 2


@pytest.fixture
def few_and_many(city, home):
    """Enter a few cards at once, and many more when asked."""

    def enter(first: int, count: int) -> None:
        made = entered(
            city, [row(f"Q{n}", name=f"门诊记录{n}", summary="查询") for n in range(first, count)]
        )
        concluded(city, made.batch)
        list(say_all_anew(make.NOON))

    return enter


def _lists() -> list[str]:
    return [route for route in _routes() if not _APART.search(route)]


def _asked(client, address: str) -> int | None:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    return len(asked) if answer.status_code == 200 else None


def test_every_list_asks_as_often_for_thirty_rows_as_for_three(city, client, few_and_many):
    readers = [
        city.sign(Role.BUREAU_REVIEWER, city.bureau).member,
        city.sign(Role.ASSET_KEEPER, city.unit).member,
        city.sign(Role.UNIT_HEAD, city.unit).member,
    ]
    pages = [*_lists(), "/register/cards/?search=门诊", "/search/?q=门诊&per_page=50"]

    def count() -> dict[tuple[str, str], int]:
        found = {}
        for reader in readers:
            client.force_login(Member.objects.get(pk=reader.pk))
            for page in pages:
                client.get(page)  # what is asked once and kept is kept now
                asked = _asked(client, page)
                if asked is not None:
                    found[reader.username, page] = asked
        return found

    few_and_many(0, 3)
    few = count()
    few_and_many(3, 33)
    many = count()
    assert len(few) > 60
    assert Card.objects.count() == 33
    slow = {key: (few[key], many[key]) for key in few if many[key] > few[key] + _SLACK}
    assert slow == {}


def test_the_pages_of_an_asset_ask_as_often_for_many_versions_as_for_one(
    city, client, home, tmp_path
):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    card = assets.drafted(city, assets.found(city, tmp_path))
    client.force_login(keeper.member)
    tabs = sorted(set(re.findall(rf'/register/cards/{card.id}/[^"#]*', _page(client, card))))
    tabs = [f"/register/cards/{card.id}/", *(tab.replace("&amp;", "&") for tab in tabs)]

    def revise(times: range) -> None:
        for number in times:
            revise_card(card, {"summary": f"第{number}次"}, "更正", by=keeper)

    revise(range(3))
    few = {tab: _asked(client, tab) for tab in tabs}
    revise(range(3, 20))
    many = {tab: _asked(client, tab) for tab in tabs}
    slow = {
        tab: (few[tab], many[tab]) for tab in tabs if few[tab] and many[tab] > few[tab] + _SLACK
    }
    assert slow == {}


def _page(client, card) -> str:
    return client.get(f"/register/cards/{card.id}/").content.decode()


def test_there_are_lists_to_count():
    assert len(_lists()) > 25
    assert all(isinstance(p, URLPattern) or p.url_patterns for p in get_resolver().url_patterns)
