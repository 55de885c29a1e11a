"""A page asks the database the same number of questions, however many cards there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory.commands import scan_source
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register.commands import confirm_grade, note_use
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Grade, UseState
from tests.lifecycle import assets


@pytest.fixture
def cards(city, home, tmp_path) -> list[Card]:
    """Four cards of one source."""
    tables = ("visits", "beds", "drugs", "wards")
    source = assets.connected(city, assets.database(tmp_path, tables))
    scan_source(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    found = Resource.objects.filter(source=source).order_by("table_name")
    return [assets.drafted(city, resource) for resource in found]


def asked(client, address: str) -> int:
    """Return how many questions one reading of `address` puts to the database."""
    client.get(address)  # the first reading fills what is kept between readings
    with CaptureQueriesContext(connection) as questions:
        assert client.get(address).status_code == 200
    return len(questions)


def test_the_list_of_cards_asks_no_more_for_four_cards_than_for_one(city, client, cards):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    address = reverse("register:cards")
    Card.objects.filter(id=cards[0].id).update(use_state=UseState.IDLE)
    assert client.get(address).context["count"] == len(cards) == 4
    assert client.get(address, {"use_state": "IDLE"}).context["count"] == 1
    assert asked(client, address) == asked(client, f"{address}?use_state=IDLE")
    export = f"{address}?export=xlsx"
    assert asked(client, export) == asked(client, f"{export}&use_state=IDLE")


def test_the_page_of_an_asset_asks_no_more_after_much_has_happened(city, client, cards):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    card, by = cards[0], city.sign(Role.SECURITY_OFFICER, city.unit)
    address = reverse("register:card", args=[card.id])
    confirm_grade(card, Grade.L4, by=by)
    note_use(card, card.id, by=by)
    before = asked(client, address)
    for _ in range(6):
        note_use(card, card.id, by=by)
        confirm_grade(card, Grade.L4, by=by)
    assert asked(client, address) == before
