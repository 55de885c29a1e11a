"""An asset of another unit, out of the sight of the first."""

import sqlite3
import tempfile
from pathlib import Path

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory.commands import recognize, scan_source
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register.commands import draft_card
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.sources.commands import connect_source
from shuce.lifecycle.sources.rules import Address, SourceKind
from tests.lifecycle import assets
from tests.make import City


def card_of_other_unit(city: City) -> Card:
    """Return the card of a table that the other unit holds."""
    file = Path(tempfile.mkdtemp()) / "other.sqlite"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE secret (id INTEGER, code TEXT)")
        made.execute("INSERT INTO secret VALUES (1, 'a')")
    body = city.other_unit
    steward = city.sign(Role.DATA_STEWARD, body)
    source = connect_source(body, Address("他库", SourceKind.SQLITE, str(file), "他"), by=steward)
    scan_source(source, by=steward)
    keeper = city.sign(Role.ASSET_KEEPER, body)
    resource = Resource.objects.get(source=source)
    recognition = recognize(resource, assets.answers(), by=keeper)
    return draft_card(recognition, assets.replaced(name="他单位的机密表"), by=keeper)
