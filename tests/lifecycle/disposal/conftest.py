import pytest

from tests.lifecycle.disposal import world as worlds


@pytest.fixture
def world(city, home):
    return worlds.asset(city, home)
