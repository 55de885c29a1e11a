import pytest

from tests.lifecycle import granted, make_market


@pytest.fixture
def market(city, home):
    return make_market.opened(granted.registered(city, home))
