import pytest

from tests.lifecycle import granted, make_market


@pytest.fixture
def market(city, home, shelf):
    return shelf.take("market", lambda: make_market.opened(granted.registered(city, home)), home)
