from collections.abc import Iterator

import pytest

from shuce.lifecycle.sources.nodes import node_here
from tests.lifecycle import granted


@pytest.fixture
def world(city, home) -> Iterator[granted.World]:
    yield granted.registered(city, home)
    node_here().close()
