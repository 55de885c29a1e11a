from collections.abc import Iterator

import pytest

from shuce.foundation.organizations import requests
from shuce.lifecycle.sources.nodes import node_here
from tests import make
from tests.lifecycle import granted


@pytest.fixture
def world(city, home) -> Iterator[granted.World]:
    yield granted.registered(city, home)
    node_here().close()


@pytest.fixture
def grant(world, monkeypatch):
    """A grant in force, in a web whose clock stands at the world's noon."""
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    return granted.granted(world)
