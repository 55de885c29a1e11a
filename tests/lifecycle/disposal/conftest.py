import pytest

from tests.lifecycle.disposal import world as worlds


@pytest.fixture
def world(city, home, shelf):
    return shelf.take("asset", lambda: worlds.asset(city, home), home)
