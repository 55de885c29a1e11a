import pytest

from shuce.foundation.organizations.permissions import Role
from shuce.supervision.watch.commands import install_rules
from tests.lifecycle.disposal import world as worlds


@pytest.fixture
def rules(city, shelf):
    by = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    shelf.take("rules", lambda: install_rules(by=by))


@pytest.fixture
def world(city, home, rules, shelf):
    return shelf.take("watched asset", lambda: worlds.asset(city, home), home)
