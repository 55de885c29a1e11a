import pytest

from shuce.foundation.organizations.permissions import Role
from shuce.supervision.watch.commands import install_rules
from tests.lifecycle.disposal import world as worlds


@pytest.fixture
def rules(city):
    install_rules(by=city.sign(Role.BUREAU_REVIEWER, city.bureau))


@pytest.fixture
def world(city, home, rules):
    return worlds.asset(city, home)
