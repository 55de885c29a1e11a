import pytest

from tests.lifecycle import granted


@pytest.fixture
def world(city, home):
    return granted.registered(city, home)
