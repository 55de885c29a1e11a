import pytest

from shuce.foundation.organizations import requests
from tests import make
from tests.lifecycle import granted


@pytest.fixture
def world(city, home, shelf) -> granted.World:
    return shelf.take("registered", lambda: granted.registered(city, home), home)


@pytest.fixture
def grant(world, home, shelf, monkeypatch):
    """A grant in force, in a web whose clock stands at the world's noon."""
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    return shelf.take("granted", lambda: granted.granted(world), home)
