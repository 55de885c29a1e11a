import pytest

from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory.commands import scan_source
from shuce.lifecycle.inventory.models import Resource
from tests.lifecycle import assets


@pytest.fixture
def tables(city, home, tmp_path) -> dict[str, Resource]:
    """Four scanned tables of the unit, by their names."""
    file = assets.database(tmp_path, ("visits", "fees", "report", "dim"), rows=8)
    source = assets.connected(city, file)
    scan_source(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    return {one.table_name: one for one in Resource.objects.filter(source=source)}


@pytest.fixture
def cards(city, tables):
    """The cards of two of the tables: visits, and the report made from it."""
    return {
        name: assets.drafted(city, tables[name], assets.replaced(name=label))
        for name, label in (("visits", "门诊就诊记录"), ("report", "门诊费用月报"))
    }
