import pytest

from tests.lifecycle import granted


@pytest.fixture
def world(city, home, shelf) -> granted.World:
    return shelf.take("registered", lambda: granted.registered(city, home), home)
