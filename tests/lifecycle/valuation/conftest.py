import pytest

from tests.lifecycle import granted


@pytest.fixture
def world(city, home, shelf):
    return shelf.take("registered", lambda: granted.registered(city, home), home)
