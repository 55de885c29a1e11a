import sqlite3

import pytest

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory.commands import scan_source
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register.models import Card
from tests.lifecycle import assets


class Table:
    """The data behind a card, which a test may spoil and mend."""

    def __init__(self, file) -> None:
        self.file = file

    def run(self, sql: str) -> None:
        with sqlite3.connect(self.file) as connection:
            connection.execute(sql)


@pytest.fixture
def table(city, home, tmp_path) -> Table:
    """A hundred visits, all of them in order."""
    made = Table(tmp_path / "health.sqlite")
    made.run("CREATE TABLE visits (no TEXT, came TEXT, left_on TEXT, sex TEXT, fee TEXT)")
    with sqlite3.connect(made.file) as connection:
        connection.executemany(
            "INSERT INTO visits VALUES (?, ?, ?, ?, ?)",
            [(f"V{i:04d}", "2026-03-01", "2026-03-05", "男女"[i % 2], "12.50") for i in range(100)],
        )
    return made


@pytest.fixture
def card(city, table) -> Card:
    """The card of these visits."""
    source = assets.connected(city, table.file)
    scan_source(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    return assets.drafted(city, Resource.objects.get(source=source))


@pytest.fixture
def steward(city):
    return city.sign(Role.DATA_STEWARD, city.unit)
